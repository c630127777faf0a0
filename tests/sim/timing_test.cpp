// The worked examples and formulas of sim/TIMING.md, cycle by cycle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/engine/context.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;
using Cycles = std::vector<std::uint64_t>;

constexpr std::size_t index(Direction direction) {
  return static_cast<std::size_t>(direction);
}

TEST(Timing, OneMessageOneHopTakesSixCycles) {
  HandMade made = one_hop(hand_made_fabric(2, 1));
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Send, 0), ElementsAre(1, 15));
  EXPECT_THAT(log.cycles(EventKind::Hop, 0), ElementsAre(3, 17));
  EXPECT_THAT(log.cycles(EventKind::Deliver, 1), ElementsAre(5, 19));
  EXPECT_THAT(log.cycles(EventKind::Row, 1), ElementsAre(14));
  EXPECT_THAT(log.cycles(EventKind::Update, 1), ElementsAre(15));
  EXPECT_THAT(log.cycles(EventKind::StepEnd, 0), ElementsAre(5, 19));
  EXPECT_THAT(outcome.step_cycles, ElementsAre(14, 14));
  EXPECT_EQ(outcome.cycles, 28u);
  EXPECT_EQ(outcome.latency_cycles, Cycles{20});
}

TEST(Timing, AUnitsCoreTakesItsSumsTogetherAndUpdatesOnce) {
  Fabric fabric = hand_made_fabric(1, 1);
  fabric.core.kind = CoreKind::Units;
  fabric.core.row_cycles = 3;
  HandMade made(fabric);
  for (std::uint32_t key : {7u, 8u}) {
    made.neuron(0, 5, MessageKey(key));
    made.route(0, key, kLocal, {{static_cast<std::uint16_t>(key - 7), 1}});
  }
  made.neuron(0, 1);
  made.axon(0, {{0, 1}, {1, -1}, {2, 1}});
  made.axon(0, {{2, 1}});
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  // Nothing to add up in step 0 (two messages); two active axons in step 1, from cycle 13 on (one message).
  EXPECT_THAT(outcome.step_cycles, ElementsAre(13, 15));
  EXPECT_THAT(log.cycles(EventKind::Row, 0), ElementsAre(13, 13));
  EXPECT_THAT(log.cycles(EventKind::Update, 0), testing::IsSupersetOf(Cycles{0, 16}));
  EXPECT_THAT(log.cycles(EventKind::Send, 0), ElementsAre(1, 2, 17));
  EXPECT_EQ(outcome.tiles[TileId(0)].busy_cycles, 1u + 3 + 1);
  EXPECT_EQ(outcome.tiles[TileId(0)].synaptic_ops, 4u);
}

Fabric circuit_fabric(int width, int height) {
  Fabric fabric = hand_made_fabric(width, height);
  fabric.router.routing = Routing::Circuit;
  return fabric;
}

TEST(CircuitTiming, OneMessageOneHopTakesFourCycles) {
  HandMade made = one_hop(circuit_fabric(2, 1));
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Send, 0), ElementsAre(0, 12));
  EXPECT_THAT(log.cycles(EventKind::Hop, 0), ElementsAre(1, 13));
  EXPECT_THAT(log.cycles(EventKind::Deliver, 1), ElementsAre(3, 15));
  EXPECT_THAT(log.cycles(EventKind::Update, 1), ElementsAre(13));
  EXPECT_THAT(log.cycles(EventKind::StepEnd, 0), ElementsAre(3, 15));
  EXPECT_EQ(outcome.cycles, 24u);
  EXPECT_EQ(outcome.tiles[TileId(0)].flits[index(Direction::East)], 2u);
  EXPECT_EQ(outcome.tiles[TileId(0)].messages, 2u);
}

