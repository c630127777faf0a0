// The fast engine against the model of registers on random grids, and against the closed forms of TIMING.md.
#include "sim/ranc/engine.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "model/base/error.hpp"
#include "sim/ranc/run.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/sim/ranc_log.hpp"
#include "tests/sim/ranc_random.hpp"
#include "tests/sim/ranc_registers.hpp"

namespace weft::sim {
namespace {

// What the random cases have met, so that a test can tell that they met it.
struct Met {
  std::uint64_t spikes = 0, deliveries = 0, outputs = 0, stalled = 0, missed = 0, late = 0;
};

void expect_same(std::uint64_t seed, Met& met) {
  const RancCase one = random_ranc_case(seed);
  ASSERT_EQ(describe(validate(one.network)), "") << "seed " << seed;
  RancEngine engine(one.network, one.params);
  RancRegisters registers(one.network, one.params);
  for (std::size_t t = 0; t < one.stimulus.ticks.size(); ++t) {
    const int tick = static_cast<int>(t);
    const RancTick expected = registers.run_tick(one.stimulus.ticks[t]);
    const RancTick found = engine.run_tick(one.stimulus.ticks[t]);
    ASSERT_EQ(first_difference(log_lines(tick, expected), log_lines(tick, found)), "")
        << "seed " << seed << " tick " << tick;
    for (std::size_t i = 0; i < expected.tiles.size(); ++i) {
      ASSERT_EQ(found.tiles[i].busy, expected.tiles[i].busy)
          << "seed " << seed << " tick " << tick << " tile " << i;
      ASSERT_EQ(found.tiles[i].stalled, expected.tiles[i].stalled)
          << "seed " << seed << " tick " << tick << " tile " << i;
      ASSERT_EQ(found.tiles[i].missed, expected.tiles[i].missed)
          << "seed " << seed << " tick " << tick << " tile " << i;
      met.stalled += found.tiles[i].stalled;
      met.missed += found.tiles[i].missed ? 1 : 0;
    }
    for (const RancEvent& event : found.events) {
      met.spikes += event.kind == RancEventKind::Spike ? 1 : 0;
      met.deliveries += event.kind == RancEventKind::Delivery ? 1 : 0;
      met.outputs += event.kind == RancEventKind::Output ? 1 : 0;
      met.late += event.kind == RancEventKind::Delivery && event.offset == kRancSlots - 1 ? 1 : 0;
    }
  }
}

void expect_same(std::uint64_t first, std::uint64_t count) {
  Met met;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    expect_same(seed, met);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(met.spikes, 10 * count);
  EXPECT_GT(met.deliveries, 10 * count);
  EXPECT_GT(met.outputs, count);
  EXPECT_GT(met.stalled, count);
  EXPECT_GT(met.missed, count);
  EXPECT_GT(met.late, count);
}

TEST(RancEngine, DoesInEachCycleWhatTheRegistersDo) {
  expect_same(1, 20);
}

TEST(RancEngineFull, DoesInEachCycleWhatTheRegistersDo) {
  expect_same(1000, 500);
}

std::vector<RancEvent> of_kind(const RancTick& tick, RancEventKind kind) {
  std::vector<RancEvent> found;
  for (const RancEvent& event : tick.events) {
    if (event.kind == kind) found.push_back(event);
  }
  return found;
}

// Fires in every tick.
RancNeuron& make_eager(RancNetwork& network, int tile, int neuron, int dx, int dy, int axon = 0) {
  RancNeuron& eager = network.cores[static_cast<std::size_t>(tile)].neurons[static_cast<std::size_t>(neuron)];
  eager.positive_threshold = 0;
  eager.destination.dx = static_cast<std::int16_t>(dx);
  eager.destination.dy = static_cast<std::int16_t>(dy);
  eager.destination.axon = static_cast<std::uint16_t>(axon);
  return eager;
}

TEST(RancTiming, APacketAloneTakesSixCyclesAndTwoPerHop) {
  for (int from = 0; from < 20; ++from) {
    for (int to = 0; to < 20; ++to) {
      const int output = from == 19 ? 0 : 19;
      RancNetwork network = resting_ranc(5, 4, output, 4, 3);
      const int dx = to % 5 - from % 5, dy = to / 5 - from / 5;
      make_eager(network, from, 1, dx, dy, 2);
      RancEngine engine(network, {});
      engine.run_tick({});
      const RancTick& tick = engine.run_tick({});
      const auto spikes = of_kind(tick, RancEventKind::Spike);
      const auto arrivals = of_kind(tick, to == output ? RancEventKind::Output : RancEventKind::Delivery);
      const std::uint64_t hops = static_cast<std::uint64_t>(std::abs(dx) + std::abs(dy));
      if (12 + 6 + 2 * hops >= engine.tick_cycles()) continue;
      ASSERT_EQ(spikes.size(), 1u);
      EXPECT_EQ(spikes[0].cycle, 12u);  // 2 * (4 + 2)
      ASSERT_EQ(arrivals.size(), 1u) << from << " to " << to;
      EXPECT_EQ(arrivals[0].cycle, spikes[0].cycle + 6 + 2 * hops) << from << " to " << to;
      EXPECT_EQ(arrivals[0].tile, to);
      EXPECT_EQ(arrivals[0].index, 2u);
    }
  }
}

TEST(RancTiming, ACoreIsBusyForItsTablesWhateverTheActivity) {
  for (const auto& [axons, neurons] : {std::pair{2, 1}, {5, 7}, {64, 3}, {65, 10}, {256, 256}}) {
    const RancNetwork network = resting_ranc(2, 1, 1, axons, neurons);
    RancEngine engine(network, {});
    EXPECT_EQ(engine.tick_cycles(), static_cast<std::uint64_t>((axons + 2) * neurons + 3));
    EXPECT_EQ(engine.run_tick({}).tiles[0].busy, 0u);
    for (int t = 0; t < 3; ++t) {
      const RancTick& tick = engine.run_tick({});
      EXPECT_EQ(tick.tiles[0].busy, static_cast<std::uint64_t>((axons + 2) * neurons + 2));
      EXPECT_FALSE(tick.tiles[0].missed);
      EXPECT_EQ(tick.tiles[1].busy, 0u);
    }
  }
}

TEST(RancTiming, AnEarlierPulseIsMissed) {
  const RancNetwork network = resting_ranc(2, 1, 1, 6, 5);
  RancRunParams params;
  params.tick_cycles = ranc_shortest_tick(network) - 1;
  RancEngine engine(network, params);
  engine.run_tick({});
  EXPECT_FALSE(engine.run_tick({}).tiles[0].missed);
  EXPECT_TRUE(engine.run_tick({}).tiles[0].missed);
  EXPECT_FALSE(engine.run_tick({}).tiles[0].missed);
}

// Two cores fire at once at the bus between them: the merge north of the bus takes East before West, a packet
// per two cycles.
TEST(RancTiming, TwoStreamsTakeTurnsOfTwoCyclesEastFirst) {
  RancNetwork network = resting_ranc(3, 1, 1, 2, 4);
  for (int n = 0; n < 4; ++n) {
    make_eager(network, 0, n, 1, 0, 0);
    make_eager(network, 2, n, -1, 0, 1);
  }
  RancEngine engine(network, {});
  engine.run_tick({});
  const RancTick& tick = engine.run_tick({});
  const auto outputs = of_kind(tick, RancEventKind::Output);
  ASSERT_GE(outputs.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(outputs[i].index, i % 2) << i;
    EXPECT_EQ(outputs[i].cycle, 4 * (i / 2 + 1) + 8 + 2 * (i % 2)) << i;
  }
}

// A destination beyond the edge: the link's FIFO has no reader. Its four places fill, the packet after waits
// in LocalEast with three more, and the core stands still for good with the ninth.
TEST(RancTiming, AFifoWithoutAReaderFillsUpToTheCore) {
  RancNetwork network = resting_ranc(1, 2, 1, 2, 12);
  for (int n = 0; n < 12; ++n) make_eager(network, 0, n, 1, 0);
  RancEngine engine(network, {});
  engine.run_tick({});
  const RancTick first = engine.run_tick({});
  EXPECT_EQ(of_kind(first, RancEventKind::Spike).size(), 8u);
  EXPECT_EQ(first.tiles[0].stalled, engine.tick_cycles() - 9 * 4);  // from the ninth's first try on
  EXPECT_EQ(first.tiles[0].busy, engine.tick_cycles());
  const RancTick& second = engine.run_tick({});
  EXPECT_TRUE(second.events.empty());
  EXPECT_TRUE(second.tiles[0].missed);
  EXPECT_EQ(second.tiles[0].stalled, engine.tick_cycles());
  EXPECT_EQ(engine.packets_in_flight(), 8u);
}

TEST(RancTiming, AFullLocalFifoOfEitherSideStallsTheCore) {
  RancNetwork network = resting_ranc(1, 2, 1, 2, 12);
  for (int n = 0; n < 8; ++n) make_eager(network, 0, n, -1, 0);
  make_eager(network, 0, 8, 0, 1);  // its own FIFO is empty
  RancEngine engine(network, {});
  engine.run_tick({});
  EXPECT_EQ(of_kind(engine.run_tick({}), RancEventKind::Spike).size(), 8u);
}

std::vector<std::uint64_t> delivery_cycles(const RancTick& tick) {
  std::vector<std::uint64_t> cycles;
  for (const RancEvent& event : of_kind(tick, RancEventKind::Delivery)) cycles.push_back(event.cycle);
  return cycles;
}

TEST(RancInput, TheFirstPacketOfABurstComesTwice) {
  const RancNetwork network = resting_ranc(2, 1, 1, 8, 8);
  std::vector<RancPacket> packets(5);
  for (std::size_t p = 0; p < packets.size(); ++p) packets[p].axon = static_cast<std::uint16_t>(p);
  RancEngine engine(network, {});
  const RancTick first = engine.run_tick(packets);
  EXPECT_EQ(delivery_cycles(first), (std::vector<std::uint64_t>{7, 9, 11, 13, 15, 17}));
  const auto deliveries = of_kind(first, RancEventKind::Delivery);
  for (std::size_t d = 0; d < deliveries.size(); ++d) EXPECT_EQ(deliveries[d].index, d == 0 ? 0 : d - 1);
  ASSERT_EQ(of_kind(first, RancEventKind::Input).size(), 1u);
  EXPECT_EQ(of_kind(first, RancEventKind::Input)[0].cycle, 5u);
  const RancTick& second = engine.run_tick(packets);
  EXPECT_EQ(delivery_cycles(second), (std::vector<std::uint64_t>{7, 9, 11, 13, 15, 17}));
  EXPECT_EQ(of_kind(second, RancEventKind::Input)[0].cycle, 6u);
  EXPECT_EQ(of_kind(second, RancEventKind::Input)[0].index, 5u);
}

TEST(RancInput, ABurstOfOneComesOnceAndAFirstBurstOfTwoLosesOne) {
  const RancNetwork network = resting_ranc(2, 1, 1, 8, 8);
  const std::vector<RancPacket> one(1), two(2);
  RancEngine engine(network, {});
  EXPECT_EQ(delivery_cycles(engine.run_tick(two)).size(), 1u);
  EXPECT_EQ(delivery_cycles(engine.run_tick(one)).size(), 1u);
  EXPECT_EQ(delivery_cycles(engine.run_tick(two)).size(), 3u);
}

TEST(RancInput, ABurstMustFitIntoItsTick) {
  const RancNetwork network = resting_ranc(2, 1, 1, 8, 8);
  RancRunParams params;
  params.tick_cycles = 100;
  params.first_burst_cycle = 10;
  RancEngine engine(network, params);
  EXPECT_NE(
      input_error_of([&] { engine.run_tick(std::vector<RancPacket>(87)); }).find("fit into its 100 cycles"),
      std::string::npos);
  EXPECT_EQ(of_kind(engine.run_tick(std::vector<RancPacket>(86)), RancEventKind::Input)[0].cycle, 96u);
}

// A packet for the slot being read: neurons that look at its axon later see it, and then it is gone.
TEST(RancScheduler, ALateOffsetIsSeenByTheNeuronsAfterIt) {
  RancNetwork network = resting_ranc(2, 1, 1, 8, 8);
  RancCore& core = network.cores[0];
  for (std::size_t n = 0; n < 8; ++n) {
    core.neurons[n].weights[0] = 5;
    core.neurons[n].positive_threshold = 5;
    core.neurons[n].destination.dx = 1;
    core.connections[n] = 1u << 3;
  }
  RancPacket late;
  late.axon = 3;
  late.offset = 15;
  RancEngine engine(network, {});
  engine.run_tick({});
  const RancTick first = engine.run_tick({late});
  ASSERT_EQ(delivery_cycles(first), (std::vector<std::uint64_t>{7}));
  // Written at 8; neuron n looks at axon 3 at 2 + 10 n + 3: neuron 0 at 5, neuron 1 at 15.
  const auto spikes = of_kind(first, RancEventKind::Spike);
  ASSERT_EQ(spikes.size(), 7u);
  EXPECT_EQ(spikes[0].index, 1u);
  for (int t = 0; t < 20; ++t) EXPECT_TRUE(of_kind(engine.run_tick({}), RancEventKind::Spike).empty());
}

TEST(RancScheduler, OffsetsCountTicksFromTheNext) {
  RancNetwork network = resting_ranc(2, 1, 1, 8, 8);
  RancCore& core = network.cores[0];
  core.neurons[2].weights[0] = 5;
  core.neurons[2].positive_threshold = 5;
  core.neurons[2].destination.dx = 1;
  core.connections[2] = 1u << 6;
  RancPacket packet;
  packet.axon = 6;
  packet.offset = 9;
  RancEngine engine(network, {});
  engine.run_tick({packet});
  for (int t = 1; t < 20; ++t) {
    EXPECT_EQ(of_kind(engine.run_tick({}), RancEventKind::Spike).size(), t == 10 ? 1u : 0u) << t;
  }
}

TEST(RancRun, RefusesWhatCannotBe) {
  const RancNetwork network = resting_ranc(2, 1, 1, 8, 8);
  RancNetwork broken = network;
  broken.cores[0].axon_types[3] = 4;
  EXPECT_NE(input_error_of([&] { run_ranc(broken, {}, 1); }).find("axon type"), std::string::npos);
  RancStimulus stimulus;
  stimulus.ticks.resize(1);
  stimulus.ticks[0].resize(1);
  stimulus.ticks[0][0].axon = 8;
  EXPECT_NE(input_error_of([&] { run_ranc(network, stimulus, 1); }).find("tick 0 packet 0"),
            std::string::npos);
  RancRunParams params;
  params.tick_cycles = 3;
  EXPECT_NE(input_error_of([&] { run_ranc(network, {}, 1, params); }).find("at least 4"), std::string::npos);
}

TEST(RancRun, CountsTicksCyclesAndPackets) {
  RancNetwork network = resting_ranc(3, 1, 2, 8, 8);
  make_eager(network, 0, 1, 2, 0);
  std::uint64_t seen = 0;
  const RancFigures figures = run_ranc(network, {}, 10, {}, [&](const RancTick&) { ++seen; });
  EXPECT_EQ(seen, 10u);
  EXPECT_EQ(figures.ticks, 10u);
  EXPECT_EQ(figures.cycles, 830u);
  EXPECT_EQ(figures.packet_moves, 9u * 5u);  // East three times, North, Local
  EXPECT_EQ(figures.missed_ticks, 0u);
  EXPECT_LT(figures.visited_cycles, figures.cycles / 4);
}

}  // namespace
}  // namespace weft::sim
