// Images of concentrated tiles: several cores behind one router.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/fabric/image.hpp"
#include "tests/model/expect_error.hpp"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint8_t kLocal = direction_bit(Direction::Local), kEdge = direction_bit(Direction::Edge);

Fabric one_tile() {
  Fabric fabric;
  fabric.name = "one";
  fabric.width = fabric.height = 1;
  fabric.cores_per_tile = 2;
  fabric.core.axons = fabric.core.neurons = 2;
  return fabric;
}

// Input 0 (key 0) is delivered to axon 0 of core 0 and to axons 0 and 1 of core 1, which are axons 1 and 2 of
// the tile. Core 0 has one neuron (key 1), core 1 two: the output (key 2) and a silent one.
Image two_cores(const Fabric& fabric) {
  Image image;
  image.name = "two";
  image.fabric = digest(fabric);
  image.input_count = image.output_count = 1;
  image.tiles.resize(1);
  TileImage& tile = image.tiles[TileId(0)];
  tile.core.row_begin = {0, 1, 3, 4};
  tile.core.neuron = {0, 1, 2, 1};
  tile.core.weight = {1, 2, 3, 4};
  NeuronConfig neuron;
  neuron.minimum = -100;
  neuron.maximum = 100;
  for (const MessageKey key : {kNoKey, MessageKey(1), kNoKey}) {
    neuron.key = key;
    tile.core.neurons.push_back(neuron);
  }
  tile.core.ends = {{1, 1}, {3, 3}};
  tile.deliveries = {{0, 1}, {1, 1}, {2, 1}};
  tile.routes = {{MessageKey(0), kLocal, 0, 3}, {MessageKey(1), kEdge, 3, 3}};
  image.inputs = {{0, PortId(0), MessageKey(0)}};
  image.outputs = {{PortId(0), MessageKey(1), 0}};
  return image;
}

CoreImage& cores(Image& image) {
  return image.tiles[TileId(0)].core;
}

std::string broken(void (*change)(Image&, Fabric&)) {
  Fabric fabric = one_tile();
  Image image = two_cores(fabric);
  change(image, fabric);
  image.fabric = digest(fabric);
  return describe(validate(image, fabric));
}

TEST(CoresOfATile, HaveTheirOwnAxonsAndNeurons) {
  Image image = two_cores(one_tile());
  EXPECT_EQ(describe(validate(image, one_tile())), "");
  EXPECT_EQ(cores(image).cores(), 2u);
  const CoreImage second = core_alone(cores(image), 1);
  EXPECT_THAT(second.row_begin, ElementsAre(0, 2, 3));
  EXPECT_THAT(second.neuron, ElementsAre(0, 1, 0));
  EXPECT_THAT(second.weight, ElementsAre(2, 3, 4));
  EXPECT_EQ(second.neurons.size(), 2u);
  EXPECT_EQ(second.cores(), 1u);
  EXPECT_EQ(core_begin(cores(image), 1), (CoreEnd{1, 1}));
  EXPECT_EQ(core_end(cores(image), 1), (CoreEnd{3, 3}));
  EXPECT_EQ(core_end(second, 0), (CoreEnd{2, 2}));
}

TEST(CoresOfATile, AreFoundByAxonAndNeuron) {
  Image image = two_cores(one_tile());
  EXPECT_EQ(core_of_axon(cores(image), 0), 0u);
  EXPECT_EQ(core_of_axon(cores(image), 1), 1u);
  EXPECT_EQ(core_of_neuron(cores(image), 0), 0u);
  EXPECT_EQ(core_of_neuron(cores(image), 2), 1u);
  EXPECT_EQ(core_of_axon(core_alone(cores(image), 1), 1), 0u);
}

