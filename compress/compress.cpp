// The stage: factorize what the plan gives a rank, then prune in rounds along a cubic ramp, each followed by
// retraining that keeps the pruned weights zero, then train to the end. Invariant: after each round every
// planned factor holds at most the weights that the ramp allows, and a weight that was zero once stays zero.
#include "compress/compress.hpp"

#include <string>
#include <utility>

#include "compress/factorize.hpp"
#include "compress/layer_report.hpp"
#include "compress/plan.hpp"
#include "compress/prune.hpp"
#include "model/base/random.hpp"

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

struct PruneStep {
  std::string projection;
  double density;
};

// What is pruned after factorization: a projection itself or both of its factors.
std::vector<PruneStep> prune_steps(const CompressParams& params) {
  std::vector<PruneStep> steps;
  for (const LayerPlan& layer : params.layers) {
    if (layer.density >= 1) continue;
    if (layer.rank > 0) {
      steps.push_back({first_factor_name(layer.projection), layer.density});
      steps.push_back({second_factor_name(layer.projection), layer.density});
    } else {
      steps.push_back({layer.projection, layer.density});
    }
  }
  return steps;
}

}  // namespace

CompressResult compress_network(const Network& network, const Dataset& dataset, const CompressParams& params,
                                Progress* progress) {
  check_plan(network, params);
  CompressResult result;
  result.network = network;
  for (const Projection& projection : network.projections) {  // in this order whatever the plan's
    for (const LayerPlan& layer : params.layers) {
      if (layer.projection != projection.name || layer.rank == 0) continue;
      result.network = factorize(result.network, {layer.projection, layer.rank});
    }
  }

  const std::vector<PruneStep> steps = prune_steps(params);
  const int rounds = steps.empty() ? 1 : params.prune_rounds;
  const std::int64_t batch = params.retrain.batch_size > 0 ? params.retrain.batch_size : 1;
  const std::int64_t epoch_batches = (dataset.size() + batch - 1) / batch;
  const std::int64_t all_epochs = std::int64_t{rounds - 1} * params.retrain.epochs + params.final_epochs;
  RetrainProgress retrain_progress(progress, all_epochs * epoch_batches);

  for (int round = 1; round <= rounds && !result.interrupted; ++round) {
    for (const PruneStep& step : steps) {
      result.network = prune(result.network, {step.projection, ramp_density(step.density, round, rounds)});
    }
    TrainParams retrain = params.retrain;
    retrain.epochs = round < rounds ? params.retrain.epochs : params.final_epochs;
    retrain.keep_zeros = true;
    retrain.seed = Random(params.retrain.seed).fork("compress round " + std::to_string(round)).bits();
    if (retrain.epochs == 0) continue;
    TrainResult trained = train(result.network, dataset, retrain, &retrain_progress);
    result.network = std::move(trained.network);
    result.interrupted = trained.interrupted;
    retrain_progress.next_round(retrain.epochs * epoch_batches);
  }
  result.layers = report_layers(network, result.network, params);
  return result;
}

}  // namespace weft::compress
