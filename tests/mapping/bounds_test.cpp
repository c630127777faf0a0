// Lower bounds on links and hops: closed forms, and never above what the best of all placements needs.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "mapping/bounds/assignment.hpp"
#include "mapping/bounds/bounds.hpp"
#include "mapping/bounds/pair_bound.hpp"
#include "mapping/graph/expand.hpp"
#include "mapping/place/place.hpp"
#include "mapping/route/tree.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

std::int64_t whole_cores(const NeuronGraph& graph, const CoreSpec& core) {
  return lower_bounds(graph, core).whole_cores;
}

std::vector<NodeId> senders(std::uint32_t count) {
  std::vector<NodeId> nodes;
  for (std::uint32_t n = 0; n < count; ++n) nodes.push_back(NodeId(n));
  return nodes;
}

TEST(LinkBound, IsOneLessThanTheCoresOfWhatHangsTogether) {
  const CoreSpec core = small_fabric(1, 1, 8, 4).core;
  const Bounds bounds = lower_bounds(expand(single_layer(8, 12, 1), 8), core);
  EXPECT_EQ(bounds.cores, 3);
  EXPECT_EQ(bounds.links, 2);
}

TEST(LinkBound, LeavesPartsApartThatHaveNothingToDoWithEachOther) {
  FixedNetwork network = single_layer(8, 8, 0);  // input i feeds output i alone
  auto& weights = network.projections[ProjectionId(0)].weights;
  for (std::size_t n = 0; n < 8; ++n) weights[n * 8 + n] = 1;
  const Bounds bounds = lower_bounds(expand(network, 8), small_fabric(1, 1, 8, 4).core);
  EXPECT_EQ(bounds.cores, 2);
  EXPECT_EQ(bounds.links, 0);
}

TEST(UnitBound, CountsTheSmallestTreeThatAddsUp) {
  CoreSpec core = small_fabric(1, 1, 64, 8).core;
  core.kind = CoreKind::Units;
  core.unit_synapses = 4;
  // One neuron adds 4, two add 7: one of the 8 synapses takes the other's sum. Then three add 10, and so on.
  const std::vector<std::pair<int, int>> fewest = {{1, 1}, {4, 1}, {5, 2}, {7, 2}, {8, 3}, {10, 3}, {40, 13}};
  for (const auto& [inputs, neurons] : fewest) {
    EXPECT_EQ(lower_bounds(expand(single_layer(inputs, 1, 1), 8), core).neurons, neurons) << inputs;
  }
  EXPECT_EQ(lower_bounds(expand(single_layer(40, 5, 1), 8), core).cores, 9) << "65 neurons, 8 in a core";
}

TEST(HopBound, CountsTheWayFromThePorts) {
  // Six tiles of 3 x 3 have ports; eight cores hear two inputs each, the first one sends an output too.
  const Fabric fabric = small_fabric(3, 3, 1, 1);
  Nets nets;
  for (std::uint32_t c = 0; c < 8; ++c) nets.from_inputs.push_back({kNoCore, {CoreId(c)}, senders(2)});
  nets.to_outputs.push_back({CoreId(0), {}, senders(1)});
  EXPECT_EQ(hops_lower_bound(nets, fabric, 8), 2 * 2);
}

TEST(HopBound, KnowsThatATileHasFourNeighbors) {
  const Fabric fabric = small_fabric(5, 5, 1, 1);
  Nets nets;
  for (std::uint32_t c = 1; c <= 6; ++c) nets.between_cores.push_back({CoreId(0), {CoreId(c)}, senders(2)});
  // Six partners, two of them at distance two: two flits farther each, half of which each end pays for.
  EXPECT_EQ(hops_lower_bound(nets, fabric, 7), 6 * 2 + 2);
  nets.between_cores.push_back({CoreId(0), {CoreId(0), CoreId(1), CoreId(2), CoreId(3)}, senders(1)});
  EXPECT_EQ(hops_lower_bound(nets, fabric, 7), 6 * 2 + 2 + 3);
}

