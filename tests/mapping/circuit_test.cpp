// Circuits: closed forms of the channel width, trees that reach what they must on tracks that are there, and
// bounds that no routing goes below.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "mapping/bounds/track_bounds.hpp"
#include "mapping/map.hpp"
#include "mapping/route/circuit.hpp"
#include "model/base/error.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

Fabric grid(int width, int height) {
  Fabric fabric = small_fabric(width, height, 8, 8);
  fabric.router.routing = Routing::Circuit;
  return fabric;
}

std::vector<CircuitNet> same_nets(int count, const CircuitNet& net) {
  return std::vector<CircuitNet>(static_cast<std::size_t>(count), net);
}

// Follows each tree from its source and counts who takes a link, without the router's own counters.
std::int64_t check_trees(const Fabric& fabric, const std::vector<CircuitNet>& nets,
                         const CircuitRouting& routing) {
  std::vector<std::int64_t> taken(static_cast<std::size_t>(fabric.tiles()) * kDirections, 0);
  EXPECT_EQ(routing.trees.size(), nets.size());
  for (std::size_t n = 0; n < nets.size(); ++n) {
    std::set<TileId> reached;
    std::vector<TileId> open{nets[n].source};
    std::size_t branches = 0;
    while (!open.empty()) {
      const TileId tile = open.back();
      open.pop_back();
      EXPECT_TRUE(reached.insert(tile).second) << "net " << n << " comes to a tile twice";
      for (const TreeBranch& branch : routing.trees[n]) {
        if (branch.tile != tile) continue;
        ++branches;
        for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
          if ((branch.directions & direction_bit(side)) == 0) continue;
          ++taken[tile.index() * kDirections + static_cast<std::size_t>(side)];
          open.push_back(neighbor(fabric, tile, side));
        }
      }
    }
    EXPECT_EQ(branches, routing.trees[n].size()) << "net " << n << " has branches that nothing comes to";
    for (const TileId sink : nets[n].sinks) EXPECT_EQ(reached.count(sink), 1u) << "net " << n;
  }
  return *std::max_element(taken.begin(), taken.end());
}

int width_of(const Fabric& fabric, const std::vector<CircuitNet>& nets) {
  const int bound = placement_track_bound(fabric, nets);
  const ChannelWidth width = smallest_channel_width(fabric, nets, bound, {}, nullptr);
  EXPECT_TRUE(width.tracks >= bound);
  EXPECT_LE(check_trees(fabric, nets, width.routing), width.tracks);
  return width.tracks;
}

TEST(Circuits, TakeAsManyTracksAsNetsOnALine) {
  const Fabric fabric = grid(4, 1);
  const auto nets = same_nets(7, {fabric.tile(0, 0), {fabric.tile(3, 0)}});
  EXPECT_EQ(placement_track_bound(fabric, nets), 7);
  EXPECT_EQ(width_of(fabric, nets), 7);
}

TEST(Circuits, LeaveACornerByBothItsSides) {
  const Fabric fabric = grid(3, 3);
  for (int count : {1, 2, 5, 12}) {
    const auto nets = same_nets(count, {fabric.tile(0, 0), {fabric.tile(2, 2)}});
    EXPECT_EQ(placement_track_bound(fabric, nets), (count + 1) / 2);
    EXPECT_EQ(width_of(fabric, nets), (count + 1) / 2);
  }
}

TEST(Circuits, LeaveTheMiddleByAllItsSidesThoughThatIsFarther) {
  const Fabric fabric = grid(5, 5);
  const auto nets = same_nets(12, {fabric.tile(2, 2), {fabric.tile(4, 2)}});
  EXPECT_EQ(placement_track_bound(fabric, nets), 4) << "three links lead into the sink's tile";
  EXPECT_EQ(width_of(fabric, nets), 4);
}

TEST(Circuits, GoToManySinksOnOneTree) {
  const Fabric fabric = grid(4, 4);
  CircuitNet all{fabric.tile(1, 1), {}};
  for (std::uint32_t t = 0; t < 16; ++t) {
    if (TileId(t) != all.source) all.sinks.push_back(TileId(t));
  }
  EXPECT_EQ(width_of(fabric, {all}), 1);
  const ChannelWidth width = smallest_channel_width(fabric, {all}, 1, {}, nullptr);
  EXPECT_EQ(width.routing.log.front().wirelength, 15) << "a tree over 16 tiles";
}

