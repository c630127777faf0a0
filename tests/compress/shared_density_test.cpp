// One density for all layers: the threshold against a search by hand, the rounds, the verifier, refusals.
#include "compress/shared_density.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compress/remove_unused.hpp"
#include "model/network/forward.hpp"
#include "tests/compress/small_network.hpp"
#include "tests/model/expect_error.hpp"

namespace weft::compress {
namespace {

using testing::HasSubstr;

CompressParams shared(double share) {
  CompressParams params;
  for (const char* name : {"conv", "hidden", "skip", "out"}) {
    LayerPlan plan;
    plan.projection = name;
    params.layers.push_back(plan);
  }
  params.shared_density = share;
  params.prune_rounds = 3;
  params.final_epochs = 1;
  params.retrain.epochs = 1;
  return params;
}

TEST(SharedDensity, GivesEachLayerWhatItsWeightsAreWorth) {
  // Squares 16, 4, 1 are worth 1, 4/20, 1/21; squares 9, 9, 9 are worth 1, 1/2, 1/3.
  Network network;
  network.populations.push_back({"input", {3, 1, 1}, Activation::Linear, {}});
  network.populations.push_back({"a", {1, 1, 1}, Activation::Linear, {}});
  network.populations.push_back({"b", {3, 1, 1}, Activation::Linear, {}});
  network.projections.push_back(
      {"a", PopulationId(0), PopulationId(1), ProjectionKind::Dense, {}, 1, {1, -4, 2}});
  network.projections.push_back(
      {"b", PopulationId(1), PopulationId(2), ProjectionKind::Dense, {}, 1, {3, -3, 3}});
  EXPECT_THAT(shared_densities(network, {"a", "b"}, 4), testing::ElementsAre(1.0 / 3, 1.0));
  EXPECT_THAT(shared_densities(network, {"a", "b"}, 5), testing::ElementsAre(2.0 / 3, 1.0));
  EXPECT_THAT(shared_densities(network, {"b", "a"}, 3), testing::ElementsAre(2.0 / 3, 1.0 / 3));
  EXPECT_THAT(shared_densities(network, {"a", "b"}, 6), testing::ElementsAre(1.0, 1.0));
}

TEST(SharedDensity, CountsSynapsesNotWeightsAndLeavesEachLayerOne) {
  // A weight of the convolution stands for four synapses.
  const Network network = small_network();
  const std::vector<double> densities = shared_densities(network, {"conv", "hidden"}, 0.25 * (4 * 8 + 96));
  const double synapses = 4 * 8 * densities[0] + 96 * densities[1];
  EXPECT_LE(synapses, 0.25 * (4 * 8 + 96));
  EXPECT_GT(synapses, 0.25 * (4 * 8 + 96) - 4);
  EXPECT_THAT(shared_densities(network, {"conv", "hidden"}, 1e-9), testing::ElementsAre(1.0 / 8, 1.0 / 96));
}

TEST(SharedDensity, PrefersAWeightOfFewSynapsesToAnEqualOneOfMany) {
  Network network = small_network();
  const std::vector<float>& conv = projection_named(network, "conv").weights;  // 8, of 4 synapses each
  std::vector<float>& skip = projection_named(network, "skip").weights;        // 24, of 1
  std::fill(skip.begin(), skip.end(), 0.0f);
  std::copy(conv.begin(), conv.end(), skip.begin());
  const std::vector<double> densities = shared_densities(network, {"conv", "skip"}, 0.4 * (4 * 8 + 24));
  EXPECT_GT(24 * densities[1], 8 * densities[0] + 1);
}

TEST(SharedDensity, IsReachedInRoundsAndPassesTheVerifier) {
  const Network network = small_network();
  const CompressParams params = shared(0.3);
  const CompressResult result = compress_network(network, small_data(), params);
  EXPECT_EQ(describe(verify_compression(network, result, params)), "");
  const double dense = 4 * 8 + 12 * 8 + 3 * 8 + 3 * 12;
  EXPECT_LE(static_cast<double>(count_synapses(result.network)), 0.3 * dense + 1);
  EXPECT_GT(static_cast<double>(count_synapses(result.network)), 0.15 * dense);
  for (const LayerPlan& layer : result.plan) EXPECT_LT(layer.density, 1) << layer.projection;
}

TEST(SharedDensity, IsOfTheSynapsesThatTheNetworkCameInWith) {
  const CompressParams params = shared(0.5);
  const Network once = compress_network(small_network(), small_data(), params).network;
  const CompressResult twice = compress_network(once, small_data(), params);
  EXPECT_EQ(describe(verify_compression(once, twice, params)), "");
  EXPECT_LE(count_synapses(twice.network), count_synapses(once) / 2 + 1);
}

TEST(SharedDensity, OfMoreThanTheShareIsFoundByTheVerifier) {
  const Network network = small_network();
  CompressParams params = shared(0.5);
  const CompressResult result = compress_network(network, small_data(), params);
  params.shared_density = 0.2;
  EXPECT_THAT(describe(verify_compression(network, result, params)), HasSubstr("the share allows"));
}

TEST(SharedDensity, RefusesWhatALayerCannotShare) {
  const auto refusal = [](const CompressParams& params) {
    return input_error_of([&] { compress_network(small_network(), small_data(), params); });
  };
  EXPECT_THAT(refusal(shared(1.5)), HasSubstr("shared density: found 1.500000, expected more than 0"));
  EXPECT_THAT(refusal(shared(-0.1)), HasSubstr("shared density: found -0.100000"));
  CompressParams none = shared(0.5);
  none.layers.clear();
  EXPECT_THAT(refusal(none), HasSubstr("found no layers, expected those that share it"));
  CompressParams both = shared(0.5);
  both.layers[1].density = 0.5;
  EXPECT_THAT(refusal(both), HasSubstr("'hidden': found a rank, a density or a granularity beside a shared"));
}

TEST(Reduction, ExpandsToTheNetworkThatItWasMadeFrom) {
  Network network = small_network();
  Projection& out = projection_named(network, "out");
  for (std::size_t neuron : {2u, 5u}) {  // two hidden neurons that nobody hears
    for (std::size_t k = 0; k < 3; ++k) out.weights[k * 12 + neuron] = 0;
  }
  const Reduction reduction = reduce(network);
  EXPECT_EQ(count_neurons(reduction.network), count_neurons(network) - 2);
  Network trained = reduction.network;
  for (Projection& projection : trained.projections) {
    for (float& weight : projection.weights) weight *= 2;
  }
  for (Population& population : trained.populations) {
    for (float& bias : population.bias) bias += 1;
  }
  const Network back = expand(network, reduction, trained);
  EXPECT_EQ(describe(validate(back)), "");
  const Dataset data = small_data(12);
  const std::vector<float> whole = outputs(back, data).values, small = outputs(trained, data).values;
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(whole[i], small[i], 1e-3 * std::fabs(small[i]));
  EXPECT_EQ(digest(reduce(back).network), digest(trained));
}

}  // namespace
}  // namespace weft::compress
