// A rule that fits weights gets the layer's least-squares problem, one that only chooses the weights as they
// are; everything else is alike for all rules. Invariant: no factor holds more weights than the density
// allows, and a weight that was zero stays zero.
#include "compress/layer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compress/calibration/target.hpp"
#include "compress/density.hpp"
#include "compress/rules/low_rank_sparse.hpp"

namespace weft::compress {
namespace {

constexpr double kUsualDamping = 0.01;
const double kDampings[] = {0.001, 0.01, 0.1};
const double kFactorDensities[] = {1, 0.7, 0.5, 0.35, 0.25, 0.15};

const Matrix kNoMatrix;
const Vector kNoVector;

// Root mean square of the values that `right` makes of the inputs; of the inputs where it is empty.
Vector root_mean_squares(const InputStatistics& statistics, const Matrix& right) {
  if (right.size() == 0)
    return (statistics.covariance.diagonal().array() + statistics.mean.array().square()).max(0).sqrt();
  const Matrix spread = right * statistics.covariance;
  const Vector variance = spread.cwiseProduct(right).rowwise().sum();
  const Vector mean = right * statistics.mean;
  return (variance.array() + mean.array().square()).max(0).sqrt();
}

// Prunes one matrix with a rule that only chooses.
Matrix choose_weights(const Matrix& weights, double density, const InputStatistics* statistics,
                      const Matrix& before, const Matrix& moved, const LayerRules& rules) {
  const Vector rms = statistics ? root_mean_squares(*statistics, before) : kNoVector;
  RowProblem problem{weights, kNoMatrix, rms, kNoVector, kept_weights(weights.size(), density), rules.pool};
  if (moved.size() == weights.size()) problem.movement = &moved;
  return rules.prune(weights, problem);
}

}  // namespace

LayerWeights compress_layer(const LayerWeights& now, const Matrix& dense, const InputStatistics* statistics,
                            const LayerStep& step, const LayerRules& rules) {
  LayerTarget target{dense, kNoMatrix};
  if (statistics) target = layer_target(dense, *statistics, step.damping);
  const bool fits = rules.criterion.updates_weights && statistics;
  LayerWeights result = now;
  if (step.rank > 0 && !now.factorized) {
    OrthonormalFactors factors;
    if (step.sparse > 0) {
      const Vector rms = statistics ? root_mean_squares(*statistics, kNoMatrix) : kNoVector;
      const std::int64_t kept = kept_weights(dense.size(), step.sparse);
      LowRankSparse split = split_low_rank_sparse({target.weights, target.metric, rms, step.rank, kept,
                                                   rules.factorization, rules.prune, rules.pool});
      factors = std::move(split.factors);
      result.sparse = std::move(split.sparse);
    } else {
      factors = rules.factorization.factorize(target.weights, target.metric, step.rank);
    }
    result.factorized = true;
    result.whole.resize(0, 0);
    result.factors = {std::move(factors.left), std::move(factors.right)};
    if (!fits) balance(result.factors);
  }
  if (!result.factorized) {
    if (!fits) {
      if (step.density < 1)
        result.whole =
            choose_weights(result.whole, step.density, statistics, kNoMatrix, rules.moved_whole, rules);
      return result;
    }
    const Matrix allowed = (now.whole.array() != 0).select(target.weights, 0.0);
    result.whole = rules.prune(allowed, {target.weights, target.metric, kNoVector, kNoVector,
                                         kept_weights(dense.size(), step.density), rules.pool});
    return result;
  }
  SparseProduct& factors = result.factors;
  if (!fits) {
    if (step.density >= 1) return result;
    factors.right =
        choose_weights(factors.right, step.density, statistics, kNoMatrix, rules.moved_right, rules);
    factors.left =
        choose_weights(factors.left, step.density, statistics, factors.right, rules.moved_left, rules);
    return result;
  }
  if (result.sparse.size() > 0) target.weights -= result.sparse;  // the factors' part
  factors =
      prune_product(factors, {target.weights, target.metric, kept_weights(factors.left.size(), step.density),
                              kept_weights(factors.right.size(), step.density), rules.prune, rules.pool});
  balance(factors);
  return result;
}

LayerStep choose_step(const LayerWeights& now, const Matrix& dense, const InputStatistics& fit,
                      const InputStatistics& held_out, const LayerStep& asked, const LayerRules& rules) {
  double best_error = std::numeric_limits<double>::infinity();
  LayerStep best = asked;
  const auto consider = [&](const LayerStep& step) {
    const LayerWeights result = compress_layer(now, dense, &fit, step, rules);
    const double error = output_error(result.effective(), dense, held_out);
    if (error < best_error) best_error = error, best = step;
  };
  LayerStep step = asked;
  if (asked.damping <= 0) step.damping = kUsualDamping;
  const double tried = step.damping;
  if (asked.rank == kAutoRank) {
    const double kept = static_cast<double>(kept_weights(dense.size(), asked.density));
    step.rank = 0;
    consider(step);
    for (const double density : kFactorDensities) {
      const auto per_rank = static_cast<double>(dense.rows() + dense.cols());
      step.rank = static_cast<int>(std::floor(kept / (density * per_rank)));
      if (step.rank < 1 || step.rank > std::min(dense.rows(), dense.cols())) continue;
      // rounding must not keep one weight more than the whole layer would
      step.density = std::min(density, (kept - 1) / (static_cast<double>(step.rank) * per_rank));
      if (step.density > 0) consider(step);
    }
  } else {
    consider(step);
  }
  if (asked.damping > 0) return best;
  for (const double damping : kDampings) {
    if (damping == tried) continue;
    step = best;
    step.damping = damping;
    consider(step);
  }
  return best;
}

}  // namespace weft::compress
