// Networks from foreign arrays: the two ways of naming files, the shapes, every refusal, and the trained
// networks that the world of pruning compares itself on.
#include "model/network/network_npy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "model/base/npz.hpp"
#include "model/network/forward.hpp"
#include "tests/model/data_path.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using testing::HasSubstr;

struct NpyNetwork : testing::Test {
  TemporaryDirectory directory;

  template <class T>
  void put(const std::string& name, std::vector<std::int64_t> shape, std::vector<T> values) {
    write_file(directory / name, format_npy(NpyArray::from(values, std::move(shape))));
  }
  void put_counting(const std::string& name, std::vector<std::int64_t> shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) values.push_back(0.5f * static_cast<float>(i + 1));
    put(name, std::move(shape), values);
  }
  Network load(const Shape& input, std::vector<NpyLayer> layers) {
    NpyNetworkParams params;
    params.input = input;
    params.layers = std::move(layers);
    return network_from_npy(directory.path(), params);
  }
  std::string refusal(const Shape& input, std::vector<NpyLayer> layers) {
    return input_error_of([&] { load(input, std::move(layers)); });
  }
};

NpyLayer layer(const std::string& name, Activation activation = Activation::Linear) {
  NpyLayer result;
  result.name = name;
  result.activation = activation;
  return result;
}

NpyLayer halving(const std::string& name) {
  NpyLayer result = layer(name);
  result.pool = ProjectionKind::MaxPool;
  result.window = {2, 2, 2, 2, 0, 0};
  return result;
}

TEST_F(NpyNetwork, ChainsDenseLayersFromEitherNaming) {
  put_counting("ip1_w.npy", {3, 4});
  put_counting("ip1_b.npy", {3});
  put_counting("fc.2.weight.npy", {2, 3});
  put_counting("fc.2.bias.npy", {2});
  const Network network = load({1, 2, 2}, {layer("ip1", Activation::Relu), layer("fc.2")});
  ASSERT_EQ(network.populations.size(), 3u);
  EXPECT_EQ(network.populations[PopulationId(1)].name, "ip1");
  EXPECT_EQ(network.populations[PopulationId(1)].activation, Activation::Relu);
  EXPECT_EQ(network.populations[PopulationId(2)].name, "fc_2");
  EXPECT_EQ(network.populations[PopulationId(2)].bias, (std::vector<float>{0.5f, 1.0f}));
  EXPECT_EQ(network.projections[ProjectionId(1)].weights.size(), 6u);
  EXPECT_EQ(network.projections[ProjectionId(1)].weights[5], 3.0f);
}

