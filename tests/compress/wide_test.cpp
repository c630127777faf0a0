// Large layers in the space of their samples, held against the dense algebra on layers small enough for both.
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/Dense>

#include "compress/calibration/match_means.hpp"
#include "compress/calibration/statistics.hpp"
#include "compress/calibration/svd.hpp"
#include "compress/calibration/target.hpp"
#include "compress/rules/criteria.hpp"
#include "compress/wide/masked_solve.hpp"
#include "compress/wide/wide_layer.hpp"
#include "model/network/forward.hpp"
#include "tests/compress/matrices.hpp"
#include "tests/compress/small_network.hpp"

namespace weft::compress {
namespace {

FloatMatrix random_floats(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  return {rows, columns, random_weights(static_cast<std::size_t>(rows * columns), seed)};
}

Matrix dense_of(const FloatMatrix& matrix) {
  return to_matrix(matrix.values, matrix.rows, matrix.columns);
}

Matrix dense_of(const Gram& gram) {
  const Matrix samples = dense_of(gram.samples);
  Matrix result = samples.transpose() * samples;
  result.diagonal().array() += double{gram.damping};
  return result;
}

double norm_of_difference(const Matrix& a, const Matrix& b) {
  return (a - b).norm() / std::max(1.0, b.norm());
}

// 12 outputs, 30 inputs, 10 samples: fewer than inputs.
WideProblem small_problem(bool weighed) {
  WideProblem problem;
  problem.target = random_floats(12, 30, 1);
  problem.inputs = {random_floats(10, 30, 2), 0.5f};
  problem.outputs = weighed ? Gram{random_floats(8, 12, 3), 0.7f} : Gram{zeros(0, 12), 1.0f};
  return problem;
}

double dense_error(const Matrix& v, const WideProblem& problem) {
  const Matrix rest = v - dense_of(problem.target);
  return (dense_of(problem.outputs) * rest * dense_of(problem.inputs) * rest.transpose()).trace();
}

TEST(Gram, MultipliesAsTheMatrixThatItStandsFor) {
  WorkerPool pool(2);
  const Gram gram{random_floats(7, 20, 1), 0.25f};
  const FloatMatrix rows = random_floats(5, 20, 2);
  const Matrix expected = dense_of(rows) * dense_of(gram);
  EXPECT_LT(norm_of_difference(dense_of(times(rows, gram, pool)), expected), 1e-6);
  const std::vector<double> entries = diagonal(gram);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    EXPECT_NEAR(entries[i], dense_of(gram)(at, at), 1e-6);
  }
}

TEST(Gram, GivesTheSameBitsWithAnyNumberOfThreads) {
  WorkerPool one(1), three(3);
  const FloatMatrix left = random_floats(600, 40, 1), right = random_floats(40, 2100, 2);
  EXPECT_EQ(multiply(left, right, one).values, multiply(left, right, three).values);
}

TEST(Gram, RefusesShapesThatDoNotFit) {
  WorkerPool pool(1);
  EXPECT_THROW(multiply(zeros(2, 3), zeros(4, 2), pool), Error);
  EXPECT_THROW(multiply_transposed(zeros(2, 3), zeros(2, 4), pool), Error);
  EXPECT_THROW(transposed_multiply(zeros(2, 3), zeros(3, 3), pool), Error);
}

TEST(MaskedSolve, SolvesTheSystemOfWhatStays) {
  const Matrix system = random_metric(15, 4);
  FloatMatrix start = random_floats(1, 15, 5);
  start.values[3] = start.values[9] = 0;
  const FloatMatrix right = random_floats(1, 15, 6);
  FloatMatrix entries = zeros(1, 15);
  for (Eigen::Index i = 0; i < 15; ++i)
    entries.values[static_cast<std::size_t>(i)] = static_cast<float>(system(i, i));
  const MatrixMap map = [&](const FloatMatrix& x) {
    return FloatMatrix{1, 15, to_floats(dense_of(x) * system)};
  };
  const FloatMatrix solved = masked_solve(start, right, map, entries, 200);
  std::vector<Eigen::Index> stays;
  for (Eigen::Index i = 0; i < 15; ++i) {
    if (i != 3 && i != 9) stays.push_back(i);
  }
  const Matrix block = system(stays, stays);
  const Vector expected = block.llt().solve(Vector(dense_of(right).row(0)(stays).transpose()));
  for (std::size_t k = 0; k < stays.size(); ++k) {
    EXPECT_NEAR(solved.values[static_cast<std::size_t>(stays[k])], expected[static_cast<Eigen::Index>(k)],
                1e-2 * expected.norm());
  }
  EXPECT_EQ(solved.values[3], 0.0f);
  EXPECT_EQ(solved.values[9], 0.0f);
}

TEST(WideFactors, AreTheDataAwareDecompositionWhereOutputsCountAlike) {
  WorkerPool pool(1);
  const WideProblem problem = small_problem(false);
  const WideFactors factors = wide_factors(problem, 4, pool);
  const OrthonormalFactors exact = truncate_whitened(dense_of(problem.target), dense_of(problem.inputs), 4);
  double tail = 0;
  for (std::size_t k = 4; k < exact.singular_values.size(); ++k)
    tail += exact.singular_values[k] * exact.singular_values[k];
  EXPECT_NEAR(dense_error(dense_of(factors.left) * dense_of(factors.right), problem), tail, 1e-4 * tail);
  EXPECT_NEAR(wide_error(factors.left, factors.right, problem, pool), tail, 1e-3 * tail);
}

TEST(WideFactors, AreTheBestOfTheirRankInBothMetrics) {
  WorkerPool pool(1);
  const WideProblem problem = small_problem(true);
  const WideFactors factors = wide_factors(problem, 3, pool);
  // |Ls' (V - target) Li| is least for the truncated decomposition of Ls' target Li.
  const Matrix inputs = dense_of(problem.inputs), outputs = dense_of(problem.outputs);
  const Matrix inner = Matrix(inputs.llt().matrixL()), outer = Matrix(outputs.llt().matrixL());
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(outer.transpose() * dense_of(problem.target) * inner);
  const double tail = svd.singularValues().tail(svd.singularValues().size() - 3).squaredNorm();
  EXPECT_NEAR(dense_error(dense_of(factors.left) * dense_of(factors.right), problem), tail, 1e-4 * tail);
  EXPECT_NEAR(wide_error(factors.left, factors.right, problem, pool), tail, 1e-3 * tail);
}

TEST(WideFactors, RefuseARankThatDoesNotExist) {
  WorkerPool pool(1);
  EXPECT_THROW(wide_factors(small_problem(false), 13, pool), Error);
  EXPECT_THROW(wide_factors(small_problem(false), 0, pool), Error);
}

std::int64_t nonzero(const FloatMatrix& matrix) {
  return nonzeros(matrix.values);
}

TEST(WidePruning, KeepsAsManyWeightsAsAskedForAndFitsThem) {
  WorkerPool pool(1);
  const WideProblem problem = small_problem(true);
  const WideFactors start = wide_factors(problem, 4, pool);
  WidePruneParams params;
  params.kept = 80;  // of 168
  params.final_steps = 200;
  const WideFactors pruned = prune_wide_factors(start, problem, params, pool);
  EXPECT_EQ(nonzero(pruned.left) + nonzero(pruned.right), 80);
  const double error = wide_error(pruned.left, pruned.right, problem, pool);
  // The gradient vanishes on what stays of the left factor, which was fitted last.
  const Matrix left = dense_of(pruned.left), right = dense_of(pruned.right);
  const Matrix gradient = dense_of(problem.outputs) * (left * right - dense_of(problem.target)) *
                          dense_of(problem.inputs) * right.transpose();
  for (Eigen::Index i = 0; i < left.size(); ++i) {
    if (left.data()[i] == 0) continue;
    EXPECT_NEAR(gradient.data()[i], 0, 0.02 * std::sqrt(error));
  }
  // Cutting the same number off by size alone, without a fit, is worse.
  std::vector<float> sizes;
  for (const float weight : start.left.values) sizes.push_back(std::fabs(weight));
  for (const float weight : start.right.values) sizes.push_back(std::fabs(weight));
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  WideFactors cut = start;
  for (FloatMatrix* factor : {&cut.left, &cut.right}) {
    for (float& weight : factor->values) weight = std::fabs(weight) >= sizes[79] ? weight : 0.0f;
  }
  EXPECT_LT(error, 0.7 * wide_error(cut.left, cut.right, problem, pool));
}

TEST(WidePruning, KeepsTheCountOfEachFactorWhereBothAreGiven) {
  WorkerPool pool(1);
  const WideProblem problem = small_problem(false);
  WidePruneParams params;
  params.kept_left = 20;
  params.kept_right = 50;
  const WideFactors pruned = prune_wide_factors(wide_factors(problem, 4, pool), problem, params, pool);
  EXPECT_EQ(nonzero(pruned.left), 20);
  EXPECT_EQ(nonzero(pruned.right), 50);
}

TEST(WideObs, FindsWhatTheSweepOverColumnsFinds) {
  WorkerPool pool(2);
  const WideProblem problem = small_problem(false);
  const FloatMatrix pruned = prune_wide_layer(problem, 100, 300, pool);
  const Matrix target = dense_of(problem.target), metric = dense_of(problem.inputs);
  const Matrix expected = prune_by_obs_columns(target, {target, metric, {}, {}, 100, pool});
  EXPECT_EQ(nonzero(pruned), 100);
  EXPECT_NEAR(dense_error(dense_of(pruned), problem), dense_error(expected, problem),
              0.02 * dense_error(expected, problem));
}

TEST(WideObs, SettlesBlockAfterBlockAndTakesUpWhatTheSettledOnesGetWrong) {
  WorkerPool pool(2);
  WideProblem problem;  // three blocks of columns
  problem.target = random_floats(6, 1100, 1);
  problem.inputs = {random_floats(40, 1100, 2), 20.0f};
  problem.outputs = {zeros(0, 6), 1.0f};
  const FloatMatrix pruned = prune_wide_layer(problem, 2000, 0, pool);
  EXPECT_EQ(nonzero(pruned), 2000);
  const Matrix target = dense_of(problem.target), metric = dense_of(problem.inputs);
  const Matrix chosen =
      prune_by_magnitude(target, {target, {}, {}, {}, 2000, pool});  // weights alone, no update
  EXPECT_LT(dense_error(dense_of(pruned), problem), 0.5 * dense_error(chosen, problem));
  const Matrix columns = prune_by_obs_columns(target, {target, metric, {}, {}, 2000, pool});
  EXPECT_LT(dense_error(dense_of(pruned), problem), 1.3 * dense_error(columns, problem));
}

TEST(WideLayer, IsTheLayerItselfWhereNothingBeforeItChanged) {
  WorkerPool pool(1);
  const Network network = small_network();
  const WideView view = view_layer(network, network, "hidden", small_data(6), {}, pool);
  EXPECT_EQ(view.problem.target.values, projection_named(network, "hidden").weights);
  EXPECT_EQ(view.mean, view.dense_mean);
  EXPECT_EQ(view.problem.inputs.samples.rows, 6);
}

TEST(WideLayer, AimsAtWhatDoesBestOnTheInputsThatItGetsNow) {
  WorkerPool pool(1);
  const Network dense = small_network();
  Network now = dense;
  projection_named(now, "conv").weights[2] = 0;
  WideViewParams params;
  params.damping = 0.1;
  const Dataset data = small_data(6);
  const WideView view = view_layer(now, dense, "hidden", data, params, pool);
  const InputStatistics statistics =
      input_statistics(now, dense, projection_named(now, "hidden"), data, pool);
  const Matrix weights = to_matrix(projection_named(dense, "hidden").weights, 12, 8);
  const LayerTarget expected = layer_target(weights, statistics, 0.1);
  EXPECT_LT(norm_of_difference(dense_of(view.problem.target), expected.weights), 1e-4);
  EXPECT_LT(norm_of_difference(dense_of(view.problem.inputs), expected.metric), 1e-4);
}

TEST(WideLayer, BiasesTakeUpWhatTheMeansChangeBy) {
  WorkerPool pool(1);
  const Network network = small_network();
  const WideView view = view_layer(network, network, "hidden", small_data(6), {}, pool);
  const FloatMatrix weights{12, 8, projection_named(network, "hidden").weights}, none = zeros(12, 8);
  const std::vector<double> all = wide_bias_change(weights, none, {}, view);
  for (std::size_t i = 0; i < all.size(); ++i) {
    double mean = 0;
    for (std::size_t j = 0; j < 8; ++j) mean += double{weights.values[i * 8 + j]} * view.mean[j];
    EXPECT_NEAR(all[i], mean, 1e-6);
  }
  for (const double change : wide_bias_change(weights, weights, {}, view)) EXPECT_NEAR(change, 0, 1e-12);
}

TEST(MatchMeans, GivesEverySumTheMeanThatItHasInTheDenseNetwork) {
  const Network dense = small_network();
  const Dataset data = small_data(40);
  Network now = dense;
  for (float& weight : projection_named(now, "hidden").weights) weight *= 0.5f;
  for (float& weight : projection_named(now, "skip").weights) weight *= 1.5f;
  const Network matched = match_means(now, dense, data);
  const auto mean_output = [&](const Network& network) {
    const FloatMatrix values = outputs(network, data);
    std::vector<double> means(3, 0.0);
    for (std::size_t i = 0; i < values.values.size(); ++i) means[i % 3] += double{values.values[i]} / 40;
    return means;
  };
  const std::vector<double> expected = mean_output(dense), before = mean_output(now),
                            found = mean_output(matched);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_GT(std::fabs(before[i] - expected[i]), 1e-2);
    EXPECT_NEAR(found[i], expected[i], 1e-4);
  }
  // Hidden neurons are matched before their activation.
  Network linear_dense = dense, linear_now = matched;
  population_named(linear_dense, "hidden").activation = Activation::Linear;
  population_named(linear_now, "hidden").activation = Activation::Linear;
  const FloatMatrix was = population_values(linear_dense, data, PopulationId(2));
  const FloatMatrix is = population_values(linear_now, data, PopulationId(2));
  for (std::size_t neuron = 0; neuron < 12; ++neuron) {
    double difference = 0;
    for (std::size_t row = 0; row < 40; ++row)
      difference += double{was.values[row * 12 + neuron]} - double{is.values[row * 12 + neuron]};
    EXPECT_NEAR(difference / 40, 0, 1e-4);
  }
}

