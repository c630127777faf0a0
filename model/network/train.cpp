// Mini-batch gradient descent.
//
// A step has two phases with one hand-over between: shards of the batch go forward and back, then tiles of
// the parameters take their gradients and the update. Both are cut by the batch size and the network's
// shapes, never by the number of threads, and every sum has a fixed order: so the trained network does not
// depend on it.
#include "model/network/train.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "model/base/random.hpp"
#include "model/base/worker_pool.hpp"
#include "model/network/engine/batch.hpp"
#include "model/network/engine/distill.hpp"
#include "model/network/engine/update.hpp"
#include "model/network/kernels/kernel_set.hpp"

namespace weft {
namespace {

constexpr int shard_rows = 32;  // enough for an efficient product, and four shards of the usual batch
constexpr double adam_beta1 = 0.9, adam_beta2 = 0.999, adam_epsilon = 1e-8;

void require(bool good, const std::string& found, const std::string& expected) {
  if (!good) throw InputError({}, found, expected);
}

void check(const Network& network, const Dataset& dataset, const TrainParams& params,
           const FloatMatrix* teacher) {
  const auto violations = validate(network);
  if (!violations.empty())
    throw InputError({}, "the network to train is not valid: " + describe(violations, 3));
  const auto text = [](const Shape& shape) {
    return std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" +
           std::to_string(shape.width);
  };
  const Shape want = network.populations[network.input()].shape;
  const int outputs = network.populations[network.output()].shape.size();
  const SourcePosition data{dataset.name};
  if (dataset.shape != want) {
    throw InputError(data, "samples of " + text(dataset.shape),
                     text(want) + ", the input of network " + network.name);
  }
  if (dataset.size() == 0) throw InputError(data, "no samples", "at least one to train on");
  for (const std::uint16_t label : dataset.labels) {
    if (label < outputs) continue;
    throw InputError(data, "label " + std::to_string(label),
                     "labels below " + std::to_string(outputs) + ", the outputs of network " + network.name);
  }
  require(params.epochs >= 0, std::to_string(params.epochs) + " epochs", "0 or more");
  require(params.batch_size >= 1, "a batch size of " + std::to_string(params.batch_size), "1 or more");
  require(std::isfinite(params.learning_rate) && params.learning_rate >= 0,
          "a learning rate of " + std::to_string(params.learning_rate), "a number of 0 or more");
  require(params.momentum >= 0 && params.momentum < 1, "a momentum of " + std::to_string(params.momentum),
          "0 to less than 1");
  require(std::isfinite(params.weight_decay) && params.weight_decay >= 0,
          "a weight decay of " + std::to_string(params.weight_decay), "a number of 0 or more");
  require(params.distill >= 0 && params.distill <= 1,
          "a share of distillation of " + std::to_string(params.distill), "0 to 1");
  for (const std::string& name : params.frozen) {
    const auto named = [&](const auto& item) { return item.name == name; };
    require(std::any_of(network.projections.begin(), network.projections.end(), named) ||
                std::any_of(network.populations.begin(), network.populations.end(), named),
            "'" + name + "' among what stays as it is", "projections and populations of the network");
  }
  if (params.distill == 0) return;
  require(params.temperature >= 1 && params.temperature <= 1000,
          "a temperature of " + std::to_string(params.temperature), "1 to 1000");
  require(teacher && teacher->rows == dataset.size() && teacher->columns == outputs,
          teacher ? "a teacher's outputs of " + std::to_string(teacher->rows) + " x " +
                        std::to_string(teacher->columns)
                  : "distillation without a teacher",
          "outputs of " + std::to_string(dataset.size()) + " x " + std::to_string(outputs));
}

// The constants of one step after the other.
class StepRules {
 public:
  StepRules(const TrainParams& params, std::int64_t steps) : params_(params), steps_(steps) {}

