// The gradients of training against finite differences of plain loops in double precision, for each kind of
// layer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/network/train.hpp"
#include "tests/model/naive_forward.hpp"
#include "tests/model/network_examples.hpp"
#include "tests/model/training_steps.hpp"

namespace weft {
namespace {

using test::connect;
using test::everything_network;
using test::one_step;
using test::parameters;
using test::random_dataset;
using test::randomize;

double naive_loss(const Network& network, const Dataset& dataset) {
  double loss = 0;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const std::vector<double> out = test::naive_forward(network, dataset.sample(i)).back();
    double sum = 0;
    for (const double value : out) sum += std::exp(value);
    loss += std::log(sum) - out[dataset.labels[static_cast<std::size_t>(i)]];
  }
  return loss / static_cast<double>(dataset.size());
}

void expect_gradients_of_finite_differences(Network network, const Dataset& dataset) {
  ASSERT_EQ(describe(validate(network)), "");
  TrainResult result = train(network, dataset, one_step(dataset));
  EXPECT_NEAR(result.epochs.at(0).loss, naive_loss(network, dataset), 1e-5);
  const std::vector<float*> before = parameters(network), after = parameters(result.network);
  double largest = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const float kept = *before[i];
    const float high = kept + 1e-5f, low = kept - 1e-5f;
    *before[i] = high;
    const double loss_high = naive_loss(network, dataset);
    *before[i] = low;
    const double loss_low = naive_loss(network, dataset);
    *before[i] = kept;
    const double expected = (loss_high - loss_low) / (static_cast<double>(high) - static_cast<double>(low));
    largest = std::max(largest, std::abs(expected));
    ASSERT_NEAR(static_cast<double>(kept) - static_cast<double>(*after[i]), expected, 2e-5)
        << "parameter " << i;
  }
  EXPECT_GT(largest, 1e-2);  // or the test would compare nothing with nothing
}

// input -> one layer of the kind -> dense 3
Network one_layer(const Shape& shape, Activation activation, ProjectionKind kind, const Window& window,
                  int groups) {
  Network network;
  network.name = "one layer";
  network.input_scale = 1.0f / 128;
  network.input_offset = -1;
  network.populations.push_back({"input", {4, 6, 5}, Activation::Linear, {}});
  network.populations.push_back({"first", {4, 6, 5}, Activation::Linear, std::vector<float>(4)});
  network.populations.push_back(
      {"layer", shape, activation, std::vector<float>(static_cast<std::size_t>(shape.channels))});
  network.populations.push_back({"output", {3, 1, 1}, Activation::Linear, std::vector<float>(3)});
  network.projections.push_back(
      connect(network, "first", 0, 1, ProjectionKind::Convolution, {1, 1, 1, 1, 0, 0}, 4));
  network.projections.push_back(connect(network, "layer", 1, 2, kind, window, groups));
  network.projections.push_back(connect(network, "output", 2, 3, ProjectionKind::Dense));
  randomize(network, 21, 0.6);
  return network;
}

struct LayerCase {
  const char* name;
  Shape shape;
  Activation activation;
  ProjectionKind kind;
  Window window;
  int groups;
};

class GradientOf : public testing::TestWithParam<LayerCase> {};

TEST_P(GradientOf, EqualsFiniteDifferences) {
  const LayerCase& item = GetParam();
  expect_gradients_of_finite_differences(
      one_layer(item.shape, item.activation, item.kind, item.window, item.groups),
      random_dataset({4, 6, 5}, 3, 5, 31));
}

