// Synthetic traffic on the SystemC fabric against section 12 of sim/TIMING.md as a program: random fabrics,
// patterns, rates up to far beyond saturation, packets shorter and longer than the buffers, random stalls.
#include <gtest/gtest.h>

#include "model/base/random.hpp"
#include "sim/traffic.hpp"
#include "tests/reference/differences.hpp"
#include "tests/reference/random_cases.hpp"
#include "tests/reference/traffic_model.hpp"

namespace weft::test {
namespace {

sim::TrafficParams random_traffic(Random& random, const Fabric& fabric) {
  sim::TrafficParams params;
  params.pattern = static_cast<sim::TrafficPattern>(random.below(4));
  if (params.pattern == sim::TrafficPattern::Transpose && fabric.width != fabric.height) {
    params.pattern = sim::TrafficPattern::Uniform;
  }
  params.packet_flits = 1 + static_cast<int>(random.below(9));
  const double rates[] = {0.002, 0.02, 0.1, 0.3, 1};
  params.rate = rates[random.below(5)];
  params.hotspot_share = random.uniform();
  params.warmup_cycles = random.below(100);
  params.measure_cycles = 1 + random.below(1500);
  params.cooldown_cycles = random.below(100);
  params.seed = random.bits();
  params.stall_share = random_stall_share(random);
  params.stall_seed = random.bits();
  return params;
}

Fabric random_grid(Random& random) {
  Fabric fabric = random_fabric(random);
  while (fabric.tiles() < 2) fabric = random_fabric(random);
  if (random.below(3) == 0) fabric.height = fabric.width > 1 ? fabric.width : fabric.height;
  fabric.router.routing = Routing::Multicast;  // circuits carry no packets
  fabric.router.buffer_depth = 1 + static_cast<int>(random.below(6));
  return fabric;
}

std::map<std::uint64_t, std::uint64_t> as_map(const sim::LatencyCounts& latencies) {
  std::map<std::uint64_t, std::uint64_t> map;
  for (std::size_t l = 0; l < latencies.counts.size(); ++l) {
    if (latencies.counts[l] != 0) map[l] = latencies.counts[l];
  }
  return map;
}

void expect_equal(const sim::TrafficResult& result, const TrafficModelResult& model) {
  EXPECT_EQ(result.cycles, model.cycles);
  EXPECT_EQ(result.packets, model.packets);
  EXPECT_EQ(result.measured_packets, model.measured_packets);
  EXPECT_EQ(result.accepted_flits, model.accepted_flits);
  EXPECT_EQ(as_map(result.from_creation), model.from_creation);
  EXPECT_EQ(as_map(result.from_injection), model.from_injection);
  ASSERT_EQ(result.tiles.size(), model.tiles.size());
  for (std::uint32_t t = 0; t < model.tiles.size(); ++t) {
    EXPECT_TRUE(result.tiles[TileId(t)] == model.tiles[t]) << "counters of tile " << t;
  }
}

void check_traffic(std::uint64_t first_seed, int cases) {
  std::uint64_t packets = 0;
  int tori = 0;
  for (int i = 0; i < cases; ++i) {
    Random random(first_seed + static_cast<std::uint64_t>(i));
    Fabric fabric = random_grid(random);
    sim::TrafficParams params = random_traffic(random, fabric);
    if (fabric.topology == Topology::Torus)
      fabric.router.buffer_depth = 2 * params.packet_flits + static_cast<int>(random.below(5));
    SCOPED_TRACE(testing::Message() << "seed " << first_seed + static_cast<std::uint64_t>(i) << ", "
                                    << fabric.width << " x " << fabric.height << " tiles, "
                                    << to_string(fabric.topology) << ' ' << to_string(params.pattern)
                                    << " at " << params.rate << ", F " << params.packet_flits << ", D "
                                    << fabric.router.buffer_depth << ", bits per cycle "
                                    << fabric.router.link_bits << ' '
                                    << to_string(fabric.router.arbitration));
    const bool observed = random.below(3) == 0;
    std::vector<Event> model_events;
    SignalTrace model_signals;
    const TrafficModelResult model = run_traffic_model(fabric, params, observed ? &model_events : nullptr,
                                                       observed ? &model_signals : nullptr);
    for (const sim::Model simulator : sim::kModels) {
      SCOPED_TRACE(to_string(simulator));
      params.model = simulator;
      EventRecorder events;
      SignalRecorder signals;
      const sim::TrafficResult result =
          sim::run_traffic(fabric, params, observed ? &events : nullptr, observed ? &signals : nullptr);
      signals.fill(observed ? result.cycles : 0);
      expect_equal(result, model);
      EXPECT_EQ(first_difference(events.events, model_events), "");
      EXPECT_EQ(first_difference(signals.trace, model_signals), "");
    }
    if (testing::Test::HasFailure()) return;
    packets += model.packets;
    tori += fabric.topology == Topology::Torus ? 1 : 0;
  }
  EXPECT_GT(packets, static_cast<std::uint64_t>(cases));
  EXPECT_GT(tori, cases / 10);
}

TEST(SyntheticTraffic, TakesTheSameCyclesOnBoth) {
  check_traffic(1, 60);
}
TEST(SyntheticTrafficFull, TakesTheSameCyclesOnBoth) {
  check_traffic(100000, 1500);
}

}  // namespace
}  // namespace weft::test
