// Statistics against loops over single samples, the target against its definition, the whitened decomposition
// against its theory.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "compress/calibration/statistics.hpp"
#include "compress/calibration/svd.hpp"
#include "compress/calibration/target.hpp"
#include "matrices.hpp"
#include "model/network/forward.hpp"
#include "small_network.hpp"

namespace weft::compress {
namespace {

const Projection& named(const Network& network, const std::string& name) {
  return projection_named(network, name);
}

TEST(InputStatistics, AreMeanAndCovarianceOfADenseLayersInputs) {
  const Network network = small_network();
  Network changed = network;
  projection_named(changed, "conv").weights[3] = 0;
  const Dataset data = small_data(50);
  WorkerPool pool(2);
  const InputStatistics found = input_statistics(changed, network, named(changed, "hidden"), data, pool);
  const FloatMatrix now = population_values(changed, data, PopulationId(1));
  const FloatMatrix dense = population_values(network, data, PopulationId(1));
  ASSERT_EQ(found.observations, 50);
  const auto value = [](const FloatMatrix& matrix, int row, int column) {
    return double{matrix.values[static_cast<std::size_t>(row * 8 + column)]};
  };
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) {
      double mean_i = 0, mean_j = 0, dense_i = 0, dense_j = 0, own = 0, cross = 0, dense_own = 0;
      for (int row = 0; row < 50; ++row) {
        mean_i += value(now, row, i) / 50, mean_j += value(now, row, j) / 50;
        dense_i += value(dense, row, i) / 50, dense_j += value(dense, row, j) / 50;
        own += value(now, row, i) * value(now, row, j) / 50;
        cross += value(dense, row, i) * value(now, row, j) / 50;
        dense_own += value(dense, row, i) * value(dense, row, j) / 50;
      }
      EXPECT_NEAR(found.mean[i], mean_i, 1e-5);
      EXPECT_NEAR(found.dense_mean[i], dense_i, 1e-5);
      EXPECT_NEAR(found.covariance(i, j), own - mean_i * mean_j, 1e-5);
      EXPECT_NEAR(found.cross(i, j), cross - dense_i * mean_j, 1e-5);
      EXPECT_NEAR(found.dense_covariance(i, j), dense_own - dense_i * dense_j, 1e-5);
    }
  }
}

TEST(InputStatistics, SeeEveryPatchOfAConvolution) {
  const Network network = small_network();
  const Dataset data = small_data(10);
  WorkerPool pool(1);
  const InputStatistics found = input_statistics(network, network, named(network, "conv"), data, pool);
  ASSERT_EQ(found.observations, 10 * 4);  // 2 x 2 positions
  double sum = 0;
  for (int sample = 0; sample < 10; ++sample) {
    for (const int pixel : {1, 3, 9, 11})  // row 0, column 1 of the four patches
      sum += double{network.input_scale} * data.sample(sample)[pixel];
  }
  EXPECT_NEAR(found.mean[1], sum / 40, 1e-5);
}

TEST(InputStatistics, PredictTheOutputsOfAConvolutionWithPaddingAndSeveralChannels) {
  Network network;
  network.name = "padded";
  network.populations.push_back({"input", {2, 3, 3}, Activation::Linear, {}});
  network.populations.push_back({"out", {1, 3, 2}, Activation::Linear, {}});
  network.projections.push_back({"out", PopulationId(0), PopulationId(1), ProjectionKind::Convolution,
                                 Window{3, 2, 1, 1, 1, 0}, 1, random_weights(2 * 6, 5)});
  ASSERT_EQ(describe(validate(network)), "");
  Dataset data = small_data(0);
  data.shape = {2, 3, 3};
  Random random(3);
  for (int i = 0; i < 20 * 18; ++i) data.samples.push_back(static_cast<std::uint8_t>(random.below(256)));
  data.labels.assign(20, 0);
  WorkerPool pool(1);
  const InputStatistics found = input_statistics(network, network, named(network, "out"), data, pool);
  const Matrix weights = to_matrix(named(network, "out").weights, 1, 12);
  const FloatMatrix values = outputs(network, data);
  double mean = 0, square = 0;
  for (const float value : values.values) {
    mean += value / static_cast<double>(values.values.size());
    square += double{value} * value / static_cast<double>(values.values.size());
  }
  EXPECT_NEAR((weights * found.mean)(0), mean, 1e-4);
  EXPECT_NEAR((weights * found.covariance * weights.transpose())(0, 0), square - mean * mean, 1e-4);
}

TEST(InputStatistics, DoNotDependOnTheThreads) {
  const Network network = small_network();
  WorkerPool one(1), three(3);
  const auto with = [&](WorkerPool& pool) {
    return input_statistics(network, network, named(network, "out"), small_data(70), pool).covariance;
  };
  EXPECT_EQ(with(one), with(three));
}

