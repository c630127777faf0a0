// The fabric among other modules: pins at the edge, a user's core or router in a tile. A part that does what
// the engine's own does, behind signals, gives the same run, cycle for cycle.
#include "sim/open_fabric.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "tests/sim/own_parts.hpp"
#include "tests/sim/random_case.hpp"

namespace weft::sim {
namespace {

using testing::HasSubstr;

const sc_core::sc_time kPeriod(10, sc_core::SC_NS);

// A case whose barrier leaves modules the time to see a step's end, fill their list and offer its first flit.
RandomCase open_case(std::uint64_t seed) {
  RandomCase one = random_case(seed);
  one.made.fabric.step.barrier_cycles += 3;
  RouterSpec& router = one.made.fabric.router;
  if (seed % 3 == 0) router.arbitration = Arbitration::FixedPriority;
  if (seed % 4 == 0) router.link_bits = router.flit_bits / 2;
  if (seed % 5 == 0) {
    // Some values are for neurons' sums instead of axons.
    one.made.fabric.core.native_sums = true;
    for (TileImage& tile : one.made.image.tiles) {
      for (std::size_t d = 0; d < tile.deliveries.size(); d += 2) {
        tile.deliveries[d].axon = static_cast<std::uint16_t>(d % tile.core.neurons.size());
        tile.deliveries[d].to_sum = true;
      }
    }
  }
  one.made.image.fabric = digest(one.made.fabric);
  return one;
}

// A simulation: the fabric, its clock and whatever a test puts beside them.
struct Bench {
  explicit Bench(RandomCase& one_case, const OpenFabricParams& params = {})
      : clock("clock", kPeriod), fabric("fabric", one_case.made.fabric, params) {
    fabric.load(one_case.made.image, one_case.stimulus);
    fabric.clk(clock);
    fabric.step_active(active);
    fabric.step_number(number);
  }
  void run(std::uint64_t cycles) { sc_core::sc_start(static_cast<double>(cycles) * kPeriod); }

  Session session;
  sc_core::sc_clock clock;
  sc_core::sc_signal<bool> active{"active"};
  sc_core::sc_signal<std::uint64_t> number{"number"};
  OpenFabric fabric;
};

void expect_same_run(const Outcome& found, const Outcome& plain) {
  EXPECT_EQ(found.step_cycles, plain.step_cycles);
  EXPECT_EQ(found.outputs.values, plain.outputs.values);
  EXPECT_EQ(found.latency_cycles, plain.latency_cycles);
  EXPECT_EQ(found.cycles, plain.cycles);
}

TEST(OpenFabric, WithNothingBoundIsTheSelfTimedFabric) {
  RandomCase one = open_case(1);
  const Outcome plain = one.made.run(one.stimulus);
  Session session;
  OpenFabric fabric("fabric", one.made.fabric);
  fabric.load(one.made.image, one.stimulus);
  sc_core::sc_start();
  EXPECT_TRUE(fabric.finished());
  expect_same_run(fabric.outcome(), plain);
  EXPECT_TRUE(fabric.outcome().tiles == plain.tiles);
}

TEST(OpenFabric, FlitsOfferedAtPinsEnterInTheCyclesOfTheStimulus) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    std::vector<std::unique_ptr<Player>> players;
    for (const TileId tile : port_tiles(one.made.fabric)) {
      players.push_back(std::make_unique<Player>(tile_name(one.made.fabric, tile).c_str(), bench.fabric, tile,
                                                 one.made.image, one.stimulus));
      players.back()->clk(bench.clock);
      players.back()->step_active(bench.active);
      players.back()->step_number(bench.number);
    }
    bench.run(plain.cycles);
    EXPECT_TRUE(bench.fabric.finished());
    expect_same_run(bench.fabric.outcome(), plain);
    EXPECT_TRUE(bench.fabric.outcome().tiles == plain.tiles);
  }
}

