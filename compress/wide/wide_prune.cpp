// Both factors are one problem, bilinear: with the left one fixed the right one's is quadratic with the map
// X -> (left' S left) X M, with the right one fixed the left one's with X -> S X (right M right'), M and S
// the metrics of inputs and outputs. Their diagonals are products of two diagonals: what removing one weight
// costs, in the same unit for both factors, so one threshold may serve both. Invariant: a weight that is zero
// stays zero, and no round keeps more than the ramp allows.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "compress/density.hpp"
#include "compress/wide/masked_solve.hpp"
#include "compress/wide/wide_problem.hpp"

namespace weft::compress {
namespace {

FloatMatrix outer(const std::vector<double>& rows, const std::vector<double>& columns) {
  FloatMatrix result =
      zeros(static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(columns.size()));
  float* item = result.values.data();
  for (const double row : rows) {
    for (const double column : columns) *item++ = static_cast<float>(row * column);
  }
  return result;
}

std::vector<double> diagonal_of(const FloatMatrix& square) {
  std::vector<double> result;
  for (std::int64_t i = 0; i < square.rows; ++i)
    result.push_back(double{square.values[static_cast<std::size_t>(i * square.columns + i)]});
  return result;
}

FloatMatrix transposed(const FloatMatrix& matrix) {
  FloatMatrix result = zeros(matrix.columns, matrix.rows);
  for (std::int64_t i = 0; i < matrix.rows; ++i) {
    for (std::int64_t j = 0; j < matrix.columns; ++j)
      result.values[static_cast<std::size_t>(j * matrix.rows + i)] =
          matrix.values[static_cast<std::size_t>(i * matrix.columns + j)];
  }
  return result;
}

// Both factors with rows of the rank: the left one transposed, so that both are multiplied alike.
struct Work {
  FloatMatrix left, right;  // rank x outputs, rank x inputs
  const WideProblem& problem;
  WorkerPool& pool;
  const std::vector<double> input_diagonal, output_diagonal;

  // left' S left and right M right', rank x rank.
  FloatMatrix left_gram() const {
    return multiply_transposed(times(left, problem.outputs, pool), left, pool);
  }
  FloatMatrix right_gram() const {
    return multiply_transposed(times(right, problem.inputs, pool), right, pool);
  }

  void refit_right(int steps) {
    const FloatMatrix weighed = times(left, problem.outputs, pool);
    const FloatMatrix gram = multiply_transposed(weighed, left, pool);
    const FloatMatrix pull = times(multiply(weighed, problem.target, pool), problem.inputs, pool);
    const MatrixMap map = [&](const FloatMatrix& x) {
      return times(multiply(gram, x, pool), problem.inputs, pool);
    };
    right = masked_solve(right, pull, map, outer(diagonal_of(gram), input_diagonal), steps);
  }
  void refit_left(int steps) {
    const FloatMatrix weighed = times(right, problem.inputs, pool);
    const FloatMatrix gram = multiply_transposed(weighed, right, pool);
    const FloatMatrix pull = times(multiply_transposed(weighed, problem.target, pool), problem.outputs, pool);
    const MatrixMap map = [&](const FloatMatrix& x) {
      return times(multiply(gram, x, pool), problem.outputs, pool);
    };
    left = masked_solve(left, pull, map, outer(diagonal_of(gram), output_diagonal), steps);
  }
};

// What removing each weight costs; -1 where it has gone.
std::vector<float> costs(const FloatMatrix& weights, const FloatMatrix& diagonal) {
  std::vector<float> result(weights.values.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const float weight = weights.values[i];
    result[i] = weight != 0 ? weight * weight * diagonal.values[i] : -1.0f;
  }
  return result;
}

// Zeroes all but the `kept` costliest of the items, of equal ones the first.
void keep_costliest(const std::vector<float>& cost, std::int64_t kept, const std::vector<float*>& items) {
  std::vector<std::uint32_t> order(cost.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto cut = order.begin() + std::min<std::int64_t>(kept, static_cast<std::int64_t>(cost.size()));
  std::nth_element(order.begin(), cut, order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return cost[a] != cost[b] ? cost[a] > cost[b] : a < b;
  });
  for (auto it = cut; it != order.end(); ++it) *items[*it] = 0;
}

std::int64_t ramp(std::int64_t all, std::int64_t kept, int round, int rounds) {
  return kept_weights(all, ramp_density(static_cast<double>(kept) / static_cast<double>(all), round, rounds));
}

std::vector<float*> items_of(FloatMatrix& matrix) {
  std::vector<float*> items;
  items.reserve(matrix.values.size());
  for (float& value : matrix.values) items.push_back(&value);
  return items;
}

}  // namespace

WideFactors prune_wide_factors(const WideFactors& start, const WideProblem& problem,
                               const WidePruneParams& params, WorkerPool& pool) {
  Work work{transposed(start.left),   start.right, problem, pool, diagonal(problem.inputs),
            diagonal(problem.outputs)};
  const auto left_size = static_cast<std::int64_t>(work.left.values.size());
  const auto right_size = static_cast<std::int64_t>(work.right.values.size());
  for (int round = 1; round <= params.rounds; ++round) {
    std::vector<float> left_cost =
        costs(work.left, outer(diagonal_of(work.right_gram()), work.output_diagonal));
    std::vector<float> right_cost =
        costs(work.right, outer(diagonal_of(work.left_gram()), work.input_diagonal));
    std::vector<float*> left_items = items_of(work.left), right_items = items_of(work.right);
    if (params.kept > 0) {
      left_cost.insert(left_cost.end(), right_cost.begin(), right_cost.end());
      left_items.insert(left_items.end(), right_items.begin(), right_items.end());
      keep_costliest(left_cost, ramp(left_size + right_size, params.kept, round, params.rounds), left_items);
    } else {
      keep_costliest(left_cost, ramp(left_size, params.kept_left, round, params.rounds), left_items);
      keep_costliest(right_cost, ramp(right_size, params.kept_right, round, params.rounds), right_items);
    }
    const bool last = round == params.rounds;
    for (int turn = 0; turn < (last ? 2 : 1); ++turn) {
      work.refit_right(last ? params.final_steps : params.refit_steps);
      work.refit_left(last ? params.final_steps : params.refit_steps);
    }
  }
  return {transposed(work.left), work.right};
}

}  // namespace weft::compress
