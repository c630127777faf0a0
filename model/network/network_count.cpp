// Sizes and counts: what a window makes of a source, and how many physical synapses a projection becomes.
//
// A window is separable: the kernel row ky meets the source at output row y exactly when
// 0 <= y * stride + ky - pad < height, whatever the columns do. So the positions of a weight are the product
// of a count over rows and one over columns, and no loop runs over all pairs.
#include <algorithm>
#include <cstdint>
#include <numeric>

#include "model/network/network.hpp"

namespace weft {
namespace {

std::int64_t window_extent(std::int64_t source, std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  if (source < 1 || kernel < 1 || stride < 1 || pad < 0 || source + 2 * pad < kernel) return 0;
  return (source + 2 * pad - kernel) / stride + 1;
}

// For each kernel offset along one axis: at how many output positions it lies inside the source.
std::vector<std::int64_t> inside_counts(int source, int kernel, int stride, int pad, int outputs) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(kernel), 0);
  for (std::int64_t k = 0; k < kernel; ++k) {
    const std::int64_t first = k >= pad ? 0 : (pad - k + stride - 1) / stride;
    const std::int64_t last = source - 1 + pad - k < 0 ? -1 : (source - 1 + pad - k) / stride;
    const std::int64_t count = std::min<std::int64_t>(last, outputs - 1) - first + 1;
    counts[static_cast<std::size_t>(k)] = std::max<std::int64_t>(count, 0);
  }
  return counts;
}

std::int64_t sum(const std::vector<std::int64_t>& items) {
  return std::accumulate(items.begin(), items.end(), std::int64_t{0});
}

// `all`: as if every weight were nonzero.
std::int64_t count(const Network& network, ProjectionId id, bool all) {
  const Projection& projection = network.projections[id];
  const Shape source = network.populations[projection.source].shape;
  const Shape target = network.populations[projection.target].shape;
  if (projection.kind == ProjectionKind::Dense) {
    if (all) return std::int64_t{source.size()} * target.size();
    return std::count_if(projection.weights.begin(), projection.weights.end(),
                         [](float w) { return w != 0; });
  }
  const Window& window = projection.window;
  const auto rows = inside_counts(source.height, window.kernel_height, window.stride_height,
                                  window.pad_height, target.height);
  const auto columns =
      inside_counts(source.width, window.kernel_width, window.stride_width, window.pad_width, target.width);
  if (projection.kind != ProjectionKind::Convolution) return sum(rows) * sum(columns) * target.channels;
  if (all) return sum(rows) * sum(columns) * target.channels * (source.channels / projection.groups);
  std::int64_t total = 0;
  std::size_t next = 0;
  while (next < projection.weights.size()) {
    for (const std::int64_t row : rows) {
      for (const std::int64_t column : columns) total += projection.weights[next++] != 0 ? row * column : 0;
    }
  }
  return total;
}

}  // namespace

Shape window_output(const Shape& source, const Window& window, int channels) {
  const auto extent = [](int size, int kernel, int stride, int pad) {
    return static_cast<int>(std::min<std::int64_t>(window_extent(size, kernel, stride, pad), INT32_MAX));
  };
  return {channels, extent(source.height, window.kernel_height, window.stride_height, window.pad_height),
          extent(source.width, window.kernel_width, window.stride_width, window.pad_width)};
}

std::int64_t count_synapses(const Network& network, ProjectionId projection) {
  return count(network, projection, false);
}

std::int64_t count_synapses_dense(const Network& network, ProjectionId projection) {
  return count(network, projection, true);
}

std::int64_t count_synapses(const Network& network) {
  std::int64_t total = 0;
  for (std::uint32_t i = 0; i < network.projections.size(); ++i)
    total += count(network, ProjectionId(i), false);
  return total;
}

std::int64_t count_neurons(const Network& network) {
  std::int64_t total = 0;
  for (std::uint32_t i = 1; i < network.populations.size(); ++i) {
    total += network.populations[PopulationId(i)].shape.size();
  }
  return total;
}

}  // namespace weft
