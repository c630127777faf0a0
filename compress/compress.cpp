// The stage: rounds of factorization (in the first) and pruning along a cubic ramp, each followed by
// retraining that keeps the pruned weights zero, then train to the end. Invariant: after each round every
// planned factor holds at most the weights that the ramp allows, and a weight that was zero once stays zero.
// Weights that no output depends on any more are cleared at once, so that no later round spends room on them.
#include "compress/compress.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "compress/density.hpp"
#include "compress/layer_report.hpp"
#include "compress/plan.hpp"
#include "compress/remove_unused.hpp"
#include "compress/round.hpp"
#include "compress/rules/criteria.hpp"
#include "compress/shared_density.hpp"
#include "model/base/random.hpp"
#include "model/base/worker_pool.hpp"
#include "model/network/forward.hpp"

namespace weft::compress {
namespace {

// Shows the trainings of all rounds as one piece of work, in batches.
class RetrainProgress : public Progress {
 public:
  RetrainProgress(Progress* outer, std::int64_t total) : outer_(outer), total_(total) {}
  void update(std::int64_t done, std::int64_t) override {
    if (outer_) outer_->update(before_ + done, total_);
  }
  bool stop_requested() const override { return outer_ && outer_->stop_requested(); }
  void next_round(std::int64_t batches) { before_ += batches; }

 private:
  Progress* outer_;
  std::int64_t total_;
  std::int64_t before_ = 0;
};

// Hands on the wish to stop alone.
class StopProgress : public Progress {
 public:
  explicit StopProgress(Progress* outer) : outer_(outer) {}
  void update(std::int64_t, std::int64_t) override {}
  bool stop_requested() const override { return outer_ && outer_->stop_requested(); }

 private:
  Progress* outer_;
};

std::int64_t planned_synapses(const Network& network, const std::vector<LayerPlan>& plan) {
  std::int64_t sum = 0;
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    const auto planned = [&](const LayerPlan& layer) {
      return layer.projection == network.projections[ProjectionId(i)].name;
    };
    if (std::any_of(plan.begin(), plan.end(), planned)) sum += count_synapses(network, ProjectionId(i));
  }
  return sum;
}

void share_out(const Network& network, double synapses, std::vector<LayerPlan>& plan) {
  std::vector<std::string> names;
  for (const LayerPlan& layer : plan) names.push_back(layer.projection);
  const std::vector<double> densities = shared_densities(network, names, synapses);
  for (std::size_t i = 0; i < plan.size(); ++i) plan[i].density = densities[i];
}

}  // namespace

CompressResult compress_network(const Network& network, const Dataset& dataset, const CompressParams& params,
                                Progress* progress, const Network* teacher) {
  check_plan(network, params);
  CompressResult result;
  result.network = network;
  result.plan = params.layers;
  WorkerPool pool(params.retrain.threads);
  std::optional<Dataset> calibration;
  if (needs_calibration(params)) {
    calibration = slice(dataset, 0, params.calibration_samples);
    if (calibration->size() == 0)
      throw InputError({dataset.name}, "no calibration samples",
                       "at least one for a rule that looks at the layers' inputs");
  }
  const bool shares = params.shared_density > 0;
  const auto all = static_cast<double>(planned_synapses(network, params.layers));
  const bool pruned = shares || std::any_of(params.layers.begin(), params.layers.end(),
                                            [](const LayerPlan& layer) { return layer.density < 1; });
  const int rounds = pruned ? params.prune_rounds : 1;
  const std::int64_t batch = params.retrain.batch_size > 0 ? params.retrain.batch_size : 1;
  const std::int64_t epoch_batches = (dataset.size() + batch - 1) / batch;
  const bool moves = pruned && find_criterion(params.criterion).moved;  // one training comes first
  const std::int64_t all_epochs =
      std::int64_t{rounds - (moves ? 0 : 1)} * params.retrain.epochs + params.final_epochs;
  RetrainProgress retrain_progress(progress, all_epochs * epoch_batches);
  StopProgress asking(progress);  // where trainings are counted, rounds are not

  FloatMatrix lesson;
  if (params.retrain.distill > 0 && all_epochs > 0) {
    ForwardParams forward;
    forward.threads = params.retrain.threads;
    lesson = outputs(teacher ? *teacher : network, dataset, forward);
  }
  const bool clears = params.clear_unused && !params.layers.empty();
  Movements movements;
  std::vector<double> dampings;
  const auto retrain = [&](const std::string& name, int epochs) {
    TrainParams retraining = params.retrain;
    retraining.epochs = epochs;
    retraining.keep_zeros = true;
    retraining.seed = Random(params.retrain.seed).fork(name).bits();
    if (epochs == 0 || result.interrupted) return;
    // Only what is in use is trained: by the end that is a small part of the network.
    std::optional<Reduction> reduction;
    if (clears) reduction = reduce(result.network);
    TrainResult trained = train(reduction ? reduction->network : result.network, dataset, retraining,
                                &retrain_progress, &lesson);
    if (reduction) trained.network = expand(result.network, *reduction, trained.network);
    if (moves) add_movement(result.network, trained.network, movements);
    result.network = std::move(trained.network);
    result.interrupted = trained.interrupted;
    retrain_progress.next_round(epochs * epoch_batches);
  };
  if (moves) retrain("compress movement", params.retrain.epochs);
  for (int round = 1; round <= rounds && (round == 1 || !result.interrupted); ++round) {
    RoundParams step{round,
                     rounds,
                     params.criterion,
                     params.factorization,
                     params.damping,
                     moves ? &movements : nullptr,
                     params.retrain.seed};
    if (shares) {
      share_out(result.network, all * ramp_density(params.shared_density, round, rounds), result.plan);
      step.round = step.rounds = 1;  // these densities are this round's already
    }
    RoundResult compressed =
        compress_round(result.network, result.plan, calibration ? &*calibration : nullptr, step, pool,
                       all_epochs > 0 ? &asking : progress);
    result.interrupted = result.interrupted || compressed.interrupted;
    dampings = std::move(compressed.dampings);
    result.network = std::move(compressed.network);
    result.plan = std::move(compressed.plan);
    if (round == 1) result.notes = std::move(compressed.notes);
    if (clears) result.network = clear_unused(result.network);
    retrain("compress round " + std::to_string(round),
            round < rounds ? params.retrain.epochs : params.final_epochs);
  }
  result.layers = report_layers(network, result.network, result.plan);
  for (LayerReport& layer : result.layers) {
    for (std::size_t i = 0; i < dampings.size(); ++i) {
      if (dampings[i] > 0 && result.plan[i].projection == layer.name) layer.damping = dampings[i];
    }
  }
  return result;
}

}  // namespace weft::compress
