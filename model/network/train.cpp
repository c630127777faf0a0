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

#include "model/base/random.hpp"
#include "model/base/worker_pool.hpp"
#include "model/network/engine/batch.hpp"
#include "model/network/engine/update.hpp"
#include "model/network/kernels/kernel_set.hpp"

namespace weft {
namespace {

constexpr int shard_rows = 32;  // enough for an efficient product, and four shards of the usual batch
constexpr double adam_beta1 = 0.9, adam_beta2 = 0.999, adam_epsilon = 1e-8;

void require(bool good, const std::string& found, const std::string& expected) {
  if (!good) throw InputError({}, found, expected);
}

void check(const Network& network, const Dataset& dataset, const TrainParams& params) {
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
}

double learning_rate(const TrainParams& params, std::int64_t step, std::int64_t steps) {
  const double done = static_cast<double>(step) / static_cast<double>(steps);
  switch (params.schedule) {
    case Schedule::Cosine:
      return params.learning_rate * 0.5 * (1 + std::cos(3.14159265358979323846 * done));
    case Schedule::Step:
      return params.learning_rate * (done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01);
    default:
      return params.learning_rate;
  }
}

// beta1_power and beta2_power: the decays to the power of the step's number, counted from one.
StepRule make_rule(const TrainParams& params, double rate, double beta1_power, double beta2_power) {
  StepRule rule;
  rule.optimizer = params.optimizer;
  const double correction = std::sqrt(1 - beta2_power);
  const float shrink = static_cast<float>(1 - rate * params.weight_decay);
  rule.adam = {static_cast<float>(adam_beta1), static_cast<float>(adam_beta2),
               static_cast<float>(rate * correction / (1 - beta1_power)),
               static_cast<float>(adam_epsilon * correction), shrink};
  rule.sgd = {static_cast<float>(params.momentum), static_cast<float>(rate), shrink};
  return rule;
}

struct ShardResult {
  double loss = 0;  // sum over its samples
  std::int64_t hits = 0;
};

// Loads the samples named by `order`, goes forward and back. `rows` is the size of the whole batch.
ShardResult run_shard(const Network& network, const Dataset& dataset, const std::uint32_t* order,
                      const Shard& shard, int rows, Batch& batch) {
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
  ShardResult result;
  result.loss = kernels().softmax_cross_entropy(values, labels.data(), shard.count, classes,
                                                1.0f / static_cast<float>(rows), delta, &result.hits);
  kernels().activation_gradient(values, delta, shard.count * classes, static_cast<int>(output.activation));
  backward(network, shard, batch);
  return result;
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
                  Progress* progress) {
  check(network, dataset, params);
  TrainResult result;
  result.network = network;
  const std::int64_t samples = dataset.size();
  const int capacity = static_cast<int>(std::min<std::int64_t>(params.batch_size, samples));
  const std::int64_t batches = (samples + capacity - 1) / capacity, steps = batches * params.epochs;

  Batch batch = make_batch(network, capacity, (capacity + shard_rows - 1) / shard_rows, network.output());
  add_gradients(batch, network);
  OptimizerState state = make_optimizer_state(network, params.optimizer, params.keep_zeros);
  const UpdatePlan plan = plan_updates(network);
  Floats scratch(static_cast<std::size_t>(plan.scratch));
  std::vector<ShardResult> shard_results(batch.columns.size());
  WorkerPool pool(params.threads);

  std::vector<std::uint32_t> order(static_cast<std::size_t>(samples));
  const Random random = Random(params.seed).fork("train");
  double beta1_power = 1, beta2_power = 1;
  std::int64_t step = 0;
  for (int epoch = 0; epoch < params.epochs && !result.interrupted; ++epoch) {
    std::iota(order.begin(), order.end(), 0u);
    random.fork("epoch " + std::to_string(epoch)).shuffle(order);
    EpochRecord record{epoch, 0, 0};
    for (std::int64_t first = 0; first < samples && !result.interrupted; first += capacity) {
      const int rows = static_cast<int>(std::min<std::int64_t>(capacity, samples - first));
      const int shards = (rows + shard_rows - 1) / shard_rows;
      pool.run(shards, [&](int index) {
        const Shard shard{index, index * shard_rows, std::min(shard_rows, rows - index * shard_rows)};
        shard_results[static_cast<std::size_t>(index)] =
            run_shard(result.network, dataset, order.data() + first, shard, rows, batch);
      });
      double loss = 0;
      for (int index = 0; index < shards; ++index) {
        loss += shard_results[static_cast<std::size_t>(index)].loss;
        record.accuracy += static_cast<double>(shard_results[static_cast<std::size_t>(index)].hits);
      }
      if (!std::isfinite(loss)) diverged(epoch, params);
      record.loss += loss;
      beta1_power *= adam_beta1;
      beta2_power *= adam_beta2;
      const StepRule rule = make_rule(params, learning_rate(params, step, steps), beta1_power, beta2_power);
      pool.run(static_cast<int>(plan.tasks.size()), [&](int index) {
        run_update(plan.tasks[static_cast<std::size_t>(index)], rule, rows, shards, batch, state, scratch,
                   result.network);
      });
      ++step;
      if (progress != nullptr) {
        progress->update(step, steps);
        result.interrupted = step < steps && progress->stop_requested();
      }
    }
    if (!all_finite(result.network)) diverged(epoch, params);
    if (result.interrupted && step % batches != 0) break;  // no record of an epoch that did not end
    record.loss /= static_cast<double>(samples);
    record.accuracy /= static_cast<double>(samples);
    result.epochs.push_back(record);
  }
  return result;
}

}  // namespace weft
