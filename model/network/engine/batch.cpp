// What a batch holds, and how samples enter it.
#include "model/network/engine/batch.hpp"

#include <algorithm>

#include "model/network/kernels/kernel_set.hpp"

namespace weft {

Batch make_batch(const Network& network, int capacity, int shards, PopulationId last) {
  Batch batch;
  batch.capacity = capacity;
  batch.values.resize(network.populations.size());
  batch.winners.resize(network.populations.size());
  for (std::size_t i = 0; i <= last.index(); ++i) {
    const std::size_t size = static_cast<std::size_t>(
        network.populations[PopulationId(static_cast<std::uint32_t>(i))].shape.size());
    batch.values[i].resize(size * static_cast<std::size_t>(capacity));
  }
  std::size_t columns = 0;
  for (const Projection& item : network.projections) {
    if (last < item.target) continue;
    const Shape source = network.populations[item.source].shape;
    const Shape target = network.populations[item.target].shape;
    if (item.kind == ProjectionKind::MaxPool) {
      batch.winners[item.target.index()].resize(batch.values[item.target.index()].size());
    }
    if (item.kind != ProjectionKind::Convolution) continue;
    columns = std::max(columns, static_cast<std::size_t>(source.channels / item.groups) *
                                    static_cast<std::size_t>(item.window.kernel_height) *
                                    static_cast<std::size_t>(item.window.kernel_width) *
                                    static_cast<std::size_t>(target.height) *
                                    static_cast<std::size_t>(target.width));
  }
  batch.columns.assign(static_cast<std::size_t>(shards), Floats(columns));
  return batch;
}

void use_sparse_rows(Batch& batch, const Network& network) {
  batch.sparse.resize(network.projections.size());
  SparseScratch scratch;
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const Projection& item = network.projections[ProjectionId(static_cast<std::uint32_t>(i))];
    if (item.kind != ProjectionKind::Dense) continue;
    const std::int64_t rows = network.populations[item.target].shape.size();
    const std::int64_t columns = network.populations[item.source].shape.size();
    if (!few_are_left(item.weights)) continue;
    batch.sparse[i] = make_sparse_rows(item.weights, rows, columns);
    const auto room = [](Floats& floats, std::int64_t neurons) {
      floats.resize(std::max(floats.size(), static_cast<std::size_t>(neurons * sparse_lanes)));
    };
    room(scratch.in, columns);
    room(scratch.delta_in, columns);
    room(scratch.out, rows);
  }
  batch.sparse_scratch.assign(batch.columns.size(), scratch);
}

void add_gradients(Batch& batch, const Network& network) {
  batch.deltas.resize(network.populations.size());
  ShardGradients gradients;
  gradients.bias.resize(network.populations.size());
  gradients.weights.resize(network.projections.size());
  for (std::size_t i = 1; i < network.populations.size(); ++i) {
    batch.deltas[i].resize(batch.values[i].size());
    gradients.bias[i].resize(network.populations[PopulationId(static_cast<std::uint32_t>(i))].bias.size());
  }
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const Projection& item = network.projections[ProjectionId(static_cast<std::uint32_t>(i))];
    if (item.kind == ProjectionKind::Convolution) gradients.weights[i].resize(item.weights.size());
    if (is_sparse(batch, i)) gradients.weights[i].resize(batch.sparse[i].values.size());
  }
  batch.gradients.assign(batch.columns.size(), gradients);
}

void load_sample(const Network& network, const std::uint8_t* sample, int row, Batch& batch) {
  const std::int64_t size = network.populations[network.input()].shape.size();
  kernels().bytes_to_floats(sample, size, network.input_scale, network.input_offset,
                            batch.values[0].data() + row * size);
}

}  // namespace weft