INSTANTIATE_TEST_SUITE_P(
    EachKind, GradientOf,
    testing::Values(
        LayerCase{"dense_linear", {6, 1, 1}, Activation::Linear, ProjectionKind::Dense, {}, 1},
        LayerCase{"dense_relu", {6, 1, 1}, Activation::Relu, ProjectionKind::Dense, {}, 1},
        LayerCase{"dense_sigmoid", {6, 1, 1}, Activation::Sigmoid, ProjectionKind::Dense, {}, 1},
        LayerCase{"dense_tanh", {6, 1, 1}, Activation::Tanh, ProjectionKind::Dense, {}, 1},
        LayerCase{"dense_of_planes", {2, 2, 2}, Activation::Tanh, ProjectionKind::Dense, {}, 1},
        LayerCase{
            "convolution", {3, 4, 3}, Activation::Tanh, ProjectionKind::Convolution, {3, 3, 1, 1, 0, 0}, 1},
        LayerCase{"convolution_stride",
                  {3, 2, 2},
                  Activation::Relu,
                  ProjectionKind::Convolution,
                  {3, 2, 2, 3, 0, 0},
                  1},
        LayerCase{"convolution_pad",
                  {3, 8, 6},
                  Activation::Sigmoid,
                  ProjectionKind::Convolution,
                  {3, 4, 1, 1, 2, 2},
                  1},
        LayerCase{"convolution_groups",
                  {6, 3, 3},
                  Activation::Linear,
                  ProjectionKind::Convolution,
                  {3, 2, 2, 2, 1, 1},
                  2},
        LayerCase{"convolution_depthwise",
                  {4, 5, 4},
                  Activation::Tanh,
                  ProjectionKind::Convolution,
                  {2, 2, 1, 1, 0, 0},
                  4},
        LayerCase{
            "average_pool", {4, 3, 2}, Activation::Relu, ProjectionKind::AveragePool, {2, 2, 2, 2, 0, 0}, 1},
        LayerCase{"average_pool_pad",
                  {4, 3, 5},
                  Activation::Tanh,
                  ProjectionKind::AveragePool,
                  {3, 3, 2, 1, 1, 1},
                  1},
        LayerCase{"max_pool", {4, 3, 2}, Activation::Linear, ProjectionKind::MaxPool, {2, 2, 2, 2, 0, 0}, 1},
        LayerCase{
            "max_pool_overlap", {4, 6, 3}, Activation::Tanh, ProjectionKind::MaxPool, {3, 3, 1, 2, 1, 1}, 1}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Gradient, OfPathsThatMeetAndPartEqualsFiniteDifferences) {
  expect_gradients_of_finite_differences(everything_network(), random_dataset({2, 7, 6}, 3, 4, 32));
}

TEST(Gradient, OfAnActivationAtTheOutputEqualsFiniteDifferences) {
  for (const Activation activation : {Activation::Relu, Activation::Sigmoid, Activation::Tanh}) {
    Network network = make_mlp("bent", {1, 2, 3}, {6, 5, 3}, Activation::Tanh);
    network.populations[network.output()].activation = activation;
    network.input_offset = -0.5f;
    randomize(network, 5, 0.8);
    expect_gradients_of_finite_differences(network, random_dataset({1, 2, 3}, 3, 6, 12));
  }
}

// So wide that it is cut into tiles both ways: (softmax - onehot) times input, by hand.
TEST(Gradient, OfALayerInManyTilesEqualsItsClosedForm) {
  constexpr std::int64_t inputs = 2000, classes = 60, samples = 3;
  Network network = make_mlp("wide", {1, 40, 50}, {inputs, classes}, Activation::Relu);
  randomize(network, 6, 0.05);
  const Dataset dataset = random_dataset({1, 40, 50}, classes, samples, 13);
  std::vector<double> expected(inputs * classes, 0.0);
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    const auto values = test::naive_forward(network, dataset.sample(sample));
    double sum = 0;
    for (const double value : values[1]) sum += std::exp(value);
    for (std::int64_t out = 0; out < classes; ++out) {
      const double hit = dataset.labels[static_cast<std::size_t>(sample)] == out ? 1 : 0;
      const double delta = (std::exp(values[1][static_cast<std::size_t>(out)]) / sum - hit) / samples;
      for (std::int64_t in = 0; in < inputs; ++in) {
        expected[static_cast<std::size_t>(out * inputs + in)] +=
            delta * values[0][static_cast<std::size_t>(in)];
      }
    }
  }
  const Network after = train(network, dataset, one_step(dataset)).network;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double moved = static_cast<double>(network.projections[ProjectionId(0)].weights[i]) -
                         static_cast<double>(after.projections[ProjectionId(0)].weights[i]);
    ASSERT_NEAR(moved, expected[i], 1e-6) << i;
  }
}

// A layer of which few weights are left goes another way; what is left of it moves as in the closed form.
TEST(Gradient, OfAMatrixWithFewWeightsLeftEqualsFiniteDifferences) {
  Network network = make_mlp("sparse", {1, 8, 9}, {72, 70, 80, 3}, Activation::Tanh);
  randomize(network, 17, 0.9);
  for (const std::uint32_t layer : {0u, 1u}) {
    std::vector<float>& weights = network.projections[ProjectionId(layer)].weights;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 61 == 7 ? weights[i] : 0.0f;
  }
  const Dataset dataset = random_dataset({1, 8, 9}, 3, 40, 12);  // more than one shard, the last not full
  const Network after = train(network, dataset, one_step(dataset)).network;
  Network probe = network;
  for (const std::uint32_t layer : {0u, 1u}) {
    const std::vector<float>& weights = network.projections[ProjectionId(layer)].weights;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const float moved = after.projections[ProjectionId(layer)].weights[i];
      if (weights[i] == 0) {
        ASSERT_EQ(moved, 0);
        continue;
      }
      float& item = probe.projections[ProjectionId(layer)].weights[i];
      item = weights[i] + 1e-3f;
      const double high = naive_loss(probe, dataset);
      item = weights[i] - 1e-3f;
      const double low = naive_loss(probe, dataset);
      item = weights[i];
      ASSERT_NEAR(double{weights[i]} - double{moved}, (high - low) / 2e-3, 2e-5) << layer << " " << i;
    }
  }
}

TEST(Gradient, OfAPopulationThatFeedsNobodyIsZero) {
  Network network = make_mlp("dangling", {1, 1, 4}, {4, 3, 2}, Activation::Tanh);
  randomize(network, 3, 0.5);
  Network wider;
  wider.name = "dangling";
  wider.populations.push_back(network.populations[PopulationId(0)]);
  wider.populations.push_back(network.populations[PopulationId(1)]);
  wider.populations.push_back({"lost", {5, 1, 1}, Activation::Relu, std::vector<float>(5, 0.25f)});
  wider.populations.push_back(network.populations[PopulationId(2)]);
  wider.projections.push_back(network.projections[ProjectionId(0)]);
  wider.projections.push_back(connect(wider, "lost", 1, 2, ProjectionKind::Dense));
  Projection last = network.projections[ProjectionId(1)];
  last.target = PopulationId(3);
  wider.projections.push_back(last);
  for (float& weight : wider.projections[ProjectionId(1)].weights) weight = 0.5f;
  const Dataset dataset = random_dataset({1, 1, 4}, 2, 6, 9);
  const Network after = train(wider, dataset, one_step(dataset)).network;
  EXPECT_EQ(after.populations[PopulationId(2)].bias, wider.populations[PopulationId(2)].bias);
  EXPECT_EQ(after.projections[ProjectionId(1)].weights, wider.projections[ProjectionId(1)].weights);
  EXPECT_EQ(after.projections[ProjectionId(0)].weights,
            train(network, dataset, one_step(dataset)).network.projections[ProjectionId(0)].weights);
}

}  // namespace
}  // namespace weft
