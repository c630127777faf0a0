// Placement and routing: exact trees, short wires, shared ports.
#include <gtest/gtest.h>

#include <map>

#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "mapping/place/anneal.hpp"
#include "mapping/place/place.hpp"
#include "mapping/place/transport.hpp"
#include "mapping/route/route.hpp"
#include "mapping/route/tree.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

std::map<TileId, int> directions_of(const std::vector<TreeBranch>& tree) {
  std::map<TileId, int> result;
  for (const TreeBranch& branch : tree) result[branch.tile] = branch.directions;
  return result;
}

int bits(std::initializer_list<Direction> directions) {
  int result = 0;
  for (Direction direction : directions) result |= direction_bit(direction);
  return result;
}

TEST(Tree, GoesAlongTheRowFirstAndThenAlongColumns) {
  const Fabric fabric = small_fabric(5, 5, 1, 1);
  const auto tree = directions_of(
      make_tree(fabric, fabric.tile(2, 2), {fabric.tile(0, 2), fabric.tile(4, 1), fabric.tile(2, 4)}));
  const std::map<TileId, int> expected{
      {fabric.tile(0, 2), 0},
      {fabric.tile(1, 2), bits({Direction::West})},
      {fabric.tile(2, 2), bits({Direction::West, Direction::East, Direction::South})},
      {fabric.tile(3, 2), bits({Direction::East})},
      {fabric.tile(4, 2), bits({Direction::North})},
      {fabric.tile(4, 1), 0},
      {fabric.tile(2, 3), bits({Direction::South})},
      {fabric.tile(2, 4), 0}};
  EXPECT_EQ(tree, expected);
}

TEST(Tree, SharesLinksBetweenTargets) {
  const Fabric fabric = small_fabric(5, 5, 1, 1);
  RouteLength length(fabric);
  EXPECT_EQ(length(fabric.tile(0, 0), std::vector<TileId>{fabric.tile(3, 0), fabric.tile(3, 2)}), 5);
  EXPECT_EQ(length(fabric.tile(0, 0), std::vector<TileId>{fabric.tile(0, 0)}), 0);
}

TEST(Tree, HasTheLengthThatIsComputedWithoutBuildingIt) {
  Random random(3);
  for (int round = 0; round < 300; ++round) {
    const Fabric fabric =
        small_fabric(1 + static_cast<int>(random.below(7)), 1 + static_cast<int>(random.below(7)), 1, 1);
    const auto draw = [&] {
      return TileId(static_cast<std::uint32_t>(random.below(static_cast<std::uint64_t>(fabric.tiles()))));
    };
    const TileId source = draw();
    std::vector<TileId> targets(1 + random.below(6));
    for (TileId& target : targets) target = draw();
    std::int64_t links = 0;
    const auto tree = make_tree(fabric, source, targets);
    for (const TreeBranch& branch : tree) links += __builtin_popcount(branch.directions);
    EXPECT_EQ(links, static_cast<std::int64_t>(tree.size()) - 1) << "a tree";
    EXPECT_EQ(links, RouteLength(fabric)(source, targets));
  }
}

// A ring of cores, each sending to the next.
std::vector<PlacedTree> ring(std::uint32_t cores) {
  std::vector<PlacedTree> trees;
  for (std::uint32_t c = 0; c < cores; ++c)
    trees.push_back({CoreId(c), {CoreId((c + 1) % cores)}, TileId(), 1});
  return trees;
}

TEST(Anneal, LaysARingOntoTheMeshWithoutADetour) {
  const Fabric fabric = small_fabric(4, 4, 1, 1);
  IdVector<CoreId, TileId> start;
  for (std::uint32_t c = 0; c < 8; ++c) start.push_back(TileId((c * 7) % 16));
  const auto placed = anneal(fabric, ring(8), start, {}, Random(1), {}, nullptr).tile_of;
  EXPECT_EQ(total_hops(fabric, ring(8), placed), 8);
}

