// One-shot pruning with weight update: by rounds where a round is affordable, by columns where it is not.
#include <algorithm>

#include "compress/rules/criteria.hpp"

namespace weft::compress {
namespace {

constexpr double kMostOperations =
    2e11;  // of the costliest round, which solves half of each row: a minute or so

}  // namespace

Matrix prune_by_obs(const Matrix& weights, const RowProblem& problem) {
  const double half = 0.5 * static_cast<double>(weights.cols());
  const double operations = static_cast<double>(weights.rows()) * half * half * half * 4 / 3;
  return operations <= kMostOperations ? prune_by_obs_rounds(weights, problem)
                                       : prune_by_obs_columns(weights, problem);
}

}  // namespace weft::compress
