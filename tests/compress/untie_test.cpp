// Convolutions taken apart into their synapses: nothing that can be seen from outside changes.
#include "compress/untie.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/network/forward.hpp"
#include "tests/compress/small_network.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/network_examples.hpp"

namespace weft::compress {
namespace {

using testing::HasSubstr;

struct WindowCase {
  const char* name;
  Shape target;
  Window window;
  int groups;
};

// input 4x6x5 -> convolution.
Network convolution(const WindowCase& item) {
  Network network;
  network.name = "convolution";
  network.populations.push_back({"input", {4, 6, 5}, Activation::Linear, {}});
  network.populations.push_back({"conv", item.target, Activation::Tanh,
                                 std::vector<float>(static_cast<std::size_t>(item.target.channels), 0.1f)});
  const int weights =
      item.target.channels * 4 / item.groups * item.window.kernel_height * item.window.kernel_width;
  network.projections.push_back({"conv", PopulationId(0), PopulationId(1), ProjectionKind::Convolution,
                                 item.window, item.groups,
                                 random_weights(static_cast<std::size_t>(weights), 7)});
  network.projections[ProjectionId(0)].weights[3] = 0;  // a pruned one
  return network;
}

class Untied : public testing::TestWithParam<WindowCase> {};

TEST_P(Untied, HasTheSynapsesAndTheOutputsOfTheConvolution) {
  const Network network = convolution(GetParam());
  ASSERT_EQ(describe(validate(network)), "");
  const Network untied = untie(network, {"conv"});
  ASSERT_EQ(describe(validate(untied)), "");
  EXPECT_EQ(untied.projections[ProjectionId(0)].kind, ProjectionKind::Dense);
  EXPECT_EQ(count_synapses(untied), count_synapses(network));
  const Dataset data = test::random_dataset({4, 6, 5}, 3, 5, 31);
  const FloatMatrix before = outputs(network, data), after = outputs(untied, data);
  for (std::size_t i = 0; i < before.values.size(); ++i)
    ASSERT_NEAR(before.values[i], after.values[i], 1e-5) << i;
}

INSTANTIATE_TEST_SUITE_P(EachWindow, Untied,
                         testing::Values(WindowCase{"plain", {3, 4, 3}, {3, 3, 1, 1, 0, 0}, 1},
                                         WindowCase{"stride", {3, 2, 2}, {3, 2, 2, 3, 0, 0}, 1},
                                         WindowCase{"pad", {3, 8, 6}, {3, 4, 1, 1, 2, 2}, 1},
                                         WindowCase{"groups", {6, 3, 3}, {3, 2, 2, 2, 1, 1}, 2},
                                         WindowCase{"depthwise", {4, 5, 4}, {2, 2, 1, 1, 0, 0}, 4}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(Untie, RefusesWhatIsNoConvolution) {
  const auto refusal = [](const std::string& name) {
    return input_error_of([&] { untie(small_network(), {name}); });
  };
  EXPECT_THAT(refusal("nobody"), HasSubstr("'nobody' to untie: no such projection, expected a convolution"));
  EXPECT_THAT(refusal("hidden"),
              HasSubstr("'hidden' to untie: dense, expected a convolution of network 'small'"));
}

TEST(Untie, RefusesAMatrixTooLargeToHold) {
  Network network;
  network.name = "large";
  network.populations.push_back({"input", {1, 200, 200}, Activation::Linear, {}});
  network.populations.push_back({"conv", {1, 200, 200}, Activation::Linear, {}});
  network.projections.push_back(
      {"conv", PopulationId(0), PopulationId(1), ProjectionKind::Convolution, {1, 1, 1, 1, 0, 0}, 1, {1.0f}});
  EXPECT_THAT(input_error_of([&] { untie(network, {"conv"}); }),
              HasSubstr("'conv' to untie: a matrix of 40000 x 40000 weights, expected at most 268435456"));
}

TEST(Untie, LetsPositionsBePrunedEachForItself) {
  const Network network = untie(small_network(), {"conv"});
  CompressParams params;
  for (const char* name : {"conv", "hidden", "skip", "out"}) {
    params.layers.emplace_back();
    params.layers.back().projection = name;
  }
  params.shared_density = 0.5;
  params.prune_rounds = 2;
  params.criterion = PruneCriterion::Activation;
  const CompressResult result = compress_network(network, small_data(), params);
  EXPECT_EQ(describe(verify_compression(network, result, params)), "");
  // Half of the synapses that there were, not of the matrix that holds them.
  EXPECT_LE(count_synapses(result.network), count_synapses(network) / 2);
  EXPECT_GT(count_synapses(result.network), count_synapses(network) / 4);
}

}  // namespace
}  // namespace weft::compress