TEST(MatchMeans, LeavesAnUnchangedNetworkAsItIs) {
  const Network dense = small_network();
  EXPECT_EQ(digest(match_means(dense, dense, small_data(9))), digest(dense));
}

TEST(Sensitivities, AreGradientsOfTheOutputs) {
  // Behind a linear output layer the sensitivity of a hidden neuron that is on is its weights into the
  // outputs, centered over them, times a random vector: the mean of squares is the sum of squared weights.
  WorkerPool pool(1);
  Network network = small_network();
  population_named(network, "hidden").activation = Activation::Linear;
  const Dataset data = small_data(30);
  SensitivityParams params;
  params.draws = 40;
  params.temperature = 0;
  const FloatMatrix rows = sensitivities(network, data, PopulationId(2), params, pool);
  ASSERT_EQ(rows.rows, 1200);
  const std::vector<float>& weights = projection_named(network, "out").weights;  // 3 x 12
  for (std::size_t neuron = 0; neuron < 12; ++neuron) {
    double mean = 0, expected = 0, found = 0;
    for (std::size_t k = 0; k < 3; ++k) mean += double{weights[k * 12 + neuron]} / 3;
    for (std::size_t k = 0; k < 3; ++k) expected += std::pow(double{weights[k * 12 + neuron]} - mean, 2);
    for (std::size_t row = 0; row < 1200; ++row) found += std::pow(double{rows.values[row * 12 + neuron]}, 2);
    expected /= 3;  // shares that are alike
    EXPECT_NEAR(found, expected, 0.2 * expected + 1e-6) << "neuron " << neuron;
  }
}

