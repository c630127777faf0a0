// First the right factor is pruned with the left one fixed: with A'A diagonal its rows are independent
// problems, weighed by |a_k|^2. Then the left one, given the right one as it is now: its rows are independent
// always. Then both are solved anew in turns on their supports, the right one row by row (Gauss-Seidel),
// since the left one is not orthogonal any more. Invariant: no turn makes the error larger.
#include "compress/rules/product.hpp"

#include <Eigen/Cholesky>
#include <cmath>

#include "model/base/error.hpp"

namespace weft::compress {
namespace {

constexpr int kTurns = 4;
constexpr double kMiddleDamping =
    1e-9;  // of the mean diagonal: a dead middle neuron must not stop the solver

const Vector kNoVector;

// What the middle neurons' values look like: the metric of the left factor's rows.
Matrix middle_metric(const Matrix& right, const Matrix& metric) {
  Matrix middle = right * metric * right.transpose();
  const double mean = middle.trace() / static_cast<double>(middle.rows());
  middle.diagonal().array() += mean > 0 ? kMiddleDamping * mean : 1.0;
  return middle;
}

// The best dense left factor.
Matrix solve_left(const Matrix& right, const Matrix& middle, const ProductProblem& problem) {
  const Matrix pull = right * problem.metric * problem.target.transpose();  // rank x rows
  return Matrix(Eigen::LLT<Matrix>(middle).solve(pull).transpose());
}

// One sweep: row k of the right factor against what the other rows leave to it.
void refit_right(SparseProduct& product, const Support& support, const ProductProblem& problem) {
  const Matrix overlap = product.left.transpose() * product.left;
  const Matrix pull = product.left.transpose() * problem.target;
  for (Eigen::Index k = 0; k < product.right.rows(); ++k) {
    const double own = overlap(k, k);
    const auto& columns = support[static_cast<std::size_t>(k)];
    if (!(own > 0) || columns.empty()) continue;
    Matrix goal = pull.row(k) - overlap.row(k) * product.right + own * product.right.row(k);
    goal /= own;
    const RowProblem row{goal, problem.metric, kNoVector, kNoVector, 0, problem.pool};
    product.right.row(k) = refit({columns}, row);
  }
}

}  // namespace

SparseProduct prune_product(const SparseProduct& start, const ProductProblem& problem) {
  SparseProduct product = start;
  Vector scale = product.left.colwise().squaredNorm().transpose();
  for (Eigen::Index k = 0; k < scale.size(); ++k) {
    if (!(scale[k] > 0)) scale[k] = 1;
  }
  product.right = problem.prune(
      start.right, {start.right, problem.metric, kNoVector, scale, problem.kept_right, problem.pool});
  const Matrix middle = middle_metric(product.right, problem.metric);
  Matrix left = solve_left(product.right, middle, problem);
  const Matrix allowed = (start.left.array() != 0).select(left, 0.0);
  product.left =
      problem.prune(allowed, {left, middle, kNoVector, kNoVector, problem.kept_left, problem.pool});

  const Support left_support = support_of(product.left), right_support = support_of(product.right);
  for (int turn = 0; turn < kTurns; ++turn) {
    refit_right(product, right_support, problem);
    const Matrix now = middle_metric(product.right, problem.metric);
    left = solve_left(product.right, now, problem);
    product.left = refit(left_support, {left, now, kNoVector, kNoVector, 0, problem.pool});
  }
  return product;
}

void balance(SparseProduct& product) {
  for (Eigen::Index k = 0; k < product.right.rows(); ++k) {
    const double left = product.left.col(k).norm(), right = product.right.row(k).norm();
    if (!(left > 0 && right > 0)) continue;
    const double factor = std::sqrt(right / left);
    product.left.col(k) *= factor;
    product.right.row(k) /= factor;
  }
}

}  // namespace weft::compress
