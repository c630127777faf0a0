// Layer after layer is taken out of the network as matrices, compressed, and put back, so that the next
// layer's statistics see what this one gives now. A layer of many inputs is treated in the space of the
// samples (wide/), where its covariance is never formed. Invariant: between two layers the network is
// complete and passes validate().
#include "compress/round.hpp"

#include <algorithm>
#include <optional>

#include "compress/calibration/match_means.hpp"
#include "compress/calibration/target.hpp"
#include "compress/density.hpp"
#include "compress/factorize.hpp"
#include "compress/granularity/granularities.hpp"
#include "compress/layer.hpp"
#include "compress/layer_site.hpp"
#include "compress/rules/criteria.hpp"
#include "compress/rules/factorizations.hpp"

namespace weft::compress {
namespace {

constexpr std::int64_t kManyInputs = 2048;  // where a covariance begins to cost more than the samples

GroupGeometry geometry_of(const Projection& first, const LayerPlan& layer) {
  GroupGeometry geometry;
  if (first.kind == ProjectionKind::Convolution)
    geometry.input_columns = Eigen::Index{first.window.kernel_height} * first.window.kernel_width;
  if (layer.block_rows > 0) geometry.block_rows = layer.block_rows;
  if (layer.block_columns > 0) geometry.block_columns = layer.block_columns;
  return geometry;
}

PruneRule prune_rule(const Criterion& criterion, const GranularityRule& granularity,
                     const GroupGeometry& geometry) {
  if (granularity.value == Granularity::Weights) return criterion.prune;
  return [&criterion, &granularity, geometry](const Matrix& weights, const RowProblem& problem) {
    return prune_in_groups(weights, problem, criterion, granularity, geometry);
  };
}

void add_moved(const Movements& movements, const LayerSite& layer, const LayerWeights& now,
               LayerRules& rules) {
  const auto moved = [&](const Projection& projection, const Matrix& like) {
    const auto at = movements.find(projection.name);
    return at == movements.end() ? Matrix() : to_matrix(at->second, like.rows(), like.cols());
  };
  if (!now.factorized) {
    rules.moved_whole = moved(*layer.first, now.whole);
  } else {
    rules.moved_right = moved(*layer.first, now.factors.right);
    rules.moved_left = moved(*layer.second, now.factors.left);
  }
}

std::string too_small(const std::string& name, std::int64_t inputs, std::int64_t observations) {
  return "projection '" + name + "' has " + std::to_string(inputs) + " inputs but only " +
         std::to_string(observations) +
         " calibration observations: their covariance is singular and the damping decides much; give more "
         "calibration samples";
}

// The part of the calibration samples that is fitted to where something is to be chosen, and the rest.
struct Halves {
  Dataset fit, held_out;
  explicit Halves(const Dataset& calibration)
      : fit(slice(calibration, 0, calibration.size() - calibration.size() / 4)),
        held_out(slice(calibration, fit.size(), calibration.size())) {}
};

// Front to back, whatever the plan's order.
std::vector<std::string> order_of(const Network& network, const std::vector<LayerPlan>& plan) {
  std::vector<std::string> order;
  for (const Projection& projection : network.projections) {
    for (const LayerPlan& layer : plan) {
      const bool here = projection.name == layer.projection ||
                        (layer.rank != 0 && projection.name == first_factor_name(layer.projection));
      if (here && std::find(order.begin(), order.end(), layer.projection) == order.end())
        order.push_back(layer.projection);
    }
  }
  return order;
}

class Round {
 public:
  Round(const Network& network, const std::vector<LayerPlan>& plan, const Dataset* calibration,
        const RoundParams& params, WorkerPool& pool, Progress* progress)
      : result_{network, plan, {}, std::vector<double>(plan.size(), 0.0), false},
        reference_(network),
        calibration_(calibration),
        params_(params),
        criterion_(find_criterion(params.criterion)),
        pool_(pool),
        progress_(progress) {}

