// Links narrower than a flit and fixed priority, against the closed forms and rules of sim/TIMING.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/fabric/link.hpp"
#include "sim/traffic.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;

// A link that carries a flit in `cycles` cycles.
Fabric narrow(Fabric fabric, int cycles) {
  fabric.router.flit_bits = 48;
  fabric.router.link_bits = 48 / cycles;
  EXPECT_EQ(flit_cycles(fabric.router), cycles);
  return fabric;
}

// A stream of inputs over two links, each with its own key.
HandMade stream(const Fabric& fabric, std::uint32_t inputs) {
  HandMade made(fabric);
  for (std::uint32_t i = 0; i < inputs; ++i) {
    made.input(0, i);
    made.output(1, i);
    made.route(0, i, kEast);
    made.route(1, i, kEast);
    made.route(2, i, kEdge);
  }
  return made;
}

TEST(NarrowLink, DelaysAFlitByTheCyclesOfItsParts) {
  for (const int cycles : {1, 2, 6}) {
    Fabric fabric = narrow(hand_made_fabric(3, 1), cycles);
    fabric.router.pipeline_cycles = 2;
    fabric.router.link_cycles = 3;
    HandMade made = stream(fabric, 1);
    EventLog log;
    made.run(made.stimulus(1, {9}), {}, &log);
    const int per_hop = 3 + cycles - 1 + 2;
    EXPECT_THAT(log.cycles(EventKind::Output, 2), ElementsAre(1 + 2 + 2 * per_hop)) << cycles;
  }
}

TEST(NarrowLink, CarriesAFlitEachOfItsCyclesOrDepthFlitsPerRoundTrip) {
  constexpr std::uint32_t kInputs = 200;
  for (const int cycles : {2, 3, 8}) {
    for (const int depth : {1, 2, 4}) {
      Fabric fabric = narrow(hand_made_fabric(3, 1), cycles);
      fabric.router.buffer_depth = depth;
      HandMade made = stream(fabric, kInputs);
      EventLog log;
      made.run(made.stimulus(1, std::vector<std::int32_t>(kInputs, 1)), {}, &log);
      const auto left = log.cycles(EventKind::Output, 2);
      ASSERT_EQ(left.size(), kInputs);
      const double round_trip = (1 + cycles - 1 + 1) + 1;
      const double rate = std::min({1.0 / cycles, depth / round_trip, depth / 2.0});
      const double measured = (kInputs - 20) / static_cast<double>(left[kInputs - 10] - left[10]);
      EXPECT_NEAR(measured, rate, 0.01) << cycles << " cycles, depth " << depth;
    }
  }
}

TEST(NarrowLink, GrantsAgainWhenItsFlitIsGoneAndNotACycleEarlier) {
  HandMade made = stream(narrow(hand_made_fabric(3, 1), 4), 3);
  EventLog log;
  made.run(made.stimulus(1, {1, 1, 1}), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Hop, 0), ElementsAre(2, 6, 10));
}

TEST(NarrowLink, LetsTrafficTakeItsHopsAndNoMoreWhereNothingIsInItsWay) {
  for (const int cycles : {2, 4}) {
    for (const int flits : {1, 5}) {
      Fabric fabric = narrow(hand_made_fabric(6, 5), cycles);
      TrafficParams params;
      params.rate = 2e-5 * flits;
      params.packet_flits = flits;
      params.warmup_cycles = params.cooldown_cycles = 0;
      params.measure_cycles = 20000;
      const TrafficResult result = run_traffic(fabric, params);
      ASSERT_GT(result.packets, 5u);
      std::uint64_t flit_hops = 0, latency = 0;
      for (const TileCounters& tile : result.tiles)
        for (std::size_t side = 1; side <= 4; ++side) flit_hops += tile.flits[side];
      const auto& counts = result.from_creation.counts;
      for (std::size_t l = 0; l < counts.size(); ++l) latency += l * counts[l];
      const auto per_packet = static_cast<std::uint64_t>(2 + 1 + (flits - 1) * cycles);
      const auto per_hop = static_cast<std::uint64_t>(1 + cycles - 1 + 1);
      const std::uint64_t hops = flit_hops / static_cast<std::uint64_t>(flits);
      EXPECT_EQ(latency, result.packets * per_packet + hops * per_hop);
    }
  }
}

TEST(NarrowLink, HalvesWhatTheMiddleOfAMeshCarries) {
  TrafficParams params;
  params.rate = 1;
  params.packet_flits = 1;
  params.warmup_cycles = params.cooldown_cycles = 1000;
  params.measure_cycles = 2000;
  const TrafficResult result = run_traffic(narrow(hand_made_fabric(8, 8), 2), params);
  const double bound = 4.0 * 63 / 512 / 2;
  EXPECT_LE(result.accepted, bound * 1.02);
  EXPECT_GE(result.accepted, bound * 0.6);
}

// Two streams meet at the middle tile's Edge output: its own port's (input Edge) and one from the west.
HandMade two_streams(Arbitration arbitration) {
  Fabric fabric = hand_made_fabric(3, 1);
  fabric.ports = {true, true, false, true};
  fabric.router.arbitration = arbitration;
  HandMade made(fabric);
  for (std::uint32_t i = 0; i < 12; ++i) {
    const bool from_west = i < 6;
    made.input(from_west ? 0 : 1, i);
    made.output(2, i);
    if (from_west) made.route(0, i, kEast);
    made.route(1, i, kEast);
    made.route(2, i, kEdge);
  }
  return made;
}

std::vector<std::uint32_t> order_of_hops(HandMade made) {
  EventLog log;
  made.run(made.stimulus(1, std::vector<std::int32_t>(12, 1)), {}, &log);
  std::vector<std::uint32_t> keys;
  for (const Event& event : log.events)
    if (event.kind == EventKind::Hop && event.tile == TileId(1)) keys.push_back(event.subject);
  return keys;
}

TEST(FixedPriority, LetsTheLowerSideGoFirstAsLongAsItHasFlits) {
  // West is side 4, Edge side 5. The port's own flits come first, until those from the west are there.
  EXPECT_THAT(order_of_hops(two_streams(Arbitration::FixedPriority)),
              ElementsAre(6, 7, 0, 1, 2, 3, 4, 5, 8, 9, 10, 11));
}

TEST(RoundRobin, LetsBothSidesTakeTurns) {
  EXPECT_THAT(order_of_hops(two_streams(Arbitration::RoundRobin)),
              ElementsAre(6, 7, 0, 8, 1, 9, 2, 10, 3, 11, 4, 5));
}

}  // namespace
}  // namespace weft::sim
