// Every refusal of a plan, with its words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "small_network.hpp"

namespace weft::compress {
namespace {

std::string refusal(const CompressParams& params, const Network& network = small_network()) {
  try {
    compress_network(network, small_data(), params);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no InputError";
}

std::string refusal(const LayerPlan& layer, const Network& network = small_network()) {
  CompressParams params;
  params.layers = {layer};
  return refusal(params, network);
}

TEST(CompressionPlan, NamesTheNearestProjectionForAnUnknownOne) {
  EXPECT_EQ(refusal(LayerPlan{"hiden", 0, 0.5}),
            "compression plan: no projection 'hiden' in network 'small' (did you mean 'hidden'?)");
}

TEST(CompressionPlan, RefusesARankAboveTheLayers) {
  EXPECT_EQ(refusal(LayerPlan{"out", 4, 1}),
            "compression plan: projection 'out': found rank 4, expected 1 to 3, or 0 for no factorization");
  EXPECT_THAT(refusal(LayerPlan{"hidden", -2, 1}), testing::HasSubstr("found rank -2, expected 1 to 8"));
}

TEST(CompressionPlan, RefusesARankAboveTheMatrixOfAConvolution) {
  EXPECT_EQ(refusal(LayerPlan{"conv", 3, 1}),
            "compression plan: projection 'conv': found rank 3, expected 1 to 2, or 0 for no factorization");
}

TEST(CompressionPlan, RefusesASparsePathThatStandsAlone) {
  LayerPlan layer{"out", 0, 1};
  layer.sparse = 0.1;
  EXPECT_THAT(refusal(layer), testing::HasSubstr("found a sparse path without a rank, expected a rank of 1"));
  layer.rank = kAutoRank;
  EXPECT_THAT(refusal(layer), testing::HasSubstr("found a sparse path without a rank"));
  layer.rank = 2;
  layer.sparse = 1;
  EXPECT_THAT(refusal(layer), testing::HasSubstr("a sparse path of 1.000000, expected 0 to less than 1"));
  layer = LayerPlan{"conv", 1, 1};
  layer.sparse = 0.1;
  EXPECT_THAT(refusal(layer), testing::HasSubstr("found a sparse path beside a convolution"));
  layer = LayerPlan{"out", 2, 1};
  layer.sparse = 0.1;
  layer.granularity = Granularity::Inputs;
  EXPECT_THAT(refusal(layer), testing::HasSubstr("found a sparse path beside pruning in groups"));
}

TEST(CompressionPlan, RefusesGroupsInAConvolutionInTwo) {
  LayerPlan layer{"conv", 1, 0.5};
  layer.granularity = Granularity::Inputs;
  EXPECT_THAT(
      refusal(layer),
      testing::HasSubstr("found granularity inputs on a convolution in two, expected weights, or rank 0"));
}

TEST(CompressionPlan, RefusesADensityOutsideZeroToOne) {
  for (const double density :
       {0.0, 1.5, -0.5, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(refusal(LayerPlan{"out", 0, density}),
                testing::AllOf(testing::HasSubstr("projection 'out': found density "),
                               testing::HasSubstr(", expected more than 0 and at most 1")))
        << density;
  }
}

TEST(CompressionPlan, RefusesAProjectionThatIsNamedTwice) {
  CompressParams params;
  params.layers = {{"out", 0, 0.5}, {"out", 2, 1}};
  EXPECT_EQ(refusal(params), "compression plan: projection 'out' is named twice");
}

TEST(CompressionPlan, RefusesAProjectionWithoutWeights) {
  Network network = small_network();
  projection_named(network, "conv").kind = ProjectionKind::AveragePool;
  projection_named(network, "conv").weights.clear();
  EXPECT_THAT(refusal(LayerPlan{"conv", 0, 0.5}, network),
              testing::HasSubstr("which has no weights, expected a dense projection or a convolution"));
}

TEST(CompressionPlan, RefusesToFactorizeWhereANameIsTaken) {
  Network network = small_network();
  projection_named(network, "skip").name = "out_a";
  EXPECT_EQ(refusal(LayerPlan{"out", 2, 1}, network),
            "compression plan: projection 'out' cannot be factorized: the name 'out_a' is taken");
  network = small_network();
  population_named(network, "conv").name = "out_mid";
  EXPECT_EQ(refusal(LayerPlan{"out", 2, 1}, network),
            "compression plan: projection 'out' cannot be factorized: the name 'out_mid' is taken");
}

TEST(CompressionPlan, RefusesWeightsThatAreNotFinite) {
  Network network = small_network();
  projection_named(network, "skip").weights[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(
      refusal(LayerPlan{"out", 0, 0.5}, network),
      "network 'small': projection 'skip': found weight 5 that is not a number, expected finite weights");
  projection_named(network, "skip").weights[5] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(refusal(LayerPlan{"out", 0, 0.5}, network), testing::HasSubstr("weight 5 that is infinite"));
}

TEST(CompressionPlan, RefusesRoundsAndEpochsBelowTheirRange) {
  CompressParams params;
  params.prune_rounds = 0;
  EXPECT_EQ(refusal(params), "compression plan: prune_rounds: found 0, expected 1 or more");
  params = {};
  params.final_epochs = -1;
  EXPECT_EQ(refusal(params), "compression plan: final_epochs: found -1, expected 0 or more");
  params = {};
  params.retrain.epochs = -1;
  EXPECT_EQ(refusal(params), "compression plan: epochs of a round: found -1, expected 0 or more");
}

}  // namespace
}  // namespace weft::compress
