// Random matrices for the tests of the algebra.
#pragma once

#include "compress/calibration/matrix.hpp"
#include "compress/density.hpp"
#include "compress/rules/criteria.hpp"
#include "model/base/random.hpp"

namespace weft::compress {

inline Matrix random_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  Random random(seed);
  Matrix result(rows, columns);
  for (Eigen::Index i = 0; i < result.size(); ++i) result.data()[i] = random.normal();
  return result;
}

// Positive definite, its eigenvalues well apart.
inline Matrix random_metric(Eigen::Index size, std::uint64_t seed) {
  Matrix factor = random_matrix(size, size, seed);
  for (Eigen::Index i = 0; i < size; ++i) factor.col(i) *= 1.0 / static_cast<double>(1 + i);
  Matrix metric = factor * factor.transpose();
  metric.diagonal().array() += 0.01;
  return metric;
}

inline std::vector<float> pruned_by_magnitude(const std::vector<float>& weights, double density) {
  WorkerPool pool(1);
  const Matrix row = to_matrix(weights, 1, static_cast<Eigen::Index>(weights.size()));
  return to_floats(prune_by_magnitude(row, {row, {}, {}, {}, kept_weights(row.size(), density), pool}));
}

}  // namespace weft::compress
