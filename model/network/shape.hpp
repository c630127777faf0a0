// The shape of a population of neurons: channels x height x width. Neuron order is channel-major, so that
// flattening is the identity.
#pragma once

namespace weft {

struct Shape {
  int channels = 1;
  int height = 1;
  int width = 1;

  constexpr int size() const { return channels * height * width; }
  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    return a.channels == b.channels && a.height == b.height && a.width == b.width;
  }
  friend constexpr bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }
};

// The sliding window of a convolution or a pooling.
struct Window {
  int kernel_height = 1;
  int kernel_width = 1;
  int stride_height = 1;
  int stride_width = 1;
  int pad_height = 0;  // zeros on each side
  int pad_width = 0;

  friend constexpr bool operator==(const Window& a, const Window& b) {
    return a.kernel_height == b.kernel_height && a.kernel_width == b.kernel_width &&
           a.stride_height == b.stride_height && a.stride_width == b.stride_width &&
           a.pad_height == b.pad_height && a.pad_width == b.pad_width;
  }
};

}  // namespace weft
