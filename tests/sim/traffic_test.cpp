// Synthetic traffic against closed forms: latency without contention, what the middle of a mesh carries, what
// one tile takes.
#include "sim/traffic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/base/error.hpp"
#include "sim/engine/traffic_engine.hpp"
#include "sim/fabric_module.hpp"
#include "tests/sim/hand_made.hpp"
#include "tests/sim/whole_traffic.hpp"

namespace weft::sim {
namespace {

using testing::HasSubstr;

std::string complaint(const Fabric& fabric, const TrafficParams& params) {
  try {
    run_traffic(fabric, params);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Traffic, TakesItsHopsAndNoMoreWhereNothingIsInItsWay) {
  for (const int pipeline : {1, 3}) {
    for (const int link : {1, 2}) {
      for (const int flits : {1, 4, 7}) {
        Fabric fabric = hand_made_fabric(6, 5);
        fabric.router.pipeline_cycles = pipeline;
        fabric.router.link_cycles = link;
        fabric.router.buffer_depth = link + pipeline + 2;
        const TrafficResult result =
            run_traffic(fabric, whole_run(TrafficPattern::Uniform, 3e-5 * flits, flits, 20000));
        ASSERT_GT(result.packets, 5u);
        const auto per_packet = static_cast<std::uint64_t>(2 + pipeline + flits - 1);
        const std::uint64_t packet_hops = hops(result) / static_cast<std::uint64_t>(flits);
        const std::uint64_t expected =
            result.packets * per_packet + packet_hops * static_cast<std::uint64_t>(link + pipeline);
        EXPECT_EQ(sum(result.from_creation), expected);
        EXPECT_EQ(sum(result.from_injection), expected - result.packets);
      }
    }
  }
}

TEST(Traffic, GoesOneHopToANeighborAndMirroredWhenTransposed) {
  const TrafficResult near =
      run_traffic(hand_made_fabric(4, 3), whole_run(TrafficPattern::Neighbor, 0.1, 3, 2000));
  EXPECT_EQ(hops(near), near.packets * 3);
  const TrafficResult mirrored =
      run_traffic(hand_made_fabric(4, 4), whole_run(TrafficPattern::Transpose, 0.05, 2, 4000));
  for (std::uint32_t tile = 0; tile < 16; ++tile) {
    const std::uint32_t partner = tile / 4 + 4 * (tile % 4);
    EXPECT_EQ(mirrored.tiles[TileId(tile)].deliveries,
              mirrored.tiles[TileId(partner)].messages * (tile != partner));
  }
}

TEST(Traffic, DeliversEachFlitThatWasCreated) {
  const TrafficResult result =
      run_traffic(hand_made_fabric(5, 3), whole_run(TrafficPattern::Uniform, 0.8, 6, 500));
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
  for (const TileCounters& tile : result.tiles) {
    sent += tile.messages;
    delivered += tile.deliveries;
  }
  EXPECT_EQ(sent, result.packets * 6);
  EXPECT_EQ(delivered, result.packets * 6);
  EXPECT_EQ(result.from_creation.packets(), result.packets);
}

TEST(Traffic, CrossesTheMiddleNoFasterThanItsLinksCarry) {
  for (const int flits : {1, 4}) {
    for (const int size : {4, 8}) {
      TrafficParams params = whole_run(TrafficPattern::Uniform, 1, flits, 2000);
      params.warmup_cycles = params.cooldown_cycles = 1000;
      const TrafficResult result = run_traffic(hand_made_fabric(size, size), params);
      const double k = size;
      const double bound = std::min(1.0, 4 * (k * k - 1) / (k * k * k));
      EXPECT_LE(result.accepted, bound * 1.02) << size << " " << flits;  // 2%: what the draws vary by
      EXPECT_GE(result.accepted, bound * (flits == 1 ? 0.6 : 0.45)) << size << " " << flits;
      EXPECT_TRUE(result.saturated());
    }
  }
}

TEST(Traffic, FillsAHotSpotToAFlitPerCycle) {
  TrafficParams params = whole_run(TrafficPattern::HotSpot, 0.5, 1, 3000);
  params.hotspot_share = 1;
  params.warmup_cycles = params.cooldown_cycles = 500;
  const TrafficResult result = run_traffic(hand_made_fabric(4, 4), params);
  // The hot tile itself sends uniformly; all else is for it.
  const double others = result.accepted * 16 - 1;
  EXPECT_GE(others, 0);
  EXPECT_LE(others, 0.55);
}

TEST(Traffic, OffersTheRateThatWasAskedFor) {
  for (const double rate : {0.001, 0.05, 0.2}) {
    const TrafficResult result =
        run_traffic(hand_made_fabric(8, 8), whole_run(TrafficPattern::Uniform, rate, 2, 20000));
    const double expected = 64 * 20000 * rate / 2;
    EXPECT_NEAR(static_cast<double>(result.packets), expected, 5 * std::sqrt(expected)) << rate;
    EXPECT_NEAR(result.offered, rate, 2 * 5 * std::sqrt(expected) / (64 * 20000)) << rate;
  }
}

TEST(Traffic, DependsOnItsSeedAlone) {
  TrafficParams params = whole_run(TrafficPattern::Uniform, 0.1, 3, 1000);
  const TrafficResult one = run_traffic(hand_made_fabric(4, 4), params);
  const TrafficResult same = run_traffic(hand_made_fabric(4, 4), params);
  EXPECT_TRUE(one.tiles == same.tiles);
  EXPECT_EQ(one.from_creation.counts, same.from_creation.counts);
  params.seed = 2;
  EXPECT_NE(run_traffic(hand_made_fabric(4, 4), params).from_creation.counts, one.from_creation.counts);
}

TEST(Traffic, TakesTheSameCyclesUnderAClock) {
  const Fabric fabric = hand_made_fabric(4, 4);
  const TrafficParams params = whole_run(TrafficPattern::Uniform, 0.2, 5, 300);
  const TrafficResult self_timed = run_traffic(fabric, params);
  TrafficEngine engine(fabric, params, nullptr, nullptr, nullptr);
  {
    Session session;
    sc_core::sc_clock clock("clock", 10, sc_core::SC_NS);
    FabricModule module("fabric", engine, sc_core::sc_time(10, sc_core::SC_NS));
    module.clk(clock);
    sc_core::sc_start(sc_core::sc_time(10.0 * static_cast<double>(self_timed.cycles + 1), sc_core::SC_NS));
    EXPECT_TRUE(module.finished());
  }
  EXPECT_EQ(engine.result().cycles, self_timed.cycles);
  EXPECT_EQ(engine.result().from_injection.counts, self_timed.from_injection.counts);
}

TEST(Traffic, StopsWhenItIsAskedTo) {
  class Impatient : public Progress {
   public:
    void update(std::int64_t, std::int64_t) override {}
    bool stop_requested() const override { return true; }
  } impatient;
  const TrafficResult result =
      run_traffic(hand_made_fabric(4, 4), whole_run(TrafficPattern::Uniform, 0.1, 1, 1000000), nullptr,
                  nullptr, &impatient);
  EXPECT_TRUE(result.interrupted);
  EXPECT_LT(result.cycles, 10000u);
}

TEST(Traffic, NamesTheTilesWhenNothingMoves) {
  TrafficParams params = whole_run(TrafficPattern::Uniform, 0.1, 1, 10000);
  params.stall_share = 0.999999;
  params.watchdog_cycles = 100;
  try {
    run_traffic(hand_made_fabric(2, 1), params);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("traffic is stuck: no flit moved from cycle"));
    EXPECT_THAT(error.what(), HasSubstr("tile_1_0: local input holds"));
    EXPECT_THAT(
        error.what(),
        HasSubstr("of a packet to tile_0_0) waits for west (blocked by a random stall); the source has"));
  }
}

TEST(Traffic, SaysWhatItCannotDo) {
  const TrafficParams good;
  const auto with = [&good](auto change) {
    TrafficParams params = good;
    change(params);
    return params;
  };
  EXPECT_THAT(complaint(hand_made_fabric(4, 4), with([](TrafficParams& p) { p.packet_flits = 0; })),
              HasSubstr("packets of 0 flits"));
  EXPECT_THAT(complaint(hand_made_fabric(4, 4), with([](TrafficParams& p) { p.rate = 0; })),
              HasSubstr("a rate of 0 flits"));
  EXPECT_THAT(complaint(hand_made_fabric(4, 4), with([](TrafficParams& p) { p.rate = 1.5; })),
              HasSubstr("at most a packet per cycle, 1"));
  EXPECT_THAT(complaint(hand_made_fabric(4, 4), with([](TrafficParams& p) { p.hotspot_share = 2; })),
              HasSubstr("a hot spot's share of 2"));
  EXPECT_THAT(complaint(hand_made_fabric(4, 4), with([](TrafficParams& p) { p.stall_share = 1; })),
              HasSubstr("a stall share of 1"));
  EXPECT_THAT(complaint(hand_made_fabric(4, 4), with([](TrafficParams& p) { p.measure_cycles = 0; })),
              HasSubstr("a measurement of 0 cycles"));
  EXPECT_THAT(complaint(hand_made_fabric(1, 1), good), HasSubstr("a fabric of one tile"));
  Fabric circuits = hand_made_fabric(4, 4);
  circuits.router.routing = Routing::Circuit;
  EXPECT_THAT(complaint(circuits, good), HasSubstr("a fabric of circuits"));
  EXPECT_THAT(complaint(hand_made_fabric(4, 3),
                        with([](TrafficParams& p) { p.pattern = TrafficPattern::Transpose; })),
              HasSubstr("transpose traffic on 4 x 3 tiles"));
}

TEST(LatencyCounts, KnowTheirMeanAndPercentiles) {
  LatencyCounts latencies;
  EXPECT_EQ(latencies.mean(), 0);
  EXPECT_EQ(latencies.percentile(0.5), 0u);
  for (std::uint64_t l = 1; l <= 100; ++l) latencies.add(l);
  EXPECT_EQ(latencies.mean(), 50.5);
  EXPECT_EQ(latencies.percentile(0.5), 50u);
  EXPECT_EQ(latencies.percentile(0.99), 99u);
  EXPECT_EQ(latencies.percentile(1), 100u);
}

}  // namespace
}  // namespace weft::sim
