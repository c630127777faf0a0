// The stage with rules that look at inputs: plan, masks and figures hold, and looking pays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compress/compress.hpp"
#include "compress/density.hpp"
#include "model/network/forward.hpp"
#include "small_network.hpp"

namespace weft::compress {
namespace {

using testing::HasSubstr;

Network trained_network() {
  Network network = small_network();
  initialize(network, 3);
  TrainParams params;
  params.batch_size = 16;
  params.learning_rate = 1e-2;
  return train(network, small_data(240), params).network;
}

CompressParams one_shot(std::vector<LayerPlan> layers, PruneCriterion criterion,
                        Factorization factorization) {
  CompressParams params;
  params.layers = std::move(layers);
  params.criterion = criterion;
  params.factorization = factorization;
  params.prune_rounds = 1;
  params.retrain.epochs = params.final_epochs = 0;
  params.clear_unused = false;  // counts are then those of the rules
  return params;
}

// Mean squared distance of the outputs before softmax.
double distance(const Network& a, const Network& b, const Dataset& data) {
  const FloatMatrix left = outputs(a, data), right = outputs(b, data);
  double sum = 0;
  for (std::size_t i = 0; i < left.values.size(); ++i)
    sum += (double{left.values[i]} - right.values[i]) * (double{left.values[i]} - right.values[i]);
  return sum / static_cast<double>(left.values.size());
}

TEST(OneShot, CarriesOutItsPlanWithEveryRule) {
  const Network before = trained_network();
  for (const PruneCriterion criterion :
       {PruneCriterion::Magnitude, PruneCriterion::Activation, PruneCriterion::ObsOneShot}) {
    for (const Factorization factorization : {Factorization::Svd, Factorization::DataAwareSvd}) {
      const CompressParams params = one_shot(
          {{"conv", 0, 0.5}, {"hidden", 5, 0.4}, {"skip", 0, 0.5}, {"out", 2, 1}}, criterion, factorization);
      const CompressResult result = compress_network(before, small_data(240), params);
      EXPECT_EQ(describe(verify_compression(before, result, params)), "");
      EXPECT_EQ(nonzeros(projection_named(result.network, "hidden_a").weights), kept_weights(5 * 8, 0.4));
      EXPECT_EQ(nonzeros(projection_named(result.network, "hidden_b").weights), kept_weights(12 * 5, 0.4));
      EXPECT_EQ(nonzeros(projection_named(result.network, "skip").weights), 12);
    }
  }
}

TEST(OneShot, PruningWithUpdateDisturbsTheOutputsLessThanPruningAlone) {
  const Network before = trained_network();
  const Dataset data = small_data(240);
  const auto disturbed = [&](PruneCriterion criterion) {
    const CompressParams params =
        one_shot({{"conv", 0, 0.6}, {"hidden", 0, 0.3}, {"skip", 0, 0.5}, {"out", 0, 0.5}}, criterion,
                 Factorization::Svd);
    return distance(compress_network(before, data, params).network, before, data);
  };
  const double obs = disturbed(PruneCriterion::ObsOneShot);
  EXPECT_LT(obs, 0.5 * disturbed(PruneCriterion::Magnitude));
  EXPECT_LT(obs, 0.5 * disturbed(PruneCriterion::Activation));
}

TEST(OneShot, FactorsThatKnowTheDataDisturbTheOutputsLess) {
  const Network before = trained_network();
  const Dataset data = small_data(240);
  const auto disturbed = [&](Factorization factorization) {
    const CompressParams params = one_shot({{"hidden", 3, 1}}, PruneCriterion::Magnitude, factorization);
    return distance(compress_network(before, data, params).network, before, data);
  };
  EXPECT_LT(disturbed(Factorization::DataAwareSvd), 0.5 * disturbed(Factorization::Svd));
}

TEST(OneShot, KeepsTheMeanOutputOfALinearLayer) {
  const Network before = trained_network();
  const Dataset data = small_data(240);
  CompressParams params = one_shot({{"out", 0, 0.25}}, PruneCriterion::Activation, Factorization::Svd);
  params.damping = 0.01;  // given: nothing is held out
  const CompressResult result = compress_network(before, data, params);
  const FloatMatrix was = outputs(before, data), is = outputs(result.network, data);
  for (std::int64_t k = 0; k < 3; ++k) {
    double difference = 0;
    for (std::int64_t row = 0; row < was.rows; ++row)
      difference += double{is.values[static_cast<std::size_t>(row * 3 + k)]} -
                    was.values[static_cast<std::size_t>(row * 3 + k)];
    EXPECT_NEAR(difference / static_cast<double>(was.rows), 0, 1e-4);
  }
}

TEST(OneShot, ChoosesAFormWithinTheShareOfWeights) {
  const Network before = trained_network();
  const CompressParams params = one_shot({{"hidden", kAutoRank, 0.4}, {"out", kAutoRank, 0.9}},
                                         PruneCriterion::ObsOneShot, Factorization::DataAwareSvd);
  const CompressResult result = compress_network(before, small_data(240), params);
  EXPECT_EQ(describe(verify_compression(before, result, params)), "");
  ASSERT_EQ(result.plan.size(), 2u);
  EXPECT_GE(result.plan[0].rank, 0);
  EXPECT_LE(result.layers[1].synapses_after, kept_weights(96, 0.4));
  EXPECT_LE(result.layers[3].synapses_after, kept_weights(36, 0.9));
}

TEST(OneShot, FactorizesALayerOfLowRankWhenLeftToChoose) {
  Network network = trained_network();
  Projection& hidden = projection_named(network, "hidden");
  const std::vector<float> u = random_weights(12, 51), v = random_weights(8, 52);
  for (std::size_t i = 0; i < 12; ++i) {
    for (std::size_t j = 0; j < 8; ++j) hidden.weights[i * 8 + j] = u[i] * v[j];
  }
  Dataset data = small_data(240);
  Random random(53);
  for (std::uint8_t& byte : data.samples) byte = static_cast<std::uint8_t>(random.below(256));
  const CompressParams params =
      one_shot({{"hidden", kAutoRank, 0.25}}, PruneCriterion::ObsOneShot, Factorization::DataAwareSvd);
  const CompressResult result = compress_network(network, data, params);
  EXPECT_GT(result.plan[0].rank, 0);  // 20 of the 24 weights hold it exactly
  EXPECT_LT(result.layers[1].output_error, 1e-3);
}

TEST(OneShot, RoundsWithRetrainingReachThePlanToo) {
  const Network before = trained_network();
  CompressParams params = one_shot({{"hidden", 4, 0.5}, {"out", 0, 0.3}}, PruneCriterion::ObsOneShot,
                                   Factorization::DataAwareSvd);
  params.prune_rounds = 3;
  params.retrain.epochs = params.final_epochs = 2;
  params.retrain.batch_size = 16;
  const CompressResult result = compress_network(before, small_data(240), params);
  EXPECT_EQ(describe(verify_compression(before, result, params)), "");
  EXPECT_EQ(nonzeros(projection_named(result.network, "hidden_a").weights), kept_weights(32, 0.5));
  EXPECT_GT(accuracy(result.network, small_data(240)), 0.9);
}

TEST(OneShot, IsTheSameOnAnyNumberOfThreads) {
  CompressParams params = one_shot({{"conv", 0, 0.5}, {"hidden", kAutoRank, 0.5}}, PruneCriterion::ObsOneShot,
                                   Factorization::DataAwareSvd);
  const Network before = trained_network();
  params.retrain.threads = 1;
  const Digest one = digest(compress_network(before, small_data(240), params).network);
  params.retrain.threads = 3;
  EXPECT_EQ(digest(compress_network(before, small_data(240), params).network), one);
}

TEST(OneShot, SaysThatTheCalibrationSetIsTooSmall) {
  CompressParams params = one_shot({{"hidden", 0, 0.5}}, PruneCriterion::ObsOneShot, Factorization::Svd);
  params.calibration_samples = 5;
  const CompressResult result = compress_network(trained_network(), small_data(240), params);
  ASSERT_EQ(result.notes.size(), 1u);
  EXPECT_THAT(result.notes[0],
              HasSubstr("projection 'hidden' has 8 inputs but only 4 calibration observations"));
  params.calibration_samples = 200;
  EXPECT_TRUE(compress_network(trained_network(), small_data(240), params).notes.empty());
}

TEST(OneShot, RefusesToWorkWithoutCalibrationSamples) {
  CompressParams params = one_shot({{"hidden", 0, 0.5}}, PruneCriterion::ObsOneShot, Factorization::Svd);
  params.calibration_samples = 0;
  try {
    compress_network(small_network(), small_data(), params);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("found no calibration samples, expected at least one"));
  }
  params.criterion = PruneCriterion::Magnitude;
  EXPECT_NO_THROW(compress_network(small_network(), small_data(), params));
}

}  // namespace
}  // namespace weft::compress