// The hops of one placement, each input and output at the port that suits it best.
std::int64_t hops_of(const Nets& nets, const Fabric& fabric, const std::vector<std::uint32_t>& tile_of) {
  RouteLength length(fabric);
  std::int64_t hops = 0;
  const auto add = [&](const Net& net, auto&& measure) {
    std::vector<TileId> tiles;
    for (CoreId core : net.targets) tiles.push_back(TileId(tile_of[core.index()]));
    hops += measure(tiles) * static_cast<std::int64_t>(net.senders.size());
  };
  const auto nearest = [&](auto&& way) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (TileId port : port_tiles(fabric)) least = std::min(least, way(port));
    return least;
  };
  for (const Net& net : nets.between_cores) {
    add(net, [&](const auto& tiles) { return length(TileId(tile_of[net.source.index()]), tiles); });
  }
  for (const Net& net : nets.from_inputs) {
    add(net, [&](const auto& tiles) { return nearest([&](TileId port) { return length(port, tiles); }); });
  }
  for (const Net& net : nets.to_outputs) {
    add(net, [&](const auto&) {
      return nearest([&](TileId port) {
        return length(TileId(tile_of[net.source.index()]), std::vector<TileId>{port});
      });
    });
  }
  return hops;
}

Nets random_nets(std::uint32_t cores, Random& random) {
  const auto some = [&] {
    std::vector<CoreId> targets;
    while (targets.empty()) {
      for (std::uint32_t c = 0; c < cores; ++c) {
        if (random.below(3) == 0) targets.push_back(CoreId(c));
      }
    }
    return targets;
  };
  const auto flits = [&] { return senders(1 + static_cast<std::uint32_t>(random.below(4))); };
  const auto one = [&] { return CoreId(static_cast<std::uint32_t>(random.below(cores))); };
  Nets nets;
  for (std::uint64_t n = random.below(8); n > 0; --n) nets.between_cores.push_back({one(), some(), flits()});
  for (std::uint64_t n = random.below(8); n > 0; --n) {
    nets.between_cores.push_back({one(), {one()}, flits()});
    if (nets.between_cores.back().targets.front() == nets.between_cores.back().source)
      nets.between_cores.pop_back();
  }
  for (std::uint64_t n = random.below(8); n > 0; --n) nets.from_inputs.push_back({kNoCore, some(), flits()});
  for (std::uint64_t n = random.below(3); n > 0; --n) nets.to_outputs.push_back({one(), {}, flits()});
  return nets;
}

TEST(HopBound, IsNeverAboveTheBestOfAllPlacements) {
  Random random(11);
  int tight = 0;
  for (int round = 0; round < 30; ++round) {
    SCOPED_TRACE(round);
    Fabric fabric = small_fabric(3, 2, 1, 1);
    fabric.ports.east = random.below(2) == 0;
    fabric.router.routing = round % 3 == 0 ? Routing::Unicast : Routing::Multicast;
    const Nets nets = random_nets(6, random);
    std::vector<std::uint32_t> tile_of(6);
    std::iota(tile_of.begin(), tile_of.end(), 0u);
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    do {
      best = std::min(best, hops_of(nets, fabric, tile_of));
    } while (std::next_permutation(tile_of.begin(), tile_of.end()));
    const std::int64_t bound = hops_lower_bound(nets, fabric, 6);
    EXPECT_LE(bound, best);
    tight += bound * 10 >= best * 7 ? 1 : 0;
  }
  EXPECT_GT(tight, 10);
}

