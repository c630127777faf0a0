// Optimal brain surgeon (Hassibi and Stork, 1993) row by row in rounds. With the weights of a support S at
// their exact optimum, removing weight p costs v_p^2 / [metric_SS^-1]_pp and nothing else can cost less; each
// round removes the cheapest of all rows and solves the rest anew. Few rounds lose little against one removal
// at a time (Frantar and Alistarh, "Optimal brain compression", 2022) and cost a hundredth.
//
// Invariant: what is returned is the exact least-squares solution on its support, which lies in that of
// the weights that came in.
#include <Eigen/Cholesky>
#include <algorithm>

#include "compress/rules/criteria.hpp"
#include "model/base/error.hpp"

namespace weft::compress {
namespace {

// The share that a round leaves: fine steps where they cost next to nothing, halves at first where rows are
// wide, since whole rows share one decomposition.
constexpr double kFineShare = 0.95, kShare = 0.75, kFirstShare = 0.5;
constexpr double kCheapOperations = 2e8;

std::int64_t size_of(const Support& support) {
  std::int64_t size = 0;
  for (const auto& row : support) size += static_cast<std::int64_t>(row.size());
  return size;
}

// The cost of removing each weight of the row, -1 for what is gone.
void score_row(const std::vector<Eigen::Index>& columns, const Matrix& pull, Eigen::Index row,
               const RowProblem& problem, Matrix& scores) {
  if (columns.empty()) return;
  const Eigen::MatrixXd block = problem.metric(columns, columns);
  const Eigen::LLT<Eigen::MatrixXd> factor(block);
  if (factor.info() != Eigen::Success) internal_error("a metric that is not positive definite");
  const Vector right = pull.row(row)(columns).transpose();
  const Vector values = factor.solve(right);
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(block.rows(), block.cols());
  factor.matrixL().solveInPlace(inverse);  // L^-1; the inverse's diagonal is its columns' squared norms
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto k = static_cast<Eigen::Index>(i);
    scores(row, columns[i]) = problem.scale(row) * values[k] * values[k] / inverse.col(k).squaredNorm();
  }
}

// All rows have the same columns: one decomposition serves them.
Matrix score_alike_rows(const std::vector<Eigen::Index>& columns, const RowProblem& problem) {
  Matrix scores = Matrix::Constant(problem.target.rows(), problem.target.cols(), -1.0);
  if (columns.empty()) return scores;
  const Eigen::MatrixXd block = problem.metric(columns, columns);
  const Eigen::LLT<Eigen::MatrixXd> factor(block);
  if (factor.info() != Eigen::Success) internal_error("a metric that is not positive definite");
  const Eigen::MatrixXd right = (problem.target * problem.metric)(Eigen::all, columns).transpose();
  const Eigen::MatrixXd values = factor.solve(right);
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(block.rows(), block.cols());
  factor.matrixL().solveInPlace(inverse);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto k = static_cast<Eigen::Index>(c);
    const double diagonal = inverse.col(k).squaredNorm();
    for (Eigen::Index i = 0; i < scores.rows(); ++i)
      scores(i, columns[c]) = problem.scale(i) * values(k, i) * values(k, i) / diagonal;
  }
  return scores;
}

Matrix score_whole_rows(const RowProblem& problem) {
  const Eigen::LLT<Eigen::MatrixXd> factor(problem.metric);
  if (factor.info() != Eigen::Success) internal_error("a metric that is not positive definite");
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(problem.metric.rows(), problem.metric.cols());
  factor.matrixL().solveInPlace(inverse);
  const Eigen::RowVectorXd diagonal = inverse.colwise().squaredNorm();
  Matrix scores = problem.target.array().square().rowwise() / diagonal.array();
  for (Eigen::Index i = 0; i < scores.rows(); ++i) scores.row(i) *= problem.scale(i);
  return scores;
}

Matrix score(const Support& support, const RowProblem& problem) {
  if (size_of(support) == problem.target.size()) return score_whole_rows(problem);
  if (std::all_of(support.begin(), support.end(), [&](const auto& row) { return row == support.front(); }))
    return score_alike_rows(support.front(), problem);
  Matrix scores = Matrix::Constant(problem.target.rows(), problem.target.cols(), -1.0);
  const Matrix pull = problem.target * problem.metric;
  problem.pool.run(static_cast<int>(support.size()), [&](int row) {
    score_row(support[static_cast<std::size_t>(row)], pull, row, problem, scores);
  });
  return scores;
}

}  // namespace

Matrix score_by_obs(const Matrix&, const Support& support, const RowProblem& problem) {
  return score(support, problem);
}

Matrix prune_by_obs_rounds(const Matrix& weights, const RowProblem& problem) {
  Support support = support_of(weights);
  for (std::int64_t size = size_of(support); size > problem.kept; size = size_of(support)) {
    const double mean = static_cast<double>(size) / static_cast<double>(support.size());
    const bool cheap = static_cast<double>(support.size()) * mean * mean * mean < kCheapOperations;
    const double share = cheap ? kFineShare : size == weights.size() ? kFirstShare : kShare;
    const auto left = static_cast<std::int64_t>(share * static_cast<double>(size));
    support = largest(score(support, problem), std::max(problem.kept, left));
  }
  return refit(support, problem);
}

}  // namespace weft::compress