TEST(CoresOfATile, AreCountedOneByOne) {
  const Image image = two_cores(one_tile());
  EXPECT_EQ(usage(image, one_tile()).cores, 2);
  EXPECT_EQ(capacity(one_tile()).cores, 2);
  EXPECT_EQ(capacity(one_tile()).axons, 4);
  EXPECT_EQ(capacity(one_tile()).routes, one_tile().router.table_entries) << "they share the router";
  EXPECT_EQ(CoreImage().cores(), 0u);
}

TEST(CoresOfATile, KeepTheirRules) {
  EXPECT_THAT(broken([](Image& i, Fabric&) { cores(i).neuron[0] = 1; }),
              HasSubstr("an axon of core 0 has a synapse on neuron 1, which is another core's"));
  EXPECT_THAT(broken([](Image& i, Fabric&) {
                cores(i).ends[0] = {1, 0};
              }),
              HasSubstr("each must have neurons"));
  EXPECT_THAT(broken([](Image& i, Fabric&) { cores(i).ends[0] = {4, 1}; }), HasSubstr("cores must ascend"));
  EXPECT_THAT(broken([](Image& i, Fabric&) {
                cores(i).ends[1] = {2, 3};
              }),
              HasSubstr("2 cores that end at axon 2 and neuron 3, expected several that end at 3 and 3"));
  EXPECT_THAT(broken([](Image& i, Fabric&) { cores(i).ends = {{3, 3}}; }), HasSubstr("1 cores that end at"));
}

TEST(CoresOfATile, StayWithinTheFabric) {
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.cores_per_tile = 1; }),
              HasSubstr("cores-per-tile at tile_0_0: uses 2 cores, has 1"));
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.core.axons = 1; }),
              HasSubstr("axons-per-core at tile_0_0 core 1: uses 2 axons, has 1"));
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.core.neurons = 1; }),
              HasSubstr("neurons-per-core at tile_0_0 core 1: uses 2 neurons, has 1"));
}

TEST(CoresOfATile, EachGetAMessageOfTheirOwnByUnicast) {
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.router.routing = Routing::Unicast; }),
              HasSubstr("key 0 leads to several cores"));
  EXPECT_EQ(broken([](Image& i, Fabric& f) {
              f.router.routing = Routing::Unicast;
              TileImage& tile = i.tiles[TileId(0)];
              tile.routes = {
                  {MessageKey(0), kLocal, 0, 1}, {MessageKey(1), kEdge, 3, 3}, {MessageKey(2), kLocal, 1, 3}};
              i.inputs.push_back({0, PortId(0), MessageKey(2)});
            }),
            "");
}

TEST(CoresOfATile, AreInTheDigestAndTheFile) {
  Image image = two_cores(one_tile());
  const NpzArchive archive = to_npz(image);
  EXPECT_THAT(archive.header, HasSubstr("\"version\": 7"));
  const Image again = image_from_npz(archive, "again");
  EXPECT_EQ(again.tiles[TileId(0)].core.ends, cores(image).ends);
  EXPECT_EQ(digest(again), digest(image));
  cores(image).ends.clear();
  EXPECT_NE(digest(again), digest(image));
  EXPECT_EQ(to_npz(image).arrays.count("core_ends"), 0u) << "the file of an image without them";
}

TEST(CoresOfATile, InADamagedFileAreRefused) {
  const auto refused = [](const std::vector<std::uint32_t>& ends) {
    NpzArchive archive = to_npz(two_cores(one_tile()));
    archive.arrays["core_ends"] = NpyArray::from(ends);
    return input_error_of([&] { image_from_npz(archive, "damaged"); });
  };
  EXPECT_THAT(refused({0, 1, 1, 0}), HasSubstr("found 4 entries of core_ends, expected a multiple of 3"));
  EXPECT_THAT(refused({1, 1, 1}), HasSubstr("a core of tile 1 in core_ends, expected ascending tiles"));
  EXPECT_THAT(refused({0, 1, 1, 0, 3, 2}), HasSubstr("2 cores that end at axon 3 and neuron 2"));
}

}  // namespace
}  // namespace weft