TEST_F(NpyNetwork, TakesConvolutionsPoolingsGroupsAndDoubles) {
  put_counting("c1_w.npy", {4, 1, 3, 3});
  put<double>("c2_w.npy", {2, 2, 1, 1}, {1, 2, 3, 4});  // two groups of two channels
  put_counting("out_w.npy", {5, 8});
  NpyLayer padded = layer("c1");
  padded.window.pad_height = padded.window.pad_width = 1;
  const Network network = load({1, 4, 4}, {padded, halving("p1"), layer("c2"), layer("out")});
  EXPECT_EQ(describe(validate(network)), "");
  EXPECT_EQ(network.populations[PopulationId(1)].shape, (Shape{4, 4, 4}));
  EXPECT_EQ(network.populations[PopulationId(2)].shape, (Shape{4, 2, 2}));
  EXPECT_EQ(network.projections[ProjectionId(2)].groups, 2);
  EXPECT_EQ(network.projections[ProjectionId(2)].weights, (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(network.populations[PopulationId(3)].bias, (std::vector<float>{0, 0}));
}

TEST_F(NpyNetwork, SaysWhichFileIsMissing) {
  EXPECT_THAT(refusal({1, 1, 4}, {layer("ip1")}),
              HasSubstr("found no weights of layer 'ip1', expected ip1_w.npy, ip1.weight.npy or "
                        "ip1_w_int8.npy"));
}

TEST_F(NpyNetwork, WantsWeightsThatContinueTheLayerBefore) {
  put_counting("ip1_w.npy", {3, 5});
  EXPECT_THAT(refusal({1, 1, 4}, {layer("ip1")}),
              HasSubstr("ip1_w.npy: found weights of shape (3, 5), expected (out, 4) or (out, in, height, "
                        "width) that continue 1x1x4"));
  put_counting("ip1_w.npy", {12});
  EXPECT_THAT(refusal({1, 1, 4}, {layer("ip1")}), HasSubstr("weights of shape (12,)"));
  put_counting("ip1_w.npy", {2, 3, 1, 1});
  EXPECT_THAT(refusal({4, 1, 1}, {layer("ip1")}), HasSubstr("weights of shape (2, 3, 1, 1)"));
}

TEST_F(NpyNetwork, WantsOneBiasPerOutput) {
  put_counting("ip1_w.npy", {3, 4});
  put_counting("ip1_b.npy", {4});
  EXPECT_THAT(refusal({1, 1, 4}, {layer("ip1")}),
              HasSubstr("ip1_b.npy: found biases of shape (4,), expected (3,)"));
}

TEST_F(NpyNetwork, RefusesIntegersAndWhatIsNotFinite) {
  put<std::int32_t>("ip1_w.npy", {1, 2}, {1, 2});
  EXPECT_THAT(refusal({1, 1, 2}, {layer("ip1")}),
              HasSubstr("numbers of type i4, expected f4 or f8, or i1 with scales"));
  put<float>("ip1_w.npy", {1, 2}, {1, std::numeric_limits<float>::quiet_NaN()});
  EXPECT_THAT(refusal({1, 1, 2}, {layer("ip1")}), HasSubstr("number 1 that is not finite"));
}

TEST_F(NpyNetwork, MultipliesWeightsOfEightBitsByTheScaleOfTheirOutput) {
  put<std::int8_t>("fc_w_int8.npy", {2, 3}, {1, -2, 3, 127, 0, -128});
  put<float>("fc_scale.npy", {2}, {0.5f, 2.0f});
  put<float>("fc_bias.npy", {2}, {7.0f, 8.0f});
  const Network network = load({1, 1, 3}, {layer("fc")});
  EXPECT_EQ(network.projections[ProjectionId(0)].weights, (std::vector<float>{0.5f, -1, 1.5f, 254, 0, -256}));
  EXPECT_EQ(network.populations[PopulationId(1)].bias, (std::vector<float>{7, 8}));
}

TEST_F(NpyNetwork, WantsOneScalePerOutputOfWeightsOfEightBits) {
  put<std::int8_t>("fc_w_int8.npy", {2, 1}, {1, 2});
  EXPECT_THAT(refusal({1, 1, 1}, {layer("fc")}),
              HasSubstr("found no scales for the integer weights of layer 'fc', expected fc_scale.npy"));
  put<float>("fc_scale.npy", {3}, {1, 2, 3});
  EXPECT_THAT(refusal({1, 1, 1}, {layer("fc")}),
              HasSubstr("fc_scale.npy: found scales of shape (3,), expected (2,)"));
}

TEST_F(NpyNetwork, ReadsArraysPackedByZstd) {
  const Bytes npy = format_npy(NpyArray::from(std::vector<float>{1, -2}, {1, 2}));
  Bytes packed = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38};  // a frame with a window, without size and check sum
  const std::uint32_t block = static_cast<std::uint32_t>(npy.size()) << 3 | 1;  // the last, stored as it is
  for (int byte = 0; byte < 3; ++byte) packed.push_back(static_cast<std::uint8_t>(block >> 8 * byte));
  packed.insert(packed.end(), npy.begin(), npy.end());
  write_file(directory / "fc_w.npy.zst", packed);
  EXPECT_EQ(load({1, 1, 2}, {layer("fc")}).projections[ProjectionId(0)].weights, (std::vector<float>{1, -2}));

  packed.pop_back();
  write_file(directory / "fc_w.npy.zst", packed);
  EXPECT_THAT(refusal({1, 1, 2}, {layer("fc")}), HasSubstr("fc_w.npy.zst: truncated zstd data"));
  packed[6] |= 6;  // no such kind of block
  write_file(directory / "fc_w.npy.zst", packed);
  EXPECT_THAT(refusal({1, 1, 2}, {layer("fc")}), HasSubstr("damaged zstd data"));
}

TEST_F(NpyNetwork, RefusesAWindowThatDoesNotFit) {
  put_counting("c1_w.npy", {2, 1, 5, 5});
  EXPECT_THAT(refusal({1, 4, 4}, {layer("c1")}),
              HasSubstr("layer 'c1' whose window does not fit into 1x4x4"));
}

TEST_F(NpyNetwork, RefusesNoLayersAndTheSameNameTwice) {
  EXPECT_THAT(refusal({1, 1, 4}, {}), HasSubstr("found no layers"));
  put_counting("ip1_w.npy", {4, 4});
  EXPECT_THAT(refusal({1, 1, 4}, {layer("ip1"), layer("ip1")}), HasSubstr("ip1"));
}

TEST(TrainedNpyNetwork, IsAsAccurateAsItsMakersSay) {
  const auto root = data_path();
  if (!std::filesystem::exists(root / "lenet-dense") || !std::filesystem::exists(root / "mnist"))
    GTEST_SKIP() << "no trained networks under " << root;
  NpyNetworkParams params;
  params.layers = {layer("ip1", Activation::Relu), layer("ip2", Activation::Relu), layer("ip3")};
  const Dataset test = load_test_data("mnist", root);
  EXPECT_EQ(accuracy(network_from_npy(root / "lenet-dense" / "lenet300100", params), test), 0.9772);
  params.layers = {layer("fc1", Activation::Relu), layer("fc2", Activation::Relu), layer("fc3")};
  params.input_scale = static_cast<float>(1 / 255.0 / 0.3081);
  params.input_offset = static_cast<float>(-0.1307 / 0.3081);
  EXPECT_EQ(accuracy(network_from_npy(root / "lenet-lobs" / "lobs_lenet300100_dense", params), test), 0.9780);
}

TEST(TrainedNpyNetwork, MakesTheConvolutionalLeNetToo) {
  const auto root = data_path();
  if (!std::filesystem::exists(root / "lenet-dense") || !std::filesystem::exists(root / "mnist"))
    GTEST_SKIP() << "no trained networks under " << root;
  NpyNetworkParams params;
  params.layers = {
      layer("conv1"), halving("pool1"), layer("conv2"), halving("pool2"), layer("ip1", Activation::Relu),
      layer("ip2")};
  const Dataset test = slice(load_test_data("mnist", root), 0, 1000);
  EXPECT_GT(accuracy(network_from_npy(root / "lenet-dense" / "lenet5", params), test), 0.985);
}

}  // namespace
}  // namespace weft