TEST(OpenFabric, ATakerThatIsAlwaysReadyChangesNothing) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    std::vector<std::unique_ptr<Taker>> takers;
    for (const TileId tile : port_tiles(one.made.fabric)) {
      takers.push_back(
          std::make_unique<Taker>(tile_name(one.made.fabric, tile).c_str(), bench.fabric, tile, 0));
      takers.back()->clk(bench.clock);
    }
    bench.run(plain.cycles + 2);
    expect_same_run(bench.fabric.outcome(), plain);
    EXPECT_TRUE(bench.fabric.outcome().tiles == plain.tiles);
    std::size_t taken = 0;
    for (const auto& taker : takers) taken += taker->taken.size();
    EXPECT_EQ(taken, totals(plain).emitted);
  }
}

TEST(OpenFabric, ATakerThatPausesChangesCyclesOnly) {
  std::uint64_t later = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    std::vector<std::unique_ptr<Taker>> takers;
    for (const TileId tile : port_tiles(one.made.fabric)) {
      takers.push_back(
          std::make_unique<Taker>(tile_name(one.made.fabric, tile).c_str(), bench.fabric, tile, 60));
      takers.back()->clk(bench.clock);
    }
    bench.run(40 * plain.cycles);
    ASSERT_TRUE(bench.fabric.finished());
    EXPECT_EQ(bench.fabric.outcome().outputs.values, plain.outputs.values);
    later += bench.fabric.outcome().cycles - plain.cycles;
  }
  EXPECT_GT(later, 0u);
}

TEST(CoreAdapter, ACoreThatDoesWhatTheStandardOneDoesGivesTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    const TileId tile(static_cast<std::uint32_t>(seed) % static_cast<std::uint32_t>(one.made.fabric.tiles()));
    CoreAdapter adapter("adapter", bench.fabric, tile);
    OwnCore core("core", adapter, bench.fabric, one.made.image.tiles[tile].core);
    core.clk(bench.clock);
    bench.run(plain.cycles);
    EXPECT_TRUE(bench.fabric.finished());
    const Outcome outcome = bench.fabric.outcome();
    expect_same_run(outcome, plain);
    for (std::uint32_t t = 0; t < outcome.tiles.size(); ++t) {
      EXPECT_EQ(outcome.tiles[TileId(t)].flits, plain.tiles[TileId(t)].flits);
      EXPECT_EQ(outcome.tiles[TileId(t)].messages, plain.tiles[TileId(t)].messages);
      EXPECT_EQ(outcome.tiles[TileId(t)].deliveries, plain.tiles[TileId(t)].deliveries);
      if (TileId(t) == tile) continue;
      EXPECT_TRUE(outcome.tiles[TileId(t)] == plain.tiles[TileId(t)]);
    }
  }
}

TEST(RouterAdapter, ARouterThatDoesWhatTheStandardOneDoesGivesTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    const TileId tile(static_cast<std::uint32_t>(seed) % static_cast<std::uint32_t>(one.made.fabric.tiles()));
    RouterAdapter adapter("adapter", bench.fabric, tile);
    OwnRouter router("router", adapter, one.made.fabric);
    router.clk(bench.clock);
    bench.run(plain.cycles);
    EXPECT_TRUE(bench.fabric.finished());
    expect_same_run(bench.fabric.outcome(), plain);
    EXPECT_TRUE(bench.fabric.outcome().tiles == plain.tiles);
  }
}

// Of a fabric that is open but not yet loaded nothing is told.
class CountingSink : public SignalSink {
 public:
  std::vector<bool> choose(const std::vector<SignalInfo>& signals) override {
    ++chosen;
    return std::vector<bool>(signals.size(), true);
  }
  void change(std::uint64_t, std::uint32_t, std::uint64_t) override { ++changes; }
  std::uint64_t from() const override { return 0; }
  std::uint64_t to() const override { return 1000; }
  int chosen = 0;
  std::uint64_t changes = 0;
};

