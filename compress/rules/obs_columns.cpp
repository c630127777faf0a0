// Optimal brain surgeon in one sweep over the columns, for layers too wide for the rounds (Frantar and
// Alistarh, "SparseGPT", 2023). With metric^-1 = V'V, V upper triangular, removing column j of a row when all
// columns left of it are settled changes the rest of the row by -(w_j / V_jj) V_j,j: ; updates beyond a block
// of columns are gathered into one product. How many weights a block keeps is settled before the sweep, by
// the cost of removal at the outset; which they are, over all rows, when the sweep gets there. Then all is
// solved anew on the support.
//
// V without an inverse: with the order of rows and columns reversed, metric = L L'; turned back, L is upper
// triangular U with metric = U U', and V = U^-1.
#include <Eigen/Cholesky>
#include <algorithm>

#include "compress/rules/criteria.hpp"
#include "model/base/error.hpp"

namespace weft::compress {
namespace {

constexpr Eigen::Index kBlock = 128;  // columns
constexpr Eigen::Index kBand = 64;    // rows of one task

Matrix inverse_upper(const Matrix& metric) {
  const Eigen::LLT<Matrix> factor(metric.reverse());
  if (factor.info() != Eigen::Success) internal_error("a metric that is not positive definite");
  const Matrix upper = Matrix(factor.matrixL()).reverse();
  Matrix inverse = Matrix::Identity(metric.rows(), metric.cols());
  upper.triangularView<Eigen::Upper>().solveInPlace(inverse);
  return inverse;
}

Matrix initial_scores(const Matrix& weights, const Matrix& v, const RowProblem& problem) {
  const Eigen::RowVectorXd diagonal = v.colwise().squaredNorm();  // of metric^-1
  Matrix scores = problem.target.array().square().rowwise() / diagonal.array();
  for (Eigen::Index i = 0; i < scores.rows(); ++i) scores.row(i) *= problem.scale(i);
  return (weights.array() != 0).select(scores, -1.0);
}

}  // namespace

Matrix prune_by_obs_columns(const Matrix& weights, const RowProblem& problem) {
  const Eigen::Index rows = weights.rows(), columns = weights.cols();
  const Matrix v = inverse_upper(problem.metric);
  const Support outset = largest(initial_scores(weights, v, problem), problem.kept);
  std::vector<std::int64_t> quota(static_cast<std::size_t>((columns + kBlock - 1) / kBlock), 0);
  for (const auto& row : outset) {
    for (const Eigen::Index j : row) ++quota[static_cast<std::size_t>(j / kBlock)];
  }
  Matrix work = problem.target;
  Support support(static_cast<std::size_t>(rows));
  for (Eigen::Index first = 0; first < columns; first += kBlock) {
    const Eigen::Index width = std::min(kBlock, columns - first), rest = columns - first - width;
    Matrix scores(rows, width);
    for (Eigen::Index i = 0; i < rows; ++i) {
      for (Eigen::Index j = 0; j < width; ++j) {
        const double removed = work(i, first + j) / v(first + j, first + j);
        scores(i, j) = weights(i, first + j) != 0 ? problem.scale(i) * removed * removed : -1.0;
      }
    }
    const Support chosen = largest(scores, quota[static_cast<std::size_t>(first / kBlock)]);
    problem.pool.run(static_cast<int>((rows + kBand - 1) / kBand), [&](int band) {
      const Eigen::Index top = band * kBand, count = std::min(kBand, rows - top);
      Matrix removed = Matrix::Zero(count, width);  // w_j / V_jj of what goes
      for (Eigen::Index i = 0; i < count; ++i) {
        const auto& stays = chosen[static_cast<std::size_t>(top + i)];
        auto next = stays.begin();
        for (Eigen::Index j = 0; j < width; ++j) {
          if (next != stays.end() && *next == j) {
            ++next;
            support[static_cast<std::size_t>(top + i)].push_back(first + j);
            continue;
          }
          removed(i, j) = work(top + i, first + j) / v(first + j, first + j);
          work.row(top + i).segment(first + j, width - j) -=
              removed(i, j) * v.row(first + j).segment(first + j, width - j);
        }
      }
      if (rest > 0)
        work.block(top, first + width, count, rest) -= removed * v.block(first, first + width, width, rest);
    });
  }
  return refit(support, problem);
}

}  // namespace weft::compress
