// The way forward of one shard: populations in order, and into each the sum over its projections, then bias
// and activation. The first projection into a population overwrites, the others add.
#include "model/network/engine/batch.hpp"
#include "model/network/engine/windows.hpp"
#include "model/network/kernels/kernel_set.hpp"

namespace weft {
namespace {

void convolve(const Projection& projection, const WindowGeometry& geometry, const float* in, float* out,
              float* columns, bool accumulate) {
  const std::int64_t in_channels = geometry.source.channels / projection.groups;
  const std::int64_t out_channels = geometry.target.channels / projection.groups;
  const std::int64_t depth = in_channels * projection.window.kernel_height * projection.window.kernel_width;
  const std::int64_t positions = std::int64_t{geometry.target.height} * geometry.target.width;
  for (int group = 0; group < projection.groups; ++group) {
    unroll(geometry, static_cast<int>(group * in_channels), static_cast<int>(in_channels), in, columns);
    kernels().gemm(out_channels, positions, depth,
                   {projection.weights.data() + group * out_channels * depth, depth, false},
                   {columns, positions, false}, out + group * out_channels * positions, positions,
                   accumulate);
  }
}

void project_sparse(const SparseRows& sparse, const float* in, float* out, const Shard& shard,
                    bool accumulate, SparseScratch& scratch) {
  kernels().side_by_side(in, shard.count, sparse.columns, scratch.in.data());
  kernels().sparse_forward(view(sparse), scratch.in.data(), scratch.out.data());
  kernels().one_by_one(scratch.out.data(), shard.count, sparse.rows, out, accumulate);
}

void project(const Network& network, ProjectionId id, const Shard& shard, Batch& batch, bool accumulate) {
  const Projection& projection = network.projections[id];
  const WindowGeometry geometry{network.populations[projection.source].shape,
                                network.populations[projection.target].shape, projection.window};
  const std::int64_t in_size = geometry.source.size(), out_size = geometry.target.size();
  const float* in = batch.values[projection.source.index()].data() + shard.first * in_size;
  float* out = batch.values[projection.target.index()].data() + shard.first * out_size;
  if (is_sparse(batch, id.index())) {
    project_sparse(batch.sparse[id.index()], in, out, shard, accumulate,
                   batch.sparse_scratch[static_cast<std::size_t>(shard.index)]);
    return;
  }
  if (projection.kind == ProjectionKind::Dense) {
    kernels().gemm(shard.count, out_size, in_size, {in, in_size, false},
                   {projection.weights.data(), in_size, true}, out, out_size, accumulate);
    return;
  }
  float* columns = batch.columns[static_cast<std::size_t>(shard.index)].data();
  for (int row = 0; row < shard.count; ++row, in += in_size, out += out_size) {
    switch (projection.kind) {
      case ProjectionKind::Convolution:
        convolve(projection, geometry, in, out, columns, accumulate);
        break;
      case ProjectionKind::AveragePool:
        average_pool(geometry, in, out, accumulate);
        break;
      default:
        max_pool(geometry, in, out,
                 batch.winners[projection.target.index()].data() + (shard.first + row) * out_size);
    }
  }
}

}  // namespace

void forward(const Network& network, const Shard& shard, Batch& batch) {
  std::uint32_t next = 0;
  for (std::uint32_t p = 1; p < network.populations.size() && !batch.values[p].empty(); ++p) {
    const Population& population = network.populations[PopulationId(p)];
    bool accumulate = false;
    for (; next < network.projections.size(); ++next) {
      const Projection& projection = network.projections[ProjectionId(next)];
      if (projection.target != PopulationId(p)) break;
      project(network, ProjectionId(next), shard, batch, accumulate);
      accumulate = true;
    }
    const Shape& shape = population.shape;
    kernels().activate(batch.values[p].data() + std::int64_t{shard.first} * shape.size(), shard.count,
                       shape.channels, std::int64_t{shape.height} * shape.width,
                       population.bias.empty() ? nullptr : population.bias.data(),
                       static_cast<int>(population.activation));
  }
}

}  // namespace weft
