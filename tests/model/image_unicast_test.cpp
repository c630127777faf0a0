// Images for unicast routing: senders with a message for each listener.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/fabric/image.hpp"

namespace weft {
namespace {

using testing::HasSubstr;

constexpr std::uint8_t kLocal = direction_bit(Direction::Local), kEast = direction_bit(Direction::East),
                       kEdge = direction_bit(Direction::Edge);

Fabric two_tiles() {
  Fabric fabric;
  fabric.name = "two";
  fabric.width = 2;
  fabric.height = 1;
  fabric.router.routing = Routing::Unicast;
  return fabric;
}

// Input 0 enters at tile 0 for the cores of both tiles (keys 0, 1), the neuron of tile 0 sends to both (keys
// 2, 3), that of tile 1 is the output (key 4).
Image two_listeners(const Fabric& fabric) {
  Image image;
  image.name = "two";
  image.fabric = digest(fabric);
  image.input_count = image.output_count = 1;
  image.tiles.resize(2);
  for (std::uint32_t t = 0; t < 2; ++t) {
    TileImage& tile = image.tiles[TileId(t)];
    tile.core.row_begin = {0, 1, 2};
    tile.core.neuron = {0, 0};
    tile.core.weight = {1, 2};
    NeuronConfig neuron;
    neuron.minimum = -100;
    neuron.maximum = 100;
    neuron.key = MessageKey(t == 0 ? 2 : 4);
    neuron.messages = t == 0 ? 2 : 1;
    tile.core.neurons.push_back(neuron);
    tile.deliveries = {{0, 1}, {1, 1}};
  }
  image.tiles[TileId(0)].routes = {{MessageKey(0), kLocal, 0, 1},
                                   {MessageKey(1), kEast, 1, 1},
                                   {MessageKey(2), kLocal, 1, 2},
                                   {MessageKey(3), kEast, 2, 2}};
  image.tiles[TileId(1)].routes = {
      {MessageKey(1), kLocal, 0, 1}, {MessageKey(3), kLocal, 1, 2}, {MessageKey(4), kEdge, 2, 2}};
  image.inputs = {{0, PortId(0), MessageKey(0)}, {0, PortId(0), MessageKey(1)}};
  image.outputs = {{PortId(1), MessageKey(4), 0}};
  return image;
}

NeuronConfig& sender(Image& image) {
  return image.tiles[TileId(0)].core.neurons[0];
}
std::string broken(void (*change)(Image&, Fabric&)) {
  Fabric fabric = two_tiles();
  Image image = two_listeners(fabric);
  change(image, fabric);
  image.fabric = digest(fabric);
  return describe(validate(image, fabric));
}

TEST(UnicastImage, HasAMessageForEachListener) {
  Image image = two_listeners(two_tiles());
  EXPECT_EQ(describe(validate(image, two_tiles())), "");
  const Image again = image_from_npz(to_npz(image), "again");
  EXPECT_EQ(sender(image).messages, 2u);
  EXPECT_EQ(again.tiles[TileId(0)].core.neurons[0].messages, 2u);
  EXPECT_EQ(digest(again), digest(image));
  sender(image).messages = 1;
  EXPECT_NE(digest(again), digest(image));
  EXPECT_EQ(to_npz(image).arrays.count("neuron_messages"), 0u) << "the file of an image without them";
}

TEST(UnicastImage, NeedsNoTables) {
  EXPECT_EQ(broken([](Image&, Fabric& f) { f.router.table_entries = 1; }), "");
}

TEST(UnicastImage, CountsAllMessagesToANeuronsFanOut) {
  EXPECT_EQ(broken([](Image&, Fabric& f) { f.core.fan_out = 2; }), "");
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.core.fan_out = 1; }), HasSubstr("reaches 2 axons"));
}

TEST(UnicastImage, KeepsItsRules) {
  EXPECT_THAT(broken([](Image& i, Fabric&) { sender(i).messages = 0; }),
              HasSubstr("neuron 0: 0 messages, expected 1 to the tile's 4 routes"));
  EXPECT_THAT(broken([](Image& i, Fabric&) { sender(i).messages = 5; }), HasSubstr("neuron 0: 5 messages"));
  EXPECT_THAT(broken([](Image& i, Fabric&) { sender(i).messages = 3; }), HasSubstr("key 4 is not its own"));
  EXPECT_THAT(broken([](Image& i, Fabric&) { i.inputs[1].port = PortId(1); }),
              HasSubstr("must be at one port, with ascending keys"));
  EXPECT_THAT(broken([](Image& i, Fabric&) { std::swap(i.inputs[0], i.inputs[1]); }),
              HasSubstr("must be at one port, with ascending keys"));
  EXPECT_THAT(broken([](Image& i, Fabric&) {
                TileImage& tile = i.tiles[TileId(0)];
                tile.routes[2].directions |= kEast;
                TileImage& there = i.tiles[TileId(1)];
                there.routes.insert(there.routes.begin() + 1, {MessageKey(2), kEdge, 1, 1});
              }),
              HasSubstr("key 2 leads to several sides"));
}

TEST(UnicastImage, IsNoneForMulticast) {
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.router.routing = Routing::Multicast; }),
              HasSubstr("has several bindings, which only router.routing unicast sends"));
  EXPECT_THAT(broken([](Image& i, Fabric& f) {
                f.router.routing = Routing::Multicast;
                i.inputs.pop_back();
                i.tiles[TileId(0)].routes.erase(i.tiles[TileId(0)].routes.begin() + 1);
                i.tiles[TileId(1)].routes.erase(i.tiles[TileId(1)].routes.begin());
              }),
              HasSubstr("neuron 0 has 2 messages, which only router.routing unicast sends"));
}

}  // namespace
}  // namespace weft
