// A torus under the bubble rule against closed forms: the shorter way round, who needs how much room, what
// the middle carries, and that full rings do not jam.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "model/base/error.hpp"
#include "model/fabric/way.hpp"
#include "sim/traffic.hpp"
#include "tests/sim/hand_made.hpp"
#include "tests/sim/whole_traffic.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Fabric torus(int width, int height) {
  Fabric fabric = hand_made_fabric(width, height);
  fabric.topology = Topology::Torus;
  fabric.router.deadlock_rule = DeadlockRule::Bubble;
  return fabric;
}

int round(int from, int to, int size) {
  const int direct = std::abs(from - to);
  return std::min(direct, size - direct);
}

TEST(Torus, TakesTheShorterWayRoundStepByStep) {
  for (const Fabric& fabric : {torus(6, 5), torus(4, 4), torus(3, 7), torus(5, 1), torus(1, 6)}) {
    for (std::uint32_t from = 0; from < static_cast<std::uint32_t>(fabric.tiles()); ++from) {
      for (std::uint32_t to = 0; to < static_cast<std::uint32_t>(fabric.tiles()); ++to) {
        const TileId end(to);
        const int shortest = round(fabric.x(TileId(from)), fabric.x(end), fabric.width) +
                             round(fabric.y(TileId(from)), fabric.y(end), fabric.height);
        EXPECT_EQ(way(fabric, TileId(from), end).hops(), shortest);
        int taken = 0;
        for (TileId at(from); at != end; ++taken) at = neighbor(fabric, at, first_side(fabric, at, end));
        EXPECT_EQ(taken, shortest) << from << " to " << to;
      }
    }
  }
}

TEST(Torus, SharesWaysOfEqualLengthEvenly) {
  const Fabric fabric = torus(6, 4);
  int east = 0, south = 0;
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) {
      east += way(fabric, fabric.tile(x, y), fabric.tile((x + 3) % 6, y)).x > 0 ? 1 : 0;
      south += way(fabric, fabric.tile(x, y), fabric.tile(x, (y + 2) % 4)).y > 0 ? 1 : 0;
    }
  }
  EXPECT_EQ(east, 12);
  EXPECT_EQ(south, 12);
}

TEST(Torus, TakesItsHopsAndNoMoreWhereNothingIsInItsWay) {
  for (const Model model : kModels) {
    for (const int pipeline : {1, 3}) {
      for (const int flits : {1, 4}) {
        Fabric fabric = torus(6, 5);
        fabric.router.pipeline_cycles = pipeline;
        fabric.router.buffer_depth = std::max(2 * flits, pipeline + 2);
        TrafficParams params = whole_run(TrafficPattern::Uniform, 3e-5 * flits, flits, 20000);
        params.model = model;
        const TrafficResult result = run_traffic(fabric, params);
        ASSERT_GT(result.packets, 5u);
        const auto per_packet = static_cast<std::uint64_t>(2 + pipeline + flits - 1);
        const std::uint64_t packet_hops = hops(result) / static_cast<std::uint64_t>(flits);
        EXPECT_EQ(sum(result.from_creation),
                  result.packets * per_packet + packet_hops * static_cast<std::uint64_t>(1 + pipeline));
      }
    }
  }
}

// Tile 0 sends `messages` values, one per cycle, East to tile 1.
HandMade eastward(const Fabric& fabric, std::uint32_t messages) {
  HandMade made(fabric);
  for (std::uint32_t n = 0; n < messages; ++n) {
    made.neuron(0, 1, MessageKey(n));
    made.axon(1);
    made.route(0, n, kEast);
    made.route(1, n, kLocal, {{static_cast<std::uint16_t>(n), 1}});
  }
  made.neuron(1, 0);
  return made;
}

// The cycles of the first step in which tile `tile` takes values.
std::vector<std::uint64_t> deliveries(const HandMade& made, std::uint32_t tile, Model model) {
  EventLog log;
  RunParams params;
  params.model = model;
  HandMade copy = made;
  const Outcome outcome = copy.run(copy.stimulus(1), params, &log);
  std::vector<std::uint64_t> cycles = log.cycles(EventKind::Deliver, tile);
  while (!cycles.empty() && cycles.back() >= outcome.step_cycles[0]) cycles.pop_back();
  return cycles;
}

TEST(Torus, LetsAFlitIntoARingOnlyWhereASlotIsLeftInIt) {
  Fabric fabric = torus(3, 1);
  fabric.router.buffer_depth = 2;
  Fabric mesh = fabric;
  mesh.topology = Topology::Mesh;
  mesh.router.deadlock_rule = DeadlockRule::None;
  for (const Model model : kModels) {
    EXPECT_THAT(deliveries(eastward(mesh, 2), 1, model), ElementsAre(5, 6));
    // The second may leave in cycle 4, and has two credits once the first one's is home, in 6.
    EXPECT_THAT(deliveries(eastward(fabric, 2), 1, model), ElementsAre(5, 8));
  }
}

