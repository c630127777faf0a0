// Pruning that only chooses: by magnitude (Han et al., NeurIPS 2015), and by magnitude times the root mean
// square of the weight's input (Sun et al., "A simple and effective pruning approach", 2023). What stays
// keeps its bits.
#include "compress/rules/criteria.hpp"

namespace weft::compress {
namespace {

Matrix keep_largest(const Matrix& weights, Matrix scores, std::int64_t kept) {
  scores = (weights.array() != 0).select(scores, -1.0);
  Matrix result = Matrix::Zero(weights.rows(), weights.cols());
  const Support support = largest(scores, kept);
  for (Eigen::Index i = 0; i < weights.rows(); ++i) {
    for (const Eigen::Index j : support[static_cast<std::size_t>(i)]) result(i, j) = weights(i, j);
  }
  return result;
}

// squares of `values` on the support
Matrix squares(const Matrix& values, const Support& support) {
  Matrix scores = Matrix::Constant(values.rows(), values.cols(), -1.0);
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    for (const Eigen::Index j : support[static_cast<std::size_t>(i)])
      scores(i, j) = values(i, j) * values(i, j);
  }
  return scores;
}

}  // namespace

Matrix score_by_magnitude(const Matrix& weights, const Support& support, const RowProblem&) {
  return squares(weights, support);
}

Matrix score_by_activation(const Matrix& weights, const Support& support, const RowProblem& problem) {
  return squares(weights * problem.input_rms.asDiagonal(), support);
}

Matrix prune_by_magnitude(const Matrix& weights, const RowProblem& problem) {
  return keep_largest(weights, weights.cwiseAbs(), problem.kept);
}

Matrix prune_by_activation(const Matrix& weights, const RowProblem& problem) {
  return keep_largest(weights, weights.cwiseAbs() * problem.input_rms.asDiagonal(), problem.kept);
}

}  // namespace weft::compress
