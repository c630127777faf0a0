// See untie.hpp. Invariant: row of the matrix and position of the target are one, column and position of the
// source likewise, channel-major both.
#include "compress/untie.hpp"

#include <algorithm>

namespace weft::compress {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 28;  // weights of a matrix

std::vector<float> matrix_of(const Projection& projection, const Shape& source, const Shape& target) {
  const Window& window = projection.window;
  const int per_group = source.channels / projection.groups;
  const int targets_per_group = target.channels / projection.groups;
  std::vector<float> matrix(static_cast<std::size_t>(std::int64_t{source.size()} * target.size()), 0.0f);
  std::size_t row = 0;
  for (int to = 0; to < target.channels; ++to) {
    const int first = to / targets_per_group * per_group;
    for (int y = 0; y < target.height; ++y) {
      for (int x = 0; x < target.width; ++x, row += static_cast<std::size_t>(source.size())) {
        auto weight = projection.weights.begin() +
                      std::ptrdiff_t{to} * per_group * window.kernel_height * window.kernel_width;
        for (int from = first; from < first + per_group; ++from) {
          for (int ky = 0; ky < window.kernel_height; ++ky) {
            for (int kx = 0; kx < window.kernel_width; ++kx, ++weight) {
              const int sy = y * window.stride_height + ky - window.pad_height;
              const int sx = x * window.stride_width + kx - window.pad_width;
              if (sy < 0 || sy >= source.height || sx < 0 || sx >= source.width) continue;
              matrix[row + static_cast<std::size_t>((from * source.height + sy) * source.width + sx)] =
                  *weight;
            }
          }
        }
      }
    }
  }
  return matrix;
}

}  // namespace

Network untie(const Network& network, const std::vector<std::string>& projections) {
  Network result = network;
  for (const std::string& name : projections) {
    const auto found = std::find_if(result.projections.begin(), result.projections.end(),
                                    [&](const Projection& item) { return item.name == name; });
    if (found == result.projections.end() || found->kind != ProjectionKind::Convolution) {
      const std::string what =
          found == result.projections.end() ? "no such projection" : to_string(found->kind);
      throw InputError(SourcePosition{}, "'" + name + "' to untie: " + what,
                       "a convolution of network '" + network.name + "'");
    }
    const Shape source = result.populations[found->source].shape;
    const Shape target = result.populations[found->target].shape;
    if (std::int64_t{source.size()} * target.size() > kLargest)
      throw InputError(SourcePosition{},
                       "'" + name + "' to untie: a matrix of " + std::to_string(target.size()) + " x " +
                           std::to_string(source.size()) + " weights",
                       "at most " + std::to_string(kLargest));
    found->weights = matrix_of(*found, source, target);
    found->kind = ProjectionKind::Dense;
    found->window = {};
    found->groups = 1;
  }
  return result;
}

}  // namespace weft::compress