TEST(Sensitivities, WeighOutputsByTheSoftmaxWhereATemperatureIsGiven) {
  // The output population itself: its sensitivities have the second moments diag(p) - p p'.
  WorkerPool pool(1);
  const Network network = small_network();
  const Dataset one = small_data(1);
  SensitivityParams params;
  params.draws = 4000;
  params.temperature = 2;
  const FloatMatrix rows = sensitivities(network, one, network.output(), params, pool);
  const std::vector<float> values = outputs(network, one).values;
  double p[3], sum = 0;
  for (std::size_t i = 0; i < 3; ++i) sum += p[i] = std::exp(double{values[i]} / 2);
  for (double& share : p) share /= sum;
  const FloatMatrix moments = transposed_multiply(rows, rows, pool);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j)
      EXPECT_NEAR(moments.values[i * 3 + j], (i == j ? p[i] : 0) - p[i] * p[j], 0.02) << i << " " << j;
  }
}

TEST(Sensitivities, DependOnTheSeedAloneAndNotOnThreads) {
  WorkerPool one(1), two(2);
  const Network network = small_network();
  const Dataset data = small_data(70);
  const auto values = [&](std::uint64_t seed, WorkerPool& pool) {
    SensitivityParams params;
    params.seed = seed;
    return sensitivities(network, data, PopulationId(1), params, pool).values;
  };
  EXPECT_EQ(values(1, one), values(1, two));
  EXPECT_NE(values(1, one), values(2, one));
}

}  // namespace
}  // namespace weft::compress
