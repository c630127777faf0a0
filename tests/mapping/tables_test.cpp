// Entries of routers' tables that keys share.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mapping/map.hpp"
#include "mapping/route/tables.hpp"
#include "model/base/error.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

using testing::HasSubstr;

Image one_table(const std::vector<std::pair<std::uint32_t, int>>& keys_and_sides) {
  Image image;
  image.tiles.resize(1);
  for (const auto& [key, sides] : keys_and_sides)
    image.tiles[TileId(0)].routes.push_back({MessageKey(key), static_cast<std::uint8_t>(sides), 0, 0});
  share_entries(image);
  return image;
}

// Fewest ranges without a common key that give each key its sides, by trying each way to end the last one.
std::size_t fewest_ranges(const std::vector<RouteEntry>& routes) {
  std::vector<std::size_t> fewest{0};  // for the first so many routes
  for (std::size_t end = 1; end <= routes.size(); ++end) {
    std::size_t best = routes.size();
    for (std::size_t begin = end; begin-- > 0 && routes[begin].directions == routes[end - 1].directions;)
      best = std::min(best, fewest[begin] + 1);
    fewest.push_back(best);
  }
  return fewest.back();
}

MapParams quick() {
  MapParams params;
  params.pack_rounds = 5;
  params.place_moves = 500;
  return params;
}

TEST(TableEntries, AreSharedByKeysThatGoTheSameWay) {
  const Image image = one_table({{0, 2}, {1, 2}, {2, 4}, {3, 2}});
  const std::vector<RouteRange>& ranges = image.tiles[TileId(0)].ranges;
  ASSERT_EQ(ranges.size(), 3u);
  EXPECT_EQ(ranges[0].first, MessageKey(0));
  EXPECT_EQ(ranges[0].last, MessageKey(1));
  EXPECT_EQ(ranges[1].directions, 4);
  EXPECT_EQ(ranges[2].first, MessageKey(3));
}

TEST(TableEntries, GoOnOverKeysThatNeverCome) {
  const Image image = one_table({{3, 2}, {9, 2}, {200, 2}});
  ASSERT_EQ(image.tiles[TileId(0)].ranges.size(), 1u);
  EXPECT_EQ(image.tiles[TileId(0)].ranges[0].last, MessageKey(200));
  const TableUse use = count_entries(image);
  EXPECT_EQ(use.entries, 1);
  EXPECT_EQ(use.keys, 3);
}

TEST(TableEntries, AreAsFewAsRangesWithoutACommonKeyCanBe) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    std::vector<std::pair<std::uint32_t, int>> keys;
    for (std::uint32_t key = 0; key < 40; ++key) {
      if (random.below(3) > 0) keys.push_back({key, 1 + static_cast<int>(random.below(3))});
    }
    const Image image = one_table(keys);
    EXPECT_EQ(image.tiles[TileId(0)].ranges.size(), fewest_ranges(image.tiles[TileId(0)].routes))
        << "seed " << seed;
  }
}

// All neurons of a core are heard by the same cores, so that a router needs one entry for each core whose
// tree passes it, whatever the number of its neurons.
TEST(TableEntries, OfADenseLayerAreOneForEachCoreAndRouter) {
  const FixedNetwork network = layered_network({{30, 24, 20, 6}}, Random(3));
  const Fabric fabric = small_fabric(4, 4, 32, 8);
  const Mapped mapped = map_network(network, fabric, quick());
  for (const TileImage& tile : mapped.image.tiles) {
    EXPECT_LE(tile.ranges.size(), static_cast<std::size_t>(mapped.utilization.cores.used) +
                                      port_tiles(fabric).size() + 6 /* outputs leave one by one */);
  }
  EXPECT_LT(2 * mapped.mapping.route_entries, *mapped.mapping.unshared_entries);
  EXPECT_EQ(mapped.mapping.route_entries, usage(mapped.image, fabric).routes);
}

TEST(TableEntries, NeedNoMoreRoomThanTheFullestTableTakes) {
  const FixedNetwork network = layered_network({{30, 24, 20, 6}, 30}, Random(4));
  Fabric fabric = small_fabric(4, 4, 32, 8);
  const std::int64_t most = map_network(network, fabric, quick()).mapping.max_table_entries;
  fabric.router.table_entries = static_cast<int>(most);
  EXPECT_EQ(describe(verify_mapping(network, fabric, map_network(network, fabric, quick()).image)), "");
  --fabric.router.table_entries;
  try {
    map_network(network, fabric, quick());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Unacceptable);
    EXPECT_THAT(error.what(), HasSubstr("router.table_entries = " + std::to_string(most) + " would do"));
    EXPECT_THAT(error.what(), HasSubstr("short"));
  }
}

}  // namespace
}  // namespace weft::mapping
