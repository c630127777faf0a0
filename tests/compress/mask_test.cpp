// Masks from outside: what they zero, that it stays zero, and each refusal.
#include "compress/mask.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compress/compress.hpp"
#include "tests/compress/small_network.hpp"
#include "tests/model/expect_error.hpp"

namespace weft::compress {
namespace {

using testing::HasSubstr;

NpzArchive mask_of(const std::string& name, const NpyArray& array) {
  NpzArchive archive;
  archive.arrays[name] = array;
  return archive;
}

std::string refusal(const std::string& name, const NpyArray& array) {
  return input_error_of([&] { apply_mask(small_network(), mask_of(name, array), "mask.npz"); });
}

TEST(Mask, ZeroesWhatItSaysAndNothingElse) {
  const Network network = small_network();
  std::vector<std::uint8_t> ones(36, 1);
  ones[4] = ones[35] = 0;
  const Network masked = apply_mask(network, mask_of("out", NpyArray::from(ones, {3, 12})), "mask.npz");
  const std::vector<float>&was = projection_named(network, "out").weights,
        &is = projection_named(masked, "out").weights;
  for (std::size_t i = 0; i < 36; ++i) EXPECT_EQ(is[i], ones[i] ? was[i] : 0.0f) << i;
  EXPECT_EQ(projection_named(masked, "hidden").weights, projection_named(network, "hidden").weights);
}

TEST(Mask, HoldsThroughCompressionAndRetraining) {
  std::vector<float> half(96, 1);
  for (std::size_t i = 0; i < 48; ++i) half[2 * i] = 0;
  const Network masked =
      apply_mask(small_network(), mask_of("hidden", NpyArray::from(half, {12, 8})), "mask.npz");
  CompressParams params;
  params.layers = {{"hidden", 0, 0.4}};
  params.final_epochs = 1;
  const CompressResult result = compress_network(masked, small_data(), params);
  const std::vector<float>& weights = projection_named(result.network, "hidden").weights;
  for (std::size_t i = 0; i < 48; ++i) EXPECT_EQ(weights[2 * i], 0.0f);
  EXPECT_GT(nonzeros(weights), 20);
}

TEST(Mask, OfTheWrongShapeIsRefused) {
  const NpyArray turned = NpyArray::from(std::vector<std::uint8_t>(36, 1), {12, 3});
  EXPECT_EQ(refusal("out", turned),
            "mask.npz, out: found a mask of shape (12, 3), expected (3, 12), that of the layer's weights");
  const NpyArray flat = NpyArray::from(std::vector<std::uint8_t>(8, 1), {2, 4});
  EXPECT_THAT(refusal("conv", flat), HasSubstr("found a mask of shape (2, 4), expected (2, 1, 2, 2)"));
}

TEST(Mask, OfAnUnknownLayerOrOtherNumbersIsRefused) {
  const NpyArray ones = NpyArray::from(std::vector<std::uint8_t>(36, 1), {3, 12});
  EXPECT_THAT(refusal("oat", ones), HasSubstr("mask.npz: found a mask of 'oat'"));
  EXPECT_THAT(refusal("oat", ones), HasSubstr("out"));  // which was meant
  std::vector<std::int32_t> twos(36, 1);
  twos[7] = 2;
  EXPECT_THAT(refusal("out", NpyArray::from(twos, {3, 12})), HasSubstr("the number 2 at 7, expected 0 or 1"));
  EXPECT_THAT(refusal("out", NpyArray::from(std::vector<std::uint16_t>(36, 1), {3, 12})),
              HasSubstr("numbers of type u2, expected u1, i1, i4, i8, f4 or f8"));
  EXPECT_THAT(input_error_of([] { apply_mask(small_network(), {}, "mask.npz"); }),
              HasSubstr("mask.npz: found no arrays, expected one per layer that is masked"));
}

}  // namespace
}  // namespace weft::compress