TEST(Torus, LetsAFlitGoOnInItsRingWhereItFits) {
  // Of tile 0's flits to tile 2, two hops East on a ring of five, each meets at tile 1 what the one before
  // has left there; tile 1's own flit, which would enter, waits for two slots.
  Fabric fabric = torus(5, 1);
  fabric.router.buffer_depth = 2;
  HandMade made(fabric);
  made.neuron(0, 1, MessageKey(0));
  made.route(0, 0, kEast);
  made.neuron(1, 0);
  made.neuron(1, 1, MessageKey(1));  // in the Local buffer at 3 + 1, may leave in 5
  made.neuron(1, 1, MessageKey(2));
  for (std::uint32_t key : {0u, 1u, 2u}) made.route(1, key, kEast);
  for (std::uint32_t key : {0u, 1u, 2u}) {
    made.axon(2);
    made.route(2, key, kLocal, {{static_cast<std::uint16_t>(key), 1}});
  }
  made.neuron(2, 0);
  // Key 0 leaves tile 0 in cycle 3 and may go on from tile 1 in 5, beside key 1, which updates in 1 and may
  // leave in 4: granted in 4. In 5 there is one credit: key 0 goes on, and key 2, which may leave in 5 too,
  // waits until both credits are home, of keys 1 (at 7) and 0 (at 8).
  for (const Model model : kModels) EXPECT_THAT(deliveries(made, 2, model), ElementsAre(6, 7, 10));
}

TEST(Torus, GoesRoundItsEnds) {
  HandMade made(torus(4, 1));
  made.neuron(0, 5, MessageKey(1));
  made.route(0, 1, kWest);
  made.axon(3);
  made.neuron(3, 0);
  made.route(3, 1, kLocal, {{0, 1}});
  for (const Model model : kModels) EXPECT_THAT(deliveries(made, 3, model), ElementsAre(5));
}

TEST(Torus, DoesNotJamInFullRings) {
  for (const int flits : {1, 3}) {
    for (const Fabric& shape : {torus(8, 1), torus(4, 4), torus(3, 5)}) {
      Fabric fabric = shape;
      fabric.router.buffer_depth = 2 * flits;
      for (const Arbitration arbitration : {Arbitration::RoundRobin, Arbitration::FixedPriority}) {
        fabric.router.arbitration = arbitration;
        const TrafficResult result = run_traffic(fabric, whole_run(TrafficPattern::Uniform, 1, flits, 2000));
        std::uint64_t delivered = 0;
        for (const TileCounters& tile : result.tiles) delivered += tile.deliveries;
        EXPECT_EQ(delivered, result.packets * static_cast<std::uint64_t>(flits));
        EXPECT_TRUE(result.saturated());
      }
    }
  }
}

TEST(Torus, CrossesTheMiddleNoFasterThanItsLinksCarryButFasterThanAMesh) {
  const int size = 12;
  TrafficParams params = whole_run(TrafficPattern::Uniform, 1, 1, 1000);
  params.warmup_cycles = params.cooldown_cycles = 500;
  const double k = size;
  const double bound = 8 * (k * k - 1) / (k * k * k);
  Fabric fabric = torus(size, size);
  fabric.router.buffer_depth = 8;
  const double accepted = run_traffic(fabric, params).accepted;
  EXPECT_LE(accepted, bound * 1.02);  // 2%: what the draws vary by
  EXPECT_GE(accepted, bound * 0.55);
  EXPECT_GE(accepted, bound / 2 * 1.02) << "more than any mesh";
}

TEST(Torus, NamesTheRuleToWhomItKeepsWaiting) {
  Fabric fabric = torus(3, 1);
  fabric.router.buffer_depth = 2;
  TrafficParams params = whole_run(TrafficPattern::Uniform, 1, 1, 1000);
  params.stall_share = 0.98;
  params.watchdog_cycles = 50;
  std::string told;
  for (params.stall_seed = 1; params.stall_seed <= 20; ++params.stall_seed) {
    try {
      run_traffic(fabric, params);
    } catch (const Error& error) {
      told += error.what();
    }
  }
  EXPECT_THAT(told, HasSubstr("(the bubble rule asks for more free slots behind it)"));
}

TEST(Torus, TakesPacketsOfWhichTwoFitIntoABuffer) {
  Fabric fabric = torus(4, 4);
  fabric.router.buffer_depth = 7;
  EXPECT_GT(run_traffic(fabric, whole_run(TrafficPattern::Uniform, 0.1, 3, 100)).packets, 0u);
  try {
    run_traffic(fabric, whole_run(TrafficPattern::Uniform, 0.1, 4, 100));
    ADD_FAILURE() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("packets of 4 flits on a torus whose buffers hold 7 flits"));
    EXPECT_THAT(error.what(), HasSubstr("a router.buffer_depth of at least two packets, 8"));
  }
}

}  // namespace
}  // namespace weft::sim
