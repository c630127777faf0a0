// Trained networks keep their accuracy in integers.
#include <gtest/gtest.h>

#include "model/network/evaluate.hpp"
#include "model/network/forward.hpp"
#include "model/network/quantize.hpp"
#include "model/network/train.hpp"
#include "tests/model/real_networks.hpp"

namespace weft {
namespace {

// How many points of accuracy the integers lose on these samples.
double points_lost(const Network& network, const Dataset& calibration, const Dataset& test) {
  const FixedNetwork fixed = quantize(network, calibration, {});
  return 100 * (accuracy(network, test) - accuracy(evaluate(fixed, test), test));
}

TEST(QuantizeMnist, LosesLessThanAPointOnFewSamplesOfLenet300100) {
  if (!has_trained_networks()) GTEST_SKIP() << "no trained networks: set WEFT_DATA";
  const Dataset test = load_test_data("mnist", data_path());
  // The test samples calibrate here, only to save the reading of the training set; the full tier does it
  // right.
  EXPECT_LT(points_lost(trained_lenet300100(), slice(test, 9000, 1000), slice(test, 0, 500)), 1.0);
}

TEST(QuantizeFashionFull, LosesLessThanHalfAPointOfAFreshlyTrainedLenet300100) {
  DataSplits fashion;
  try {
    fashion = load_data("fashion-mnist");
  } catch (const InputError& error) {
    GTEST_SKIP() << error.what();
  }
  Network network = make_mlp("lenet300100", {1, 28, 28}, {784, 300, 100, 10}, Activation::Relu);
  initialize(network, 1);
  TrainParams params;
  params.epochs = 3;
  network = train(network, fashion.train, params).network;
  EXPECT_GT(accuracy(network, fashion.test), 0.85) << "not trained";
  EXPECT_LT(points_lost(network, fashion.train, fashion.test), 0.5);
}

TEST(QuantizeMnistFull, LosesLessThanHalfAPointOfLenet300100) {
  if (!has_trained_networks()) GTEST_SKIP() << "no trained networks: set WEFT_DATA";
  const DataSplits mnist = load_data("mnist", data_path());
  const Network network = trained_lenet300100();
  EXPECT_NEAR(accuracy(network, mnist.test), 0.9772, 0.0003);
  EXPECT_LT(points_lost(network, mnist.train, mnist.test), 0.5);
}

TEST(QuantizeMnistFull, LosesLessThanHalfAPointOfLenet5) {
  if (!has_trained_networks()) GTEST_SKIP() << "no trained networks: set WEFT_DATA";
  const DataSplits mnist = load_data("mnist", data_path());
  const Network network = trained_lenet5();
  EXPECT_NEAR(accuracy(network, mnist.test), 0.9909, 0.0003);
  EXPECT_LT(points_lost(network, mnist.train, mnist.test), 0.5);
}

}  // namespace
}  // namespace weft
