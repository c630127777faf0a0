// Routers' tables with entries for ranges of keys: what they must say, and their file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/fabric/image.hpp"
#include "tests/model/expect_error.hpp"

namespace weft {
namespace {

using testing::HasSubstr;

constexpr std::uint8_t kLocal = direction_bit(Direction::Local), kEdge = direction_bit(Direction::Edge);

Fabric one_tile() {
  Fabric fabric;
  fabric.name = "one";
  fabric.width = fabric.height = 1;
  fabric.core.axons = fabric.core.neurons = 4;
  return fabric;
}

// Three inputs with the keys 0, 1 and 2 into one core, whose neuron has the key 7 and is the output.
Image with_ranges() {
  Image image;
  image.name = "ranges";
  image.fabric = digest(one_tile());
  image.input_count = 3;
  image.output_count = 1;
  image.tiles.resize(1);
  TileImage& tile = image.tiles[TileId(0)];
  tile.core.row_begin = {0, 1, 2, 3};
  tile.core.neuron = {0, 0, 0};
  tile.core.weight = {1, 2, 3};
  NeuronConfig neuron;
  neuron.minimum = -100;
  neuron.maximum = 100;
  neuron.key = MessageKey(7);
  tile.core.neurons.push_back(neuron);
  tile.deliveries = {{0, 1}, {1, 1}, {2, 1}};
  for (std::uint32_t i = 0; i < 3; ++i) {
    tile.routes.push_back({MessageKey(i), kLocal, i, i + 1});
    image.inputs.push_back({i, PortId(0), MessageKey(i)});
  }
  tile.routes.push_back({MessageKey(7), kEdge, 3, 3});
  tile.ranges = {{MessageKey(0), MessageKey(5), kLocal}, {MessageKey(6), MessageKey(7), kEdge}};
  image.outputs = {{PortId(0), MessageKey(7), 0}};
  return image;
}

std::string broken(void (*change)(TileImage&, Fabric&)) {
  Fabric fabric = one_tile();
  Image image = with_ranges();
  change(image.tiles[TileId(0)], fabric);
  image.fabric = digest(fabric);
  return describe(validate(image, fabric));
}

TEST(RouteRanges, HoldTheKeysFromFirstToLast) {
  const Image image = with_ranges();
  const TileImage& tile = image.tiles[TileId(0)];
  EXPECT_EQ(find_range(tile, MessageKey(0)), &tile.ranges[0]);
  EXPECT_EQ(find_range(tile, MessageKey(5)), &tile.ranges[0]);
  EXPECT_EQ(find_range(tile, MessageKey(6)), &tile.ranges[1]);
  EXPECT_EQ(find_range(tile, MessageKey(8)), nullptr);
  EXPECT_EQ(find_range(TileImage(), MessageKey(0)), nullptr);
}

TEST(RouteRanges, MaySayAnythingAboutKeysThatNeverCome) {
  EXPECT_EQ(broken([](TileImage&, Fabric&) {}), "");
}

TEST(RouteRanges, AreWhatARoutersTableIsMeasuredBy) {
  EXPECT_EQ(usage(with_ranges(), one_tile()).routes, 2);
  EXPECT_EQ(broken([](TileImage&, Fabric& f) { f.router.table_entries = 2; }), "");
  EXPECT_THAT(broken([](TileImage&, Fabric& f) { f.router.table_entries = 1; }),
              HasSubstr("uses 2 table entries, has 1"));
  EXPECT_THAT(broken([](TileImage& t, Fabric& f) {
                t.ranges.clear();
                f.router.table_entries = 3;
              }),
              HasSubstr("uses 4 table entries, has 3"));
}

TEST(RouteRanges, MustSayWhatTheRoutesAskFor) {
  EXPECT_THAT(broken([](TileImage& t, Fabric&) { t.ranges[0].directions |= kEdge; }),
              HasSubstr("key 0 has the sides 1, the table says 33"));
  EXPECT_THAT(broken([](TileImage& t, Fabric&) { t.ranges[0].last = MessageKey(1); }),
              HasSubstr("key 2 has the sides 1, the table has no entry for it"));
  EXPECT_THAT(broken([](TileImage& t, Fabric&) { t.ranges.pop_back(); }),
              HasSubstr("key 7 has the sides 32, the table has no entry for it"));
}

TEST(RouteRanges, AscendAndShareNoKey) {
  EXPECT_THAT(broken([](TileImage& t, Fabric&) { t.ranges[1].first = MessageKey(5); }),
              HasSubstr("keys 5 to 7: ranges must ascend, without a key in two"));
  EXPECT_THAT(broken([](TileImage& t, Fabric&) { t.ranges[1].last = MessageKey(5); }),
              HasSubstr("keys 6 to 5: ranges must ascend"));
}

TEST(RouteRanges, AreForMulticastRoutersAlone) {
  EXPECT_THAT(broken([](TileImage&, Fabric& f) { f.router.routing = Routing::Unicast; }),
              HasSubstr("has ranges of keys, which only router.routing multicast looks up"));
}

TEST(RouteRanges, AreInTheDigestAndTheFile) {
  Image image = with_ranges();
  const NpzArchive archive = to_npz(image);
  EXPECT_THAT(archive.header, HasSubstr("\"version\": 8"));
  const Image again = image_from_npz(archive, "again");
  ASSERT_EQ(again.tiles[TileId(0)].ranges.size(), 2u);
  EXPECT_EQ(again.tiles[TileId(0)].ranges[1].first, MessageKey(6));
  EXPECT_EQ(again.tiles[TileId(0)].ranges[1].last, MessageKey(7));
  EXPECT_EQ(again.tiles[TileId(0)].ranges[1].directions, kEdge);
  EXPECT_EQ(digest(again), digest(image));
  image.tiles[TileId(0)].ranges.clear();
  EXPECT_NE(digest(again), digest(image));
  EXPECT_EQ(to_npz(image).arrays.count("tile_ranges"), 0u) << "the file of an image without them";
}

TEST(RouteRanges, InADamagedFileAreRefused) {
  const auto refused = [](const char* name, std::vector<std::uint32_t> values) {
    NpzArchive archive = to_npz(with_ranges());
    archive.arrays[name] = NpyArray::from(values);
    return input_error_of([&] { image_from_npz(archive, "damaged"); });
  };
  EXPECT_THAT(refused("tile_ranges", {3}), HasSubstr("only 2 entries of range_first"));
  EXPECT_THAT(refused("tile_ranges", {1}), HasSubstr("2 entries of range_first, expected 1 by its tiles"));
  EXPECT_THAT(refused("tile_ranges", {1, 1}), HasSubstr("2 entries of tile_ranges, expected 1"));
  EXPECT_THAT(refused("range_last", {5}), HasSubstr("1 entries of range_last, expected 2"));
  EXPECT_THAT(refused("range_first", {0, 3}), HasSubstr("ranges must ascend"));
}

}  // namespace
}  // namespace weft
