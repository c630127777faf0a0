// One step of training on the parameters.
//
// Tiles of about 24,000 weights keep a gradient within the second-level cache between the product that makes
// it and the update that uses it.
#include "model/network/engine/update.hpp"

#include <algorithm>

namespace weft {
namespace {

constexpr std::int64_t tile_floats = 24 * 1024;
constexpr std::int64_t widest_tile = 1536;

std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

// Cuts `total` into equal pieces of at most `largest`, a multiple of `grain` but for the last.
std::int64_t piece(std::int64_t total, std::int64_t largest, std::int64_t grain) {
  const std::int64_t pieces = divide_up(total, std::max(largest, grain));
  return divide_up(divide_up(total, pieces), grain) * grain;
}

Moments make_moments(const std::vector<float>& parameters, Optimizer optimizer, bool keep_zeros) {
  Moments moments;
  moments.first.assign(parameters.size(), 0.0f);
  if (optimizer == Optimizer::Adam) moments.second.assign(parameters.size(), 0.0f);
  if (keep_zeros && std::find(parameters.begin(), parameters.end(), 0.0f) != parameters.end()) {
    moments.mask.reserve(parameters.size());
    for (const float item : parameters) moments.mask.push_back(item != 0 ? 1 : 0);
  }
  return moments;
}

void plan_dense(const Network& network, std::uint32_t index, UpdatePlan& plan) {
  const Projection& item = network.projections[ProjectionId(index)];
  const std::int64_t inputs = network.populations[item.source].shape.size();
  const std::int64_t outputs = network.populations[item.target].shape.size();
  const std::int64_t width = piece(inputs, widest_tile, 16);
  const std::int64_t height = piece(outputs, tile_floats / std::min(width, inputs), 4);
  for (std::int64_t row = 0; row < outputs; row += height) {
    for (std::int64_t column = 0; column < inputs; column += width) {
      UpdateTask task{
          UpdateTask::Kind::DenseTile,      index,       row, std::min(height, outputs - row), column,
          std::min(width, inputs - column), plan.scratch};
      plan.scratch += divide_up(task.rows * task.columns, 16) * 16;
      plan.tasks.push_back(task);
    }
  }
}

void apply(const StepRule& rule, const UpdateTile& tile, bool decays) {
  if (rule.optimizer == Optimizer::Adam) {
    AdamStep step = rule.adam;
    if (!decays) step.shrink = 1;
    kernels().adam(tile, step);
  } else {
    SgdStep step = rule.sgd;
    if (!decays) step.shrink = 1;
    kernels().sgd(tile, step);
  }
}

UpdateTile make_tile(std::vector<float>& parameters, Moments& moments, std::int64_t at) {
  UpdateTile tile;
  tile.weights = parameters.data() + at;
  tile.first = moments.first.data() + at;
  tile.second = moments.second.empty() ? nullptr : moments.second.data() + at;
  tile.mask = moments.mask.empty() ? nullptr : moments.mask.data() + at;
  return tile;
}

void update_dense(const UpdateTask& task, const StepRule& rule, int rows, const Batch& batch,
                  Moments& moments, float* gradient, Network& network) {
  Projection& item = network.projections[ProjectionId(task.index)];
  const std::int64_t inputs = network.populations[item.source].shape.size();
  const std::int64_t outputs = network.populations[item.target].shape.size();
  kernels().gemm(task.rows, task.columns, rows,
                 {batch.deltas[item.target.index()].data() + task.first_row, outputs, true},
                 {batch.values[item.source.index()].data() + task.first_column, inputs, false}, gradient,
                 task.columns, false);
  UpdateTile tile = make_tile(item.weights, moments, task.first_row * inputs + task.first_column);
  tile.rows = task.rows;
  tile.columns = task.columns;
  tile.stride = inputs;
  tile.gradient = gradient;
  tile.gradient_stride = task.columns;
  apply(rule, tile, true);
}

// The gradient is the sum over shards in their order, gathered in the first one's memory.
void update_shared(const UpdateTask& task, const StepRule& rule, int shards, Batch& batch,
                   std::vector<float>& parameters, Moments& moments) {
  const bool bias = task.kind == UpdateTask::Kind::Bias;
  const auto gradient_of = [&](int shard) {
    ShardGradients& gradients = batch.gradients[static_cast<std::size_t>(shard)];
    return (bias ? gradients.bias : gradients.weights)[task.index].data() + task.first_column;
  };
  float* sum = gradient_of(0);
  for (int shard = 1; shard < shards; ++shard) kernels().add(sum, gradient_of(shard), task.columns);
  UpdateTile tile = make_tile(parameters, moments, task.first_column);
  tile.rows = 1;
  tile.columns = tile.stride = tile.gradient_stride = task.columns;
  tile.gradient = sum;
  apply(rule, tile, !bias);
}

}  // namespace

OptimizerState make_optimizer_state(const Network& network, const Batch& batch, Optimizer optimizer,
                                    bool keep_zeros) {
  OptimizerState state;
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const Projection& item = network.projections[ProjectionId(static_cast<std::uint32_t>(i))];
    state.weights.push_back(is_sparse(batch, i) ? make_moments(batch.sparse[i].values, optimizer, false)
                                                : make_moments(item.weights, optimizer, keep_zeros));
  }
  for (const Population& item : network.populations) {
    state.biases.push_back(make_moments(item.bias, optimizer, false));
  }
  return state;
}