TEST(CircuitTiming, DelaysAddUpAsTheFormulaSays) {
  for (int hops : {0, 1, 4}) {
    for (int pipeline : {1, 3}) {
      for (int link : {1, 2}) {
        Fabric fabric = circuit_fabric(6, 1);
        fabric.router.pipeline_cycles = pipeline;
        fabric.router.link_cycles = link;
        HandMade made = sender_to(fabric, hops);
        EventLog log;
        made.run(made.stimulus(1), {}, &log);
        EXPECT_EQ(log.cycles(EventKind::Deliver, static_cast<std::uint32_t>(hops)).front(),
                  static_cast<std::uint64_t>(pipeline + hops * (link + pipeline)));
      }
    }
  }
}

TEST(CircuitTiming, AllNeuronsSendAtOnceAndPortsTakeTurns) {
  // Three units of tile 0 send to the port of tile 1 in the same cycle; the port passes one each two cycles.
  Fabric fabric = circuit_fabric(2, 1);
  fabric.core.kind = CoreKind::Units;
  fabric.ports.cycles_per_flit = 2;
  HandMade made(fabric);
  for (std::uint32_t key = 0; key < 3; ++key) {
    made.neuron(0, 5 + static_cast<std::int32_t>(key), MessageKey(key));
    made.route(0, key, kEast);
    made.route(1, key, kEdge);
    made.output(1, key);
  }
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Send, 0), ElementsAre(0, 0, 0, 16, 16, 16));
  EXPECT_THAT(log.cycles(EventKind::Hop, 0), ElementsAre(1, 1, 1, 17, 17, 17));
  EXPECT_THAT(log.cycles(EventKind::Output, 1), ElementsAre(3, 5, 7, 19, 21, 23));
  EXPECT_THAT(outcome.outputs.values, ElementsAre(5, 6, 7));
  EXPECT_EQ(outcome.latency_cycles, Cycles{24});
  EXPECT_EQ(outcome.tiles[TileId(0)].stall_cycles, 0u);
}

TEST(CircuitTiming, KnowsNoStalls) {
  HandMade made = one_hop(circuit_fabric(2, 1));
  RunParams params;
  params.stall_share = 0.9;
  EXPECT_EQ(made.run(made.stimulus(4), params).cycles, made.run(made.stimulus(4)).cycles);
}

TEST(CircuitTiming, WantsATrackForEachSender) {
  Fabric fabric = circuit_fabric(2, 1);
  fabric.router.tracks = 1;
  HandMade made(fabric);
  made.axon(1);
  made.axon(1);
  made.neuron(1, 0);
  for (std::uint32_t key = 0; key < 2; ++key) {
    made.neuron(0, 1, MessageKey(key));
    made.route(0, key, kEast);
    made.route(1, key, kLocal, {{static_cast<std::uint16_t>(key), 1}});
  }
  try {
    made.run(made.stimulus(1));
    FAIL() << "two senders share a track";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("tracks-per-link at tile_0_0: uses 2 tracks to the east, has 1"));
  }
}

// Two neurons of tile 0 send 5 and 3 to the sum of tile 1's neuron 1, which has an axon of its own too.
HandMade two_to_one_sum(const Fabric& fabric) {
  HandMade made(fabric);
  made.fabric.core.native_sums = true;
  made.neuron(0, 5, MessageKey(7));
  made.neuron(0, 3, MessageKey(8));
  made.route(0, 7, kEast);
  made.route(0, 8, kEast);
  made.axon(1, {{1, 10}});
  made.neuron(1, 0);
  made.neuron(1, 1);
  made.route(1, 7, kLocal, {{0, 1}, {1, 1, true}});
  made.route(1, 8, kLocal, {{1, 1, true}});
  return made;
}

