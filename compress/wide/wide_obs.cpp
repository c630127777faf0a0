// The sweep of prune_by_obs_columns() with matrices of N x N for N samples. With X_R the samples' columns
// that are not settled yet and K = X_R X_R' + damping:
//   metric_R^-1 = (1 - X_R' K^-1 X_R) / damping,
// of which a block of columns needs its own part alone. What the settled columns got wrong on the samples, E,
// is all that the rest has to make up for: the best change of the rest is -E K^-1 X_R, taken for one block
// after the other. Invariant: no more weights than `kept` stay, and a zero stays zero.
#include <Eigen/Cholesky>
#include <algorithm>

#include "compress/rules/row_problem.hpp"
#include "compress/wide/masked_solve.hpp"
#include "compress/wide/wide_problem.hpp"
#include "model/base/error.hpp"

namespace weft::compress {
namespace {

constexpr std::int64_t kBlock = 512;  // columns
constexpr std::int64_t kBand = 64;    // rows of one task

FloatMatrix columns_of(const FloatMatrix& matrix, std::int64_t first, std::int64_t count) {
  FloatMatrix result = zeros(matrix.rows, count);
  for (std::int64_t row = 0; row < matrix.rows; ++row)
    std::copy_n(matrix.values.begin() + row * matrix.columns + first, count,
                result.values.begin() + row * count);
  return result;
}

// K^-1 of the columns from `first` on.
FloatMatrix inverse_overlap(const Gram& inputs, std::int64_t first, WorkerPool& pool) {
  const FloatMatrix rest = columns_of(inputs.samples, first, inputs.samples.columns - first);
  const FloatMatrix overlap = multiply_transposed(rest, rest, pool);
  Matrix k = to_matrix(overlap.values, overlap.rows, overlap.columns);
  k.diagonal().array() += double{inputs.damping};
  const Eigen::LLT<Matrix> factor(k);
  if (factor.info() != Eigen::Success) internal_error("a metric that is not positive definite");
  const Eigen::Index size = k.rows();
  FloatMatrix inverse = zeros(size, size);
  constexpr Eigen::Index kPart = 256;  // columns of the inverse that one task solves for
  pool.run(static_cast<int>((size + kPart - 1) / kPart), [&](int part) {
    const Eigen::Index at = part * kPart, count = std::min(kPart, size - at);
    Matrix unit = Matrix::Zero(size, count);
    unit.block(at, 0, count, count).setIdentity();
    const Matrix solved = factor.solve(unit);
    for (Eigen::Index i = 0; i < size; ++i) {
      for (Eigen::Index j = 0; j < count; ++j)
        inverse.values[static_cast<std::size_t>(i * size + at + j)] = static_cast<float>(solved(i, j));
    }
  });
  return inverse;
}

// The block's part of metric_R^-1.
Matrix inverse_block(const FloatMatrix& samples, const FloatMatrix& inverse, double damping,
                     WorkerPool& pool) {
  const FloatMatrix part =
      transposed_multiply(samples, multiply(inverse, samples, pool), pool);  // X_B' K^-1 X_B
  Matrix result = -to_matrix(part.values, part.rows, part.columns);
  result.diagonal().array() += 1;
  return (result + result.transpose()) * (0.5 / damping);
}

// How many weights each block keeps, by the cost of removing each alone at the outset.
std::vector<std::int64_t> quotas(const WideProblem& problem, const FloatMatrix& start, std::int64_t kept,
                                 WorkerPool& pool) {
  const FloatMatrix& target = problem.target;
  const FloatMatrix inverse = inverse_overlap(problem.inputs, 0, pool);
  const FloatMatrix solved = multiply(inverse, problem.inputs.samples, pool);
  std::vector<double> diagonal(static_cast<std::size_t>(target.columns), 1.0);  // of metric^-1, times damping
  for (std::size_t i = 0; i < solved.values.size(); ++i)
    diagonal[i % diagonal.size()] -= double{solved.values[i]} * double{problem.inputs.samples.values[i]};
  std::vector<float> costs, sorted;
  for (std::size_t i = 0; i < target.values.size(); ++i) {
    const double weight = start.values[i] != 0 ? target.values[i] : 0.0f;
    costs.push_back(static_cast<float>(weight * weight / std::max(diagonal[i % diagonal.size()], 1e-6)));
  }
  std::vector<std::int64_t> quota(static_cast<std::size_t>((target.columns + kBlock - 1) / kBlock), 0);
  if (kept >= static_cast<std::int64_t>(costs.size())) kept = static_cast<std::int64_t>(costs.size());
  std::vector<std::uint32_t> order(costs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  std::nth_element(order.begin(), order.begin() + kept, order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return costs[a] != costs[b] ? costs[a] > costs[b] : a < b;
  });
  for (std::int64_t i = 0; i < kept; ++i) {
    const std::int64_t column = order[static_cast<std::size_t>(i)] % target.columns;
    ++quota[static_cast<std::size_t>(column / kBlock)];
  }
  return quota;
}

// Settles one block: `work` (rows x width) becomes what stays of it, none where `start` has none.
void settle(Matrix& work, const FloatMatrix& start, std::int64_t first, const Matrix& inverse,
            std::int64_t quota, WorkerPool& pool) {
  const Eigen::LLT<Matrix> factor(inverse);  // inverse = L L', V = L'
  if (factor.info() != Eigen::Success) internal_error("a metric that is not positive definite");
  const Matrix v = factor.matrixU();
  Matrix scores(work.rows(), work.cols());
  for (Eigen::Index i = 0; i < work.rows(); ++i) {
    for (Eigen::Index j = 0; j < work.cols(); ++j) {
      const double removed = work(i, j) / v(j, j);
      const bool there = start.values[static_cast<std::size_t>(i * start.columns + first + j)] != 0;
      scores(i, j) = there ? removed * removed : -1.0;
    }
  }
  const Support chosen = largest(scores, quota);
  pool.run(static_cast<int>((work.rows() + kBand - 1) / kBand), [&](int band) {
    const Eigen::Index end = std::min<Eigen::Index>(work.rows(), (band + 1) * kBand);
    for (Eigen::Index i = band * kBand; i < end; ++i) {
      const auto& stays = chosen[static_cast<std::size_t>(i)];
      auto next = stays.begin();
      for (Eigen::Index j = 0; j < work.cols(); ++j) {
        if (next != stays.end() && *next == j) {
          ++next;
          continue;
        }
        const double removed = work(i, j) / v(j, j);
        work.row(i).tail(work.cols() - j) -= removed * v.row(j).tail(work.cols() - j);
        work(i, j) = 0;
      }
    }
  });
}

}  // namespace

FloatMatrix prune_wide_layer(const WideProblem& problem, std::int64_t kept, int refit_steps, WorkerPool& pool,
                             const FloatMatrix* start) {
  const FloatMatrix& target = problem.target;
  if (!start) start = &target;
  const Gram& inputs = problem.inputs;
  const std::vector<std::int64_t> quota = quotas(problem, *start, kept, pool);
  FloatMatrix result = zeros(target.rows, target.columns);
  FloatMatrix wrong = zeros(target.rows, inputs.samples.rows);  // E
  for (std::int64_t first = 0; first < target.columns; first += kBlock) {
    const std::int64_t width = std::min(kBlock, target.columns - first);
    const FloatMatrix samples = columns_of(inputs.samples, first, width);
    const FloatMatrix inverse = inverse_overlap(inputs, first, pool);
    const FloatMatrix change = multiply(multiply(wrong, inverse, pool), samples, pool);
    FloatMatrix block = columns_of(target, first, width);
    Matrix work = to_matrix(block.values, target.rows, width) - to_matrix(change.values, target.rows, width);
    settle(work, *start, first, inverse_block(samples, inverse, double{inputs.damping}, pool),
           quota[static_cast<std::size_t>(first / kBlock)], pool);
    for (std::int64_t row = 0; row < target.rows; ++row) {
      for (std::int64_t j = 0; j < width; ++j) {
        const auto value = static_cast<float>(work(row, j));
        result.values[static_cast<std::size_t>(row * target.columns + first + j)] = value;
        float& item = block.values[static_cast<std::size_t>(row * width + j)];
        item = value - item;
      }
    }
    const FloatMatrix more = multiply_transposed(block, samples, pool);
    for (std::size_t i = 0; i < wrong.values.size(); ++i) wrong.values[i] += more.values[i];
  }
  const std::vector<double> powers = diagonal(inputs);
  FloatMatrix scale = zeros(target.rows, target.columns);
  for (std::size_t i = 0; i < scale.values.size(); ++i)
    scale.values[i] = static_cast<float>(powers[i % powers.size()]);
  return masked_solve(
      result, times(target, inputs, pool), [&](const FloatMatrix& x) { return times(x, inputs, pool); },
      scale, refit_steps);
}

}  // namespace weft::compress
