// The geometry of a convolution: the one place that knows which source neurons a target neuron sees through
// which weights.
#pragma once

#include <cstdint>

#include "model/network/shape.hpp"

namespace weft {

// Calls visit(source neuron, index of the weight) for each place of the kernel that lies inside the source, in
// ascending source order. Weights are [to.channels][from.channels / groups][kernel_height][kernel_width].
template <class Visit>
void for_each_tap(const Shape& from, const Shape& to, const Window& window, int groups, std::int64_t target,
                  Visit&& visit) {
  const std::int64_t channel = target / (std::int64_t{to.height} * to.width);
  const std::int64_t top = target / to.width % to.height * window.stride_height - window.pad_height;
  const std::int64_t left = target % to.width * window.stride_width - window.pad_width;
  const std::int64_t group_channels = from.channels / groups;
  const std::int64_t first_channel = channel / (to.channels / groups) * group_channels;
  std::int64_t weight = channel * group_channels * window.kernel_height * window.kernel_width;
  for (std::int64_t c = first_channel; c < first_channel + group_channels; ++c) {
    for (std::int64_t y = top; y < top + window.kernel_height; ++y) {
      for (std::int64_t x = left; x < left + window.kernel_width; ++x, ++weight) {
        if (y < 0 || y >= from.height || x < 0 || x >= from.width) continue;
        visit(static_cast<std::uint32_t>((c * from.height + y) * from.width + x), static_cast<std::size_t>(weight));
      }
    }
  }
}

}  // namespace weft