  RoundResult run() {
    const std::vector<std::string> order = order_of(result_.network, result_.plan);
    bool any_wide = false;
    for (std::size_t i = 0; i < order.size(); ++i) {
      LayerProgress progress(progress_, i, order.size());
      std::size_t at = 0;
      while (result_.plan[at].projection != order[i]) ++at;
      LayerPlan& layer = result_.plan[at];
      const bool wide = decide_algebra(layer);
      if (wide && progress.stop_requested()) {  // the others are done in no time
        stop(layer);
        continue;
      }
      any_wide = any_wide || wide;
      result_.dampings[at] = wide ? treat_wide(layer, progress) : treat(layer);
      progress.update(1, 1);
    }
    if (any_wide && !result_.interrupted)
      result_.network = match_means(result_.network, reference_, *calibration_, pool_.threads());
    return std::move(result_);
  }

 private:
  // A layer's part of the round's progress, in thousandths.
  class LayerProgress : public Progress {
   public:
    LayerProgress(Progress* outer, std::size_t index, std::size_t count)
        : outer_(outer), index_(static_cast<std::int64_t>(index)), count_(static_cast<std::int64_t>(count)) {}
    void update(std::int64_t done, std::int64_t total) override {
      if (outer_)
        outer_->update(1000 * index_ + 1000 * done / std::max<std::int64_t>(total, 1), 1000 * count_);
    }
    bool stop_requested() const override { return outer_ && outer_->stop_requested(); }

   private:
    Progress* outer_;
    std::int64_t index_, count_;
  };

  // The layer stays as it is.
  void stop(LayerPlan& layer) {
    result_.interrupted = true;
    if (params_.round > 1) return;
    layer.rank = 0;
    layer.density = 1;
    layer.sparse = 0;
    layer.granularity = Granularity::Weights;
  }

  double ramped(const LayerPlan& layer, double density) const {
    return find_granularity(layer.granularity).at_once ? density
                                                       : ramp_density(density, params_.round, params_.rounds);
  }

  // Whether the layer is treated in the space of the samples.
  bool decide_algebra(LayerPlan& layer) {
    const LayerSite site(result_.network, layer);
    if (layer.algebra == Algebra::Auto) {
      const bool can = calibration_ && refusal_of_samples(layer, *site.first, criterion_) == nullptr;
      const bool pays = can && site.source->shape.size() > kManyInputs;
      layer.algebra = pays ? Algebra::Samples : calibration_ ? Algebra::Covariance : Algebra::Auto;
    }
    return layer.algebra == Algebra::Samples;
  }

  void say_too_small(const LayerPlan& layer, std::int64_t inputs, std::int64_t observations) {
    if (observations < inputs) result_.notes.push_back(too_small(layer.projection, inputs, observations));
  }

  // Both give the damping that was taken, 0 for none.
  double treat_wide(LayerPlan& plan, Progress& progress) {
    const LayerSite site(result_.network, plan);
    WideLayer layer{site.wide_weights(), {}};
    const WideFactors reference = LayerSite(reference_, plan).wide_weights();
    layer.dense = layer.factorized() ? multiply(reference.left, reference.right, pool_) : reference.left;
    const WideSite place{result_.network, reference_, site.source->name, site.target->name};
    WideStep step{plan.rank, plan.density, params_.damping,
                  find_factorization(params_.factorization).calibrated};
    SensitivityParams sensitivity;
    sensitivity.seed = params_.seed;
    say_too_small(plan, layer.dense.columns, calibration_->size());
    if (step.rank == kAutoRank || step.damping <= 0) {
      const Halves halves(*calibration_);
      const WideSamples fit = observe_layer(place, halves.fit, &sensitivity, pool_);
      const WideSamples held_out =
          halves.held_out.size() > 0 ? observe_layer(place, halves.held_out, &sensitivity, pool_) : fit;
      step = choose_wide_step(layer, fit, held_out, step, pool_, &progress);
    }
    plan.rank = step.rank;
    plan.density = step.density;
    if (progress.stop_requested()) {
      stop(plan);
      return step.damping;
    }
    step.density = ramped(plan, step.density);
    const WideSamples samples = observe_layer(place, *calibration_, &sensitivity, pool_);
    WideFactors after = compress_wide(layer, samples, step, pool_);
    const std::vector<double> change = wide_bias_change(layer.dense, after, samples);
    put_back(result_.network, plan, std::move(after));
    add_to_bias(*LayerSite(result_.network, plan).target, change);
    return step.damping;
  }