TEST(Circuits, NeedNoTrackWhereAllIsAtHome) {
  const Fabric fabric = grid(1, 1);
  EXPECT_EQ(width_of(fabric, {{fabric.tile(0, 0), {}}}), 0);
}

std::vector<CircuitNet> random_nets(const Fabric& fabric, int count, Random& random) {
  std::vector<CircuitNet> nets;
  const auto any = [&] {
    return TileId(static_cast<std::uint32_t>(random.below(static_cast<std::uint64_t>(fabric.tiles()))));
  };
  for (int n = 0; n < count; ++n) {
    CircuitNet net{any(), {}};
    std::set<TileId> sinks;
    for (std::uint64_t i = 1 + random.below(4); i > 0; --i) sinks.insert(any());
    sinks.erase(net.source);
    net.sinks.assign(sinks.begin(), sinks.end());
    nets.push_back(net);
  }
  return nets;
}

TEST(Circuits, GiveEachNetItsOwnTracksOnRandomGrids) {
  Random random(11);
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    const Fabric fabric = grid(1 + static_cast<int>(random.below(6)), 1 + static_cast<int>(random.below(6)));
    const auto nets = random_nets(fabric, 1 + static_cast<int>(random.below(60)), random);
    const int bound = placement_track_bound(fabric, nets);
    const int width = width_of(fabric, nets);
    EXPECT_LE(width, bound + 1 + bound / 4) << "near the bound";
    if (bound > 0) {
      EXPECT_FALSE(route_circuits(fabric, nets, bound - 1, {}, nullptr).legal);
    }
    EXPECT_TRUE(route_circuits(fabric, nets, width, {}, nullptr).legal);
  }
}

TEST(Circuits, AreLaidTheSameWayEachTime) {
  Random random(3);
  const Fabric fabric = grid(6, 6);
  const auto nets = random_nets(fabric, 80, random);
  const CircuitRouting once = route_circuits(fabric, nets, 6, {}, nullptr);
  const CircuitRouting again = route_circuits(fabric, nets, 6, {}, nullptr);
  ASSERT_EQ(once.log.size(), again.log.size());
  for (std::size_t n = 0; n < nets.size(); ++n) {
    ASSERT_EQ(once.trees[n].size(), again.trees[n].size());
    for (std::size_t b = 0; b < once.trees[n].size(); ++b) {
      EXPECT_EQ(once.trees[n][b].tile, again.trees[n][b].tile);
      EXPECT_EQ(once.trees[n][b].directions, again.trees[n][b].directions);
    }
  }
}

TEST(Circuits, TellHowTheyWereNegotiated) {
  const Fabric fabric = grid(3, 3);
  const auto nets = same_nets(6, {fabric.tile(0, 1), {fabric.tile(2, 1)}});
  const CircuitRouting routing = route_circuits(fabric, nets, 2, {}, nullptr);
  ASSERT_TRUE(routing.legal);
  EXPECT_EQ(routing.log.front().iteration, 1);
  EXPECT_EQ(routing.log.front().ripped, 6) << "all are laid in the first iteration";
  EXPECT_EQ(routing.log.back().overused, 0);
  EXPECT_EQ(routing.log.back().wirelength, 2 * 2 + 4 * 4) << "two go straight, four around";
}

TEST(TrackBounds, AreLinesAndTilesWhereThereAreTooManyRectangles) {
  // 200 x 200 tiles have 400 million rectangles. 600 nets cross the middle, 200 links wide.
  const Fabric large = grid(200, 200);
  std::vector<CircuitNet> nets;
  for (int n = 0; n < 600; ++n) {
    nets.push_back({large.tile(n % 100, n % 200), {large.tile(100 + n % 100, (n * 7) % 200)}});
  }
  EXPECT_EQ(placement_track_bound(large, nets), 3);
  const auto one_tile = same_nets(40, {large.tile(7, 7), {large.tile(90, 9)}});
  EXPECT_EQ(placement_track_bound(large, one_tile), 10) << "four links lead out of a tile";
}

