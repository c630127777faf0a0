// The matrices of the wing's algebra: double precision, row-major like all weights.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace weft::compress {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;

inline Matrix to_matrix(const std::vector<float>& values, Eigen::Index rows, Eigen::Index columns) {
  using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Floats>(values.data(), rows, columns).cast<double>();
}

inline std::vector<float> to_floats(const Matrix& matrix) {
  std::vector<float> values(static_cast<std::size_t>(matrix.size()));
  for (Eigen::Index i = 0; i < matrix.size(); ++i)
    values[static_cast<std::size_t>(i)] = static_cast<float>(matrix.data()[i]);
  return values;
}

}  // namespace weft::compress