  StepRule next() {
    const double rate = learning_rate();
    ++step_;
    beta1_power_ *= adam_beta1;
    beta2_power_ *= adam_beta2;
    const double correction = std::sqrt(1 - beta2_power_);
    const float shrink = static_cast<float>(1 - rate * params_.weight_decay);
    StepRule rule;
    rule.optimizer = params_.optimizer;
    rule.adam = {static_cast<float>(adam_beta1), static_cast<float>(adam_beta2),
                 static_cast<float>(rate * correction / (1 - beta1_power_)),
                 static_cast<float>(adam_epsilon * correction), shrink};
    rule.sgd = {static_cast<float>(params_.momentum), static_cast<float>(rate), shrink};
    return rule;
  }

 private:
  double learning_rate() const {
    const double done = static_cast<double>(step_) / static_cast<double>(steps_);
    switch (params_.schedule) {
      case Schedule::Cosine:
        return params_.learning_rate * 0.5 * (1 + std::cos(3.14159265358979323846 * done));
      case Schedule::Step:
        return params_.learning_rate * (done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01);
      default:
        return params_.learning_rate;
    }
  }

  const TrainParams& params_;
  std::int64_t steps_;
  std::int64_t step_ = 0;
  double beta1_power_ = 1, beta2_power_ = 1;
};

// Sums over samples.
struct Tally {
  double loss = 0;
  std::int64_t hits = 0;
};

// What a teacher asks for; none where `outputs` is null.
struct Lesson {
  const FloatMatrix* outputs = nullptr;  // a row per sample of the data set
  DistillStep step;
};

// Loads the samples named by `order`, goes forward and back. `rows` is the size of the whole batch.
Tally run_shard(const Network& network, const Dataset& dataset, const Lesson& lesson,
                const std::uint32_t* order, const Shard& shard, int rows, Batch& batch) {
  std::vector<std::uint16_t> labels;
  labels.reserve(static_cast<std::size_t>(shard.count));
  for (int row = shard.first; row < shard.first + shard.count; ++row) {
    load_sample(network, dataset.sample(order[row]), row, batch);
    labels.push_back(dataset.labels[order[row]]);
  }
  forward(network, shard, batch);
  const Population& output = network.populations[network.output()];
  const std::int64_t classes = output.shape.size(), at = shard.first * classes;
  const float* values = batch.values[network.output().index()].data() + at;
  float* delta = batch.deltas[network.output().index()].data() + at;
  Tally result;
  result.loss = kernels().softmax_cross_entropy(values, labels.data(), shard.count, classes,
                                                1.0f / static_cast<float>(rows), delta, &result.hits);
  if (lesson.outputs) {
    std::vector<float> wanted;
    wanted.reserve(static_cast<std::size_t>(shard.count * classes));
    for (int row = shard.first; row < shard.first + shard.count; ++row) {
      const float* from = lesson.outputs->values.data() + std::int64_t{order[row]} * classes;
      wanted.insert(wanted.end(), from, from + classes);
    }
    const double distance = add_distillation(values, wanted.data(), shard.count, classes, lesson.step,
                                             1.0f / static_cast<float>(rows), delta);
    result.loss = (1 - lesson.step.share) * result.loss + lesson.step.share * distance;
  }
  kernels().activation_gradient(values, delta, shard.count * classes, static_cast<int>(output.activation));
  backward(network, shard, batch);
  return result;
}

// What training holds from step to step.
struct Trainer {
  Trainer(const Network& start, const Dataset& data, const TrainParams& params, int rows)
      : dataset(data),
        network(start),
        batch(make_batch(start, rows, (rows + shard_rows - 1) / shard_rows, start.output())),
        tallies(batch.columns.size()),
        pool(params.threads) {
    if (params.keep_zeros) use_sparse_rows(batch, start);
    add_gradients(batch, start);
    state = make_optimizer_state(start, batch, params.optimizer, params.keep_zeros);
    plan = plan_updates(start, batch, params.frozen);
    scratch.resize(static_cast<std::size_t>(plan.scratch));
  }

  // Brings what sparse rows have learned into the network.
  void settle() {
    for (std::size_t i = 0; i < batch.sparse.size(); ++i) {
      if (!is_sparse(batch, i)) continue;
      write_back(batch.sparse[i], network.projections[ProjectionId(static_cast<std::uint32_t>(i))].weights);
    }
  }

