// The floating-point network at work, against loops that are slow and plain.
#include "model/network/forward.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "tests/model/expect_error.hpp"
#include "tests/model/naive_forward.hpp"
#include "tests/model/network_examples.hpp"

namespace weft {
namespace {

using test::everything_network;
using test::random_dataset;

TEST(Forward, EqualsNaiveLoopsForEveryKindOfLayer) {
  const Network network = everything_network();
  ASSERT_EQ(describe(validate(network)), "");
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 37, 5);
  for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
    const FloatMatrix values = population_values(network, dataset, PopulationId(p), {2, 10});
    ASSERT_EQ(values.rows, 37);
    ASSERT_EQ(values.columns, network.populations[PopulationId(p)].shape.size());
    for (std::int64_t row = 0; row < values.rows; ++row) {
      const auto expected = test::naive_forward(network, dataset.sample(row));
      for (std::int64_t i = 0; i < values.columns; ++i) {
        ASSERT_NEAR(values.values[static_cast<std::size_t>(row * values.columns + i)],
                    expected[p][static_cast<std::size_t>(i)], 2e-5)
            << "population " << p << " row " << row << " neuron " << i;
      }
    }
  }
}

TEST(Forward, DoesNotDependOnTheNumberOfThreads) {
  const Network network = everything_network();
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 101, 6);
  const std::vector<float> one = outputs(network, dataset, {1, 16}).values;
  EXPECT_EQ(outputs(network, dataset, {2, 16}).values, one);
  EXPECT_EQ(outputs(network, dataset, {3, 16}).values, one);
}

TEST(Forward, OfNoSamplesIsEmpty) {
  const Network network = everything_network();
  EXPECT_EQ(outputs(network, random_dataset({2, 7, 6}, 3, 0, 1)).rows, 0);
  EXPECT_EQ(accuracy(network, random_dataset({2, 7, 6}, 3, 0, 1)), 0);
}

TEST(Forward, RefusesSamplesOfAnotherShape) {
  EXPECT_EQ(input_error_of([] {
              outputs(everything_network(), random_dataset({1, 7, 6}, 3, 2, 1));
            }),
            "random: found samples of 1x7x6, expected 2x7x6, the input of network everything");
}

TEST(Forward, RefusesABatchOfNoSamples) {
  EXPECT_EQ(input_error_of([] {
              outputs(everything_network(), random_dataset({2, 7, 6}, 3, 2, 1), {1, 0});
            }),
            "found a batch size of 0, expected 1 or more");
}

TEST(Accuracy, GivesATieToTheLowestClass) {
  Network network = make_mlp("tie", {1, 1, 1}, {1, 3}, Activation::Relu);  // all outputs are zero
  Dataset dataset = random_dataset({1, 1, 1}, 3, 4, 1);
  dataset.labels = {0, 1, 2, 0};
  EXPECT_EQ(accuracy(network, dataset), 0.5);
}

TEST(ImportedWeights, GiveLenet300100ItsPublishedAccuracy) {
  const auto data = test::data_directory();
  if (!data) GTEST_SKIP() << "no data folder (WEFT_DATA)";
  Network network = make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, Activation::Relu);
  test::load_npy_weights(network, *data / "lenet-dense" / "lenet300100",
                         {{"fc1", "ip1"}, {"fc2", "ip2"}, {"fc3", "ip3"}});
  EXPECT_EQ(accuracy(network, load_data("mnist", *data).test), 0.9772);
}

// The network with the published weights, and the test images.
std::optional<std::pair<Network, Dataset>> imported_lenet5() {
  const auto data = test::data_directory();
  if (!data) return std::nullopt;
  Network network = make_lenet5("lenet-5");
  test::load_npy_weights(network, *data / "lenet-dense" / "lenet5",
                         {{"conv1", "conv1"}, {"conv2", "conv2"}, {"fc1", "ip1"}, {"fc2", "ip2"}});
  return std::pair(network, load_data("mnist", *data).test);
}

TEST(ImportedWeights, LetLenet5ReadDigits) {
  const auto imported = imported_lenet5();
  if (!imported) GTEST_SKIP() << "no data folder (WEFT_DATA)";
  EXPECT_GT(accuracy(imported->first, slice(imported->second, 0, 500)), 0.98);
}

TEST(ImportedWeightsFull, GiveLenet5ItsPublishedAccuracy) {
  const auto imported = imported_lenet5();
  if (!imported) GTEST_SKIP() << "no data folder (WEFT_DATA)";
  EXPECT_EQ(accuracy(imported->first, imported->second), 0.9909);
}

}  // namespace
}  // namespace weft