TEST(Anneal, IsNeverWorseThanItsStart) {
  const Fabric fabric = small_fabric(4, 4, 1, 1);
  IdVector<CoreId, TileId> start;
  for (std::uint32_t c : {0u, 1u, 2u, 3u, 7u, 6u, 5u, 4u}) start.push_back(TileId(c));
  AnnealParams params;
  params.moves = 50;
  const auto placed = anneal(fabric, ring(8), start, {}, Random(1), params, nullptr).tile_of;
  EXPECT_EQ(total_hops(fabric, ring(8), placed), 8);
}

TEST(ShareOut, FindsTheCheapestAssignment) {
  // Greedy by regret alone is not enough: three goods, two bins of room 2.
  Random random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::vector<std::int64_t>> cost(4, std::vector<std::int64_t>(2));
    for (auto& row : cost) {
      for (auto& c : row) c = static_cast<std::int64_t>(random.below(10));
    }
    std::int64_t best = 1000;
    for (unsigned mask = 0; mask < 16; ++mask) {
      if (__builtin_popcount(mask) != 2) continue;
      std::int64_t sum = 0;
      for (std::size_t g = 0; g < 4; ++g) sum += cost[g][(mask >> g) & 1];
      best = std::min(best, sum);
    }
    const auto units = share_out(cost, {1, 1, 1, 1}, 2);
    std::int64_t found = 0;
    for (std::size_t g = 0; g < 4; ++g) {
      EXPECT_EQ(units[g][0] + units[g][1], 1);
      found += units[g][0] * cost[g][0] + units[g][1] * cost[g][1];
    }
    EXPECT_EQ(found, best);
  }
}

struct Placed {
  NeuronGraph graph;
  Nets nets;
  Placement placement;
};

Placed place_network(const FixedNetwork& network, const Fabric& fabric) {
  Placed result;
  result.graph = expand(network, 8);
  const Lines lines = find_lines(result.graph);
  const Clusters clusters = pack_sequential(lines, core_limits(fabric.core), result.graph.first_neuron());
  result.nets = find_nets(result.graph, lines, clusters);
  result.placement = place(fabric, result.nets, clusters.cores, result.graph.inputs, result.graph.outputs, {},
                           Random(1), {}, {}, nullptr);
  return result;
}

TEST(Place, StartsAtThePortsToo) {
  const FixedNetwork network = single_layer(8, 1, 1);
  const Fabric fabric = small_fabric(9, 9, 8, 8);
  MapParams params;
  params.place_moves = 0;
  EXPECT_EQ(map_network(network, fabric, params).mapping.hops, 0);
}

TEST(Place, SharesInputsAmongPorts) {
  const Fabric fabric = small_fabric(4, 4, 400, 400);  // eight ports
  const Placed placed = place_network(single_layer(320, 3, 1), fabric);
  std::map<PortId, int> load;
  for (PortId port : placed.placement.input_port) ++load[port];
  for (const auto& [port, flits] : load) EXPECT_LE(flits, 64);
  EXPECT_GE(load.size(), 5u);
}

TEST(Place, PutsCoresNextToTheirPorts) {
  const Fabric fabric = small_fabric(8, 8, 16, 16);
  const Placed placed = place_network(single_layer(4, 4, 1), fabric);
  EXPECT_EQ(placed.placement.hops, 0) << "one core, all ports at its own tile";
}

TEST(Route, AgreesWithThePlacersHops) {
  Random random(6);
  for (int round = 0; round < 3; ++round) {
    const FixedNetwork network =
        layered_network({{30, 40, 20, 5}, 50, 8}, random.fork(std::to_string(round)));
    const Fabric fabric = small_fabric(6, 6, 50, 8);
    const Placed placed = place_network(network, fabric);
    const Routes routes = route(fabric, placed.graph, placed.nets, placed.placement);
    EXPECT_EQ(routes.hops, placed.placement.hops);
    EXPECT_GE(routes.hops, hops_lower_bound(placed.nets, fabric, 64));
    EXPECT_LE(routes.max_link_load, routes.hops);
    EXPECT_EQ(routes.entries, routes.hops + static_cast<std::int64_t>(placed.graph.nodes()))
        << "a tree has one router more than links";
  }
}

}  // namespace
}  // namespace weft::mapping