  const Dataset& dataset;
  Lesson lesson;
  Network network;
  Batch batch;
  OptimizerState state;
  UpdatePlan plan;
  Floats scratch;
  std::vector<Tally> tallies;  // per shard
  WorkerPool pool;
};

// One step on the `rows` samples that `order` names. The weights are not touched when the loss is not finite.
Tally run_step(Trainer& trainer, const std::uint32_t* order, int rows, const StepRule& rule) {
  const int shards = (rows + shard_rows - 1) / shard_rows;
  trainer.pool.run(shards, [&](int index) {
    const Shard shard{index, index * shard_rows, std::min(shard_rows, rows - index * shard_rows)};
    trainer.tallies[static_cast<std::size_t>(index)] =
        run_shard(trainer.network, trainer.dataset, trainer.lesson, order, shard, rows, trainer.batch);
  });
  Tally sum;
  for (int index = 0; index < shards; ++index) {
    sum.loss += trainer.tallies[static_cast<std::size_t>(index)].loss;
    sum.hits += trainer.tallies[static_cast<std::size_t>(index)].hits;
  }
  if (!std::isfinite(sum.loss)) return sum;
  trainer.pool.run(static_cast<int>(trainer.plan.tasks.size()), [&](int index) {
    run_update(trainer.plan.tasks[static_cast<std::size_t>(index)], rule, rows, shards, trainer.batch,
               trainer.state, trainer.scratch, trainer.network);
  });
  return sum;
}

bool all_finite(const Network& network) {
  const auto finite = [](const std::vector<float>& items) {
    return std::all_of(items.begin(), items.end(), [](float item) { return std::isfinite(item); });
  };
  for (const Population& item : network.populations) {
    if (!finite(item.bias)) return false;
  }
  for (const Projection& item : network.projections) {
    if (!finite(item.weights)) return false;
  }
  return true;
}

[[noreturn]] void diverged(int epoch, const TrainParams& params) {
  throw Error(ErrorKind::Unacceptable, "the loss is no longer finite in epoch " + std::to_string(epoch) +
                                           ": try a learning rate below " +
                                           std::to_string(params.learning_rate));
}

}  // namespace

TrainResult train(const Network& network, const Dataset& dataset, const TrainParams& params,
                  Progress* progress, const FloatMatrix* teacher) {
  check(network, dataset, params, teacher);
  const std::int64_t samples = dataset.size();
  const int batch_size = static_cast<int>(std::min<std::int64_t>(params.batch_size, samples));
  const std::int64_t batches = (samples + batch_size - 1) / batch_size, steps = batches * params.epochs;
  Trainer trainer(network, dataset, params, batch_size);
  if (params.distill > 0) trainer.lesson = {teacher, {params.distill, params.temperature}};
  StepRules rules(params, steps);
  const Random random = Random(params.seed).fork("train");
  std::vector<std::uint32_t> order(static_cast<std::size_t>(samples));

  TrainResult result;
  std::int64_t step = 0;
  for (int epoch = 0; epoch < params.epochs && !result.interrupted; ++epoch) {
    std::iota(order.begin(), order.end(), 0u);
    random.fork("epoch " + std::to_string(epoch)).shuffle(order);
    Tally sum;
    std::int64_t first = 0;
    for (; first < samples && !result.interrupted; first += batch_size) {
      const int rows = static_cast<int>(std::min<std::int64_t>(batch_size, samples - first));
      const Tally tally = run_step(trainer, order.data() + first, rows, rules.next());
      if (!std::isfinite(tally.loss)) diverged(epoch, params);
      sum.loss += tally.loss;
      sum.hits += tally.hits;
      ++step;
      if (progress != nullptr) {
        progress->update(step, steps);
        result.interrupted = step < steps && progress->stop_requested();
      }
    }
    trainer.settle();
    if (!all_finite(trainer.network)) diverged(epoch, params);
    if (first < samples) break;  // no record of an epoch that did not end
    result.epochs.push_back({epoch, sum.loss / static_cast<double>(samples),
                             static_cast<double>(sum.hits) / static_cast<double>(samples)});
  }
  result.network = std::move(trainer.network);
  return result;
}

}  // namespace weft