UpdatePlan plan_updates(const Network& network, const Batch& batch, const std::vector<std::string>& frozen) {
  const auto stays = [&](const std::string& name) {
    return std::find(frozen.begin(), frozen.end(), name) != frozen.end();
  };
  UpdatePlan plan;
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    const Projection& item = network.projections[ProjectionId(i)];
    if (stays(item.name)) continue;
    const bool sparse = is_sparse(batch, i);
    if (item.kind == ProjectionKind::Dense && !sparse) plan_dense(network, i, plan);
    if (item.kind != ProjectionKind::Convolution && !sparse) continue;
    const auto weights =
        static_cast<std::int64_t>(sparse ? batch.sparse[i].values.size() : item.weights.size());
    for (std::int64_t at = 0; at < weights; at += tile_floats) {
      plan.tasks.push_back(
          {UpdateTask::Kind::SharedWeights, i, 0, 1, at, std::min(tile_floats, weights - at), 0});
    }
  }
  for (std::uint32_t i = 1; i < network.populations.size(); ++i) {
    const std::int64_t biases = static_cast<std::int64_t>(network.populations[PopulationId(i)].bias.size());
    if (biases > 0 && !stays(network.populations[PopulationId(i)].name))
      plan.tasks.push_back({UpdateTask::Kind::Bias, i, 0, 1, 0, biases, 0});
  }
  std::stable_sort(plan.tasks.begin(), plan.tasks.end(), [](const UpdateTask& a, const UpdateTask& b) {
    return a.rows * a.columns > b.rows * b.columns;
  });
  return plan;
}

void run_update(const UpdateTask& task, const StepRule& rule, int rows, int shards, Batch& batch,
                OptimizerState& state, Floats& scratch, Network& network) {
  switch (task.kind) {
    case UpdateTask::Kind::DenseTile:
      update_dense(task, rule, rows, batch, state.weights[task.index], scratch.data() + task.scratch,
                   network);
      break;
    case UpdateTask::Kind::SharedWeights:
      update_shared(task, rule, shards, batch,
                    is_sparse(batch, task.index) ? batch.sparse[task.index].values
                                                 : network.projections[ProjectionId(task.index)].weights,
                    state.weights[task.index]);
      break;
    case UpdateTask::Kind::Bias:
      update_shared(task, rule, shards, batch, network.populations[PopulationId(task.index)].bias,
                    state.biases[task.index]);
      break;
  }
}

}  // namespace weft
