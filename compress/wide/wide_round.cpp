// Factors of one damping serve for all ranks below theirs: they come in the order of their importance. That
// makes comparing forms cheap. Invariant: every form that is compared holds at most the weights asked for.
#include "compress/wide/wide_round.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "compress/compress.hpp"
#include "compress/density.hpp"

namespace weft::compress {
namespace {

constexpr double kUsualDamping = 1;
const double kDampings[] = {0.1, 10};
const double kFactorDensities[] = {1, 0.7, 0.5, 0.35, 0.25, 0.15};
constexpr int kRefitSteps = 8;                // of a layer in one piece
constexpr std::int64_t kMostSamples = 12000;  // of the brain surgeon, whose matrices are samples x samples

enum class Effort { Full, Brief };  // for the result, or only to compare steps with each other

WidePruneParams prune_params(Effort effort) {
  WidePruneParams params;
  if (effort == Effort::Full) return params;
  params.rounds = 4;
  params.refit_steps = 3;
  params.final_steps = 6;
  return params;
}

WideFactors cut(const WideFactors& factors, std::int64_t rank) {
  WideFactors result{zeros(factors.left.rows, rank), zeros(rank, factors.right.columns)};
  for (std::int64_t i = 0; i < factors.left.rows; ++i)
    std::copy_n(factors.left.values.begin() + i * factors.left.columns, rank,
                result.left.values.begin() + i * rank);
  std::copy_n(factors.right.values.begin(), result.right.values.size(), result.right.values.begin());
  return result;
}

// The best factors; nearest in the weights where both metrics are units.
WideFactors factors_of(const WideProblem& problem, const WideStep& step, WorkerPool& pool) {
  if (step.by_outputs) return wide_factors(problem, step.rank, pool);
  const FloatMatrix& target = problem.target;
  return wide_factors({target, {zeros(0, target.columns), 1}, {zeros(0, target.rows), 1}}, step.rank, pool);
}

WideFactors pruned_factors(const WideFactors& start, const WideProblem& problem, double density,
                           Effort effort, WorkerPool& pool) {
  if (density >= 1) return start;
  WidePruneParams params = prune_params(effort);
  params.kept = kept_weights(static_cast<std::int64_t>(start.left.values.size()), density) +
                kept_weights(static_cast<std::int64_t>(start.right.values.size()), density);
  return prune_wide_factors(start, problem, params, pool);
}

WideFactors pruned_whole(const WideLayer& layer, const WideProblem& problem, double density,
                         WorkerPool& pool) {
  if (density >= 1) return layer.now;
  const auto size = static_cast<std::int64_t>(layer.dense.values.size());
  return {prune_wide_layer(problem, kept_weights(size, density), kRefitSteps, pool, &layer.now.left), {}};
}

// Compares steps by what they get wrong on held-out samples.
class Choice {
 public:
  Choice(const WideLayer& layer, const WideSamples& fit, const WideSamples& held_out, const WideStep& asked,
         WorkerPool& pool, Progress* progress)
      : layer_(layer), fit_(fit), held_out_(held_out), best_(asked), pool_(pool), progress_(progress) {}

  WideStep run() {
    const WideStep asked = best_;
    if (asked.damping <= 0) best_.damping = kUsualDamping;
    const std::vector<WideStep> forms = forms_of(best_);
    total_ = static_cast<std::int64_t>(forms.size()) + (asked.damping <= 0 ? std::size(kDampings) : 0);
    if (total_ == 1) return forms.front();
    consider(forms);
    if (asked.damping > 0) return best_;
    for (const double damping : kDampings) {
      WideStep step = best_;
      step.damping = damping;
      consider({step});
    }
    return best_;
  }

 private:
  // What the same number of weights can be spent on.
  std::vector<WideStep> forms_of(WideStep step) const {
    if (step.rank != kAutoRank) return {step};
    const std::int64_t rows = layer_.dense.rows, columns = layer_.dense.columns;
    const auto kept = static_cast<double>(kept_weights(rows * columns, step.density));
    const auto per_rank = static_cast<double>(rows + columns);
    std::vector<WideStep> forms;
    step.rank = 0;
    if (fit_.inputs.rows <= kMostSamples) forms.push_back(step);
    for (const double density : kFactorDensities) {
      step.rank = static_cast<int>(std::floor(kept / (density * per_rank)));
      if (step.rank < 1 || step.rank > std::min(rows, columns)) continue;
      // rounding must not keep one weight more than the whole layer would
      step.density = std::min(density, (kept - 1) / (static_cast<double>(step.rank) * per_rank));
      if (step.density > 0) forms.push_back(step);
    }
    if (forms.empty()) {
      step = best_;
      step.rank = 0;
      forms.push_back(step);
    }
    return forms;
  }

  // Steps of one damping.
  void consider(const std::vector<WideStep>& steps) {
    const double damping = steps.front().damping;
    const WideProblem problem = wide_problem(fit_, layer_.dense, damping, damping, pool_);
    WideStep largest;
    for (const WideStep& step : steps) largest = step.rank > largest.rank ? step : largest;
    const bool factorizes = largest.rank > 0 && !layer_.factorized();
    const WideFactors all = factorizes ? factors_of(problem, largest, pool_) : layer_.now;
    for (const WideStep& step : steps) {
      if (progress_ && progress_->stop_requested()) return;
      const WideFactors result = step.rank == 0 ? pruned_whole(layer_, problem, step.density, pool_)
                                                : pruned_factors(factorizes ? cut(all, step.rank) : all,
                                                                 problem, step.density, Effort::Brief, pool_);
      const double error = wide_output_error(result, layer_.dense, held_out_, pool_);
      if (error < least_) least_ = error, best_ = step;
      if (progress_) progress_->update(++done_, total_);
    }
  }

  const WideLayer& layer_;
  const WideSamples &fit_, &held_out_;
  WideStep best_;
  WorkerPool& pool_;
  Progress* progress_;
  double least_ = std::numeric_limits<double>::infinity();
  std::int64_t done_ = 0, total_ = 0;
};

}  // namespace

WideFactors compress_wide(const WideLayer& layer, const WideSamples& samples, const WideStep& step,
                          WorkerPool& pool) {
  const WideProblem problem = wide_problem(samples, layer.dense, step.damping, step.damping, pool);
  if (!layer.factorized() && step.rank == 0) return pruned_whole(layer, problem, step.density, pool);
  const WideFactors start = layer.factorized() ? layer.now : factors_of(problem, step, pool);
  return pruned_factors(start, problem, step.density, Effort::Full, pool);
}

WideStep choose_wide_step(const WideLayer& layer, const WideSamples& fit, const WideSamples& held_out,
                          const WideStep& asked, WorkerPool& pool, Progress* progress) {
  return Choice(layer, fit, held_out, asked, pool, progress).run();
}

}  // namespace weft::compress
