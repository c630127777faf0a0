// Any criterion in any granularity. A criterion that only chooses does it at once; one that updates weights
// takes away a tenth at a time, since what a group is worth depends on what is left beside it. Invariant: the
// support lies in that of the weights that came in.
#include <algorithm>

#include "compress/granularity/granularities.hpp"

namespace weft::compress {
namespace {

constexpr double kRoundShare = 0.9;  // of the weights, that a round leaves

std::int64_t size_of(const Support& support) {
  std::int64_t size = 0;
  for (const auto& row : support) size += static_cast<std::int64_t>(row.size());
  return size;
}

}  // namespace

Matrix prune_in_groups(const Matrix& weights, const RowProblem& problem, const Criterion& criterion,
                       const GranularityRule& rule, const GroupGeometry& geometry) {
  Support support = support_of(weights);
  if (!criterion.updates_weights) {
    support = rule.choose(criterion.score(weights, support, problem), geometry, problem.kept);
    Matrix result = Matrix::Zero(weights.rows(), weights.cols());
    for (Eigen::Index i = 0; i < weights.rows(); ++i) {
      for (const Eigen::Index j : support[static_cast<std::size_t>(i)]) result(i, j) = weights(i, j);
    }
    return result;
  }
  for (std::int64_t size = size_of(support);;) {
    const auto left = static_cast<std::int64_t>(kRoundShare * static_cast<double>(size));
    const std::int64_t kept = rule.at_once ? problem.kept : std::max(problem.kept, left);
    support = rule.choose(criterion.score(weights, support, problem), geometry, kept);
    const std::int64_t before = size;
    size = size_of(support);
    if (kept == problem.kept && (rule.at_once || size == before)) break;
  }
  return refit(support, problem);
}

}  // namespace weft::compress
