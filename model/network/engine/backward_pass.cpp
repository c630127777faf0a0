// The way back of one shard: populations from last to first. When its turn comes, a population has the sum of
// gradients by its values from all that it feeds; the activation's slope turns that into the gradient by its
// sum, which goes on to its sources. The deltas of a population that feeds nobody are zero from the start and
// stay so.
#include <algorithm>

#include "model/network/engine/batch.hpp"
#include "model/network/engine/windows.hpp"
#include "model/network/kernels/kernel_set.hpp"

namespace weft {
namespace {

// `onward`: whether the source wants a gradient (the input does not).
void convolve_back(const Projection& projection, const WindowGeometry& geometry, const float* in,
                   const float* delta, float* delta_in, bool onward, float* columns, float* gradient) {
  const std::int64_t in_channels = geometry.source.channels / projection.groups;
  const std::int64_t out_channels = geometry.target.channels / projection.groups;
  const std::int64_t depth = in_channels * projection.window.kernel_height * projection.window.kernel_width;
  const std::int64_t positions = std::int64_t{geometry.target.height} * geometry.target.width;
  for (int group = 0; group < projection.groups; ++group) {
    const int first = static_cast<int>(group * in_channels), count = static_cast<int>(in_channels);
    const MatrixView group_delta{delta + group * out_channels * positions, positions, false};
    unroll(geometry, first, count, in, columns);
    kernels().gemm(out_channels, depth, positions, group_delta, {columns, positions, true},
                   gradient + group * out_channels * depth, depth, true);
    if (!onward) continue;
    kernels().gemm(depth, positions, out_channels,
                   {projection.weights.data() + group * out_channels * depth, depth, true}, group_delta,
                   columns, positions, false);
    roll_back(geometry, first, count, columns, delta_in);
  }
}

// `delta_in` may be null.
void project_sparse_back(const SparseRows& sparse, const float* in, const float* delta, float* delta_in,
                         bool fresh, const Shard& shard, SparseScratch& scratch, float* gradient) {
  kernels().side_by_side(in, shard.count, sparse.columns, scratch.in.data());
  kernels().side_by_side(delta, shard.count, sparse.rows, scratch.out.data());
  kernels().sparse_gradient(view(sparse), scratch.in.data(), scratch.out.data(), gradient);
  if (!delta_in) return;
  std::fill_n(scratch.delta_in.begin(), sparse.columns * sparse_lanes, 0.0f);
  kernels().sparse_back(view(sparse), scratch.out.data(), scratch.delta_in.data());
  kernels().one_by_one(scratch.delta_in.data(), shard.count, sparse.columns, delta_in, !fresh);
}

// `fresh`: nothing has been added to the source's deltas yet.
void project_back(const Network& network, ProjectionId id, const Shard& shard, Batch& batch, bool fresh) {
  const Projection& projection = network.projections[id];
  const WindowGeometry geometry{network.populations[projection.source].shape,
                                network.populations[projection.target].shape, projection.window};
  const bool onward = projection.source != network.input();
  const std::int64_t in_size = geometry.source.size(), out_size = geometry.target.size();
  const float* in = batch.values[projection.source.index()].data() + shard.first * in_size;
  const float* delta = batch.deltas[projection.target.index()].data() + shard.first * out_size;
  float* delta_in = onward ? batch.deltas[projection.source.index()].data() + shard.first * in_size : nullptr;
  const std::size_t scratch = static_cast<std::size_t>(shard.index);
  float* gradient = batch.gradients[scratch].weights[id.index()].data();
  if (is_sparse(batch, id.index())) {
    project_sparse_back(batch.sparse[id.index()], in, delta, delta_in, fresh, shard,
                        batch.sparse_scratch[scratch], gradient);
    return;
  }
  if (projection.kind == ProjectionKind::Dense) {
    if (onward) {
      kernels().gemm(shard.count, in_size, out_size, {delta, out_size, false},
                     {projection.weights.data(), in_size, false}, delta_in, in_size, !fresh);
    }
    return;
  }
  if (onward && fresh) std::fill(delta_in, delta_in + shard.count * in_size, 0.0f);
  if (projection.kind == ProjectionKind::Convolution) {
    std::fill(gradient, gradient + projection.weights.size(), 0.0f);
  } else if (!onward) {
    return;
  }
  for (std::int64_t row = 0; row < shard.count; ++row) {
    const float* row_delta = delta + row * out_size;
    float* row_delta_in = onward ? delta_in + row * in_size : nullptr;
    switch (projection.kind) {
      case ProjectionKind::Convolution:
        convolve_back(projection, geometry, in + row * in_size, row_delta, row_delta_in, onward,
                      batch.columns[scratch].data(), gradient);
        break;
      case ProjectionKind::AveragePool:
        average_pool_gradient(geometry, row_delta, row_delta_in);
        break;
      default: {
        const std::int32_t* winners =
            batch.winners[projection.target.index()].data() + (shard.first + row) * out_size;
        for (std::int64_t i = 0; i < out_size; ++i) row_delta_in[winners[i]] += row_delta[i];
      }
    }
  }
}

}  // namespace

void backward(const Network& network, const Shard& shard, Batch& batch) {
  std::vector<bool> fresh(network.populations.size(), true);
  std::uint32_t next = static_cast<std::uint32_t>(network.projections.size());
  for (std::uint32_t p = network.output().value(); p >= 1; --p) {
    const Population& population = network.populations[PopulationId(p)];
    const Shape& shape = population.shape;
    const std::int64_t offset = std::int64_t{shard.first} * shape.size(),
                       count = std::int64_t{shard.count} * shape.size();
    float* delta = batch.deltas[p].data() + offset;
    if (p != network.output().value()) {
      kernels().activation_gradient(batch.values[p].data() + offset, delta, count,
                                    static_cast<int>(population.activation));
    }
    if (!population.bias.empty()) {
      kernels().channel_sums(delta, shard.count, shape.channels, std::int64_t{shape.height} * shape.width,
                             batch.gradients[static_cast<std::size_t>(shard.index)].bias[p].data());
    }
    for (; next > 0; --next) {
      const ProjectionId id(next - 1);
      if (network.projections[id].target != PopulationId(p)) break;
      const std::size_t source = network.projections[id].source.index();
      project_back(network, id, shard, batch, fresh[source]);
      fresh[source] = false;
    }
  }
}

}  // namespace weft