// Observations of correlated inputs x, and y = x with some of them disturbed.
struct Sampled {
  Matrix x = random_matrix(6, 200, 21), y;
  InputStatistics statistics;
  Sampled() {
    x.row(3) = 0.8 * x.row(1) + 0.3 * x.row(3);
    x.row(5).array() += 2;
    y = x;
    y.row(0) = 0.5 * x.row(0) + 0.2 * random_matrix(1, 200, 22);
    y.row(4).setZero();
    statistics.observations = 200;
    statistics.mean = y.rowwise().mean();
    statistics.dense_mean = x.rowwise().mean();
    const Matrix xc = x.colwise() - statistics.dense_mean, yc = y.colwise() - statistics.mean;
    statistics.covariance = yc * yc.transpose() / 200;
    statistics.cross = xc * yc.transpose() / 200;
    statistics.dense_covariance = xc * xc.transpose() / 200;
  }
  double loss(const Matrix& v, const Matrix& w, double damping) const {
    const Matrix error = w * (x.colwise() - statistics.dense_mean) - v * (y.colwise() - statistics.mean);
    return error.squaredNorm() / 200 + damping * (w - v).squaredNorm();
  }
};

TEST(LayerTarget, IsTheMinimumOfItsDefinition) {
  const Sampled sampled;
  const Matrix w = random_matrix(4, 6, 23);
  const LayerTarget target = layer_target(w, sampled.statistics, 0.05);
  const double damping = 0.05 * sampled.statistics.covariance.trace() / 6;
  const double best = sampled.loss(target.weights, w, damping);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Matrix step = 0.01 * random_matrix(4, 6, 100 + seed);
    EXPECT_GT(sampled.loss(target.weights + step, w, damping), best);
    EXPECT_NEAR(sampled.loss(target.weights + step, w, damping),
                sampled.loss(target.weights - step, w, damping),
                1e-9);  // the gradient is zero
  }
}

TEST(LayerTarget, IsTheDenseLayerWhereNothingBeforeItChanged) {
  Sampled sampled;
  sampled.statistics.cross = sampled.statistics.covariance;
  const Matrix w = random_matrix(4, 6, 24);
  EXPECT_EQ(layer_target(w, sampled.statistics, 0.01).weights, w);
}

TEST(LayerTarget, TakesConstantInputs) {
  InputStatistics none;
  none.covariance = none.cross = none.dense_covariance = Matrix::Zero(3, 3);
  none.mean = none.dense_mean = Vector::Zero(3);
  const Matrix w = random_matrix(2, 3, 25);
  EXPECT_EQ(layer_target(w, none, 0.01).weights, w);
}

TEST(OutputError, IsTheShareOfVarianceThatIsWrong) {
  const Sampled sampled;
  const Matrix w = random_matrix(4, 6, 26), v = random_matrix(4, 6, 27);
  const Matrix dense = w * (sampled.x.colwise() - sampled.statistics.dense_mean);
  EXPECT_NEAR(output_error(v, w, sampled.statistics), sampled.loss(v, w, 0) / (dense.squaredNorm() / 200),
              1e-9);
}

TEST(BiasChange, MakesTheMeansEqual) {
  const Sampled sampled;
  const Matrix w = random_matrix(4, 6, 28), v = random_matrix(4, 6, 29);
  const Vector change = bias_change(v, w, sampled.statistics);
  const Vector means = (v * sampled.y).rowwise().mean() + change;
  EXPECT_LT((means - (w * sampled.x).rowwise().mean()).norm(), 1e-12);
}

TEST(WhitenedSvd, ErrorIsTheTailOfTheSingularValuesAndNoOtherFactorsDoBetter) {
  const Matrix w = random_matrix(5, 7, 31), metric = random_metric(7, 32);
  const Matrix root = Eigen::LLT<Matrix>(metric).matrixL();
  const Vector values = Eigen::JacobiSVD<Eigen::MatrixXd>(w * root).singularValues();
  for (int rank = 1; rank <= 5; ++rank) {
    const OrthonormalFactors found = truncate_whitened(w, metric, rank);
    const double error = ((w - found.left * found.right) * root).squaredNorm();
    EXPECT_NEAR(error, values.tail(5 - rank).squaredNorm(), 1e-9) << "rank " << rank;
    const OrthonormalFactors plain = truncate(w, rank);
    EXPECT_LE(error, ((w - plain.left * plain.right) * root).squaredNorm() + 1e-9);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {  // the best left factor for a random right one
      const Matrix right = random_matrix(rank, 7, 200 + seed);
      const Matrix left = (w * metric * right.transpose()) * (right * metric * right.transpose()).inverse();
      EXPECT_LE(error, ((w - left * right) * root).squaredNorm() + 1e-9);
    }
  }
}

TEST(WhitenedSvd, HasAnOrthonormalLeftFactor) {
  for (const auto& [rows, columns] : {std::pair(5, 7), std::pair(8, 4)}) {
    const OrthonormalFactors found =
        truncate_whitened(random_matrix(rows, columns, 33), random_metric(columns, 34), 3);
    EXPECT_LT((found.left.transpose() * found.left - Matrix::Identity(3, 3)).norm(), 1e-9);
  }
}

TEST(WhitenedSvd, IsThePlainOneForWhiteInputs) {
  const Matrix w = random_matrix(4, 6, 35);
  const OrthonormalFactors white = truncate_whitened(w, Matrix::Identity(6, 6), 2), plain = truncate(w, 2);
  EXPECT_LT((white.left * white.right - plain.left * plain.right).norm(), 1e-9);
}

}  // namespace
}  // namespace weft::compress