  double treat(LayerPlan& plan) {
    const LayerSite site(result_.network, plan);
    const LayerWeights now = site.weights();
    const Matrix dense = LayerSite(reference_, plan).weights().effective();
    const PruneRule prune =
        prune_rule(criterion_, find_granularity(plan.granularity), geometry_of(*site.first, plan));
    LayerRules rules{criterion_, prune, find_factorization(params_.factorization), pool_, {}, {}, {}};
    if (params_.movements) add_moved(*params_.movements, site, now, rules);
    LayerStep step{plan.rank, plan.density, params_.damping, plan.sparse};
    std::optional<InputStatistics> statistics;
    if (calibration_) {
      const auto observe = [&](const Dataset& samples) {
        return input_statistics(result_.network, reference_, *site.first, samples, pool_);
      };
      const bool choosing = step.rank == kAutoRank || step.damping <= 0;
      const Halves halves(*calibration_);
      statistics = observe(choosing ? halves.fit : *calibration_);
      say_too_small(plan, statistics->mean.size(), statistics->observations);
      if (choosing) {
        const InputStatistics held_out = halves.held_out.size() > 0 ? observe(halves.held_out) : *statistics;
        step = choose_step(now, dense, *statistics, held_out, step, rules);
      }
      plan.rank = step.rank;
      plan.density = step.density;
    }
    step.density = ramped(plan, step.density);
    const LayerWeights after = compress_layer(now, dense, statistics ? &*statistics : nullptr, step, rules);
    put_back(result_.network, plan, after);
    if (!statistics) return 0;
    const Vector change = bias_change(after.effective(), dense, *statistics);
    add_to_bias(*LayerSite(result_.network, plan).target, {change.begin(), change.end()});
    return step.damping;
  }

  RoundResult result_;
  Network reference_;
  const Dataset* calibration_;
  const RoundParams& params_;
  const Criterion& criterion_;
  WorkerPool& pool_;
  Progress* progress_;
};

}  // namespace

const char* refusal_of_samples(const LayerPlan& layer, const Projection& projection,
                               const Criterion& criterion) {
  if (projection.kind != ProjectionKind::Dense) return "a convolution";
  if (layer.granularity != Granularity::Weights) return "pruning in groups";
  if (layer.sparse > 0) return "a sparse path";
  const bool prunes = layer.density < 1 || layer.rank == kAutoRank;
  if (prunes && !criterion.updates_weights) return "a criterion that fits no weights";
  return nullptr;
}

bool needs_calibration(const CompressParams& params) {
  const bool pruning = find_criterion(params.criterion).calibrated;
  const bool factorizing = find_factorization(params.factorization).calibrated;
  return std::any_of(params.layers.begin(), params.layers.end(), [&](const LayerPlan& layer) {
    return (pruning && (layer.density < 1 || params.shared_density > 0)) ||
           (factorizing && layer.rank != 0) || layer.rank == kAutoRank || layer.algebra != Algebra::Auto;
  });
}

RoundResult compress_round(const Network& network, const std::vector<LayerPlan>& plan,
                           const Dataset* calibration, const RoundParams& params, WorkerPool& pool,
                           Progress* progress) {
  return Round(network, plan, calibration, params, pool, progress).run();
}

}  // namespace weft::compress