TEST(Timing, ASumTakesNoRowAndAddsUp) {
  HandMade made = two_to_one_sum(hand_made_fabric(2, 1));
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Deliver, 1), ElementsAre(5, 20));
  EXPECT_THAT(log.cycles(EventKind::Add, 1), ElementsAre(5, 6, 20, 21));
  EXPECT_THAT(log.cycles(EventKind::Row, 1), ElementsAre(15)) << "of axon 0, in the second step";
  std::vector<std::int32_t> updates;
  for (const Event& event : log.events) {
    if (event.kind == EventKind::Update && event.tile == TileId(1)) updates.push_back(event.value);
    if (event.kind == EventKind::Add) {
      EXPECT_EQ(event.subject, 1u);
      EXPECT_EQ(event.detail, 1u);
    }
  }
  EXPECT_THAT(updates, ElementsAre(1, 10 * 5 + 5 + 3 + 1)) << "the sum of a step is its own";
  EXPECT_EQ(outcome.tiles[TileId(1)].deliveries, 6u);
  EXPECT_EQ(outcome.tiles[TileId(1)].sums, 4u);
  EXPECT_EQ(outcome.tiles[TileId(1)].rows, 1u);
  EXPECT_EQ(outcome.tiles[TileId(1)].synaptic_ops, 1u);
}

TEST(Timing, ASumIsForgottenWithItsStep) {
  HandMade made = two_to_one_sum(hand_made_fabric(2, 1));
  made.image.tiles[TileId(1)].deliveries[1].delay = 3;
  EventLog log;
  made.run(made.stimulus(6), {}, &log);
  std::vector<std::int32_t> updates;
  for (const Event& event : log.events)
    if (event.kind == EventKind::Update && event.tile == TileId(1)) updates.push_back(event.value);
  EXPECT_THAT(updates, ElementsAre(1, 54, 54, 59, 59, 59, 59));
}

TEST(Timing, DelaysAddUpAsTheFormulaSays) {
  for (int hops : {0, 1, 4}) {
    for (int pipeline : {1, 3}) {
      for (int link : {1, 2}) {
        Fabric fabric = hand_made_fabric(6, 1);
        fabric.router.pipeline_cycles = pipeline;
        fabric.router.link_cycles = link;
        HandMade made = sender_to(fabric, hops);
        EventLog log;
        made.run(made.stimulus(1), {}, &log);
        // The first step has no active axon: neuron 0 updates in cycle 0.
        const auto expected = static_cast<std::uint64_t>(2 + pipeline + hops * (link + pipeline));
        EXPECT_EQ(log.cycles(EventKind::Deliver, static_cast<std::uint32_t>(hops)).front(), expected);
      }
    }
  }
}

TEST(Timing, AnInputCrossesTheFabricAsTheFormulaSays) {
  Fabric fabric = hand_made_fabric(4, 1);
  fabric.router.pipeline_cycles = 2;
  fabric.router.link_cycles = 3;
  HandMade made(fabric);
  made.input(0, 3);
  made.output(1, 3);
  for (std::uint32_t x = 0; x < 3; ++x) made.route(x, 3, kEast);
  made.route(3, 3, kEdge);
  EventLog log;
  made.run(made.stimulus(1, {9}), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Inject, 0), ElementsAre(0));
  EXPECT_THAT(log.cycles(EventKind::Output, 3), ElementsAre(1 + 2 + 3 * (3 + 2)));
}

TEST(Timing, AForkIsGrantedInOneCycleWhereAllSidesAreFree) {
  HandMade made(hand_made_fabric(3, 1));
  made.axon(1);
  made.neuron(1, 1, MessageKey(4));
  made.route(1, 4, kLocal | kEast | kWest, {{0, 1}});
  for (std::uint32_t tile : {0u, 2u}) {
    made.axon(tile);
    made.neuron(tile, 0);
    made.route(tile, 4, kLocal, {{0, 1}});
  }
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  EXPECT_EQ(log.cycles(EventKind::Deliver, 1).front(), 3u);
  EXPECT_EQ(log.cycles(EventKind::Deliver, 0).front(), 5u);
  EXPECT_EQ(log.cycles(EventKind::Deliver, 2).front(), 5u);
  EXPECT_EQ(log.cycles(EventKind::StepEnd, 0).front(), 5u);
  const TileCounters& middle = outcome.tiles[TileId(1)];
  EXPECT_EQ(middle.messages, 2u);
  EXPECT_EQ(middle.flits[index(Direction::Local)], 2u);
  EXPECT_EQ(middle.flits[index(Direction::East)], 2u);
  EXPECT_EQ(middle.flits[index(Direction::West)], 2u);
}