TEST(TrackBounds, CountTheLinksOfTilesAndFabric) {
  // A core that hears 40 senders of others has four links on a large grid, and two on one of 2 x 2.
  Nets nets;
  std::vector<NodeId> senders;
  for (std::uint32_t n = 0; n < 20; ++n) senders.push_back(NodeId(n));
  nets.between_cores.push_back({CoreId(0), {CoreId(2)}, senders});
  nets.between_cores.push_back({CoreId(1), {CoreId(1), CoreId(2)}, senders});
  EXPECT_EQ(cluster_track_bound(nets, grid(5, 5), 3), 10);
  EXPECT_EQ(cluster_track_bound(nets, grid(2, 2), 3), 20);
  EXPECT_EQ(cluster_track_bound(nets, grid(1, 1), 3), 0) << "no links, and three cores do not fit";
  Bounds bounds;
  bounds.tree_links = 9;
  EXPECT_EQ(any_track_bound(bounds, grid(2, 2)), 2) << "eight links";
}

MapParams quick() {
  MapParams params;
  params.pack_rounds = 20;
  params.place_moves = 2000;
  return params;
}

Fabric units(int width, int height, int tracks) {
  Fabric fabric = small_fabric(width, height, 64, 16);
  fabric.core.kind = CoreKind::Units;
  fabric.core.unit_synapses = 8;
  fabric.router.routing = Routing::Circuit;
  fabric.router.tracks = tracks;
  fabric.router.table_entries = 1;  // circuits have no tables
  return fabric;
}

TEST(MapCircuits, KeepsWithinItsBoundsAndTracks) {
  const FixedNetwork network = layered_network({{30, 20, 10}, 60, 8}, Random(4));
  const Fabric fabric = units(6, 6, 100);
  const Mapped mapped = map_network(network, fabric, quick());
  EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
  ASSERT_TRUE(mapped.mapping.circuits.has_value());
  const CircuitReport& circuits = *mapped.mapping.circuits;
  EXPECT_EQ(circuits.tracks, 100);
  EXPECT_LE(circuits.bound_any, circuits.bound_placement);
  EXPECT_LE(circuits.bound_clusters, circuits.bound_placement);
  EXPECT_LE(circuits.bound_placement, circuits.channel_width);
  EXPECT_EQ(circuits.channel_width, mapped.mapping.max_link_load);
  EXPECT_EQ(circuits.iterations.back().wirelength, mapped.mapping.hops);
  std::int64_t links = 0;
  for (const std::int64_t count : circuits.occupancy.counts) links += count;
  EXPECT_EQ(links, 4 * 6 * 5) << "each link is in one bin";
}

TEST(MapCircuits, FindsTheFewestTracksWhenAsked) {
  const FixedNetwork network = layered_network({{30, 20, 10}, 60, 8}, Random(4));
  MapParams params = quick();
  params.min_tracks = true;
  const Mapped fewest = map_network(network, units(6, 6, 1), params);
  EXPECT_EQ(fewest.fabric.router.tracks, fewest.mapping.circuits->tracks);
  EXPECT_EQ(fewest.mapping.circuits->tracks, fewest.mapping.circuits->channel_width);
  EXPECT_EQ(describe(verify_mapping(network, fewest.fabric, fewest.image)), "");
  // The same with that many tracks given, and one fewer does not do.
  const int tracks = fewest.fabric.router.tracks;
  EXPECT_EQ(digest(map_network(network, units(6, 6, tracks), quick()).image), digest(fewest.image));
  try {
    map_network(network, units(6, 6, tracks - 1), quick());
    FAIL() << "fits into fewer tracks than the fewest";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Unacceptable);
    EXPECT_THAT(error.what(), testing::HasSubstr("the circuits need " + std::to_string(tracks) +
                                                 " tracks per link (given this placement any need at least"));
    EXPECT_THAT(error.what(), testing::EndsWith("router.tracks is " + std::to_string(tracks - 1)));
  }
}

}  // namespace
}  // namespace weft::mapping