TEST(WholeBound, KnowsHowManyPlacesABoxNeeds) {
  // 256 axons are 16 places of 16 channels: 4 x 4 inputs, 2 x 2 outputs. 30 x 30 outputs read full boxes.
  const CoreSpec core = small_fabric(1, 1, 256, 256).core;
  EXPECT_EQ(whole_cores(expand(convolution(32, 16, 16), 8), core), 30 * 30 / 4);
  EXPECT_EQ(whole_cores(expand(convolution(10, 1, 1), 8), small_fabric(1, 1, 9, 64).core), 8 * 8)
      << "one output each";
  EXPECT_EQ(whole_cores(expand(convolution(10, 1, 1), 8), small_fabric(1, 1, 3, 64).core), 0)
      << "none fits whole, not even in a corner";
  EXPECT_EQ(whole_cores(expand(single_layer(40, 5, 1), 8), core), 1) << "no rows and columns";
}

TEST(WholeBound, IsNeverAboveWhatSomeSetOfPlacesCovers) {
  // All sets of places in 4 x 4 with 3 x 3 boxes: what a core of so many axons holds at most.
  std::vector<std::int64_t> most(37, 0);
  for (std::uint32_t set = 1; set < 1u << 16; ++set) {
    std::uint64_t covered = 0;
    std::int64_t places = 0;
    for (int at = 0; at < 16; ++at) {
      if ((set >> at & 1u) == 0) continue;
      ++places;
      for (int i = 0; i < 9; ++i) covered |= std::uint64_t{1} << ((at / 4 + i / 3) * 6 + at % 4 + i % 3);
    }
    std::size_t area = 0;
    for (; covered != 0; covered &= covered - 1) ++area;
    most[area] = std::max(most[area], places);
  }
  const NeuronGraph graph = expand(convolution(6, 1, 1), 8);  // 4 x 4 full boxes
  std::int64_t held = 0;
  for (int axons = 9; axons <= 36; ++axons) {
    held = std::max(held, most[static_cast<std::size_t>(axons)]);
    EXPECT_LE(whole_cores(graph, small_fabric(1, 1, axons, 64).core), (16 + held - 1) / held) << axons;
  }
}

TEST(Assignment, IsAsCheapAsTheCheapestPermutation) {
  Random random(5);
  for (int round = 0; round < 50; ++round) {
    const std::size_t columns = 2 + random.below(5), rows = 1 + random.below(columns);
    std::vector<std::vector<std::int64_t>> cost(rows, std::vector<std::int64_t>(columns));
    for (auto& row : cost) {
      for (std::int64_t& item : row) item = static_cast<std::int64_t>(random.below(20)) - 5;
    }
    std::vector<std::size_t> order(columns);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    do {
      std::int64_t sum = 0;
      for (std::size_t r = 0; r < rows; ++r) sum += cost[r][order[r]];
      best = std::min(best, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(cheapest_assignment(cost), best) << "round " << round;
  }
}

TEST(PairBound, KnowsTheEdgesOfAMesh) {
  // Each core of a 4 x 4 grid exchanges three flits with each neighbor. At best they lie as the grid does.
  const Fabric fabric = small_fabric(4, 4, 1, 1);
  PairTraffic traffic(16);
  for (std::uint32_t c = 0; c < 16; ++c) {
    if (c % 4 < 3) traffic.add(CoreId(c), CoreId(c + 1), 3);
    if (c < 12) traffic.add(CoreId(c), CoreId(c + 4), 3);
  }
  EXPECT_EQ(pair_bound(traffic, fabric, 0), 24 * 3);
  EXPECT_EQ(pair_bound(traffic, fabric, 1), 0);
  // A core in a corner has two neighbors, not four: a star of four leaves of it costs 2 * 2 + 2 * 1 there, so
  // the hub stands elsewhere; in a row of tiles there is no elsewhere.
  PairTraffic star(5);
  for (std::uint32_t c = 1; c < 5; ++c) star.add(CoreId(0), CoreId(c), 1);
  EXPECT_EQ(pair_bound(star, fabric, 0), 4);
  EXPECT_EQ(pair_bound(star, small_fabric(5, 1, 1, 1), 0), 5) << "6 from the hub, 4 from the leaves, halved";
}

}  // namespace
}  // namespace weft::mapping
