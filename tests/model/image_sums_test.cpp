// Deliveries to sums in an image: its rules, its digest and its file.
#include <gtest/gtest.h>

#include "model/fabric/image.hpp"
#include "tests/model/expect_error.hpp"

namespace weft {
namespace {

constexpr std::uint8_t kLocal = direction_bit(Direction::Local), kEdge = direction_bit(Direction::Edge);

Fabric fabric_with_sums() {
  Fabric fabric;
  fabric.width = 1;
  fabric.height = 1;
  fabric.core.native_sums = true;
  return fabric;
}

// One tile: the input (key 0) reaches axon 0, whose neuron 0 (key 1) is added to neuron 1 (key 2), the
// output.
Image image_with_sum() {
  Image image;
  image.fabric = digest(fabric_with_sums());
  image.input_count = image.output_count = 1;
  image.depth_steps = 2;
  image.tiles.resize(1);
  TileImage& tile = image.tiles[TileId(0)];
  tile.core.row_begin = {0, 1};
  tile.core.neuron = {0};
  tile.core.weight = {3};
  for (std::uint32_t n = 0; n < 2; ++n) {
    NeuronConfig neuron;
    neuron.minimum = -1000;
    neuron.maximum = 1000;
    neuron.key = MessageKey(n + 1);
    tile.core.neurons.push_back(neuron);
  }
  tile.routes = {{MessageKey(0), kLocal, 0, 1}, {MessageKey(1), kLocal, 1, 2}, {MessageKey(2), kEdge, 2, 2}};
  tile.deliveries = {{0, 1}, {1, 1, true}};
  image.inputs = {{0, PortId(0), MessageKey(0)}};
  image.outputs = {{PortId(0), MessageKey(2), 0}};
  return image;
}

Delivery& sum(Image& image) {
  return image.tiles[TileId(0)].deliveries[1];
}

TEST(ImageSums, AreValidWhereTheFabricHasThem) {
  EXPECT_EQ(describe(validate(image_with_sum(), fabric_with_sums())), "");
  Fabric without = fabric_with_sums();
  without.core.native_sums = false;
  Image image = image_with_sum();
  image.fabric = digest(without);
  const auto violations = validate(image, without);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].rule, "native-sums");
  EXPECT_EQ(violations[0].detail, "a delivery to the sum of neuron 1, which takes axons only");
}

TEST(ImageSums, MayHearTheSameSenderTwice) {
  Image image = image_with_sum();
  image.tiles[TileId(0)].deliveries.push_back(sum(image));
  image.tiles[TileId(0)].routes[1].delivery_end = 3;
  image.tiles[TileId(0)].routes[2].delivery_begin = image.tiles[TileId(0)].routes[2].delivery_end = 3;
  EXPECT_EQ(describe(validate(image)), "");
  // Twice 1000, and the bias.
  image.tiles[TileId(0)].core.neurons[1].bias = 0x7fffffff - 2000;
  EXPECT_EQ(describe(validate(image)), "");
  image.tiles[TileId(0)].core.neurons[1].bias += 1;
  const auto violations = validate(image);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].rule, "potential");
  EXPECT_EQ(violations[0].detail, "neuron 1 can reach 2147483648, 32 bits hold 2147483647");
}

TEST(ImageSums, MustBeThereAndLater) {
  Image image = image_with_sum();
  sum(image).axon = 2;
  auto violations = validate(image);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].detail, "delivery to the sum of neuron 2 of 2");
  sum(image) = {1, 0, true};
  violations = validate(image);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].detail, "the sum of neuron 1 is added to after 0 steps");
}

TEST(ImageSums, ComeBackFromAFileAndCountInTheDigest) {
  Image image = image_with_sum();
  const Bytes bytes = format_npz(to_npz(image));
  const Image back = image_from_npz(parse_npz(bytes, "file"), "file");
  EXPECT_FALSE(back.tiles[TileId(0)].deliveries[0].to_sum);
  EXPECT_TRUE(back.tiles[TileId(0)].deliveries[1].to_sum);
  EXPECT_EQ(digest(back), digest(image));
  EXPECT_EQ(format_npz(to_npz(back)), bytes);
  sum(image).to_sum = false;
  EXPECT_NE(digest(image), digest(back));
}

TEST(ImageSums, AreRefusedWhereTheFileHoldsNoFlag) {
  NpzArchive archive = to_npz(image_with_sum());
  const auto refuse = [&](const std::vector<std::uint8_t>& flags) {
    archive.arrays["delivery_to_sum"] = NpyArray::from(flags);
    return input_error_of([&] { image_from_npz(archive, "file"); });
  };
  EXPECT_EQ(refuse({0, 2}), "file: found 2 in delivery_to_sum, expected 0 or 1");
  EXPECT_EQ(refuse({0}), "file: found 1 entries of delivery_to_sum, expected 2 as of delivery_axon");
}

}  // namespace
}  // namespace weft