TEST(Timing, ContentionIsDecidedByTheRoundRobinPointer) {
  HandMade made = one_hop(hand_made_fabric(2, 1));
  made.axon(1);
  made.neuron(1, 0);
  made.neuron(1, 2, MessageKey(8));
  made.route(1, 8, kLocal, {{1, 1}});
  EventLog log;
  made.run(made.stimulus(1), {}, &log);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> delivered;
  for (const Event& event : log.events) {
    if (event.kind == EventKind::Deliver && event.cycle < 15)
      delivered.emplace_back(event.cycle, event.subject);
  }
  EXPECT_THAT(delivered, ElementsAre(std::pair(5, 1), std::pair(6, 0)));
  EXPECT_THAT(log.cycles(EventKind::StepBegin, 0), ElementsAre(0, 15));
}

TEST(Timing, BackPressureHoldsAFlitUntilTheCreditIsHome) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.router.buffer_depth = 1;
  HandMade made(fabric);
  made.neuron(0, 5, MessageKey(7));
  made.neuron(0, 6, MessageKey(8));
  made.neuron(1, 0);
  for (std::uint32_t key : {7u, 8u}) {
    made.route(0, key, kEast);
    made.axon(1);
    made.route(1, key, kLocal, {{static_cast<std::uint16_t>(key - 7), 1}});
  }
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  const auto sends = log.cycles(EventKind::Send, 0), hops = log.cycles(EventKind::Hop, 0),
             deliveries = log.cycles(EventKind::Deliver, 1);
  EXPECT_EQ((Cycles{sends[0], sends[1]}), (Cycles{1, 4}));
  EXPECT_EQ((Cycles{hops[0], hops[1]}), (Cycles{3, 6}));
  EXPECT_EQ((Cycles{deliveries[0], deliveries[1]}), (Cycles{5, 8}));
  EXPECT_EQ(log.cycles(EventKind::StepEnd, 0).front(), 8u);
  EXPECT_EQ(outcome.tiles[TileId(0)].stall_cycles, 0u);
}

TEST(Timing, AFullQueueStallsTheCore) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.core.neuron_lanes = 4;
  fabric.core.output_queue = 2;
  HandMade made(fabric);
  for (std::uint32_t n = 0; n < 4; ++n) {
    made.neuron(0, 1, MessageKey(n));
    made.axon(0);
    made.route(0, n, kLocal, {{static_cast<std::uint16_t>(n), 1}});
  }
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  const auto deliveries = log.cycles(EventKind::Deliver, 0);
  EXPECT_EQ(Cycles(deliveries.begin(), deliveries.begin() + 4), (Cycles{3, 4, 5, 6}));
  const auto stalls = log.cycles(EventKind::Stall, 0);
  EXPECT_EQ(Cycles(stalls.begin(), stalls.begin() + 3), (Cycles{0, 1, 2}));
  EXPECT_EQ(log.cycles(EventKind::StepEnd, 0).front(), 6u);
  // Both steps stall alike; the second processes four rows before.
  EXPECT_EQ(outcome.tiles[TileId(0)].stall_cycles, 6u);
  EXPECT_EQ(outcome.tiles[TileId(0)].busy_cycles, 4u + 4 + 4);
}

