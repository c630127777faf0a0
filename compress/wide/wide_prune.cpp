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

// One of the factors, the other one fixed: X -> gram X metric, with the other factor's metric in the gram.
struct Side {
  FloatMatrix weighed;  // other * other metric, rank x width of the other
  FloatMatrix gram;     // weighed * other', rank x rank
  FloatMatrix scale;    // the map's diagonal
};

Side side_of(const FloatMatrix& other, const Gram& other_metric, const std::vector<double>& own_diagonal,
             WorkerPool& pool) {
  Side result;
  result.weighed = times(other, other_metric, pool);
  result.gram = multiply_transposed(result.weighed, other, pool);
  result.scale = outer(diagonal_of(result.gram), own_diagonal);
  return result;
}

// `pulled` is what the other side's weighed rows make of the target: rank x own width.
FloatMatrix refit(const FloatMatrix& own, const Side& side, const FloatMatrix& pulled, const Gram& metric,
                  int steps, WorkerPool& pool) {
  const MatrixMap map = [&](const FloatMatrix& x) {
    return times(multiply(side.gram, x, pool), metric, pool);
  };
  return masked_solve(own, times(pulled, metric, pool), map, side.scale, steps);
}

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
  // Both factors with rows of the rank: the left one transposed, so that both are treated alike.
  FloatMatrix left = transposed(start.left), right = start.right;
  const std::vector<double> input_diagonal = diagonal(problem.inputs),
                            output_diagonal = diagonal(problem.outputs);
  const auto left_side = [&] { return side_of(right, problem.inputs, output_diagonal, pool); };
  const auto right_side = [&] { return side_of(left, problem.outputs, input_diagonal, pool); };
  const auto left_size = static_cast<std::int64_t>(left.values.size());
  const auto right_size = static_cast<std::int64_t>(right.values.size());
  for (int round = 1; round <= params.rounds; ++round) {
    std::vector<float> left_cost = costs(left, left_side().scale);
    std::vector<float> right_cost = costs(right, right_side().scale);
    std::vector<float*> left_items = items_of(left), right_items = items_of(right);
    if (params.kept > 0) {
      left_cost.insert(left_cost.end(), right_cost.begin(), right_cost.end());
      left_items.insert(left_items.end(), right_items.begin(), right_items.end());
      keep_costliest(left_cost, ramp(left_size + right_size, params.kept, round, params.rounds), left_items);
    } else {
      keep_costliest(left_cost, ramp(left_size, params.kept_left, round, params.rounds), left_items);
      keep_costliest(right_cost, ramp(right_size, params.kept_right, round, params.rounds), right_items);
    }
    const bool last = round == params.rounds;
    const int steps = last ? params.final_steps : params.refit_steps;
    for (int turn = 0; turn < (last ? 2 : 1); ++turn) {
      const Side of_right = right_side();
      right = refit(right, of_right, multiply(of_right.weighed, problem.target, pool), problem.inputs, steps,
                    pool);
      const Side of_left = left_side();
      left = refit(left, of_left, multiply_transposed(of_left.weighed, problem.target, pool), problem.outputs,
                   steps, pool);
    }
  }
  return {transposed(left), right};
}

}  // namespace weft::compress
