// Layers treated in the space of the samples by the stage itself: when, how well, and that all is accounted
// for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "compress/wide/wide_round.hpp"
#include "model/network/forward.hpp"
#include "tests/compress/matrices.hpp"
#include "tests/compress/small_network.hpp"

namespace weft::compress {
namespace {

CompressParams one_shot(std::vector<LayerPlan> layers, Algebra algebra) {
  CompressParams params;
  params.layers = std::move(layers);
  for (LayerPlan& layer : params.layers) layer.algebra = algebra;
  params.prune_rounds = 1;
  params.final_epochs = 0;
  params.criterion = PruneCriterion::ObsOneShot;
  params.factorization = Factorization::DataAwareSvd;
  return params;
}

CompressResult compressed(const CompressParams& params, const Dataset& data = small_data()) {
  const CompressResult result = compress_network(small_network(), data, params);
  EXPECT_EQ(describe(verify_compression(small_network(), result, params)), "");
  return result;
}

// How far the outputs are from the dense network's: the divergence of their softmax at the temperature that
// sensitivities have.
double disturbance(const Network& network) {
  const FloatMatrix was = outputs(small_network(), small_data()), is = outputs(network, small_data());
  const auto shares = [](const float* values) {
    std::vector<double> result;
    for (int i = 0; i < 3; ++i)
      result.push_back(std::exp(double{values[i]} / SensitivityParams().temperature));
    const double sum = result[0] + result[1] + result[2];
    for (double& share : result) share /= sum;
    return result;
  };
  double sum = 0;
  for (std::size_t i = 0; i < was.values.size(); i += 3) {
    const auto p = shares(&was.values[i]), q = shares(&is.values[i]);
    for (std::size_t k = 0; k < 3; ++k) sum += p[k] * std::log(p[k] / q[k]);
  }
  return sum;
}

// 2,049 inputs, of which the first 16 vary, to 4 outputs.
Network wide_network() {
  Network network;
  network.name = "wide";
  network.populations.push_back({"input", {2049, 1, 1}, Activation::Linear, {}});
  network.populations.push_back({"out", {4, 1, 1}, Activation::Linear, std::vector<float>(4, 0.0f)});
  network.projections.push_back(
      {"out", PopulationId(0), PopulationId(1), ProjectionKind::Dense, {}, 1, random_weights(4 * 2049, 1)});
  return network;
}

Dataset wide_data() {
  Dataset data{"bytes", {2049, 1, 1}, 4, {}, {}};
  Random random(3);
  for (std::uint16_t i = 0; i < 40; ++i) {
    for (int k = 0; k < 2049; ++k)
      data.samples.push_back(k < 16 ? static_cast<std::uint8_t>(random.below(256)) : 7);
    data.labels.push_back(i % 4);
  }
  return data;
}

TEST(WideLayers, AreThoseOfManyInputs) {
  CompressParams params = one_shot({{"out", 2, 0.02}}, Algebra::Auto);
  const CompressResult wide = compress_network(wide_network(), wide_data(), params);
  EXPECT_EQ(describe(verify_compression(wide_network(), wide, params)), "");
  EXPECT_EQ(wide.plan[0].algebra, Algebra::Samples);
  EXPECT_EQ(wide.layers[0].algebra, "samples");
  EXPECT_THAT(wide.notes, testing::Contains(testing::HasSubstr("'out' has 2049 inputs but only 40")));
  const CompressResult narrow = compressed(one_shot({{"conv", 0, 0.5}, {"hidden", 4, 0.5}}, Algebra::Auto));
  EXPECT_EQ(narrow.plan[1].algebra, Algebra::Covariance);
  EXPECT_EQ(narrow.layers[0].algebra, "covariance");
}

TEST(WideLayers, AreNoneWhereARuleNeedsTheCovarianceOrNoSamples) {
  CompressParams params = one_shot({{"out", 0, 0.5}}, Algebra::Auto);
  params.criterion = PruneCriterion::Magnitude;
  const CompressResult plain = compress_network(wide_network(), wide_data(), params);
  EXPECT_EQ(plain.plan[0].algebra, Algebra::Auto);
  EXPECT_FALSE(plain.layers[0].algebra.has_value());
}

TEST(WideLayers, DisturbTheOutputsNoMoreThanByTheirCovariance) {
  for (const LayerPlan& plan : {LayerPlan{"hidden", 3, 1}, LayerPlan{"hidden", 5, 0.6}}) {
    const double exact = disturbance(compressed(one_shot({plan}, Algebra::Covariance)).network);
    const double wide = disturbance(compressed(one_shot({plan}, Algebra::Samples)).network);
    EXPECT_LT(wide, 1.3 * exact) << "rank " << plan.rank;
  }
}

TEST(WideLayers, InOnePieceDisturbTheOutputsLessThanTheLargestWeightsWould) {
  CompressParams params = one_shot({{"hidden", 0, 0.4}}, Algebra::Samples);
  const double wide = disturbance(compressed(params).network);
  params.layers[0].algebra = Algebra::Auto;
  params.criterion = PruneCriterion::Magnitude;
  EXPECT_LT(wide, 0.8 * disturbance(compressed(params).network));
}

TEST(WideLayers, ShareTheWeightsOutBetweenTheirFactors) {
  const CompressParams params = one_shot({{"hidden", 6, 0.5}}, Algebra::Samples);
  CompressResult result = compressed(params);
  const auto count = [&](const char* name) {
    return nonzeros(projection_named(result.network, name).weights);
  };
  EXPECT_EQ(count("hidden_a") + count("hidden_b"), 6 * 8 / 2 + 12 * 6 / 2);
  for (float& weight : projection_named(result.network, "hidden_a").weights)
    weight = weight == 0 ? 1e-6f : weight;
  EXPECT_THAT(describe(verify_compression(small_network(), result, params)),
              testing::HasSubstr("nonzero weights in both factors, the plan allows 60"));
}

TEST(WideLayers, SpendAShareInTheFormThatDisturbsLess) {
  // Low rank by construction, then sparse by construction.
  Network network = small_network();
  std::vector<float>& weights = projection_named(network, "hidden").weights;
  const std::vector<float> left = random_weights(12, 1), right = random_weights(8, 2);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = left[i / 8] * right[i % 8];
  const CompressParams params = one_shot({{"hidden", kAutoRank, 0.25}}, Algebra::Samples);
  const CompressResult factors = compress_network(network, small_data(), params);
  EXPECT_EQ(describe(verify_compression(network, factors, params)), "");
  EXPECT_GT(factors.plan[0].rank, 0);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 9 == 0 ? 1.0f + 0.1f * left[i / 8] : 0.0f;
  const CompressResult single = compress_network(network, small_data(), params);
  EXPECT_EQ(describe(verify_compression(network, single, params)), "");
  EXPECT_EQ(single.plan[0].rank, 0) << "factorization does not pay here";
}

TEST(WideLayers, ChooseTheirDampingUnlessOneIsGiven) {
  CompressParams params = one_shot({{"hidden", 4, 0.5}}, Algebra::Samples);
  EXPECT_THAT(*compressed(params).layers[1].damping, testing::AnyOf(0.1, 1.0, 10.0));
  params.damping = 0.3;
  EXPECT_EQ(*compressed(params).layers[1].damping, 0.3);
}

TEST(WideLayers, GoThroughRoundsAndRetraining) {
  CompressParams params = one_shot({{"hidden", 6, 0.4}, {"out", 0, 0.5}}, Algebra::Samples);
  params.prune_rounds = 3;
  params.final_epochs = 1;
  compressed(params);
}

TEST(WideLayers, KeepAMask) {
  Network network = small_network();
  std::vector<float>& weights = projection_named(network, "out").weights;
  for (std::size_t i = 0; i < weights.size(); i += 3) weights[i] = 0;
  const CompressParams params = one_shot({{"hidden", 3, 1}, {"out", 0, 0.6}}, Algebra::Samples);
  const CompressResult result = compress_network(network, small_data(), params);
  EXPECT_EQ(describe(verify_compression(network, result, params)), "");
  const std::vector<float>& now = projection_named(result.network, "out").weights;
  for (std::size_t i = 0; i < now.size(); i += 3) EXPECT_EQ(now[i], 0.0f);
}

TEST(WideLayers, AreTheSameWithAnyNumberOfThreads) {
  CompressParams params = one_shot({{"hidden", kAutoRank, 0.5}}, Algebra::Samples);
  params.retrain.threads = 1;
  const Digest one = digest(compressed(params).network);
  params.retrain.threads = 3;
  EXPECT_EQ(digest(compressed(params).network), one);
}

TEST(WideLayers, RefuseWhatOnlyTheCovarianceCanDo) {
  const auto refusal = [](LayerPlan layer, PruneCriterion criterion = PruneCriterion::ObsOneShot) {
    CompressParams params = one_shot({layer}, Algebra::Samples);
    params.criterion = criterion;
    try {
      compress_network(small_network(), small_data(), params);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("no InputError");
  };
  EXPECT_EQ(refusal({"conv", 0, 0.5}),
            "compression plan: projection 'conv': found algebra samples for a convolution, expected a dense "
            "layer, single weights, criterion obs");
  EXPECT_THAT(refusal({"hidden", 0, 0.5}, PruneCriterion::Magnitude),
              testing::HasSubstr("algebra samples for a criterion that fits no weights"));
  LayerPlan layer{"hidden", 0, 0.5};
  layer.granularity = Granularity::Inputs;
  EXPECT_THAT(refusal(layer), testing::HasSubstr("algebra samples for pruning in groups"));
  layer = {"hidden", 2, 1};
  layer.sparse = 0.1;
  EXPECT_THAT(refusal(layer), testing::HasSubstr("algebra samples for a sparse path"));
}

// Asks to stop once so many updates came.
struct StopAfter : Progress {
  int left;
  explicit StopAfter(int updates) : left(updates) {}
  void update(std::int64_t done, std::int64_t total) override {
    EXPECT_LE(done, total);
    --left;
  }
  bool stop_requested() const override { return left <= 0; }
};

TEST(WideLayers, StopBetweenTwoStepsThatAreCompared) {
  for (const int updates : {0, 1, 3, 5}) {  // "hidden" alone compares more
    StopAfter progress(updates);
    const CompressParams params =
        one_shot({{"hidden", kAutoRank, 0.5}, {"out", kAutoRank, 0.5}}, Algebra::Samples);
    const CompressResult result = compress_network(small_network(), small_data(), params, &progress);
    EXPECT_TRUE(result.interrupted);
    EXPECT_TRUE(validate(result.network).empty());
    EXPECT_EQ(result.plan[1].density, 1);
    EXPECT_EQ(projection_named(result.network, "out").weights,
              projection_named(small_network(), "out").weights);
  }
}

TEST(WideOutputError, IsThatOfTheSumsOverTheSamples) {
  WorkerPool pool(1);
  const Network network = small_network();
  const WideSamples samples =
      observe_layer({network, network, "conv", "hidden"}, small_data(5), nullptr, pool);
  const FloatMatrix dense{12, 8, projection_named(network, "hidden").weights};
  EXPECT_EQ(wide_output_error({dense, {}}, dense, samples, pool), 0);
  const WideFactors now{{12, 8, random_weights(12 * 8, 9)}, {}};
  const Matrix x = to_matrix(samples.inputs.values, 5, 8), w = to_matrix(dense.values, 12, 8),
               v = to_matrix(now.left.values, 12, 8);
  const double expected = ((w - v) * x.transpose()).squaredNorm() / (w * x.transpose()).squaredNorm();
  EXPECT_NEAR(wide_output_error(now, dense, samples, pool), expected, 1e-5 * expected);
}

}  // namespace
}  // namespace weft::compress