// A stream over one link: D flits per round trip of K + P + R cycles, and never more than one per cycle.
TEST(Timing, ALinkCarriesDepthFlitsPerRoundTrip) {
  constexpr std::uint32_t kInputs = 200;
  for (int depth : {1, 2, 3, 4}) {
    for (int link : {1, 3}) {
      Fabric fabric = hand_made_fabric(3, 1);
      fabric.router.buffer_depth = depth;
      fabric.router.link_cycles = link;
      HandMade made(fabric);
      for (std::uint32_t i = 0; i < kInputs; ++i) {
        made.input(0, i);
        made.output(1, i);
        made.route(0, i, kEast);
        made.route(1, i, kEast);
        made.route(2, i, kEdge);
      }
      EventLog log;
      made.run(made.stimulus(1, std::vector<std::int32_t>(kInputs, 1)), {}, &log);
      const auto left = log.cycles(EventKind::Output, 2);
      ASSERT_EQ(left.size(), kInputs);
      // The port's own buffer has a round trip of 1 + P.
      const int round_trip = link + 2;
      const double rate = std::min({1.0, static_cast<double>(depth) / round_trip, depth / 2.0});
      const double measured = (kInputs - 20) / static_cast<double>(left[kInputs - 10] - left[10]);
      EXPECT_NEAR(measured, rate, 0.02) << "depth " << depth << " link " << link;
    }
  }
}

TEST(Timing, APortKeepsItsBandwidthInBothDirections) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.ports.cycles_per_flit = 3;
  HandMade made(fabric);
  for (std::uint32_t i = 0; i < 4; ++i) {
    made.input(i < 2 ? 0 : 1, i);
    made.output(1, i);
    if (i < 2) made.route(0, i, kEast);
    made.route(1, i, kEdge);
  }
  EventLog log;
  made.run(made.stimulus(1, {1, 1, 1, 1}), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Inject, 0), ElementsAre(0, 3));
  EXPECT_THAT(log.cycles(EventKind::Inject, 1), ElementsAre(0, 3));
  // At the east port: own inputs may leave from 2 on, the others from 4 on; one each 3 cycles.
  EXPECT_THAT(log.cycles(EventKind::Output, 1), ElementsAre(2, 5, 8, 11));
}

TEST(Timing, AStepWithoutWorkLastsOneCycleAndTheBarrier) {
  for (int barrier : {0, 8}) {
    Fabric fabric = hand_made_fabric(2, 2);
    fabric.step.barrier_cycles = barrier;
    HandMade made(fabric);
    const Outcome outcome = made.run(made.stimulus(3));
    EXPECT_EQ(outcome.steps, 4u);
    EXPECT_EQ(outcome.cycles, 4u * static_cast<unsigned>(1 + barrier));
  }
}

TEST(Timing, WithoutFramesThereAreNoSteps) {
  HandMade made = one_hop(hand_made_fabric(2, 1));
  const Outcome outcome = made.run(made.stimulus(0));
  EXPECT_EQ(outcome.steps, 0u);
  EXPECT_EQ(outcome.cycles, 0u);
  EXPECT_EQ(outcome.outputs.rows, 0);
}

TEST(Timing, AStepWaitsForCreditsToComeHome) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.router.credit_cycles = 7;
  HandMade made = one_hop(fabric);
  EventLog log;
  made.run(made.stimulus(1), {}, &log);
  // Freed in cycle 5, home at the start of cycle 12.
  EXPECT_EQ(log.cycles(EventKind::StepEnd, 0).front(), 11u);
}

TEST(Timing, TheStallHashIsThePages) {
  EXPECT_EQ(mix(0), 0xe220a8397b1dcdafu);
  const std::uint64_t seed = mix(1);
  EXPECT_EQ(mix(seed ^ 0), 0x5e41ab087439611eu);
  EXPECT_EQ(mix(seed ^ ((std::uint64_t{1000} << 19) + 63 * 8 + 5)), 0xd5cc2bf769e304e9u);
  // The same through the rule: the upper halves against thresholds just above and at them.
  StallRule rule = StallRule::make(0.5, 1);
  rule.threshold = (0x5e41ab087439611eu >> 32) + 1;
  EXPECT_TRUE(rule.blocks(0, 0, 0));
  rule.threshold -= 1;
  EXPECT_FALSE(rule.blocks(0, 0, 0));
  EXPECT_EQ(StallRule::make(0.5, 1).threshold, std::uint64_t{1} << 31);
}

}  // namespace
}  // namespace weft::sim