TEST(OpenFabric, AsksASinkOnceForEachRun) {
  RandomCase one = open_case(2);
  CountingSink sink;
  OpenFabricParams params;
  params.signals = &sink;
  Session session;
  OpenFabric fabric("fabric", one.made.fabric, params);
  EXPECT_EQ(sink.chosen, 0);
  fabric.load(one.made.image, one.stimulus);
  sc_core::sc_start();
  EXPECT_EQ(sink.chosen, 1);
  EXPECT_GT(sink.changes, 0u);
}

// All of them, where hops and credits take two cycles or more.
TEST(RouterAdapter, AFabricOfSuchRoutersAloneGivesTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    one.made.fabric.router.credit_cycles += 1;
    one.made.fabric.router.link_cycles += 1;
    one.made.image.fabric = digest(one.made.fabric);
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    std::vector<std::unique_ptr<RouterAdapter>> adapters;
    std::vector<std::unique_ptr<OwnRouter>> routers;
    for (std::uint32_t t = 0; t < plain.tiles.size(); ++t) {
      const std::string name = tile_name(one.made.fabric, TileId(t));
      adapters.push_back(std::make_unique<RouterAdapter>((name + "_place").c_str(), bench.fabric, TileId(t)));
      routers.push_back(std::make_unique<OwnRouter>(name.c_str(), *adapters.back(), one.made.fabric));
      routers.back()->clk(bench.clock);
    }
    bench.run(plain.cycles);
    EXPECT_TRUE(bench.fabric.finished());
    expect_same_run(bench.fabric.outcome(), plain);
    EXPECT_TRUE(bench.fabric.outcome().tiles == plain.tiles);
  }
}

TEST(CoreAdapter, AFabricOfSuchCoresAloneGivesTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    std::vector<std::unique_ptr<CoreAdapter>> adapters;
    std::vector<std::unique_ptr<OwnCore>> cores;
    for (std::uint32_t t = 0; t < plain.tiles.size(); ++t) {
      const std::string name = tile_name(one.made.fabric, TileId(t));
      adapters.push_back(std::make_unique<CoreAdapter>((name + "_place").c_str(), bench.fabric, TileId(t)));
      cores.push_back(std::make_unique<OwnCore>(name.c_str(), *adapters.back(), bench.fabric,
                                                one.made.image.tiles[TileId(t)].core));
      cores.back()->clk(bench.clock);
    }
    bench.run(plain.cycles);
    EXPECT_TRUE(bench.fabric.finished());
    expect_same_run(bench.fabric.outcome(), plain);
  }
}

TEST(OpenFabric, GuestsOfAllKindsAtOnceGiveTheSameRun) {
  int fabrics = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    const Fabric& fabric = one.made.fabric;
    const auto tiles = static_cast<std::uint32_t>(fabric.tiles());
    if (tiles < 3) continue;
    ++fabrics;
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    const TileId router_tile(static_cast<std::uint32_t>(seed) % tiles);
    const TileId core_tile((router_tile.value() + 1) % tiles);
    RouterAdapter router_place("router_place", bench.fabric, router_tile);
    OwnRouter router("router", router_place, fabric);
    router.clk(bench.clock);
    CoreAdapter core_place("core_place", bench.fabric, core_tile);
    OwnCore core("core", core_place, bench.fabric, one.made.image.tiles[core_tile].core);
    core.clk(bench.clock);
    std::vector<std::unique_ptr<Player>> players;
    std::vector<std::unique_ptr<Taker>> takers;
    for (const TileId tile : port_tiles(fabric)) {
      if (tile == router_tile) continue;
      const std::string name = tile_name(fabric, tile);
      players.push_back(std::make_unique<Player>((name + "_player").c_str(), bench.fabric, tile,
                                                 one.made.image, one.stimulus));
      players.back()->clk(bench.clock);
      players.back()->step_active(bench.active);
      players.back()->step_number(bench.number);
      takers.push_back(std::make_unique<Taker>((name + "_taker").c_str(), bench.fabric, tile, 0));
      takers.back()->clk(bench.clock);
    }
    bench.run(plain.cycles);
    EXPECT_TRUE(bench.fabric.finished());
    expect_same_run(bench.fabric.outcome(), plain);
  }
  EXPECT_GT(fabrics, 10);
}

