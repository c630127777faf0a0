// Supports and the least squares on them. Rows are independent, each computed by one thread, so the values do
// not depend on the number of threads.
#include "compress/rules/row_problem.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <numeric>

#include "model/base/error.hpp"

namespace weft::compress {

Support support_of(const Matrix& weights) {
  Support support(static_cast<std::size_t>(weights.rows()));
  for (Eigen::Index i = 0; i < weights.rows(); ++i) {
    for (Eigen::Index j = 0; j < weights.cols(); ++j) {
      if (weights(i, j) != 0) support[static_cast<std::size_t>(i)].push_back(j);
    }
  }
  return support;
}

Support largest(const Matrix& scores, std::int64_t kept) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(scores.size()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto cut = order.begin() + std::min<std::int64_t>(kept, scores.size());
  const double* values = scores.data();
  std::nth_element(order.begin(), cut, order.end(), [&](std::int64_t a, std::int64_t b) {
    return values[a] != values[b] ? values[a] > values[b] : a < b;
  });
  std::sort(order.begin(), cut);
  Support support(static_cast<std::size_t>(scores.rows()));
  for (auto it = order.begin(); it != cut; ++it) {
    if (values[*it] >= 0)
      support[static_cast<std::size_t>(*it / scores.cols())].push_back(*it % scores.cols());
  }
  return support;
}

Matrix refit(const Support& support, const RowProblem& problem) {
  Matrix result = Matrix::Zero(problem.target.rows(), problem.target.cols());
  const Matrix pull = problem.target * problem.metric;  // row i: (metric target_i')'
  const bool alike =
      std::all_of(support.begin(), support.end(), [&](const auto& row) { return row == support.front(); });
  if (alike && !support.empty() && !support.front().empty()) {  // one decomposition serves all rows
    const std::vector<Eigen::Index>& columns = support.front();
    const Matrix block = problem.metric(columns, columns);
    const Eigen::LLT<Matrix> factor(block);
    if (factor.info() != Eigen::Success) internal_error("a metric that is not positive definite");
    const Matrix right = pull(Eigen::all, columns).transpose();
    result(Eigen::all, columns) = factor.solve(right).transpose();
    return result;
  }
  problem.pool.run(static_cast<int>(support.size()), [&](int row) {
    const std::vector<Eigen::Index>& columns = support[static_cast<std::size_t>(row)];
    if (columns.empty()) return;
    const Matrix block = problem.metric(columns, columns);
    const Vector right = pull.row(row)(columns).transpose();
    const Eigen::LLT<Matrix> factor(block);
    if (factor.info() != Eigen::Success) internal_error("a metric that is not positive definite");
    result.row(row)(columns) = factor.solve(right).transpose();
  });
  return result;
}

double problem_error(const Matrix& weights, const RowProblem& problem) {
  const Matrix difference = weights - problem.target;
  const Vector errors = (difference * problem.metric).cwiseProduct(difference).rowwise().sum();
  double sum = 0;
  for (Eigen::Index i = 0; i < errors.size(); ++i) sum += problem.scale(i) * errors[i];
  return sum;
}

}  // namespace weft::compress