TEST(OpenFabric, GuestsAtTilesOfSeveralCoresGiveTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    share_tiles(one);
    const Fabric& fabric = one.made.fabric;
    const Outcome plain = one.made.run(one.stimulus);
    Bench bench(one);
    const TileId router_tile(static_cast<std::uint32_t>(seed) % static_cast<std::uint32_t>(fabric.tiles()));
    RouterAdapter router_place("router_place", bench.fabric, router_tile);
    OwnRouter router("router", router_place, fabric);
    router.clk(bench.clock);
    std::vector<std::unique_ptr<Taker>> takers;
    for (const TileId tile : port_tiles(fabric)) {
      if (tile == router_tile) continue;
      const std::string name = tile_name(fabric, tile) + "_taker";
      takers.push_back(std::make_unique<Taker>(name.c_str(), bench.fabric, tile, 0));
      takers.back()->clk(bench.clock);
    }
    bench.run(plain.cycles);
    EXPECT_TRUE(bench.fabric.finished());
    expect_same_run(bench.fabric.outcome(), plain);
    EXPECT_TRUE(bench.fabric.outcome().tiles == plain.tiles);
  }
}

// Guests want a barrier; a clock and the socket do not.
TEST(OpenFabric, AFabricOfTicksRunsByAClock) {
  RandomCase one = random_case(6);
  one.made.fabric.step.synchronization = Synchronization::Tick;
  one.made.fabric.step.tick_cycles = 200;
  const Outcome plain = one.made.run(one.stimulus);
  Session session;
  sc_core::sc_clock clock("clock", kPeriod);
  OpenFabric fabric("fabric", one.made.fabric);
  fabric.load(one.made.image, one.stimulus);
  fabric.clk(clock);
  sc_core::sc_start(static_cast<double>(plain.cycles) * kPeriod);
  EXPECT_TRUE(fabric.finished());
  expect_same_run(fabric.outcome(), plain);
  EXPECT_TRUE(fabric.outcome().tiles == plain.tiles);
}

// By cycle, tile, kind and the rest: cycles of the same event are told in no defined order.
using Key = std::tuple<std::uint64_t, std::uint32_t, int, int, std::uint32_t, std::int32_t>;
std::vector<Key> sorted(const EventLog& log) {
  std::vector<Key> keys;
  for (const Event& event : log.events)
    keys.emplace_back(event.cycle, event.tile.value(), static_cast<int>(event.kind), event.detail,
                      event.subject, event.value);
  std::sort(keys.begin(), keys.end());
  return keys;
}

TEST(OpenFabric, GuestsAreSeenInTheEventsOfTheSameCycles) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = open_case(seed);
    EventLog plain_log, log;
    const Outcome plain = one.made.run(one.stimulus, {}, &plain_log);
    OpenFabricParams params;
    params.events = &log;
    Bench bench(one, params);
    const TileId tile(static_cast<std::uint32_t>(seed) % static_cast<std::uint32_t>(one.made.fabric.tiles()));
    RouterAdapter adapter("adapter", bench.fabric, tile);
    OwnRouter router("router", adapter, one.made.fabric);
    router.clk(bench.clock);
    const auto ports = port_tiles(one.made.fabric);
    const TileId port = ports.front() != tile ? ports.front() : ports.back();
    if (port == tile) continue;
    Player player("player", bench.fabric, port, one.made.image, one.stimulus);
    player.clk(bench.clock);
    player.step_active(bench.active);
    player.step_number(bench.number);
    bench.run(plain.cycles);
    EXPECT_EQ(sorted(log), sorted(plain_log));
    for (std::size_t i = 1; i < log.events.size(); ++i) {
      const bool of_core = log.events[i].kind == EventKind::Row || log.events[i - 1].kind == EventKind::Row;
      EXPECT_TRUE(of_core || log.events[i].cycle >= log.events[i - 1].cycle);
    }
  }
}

}  // namespace
}  // namespace weft::sim
