// Sliding windows over one sample: unrolling for convolutions, and the two poolings with their gradients.
#pragma once

#include <cstdint>

#include "model/network/shape.hpp"

namespace weft {

// One sample's source and target of a projection with a window. Values are channel-major.
struct WindowGeometry {
  Shape source;
  Shape target;
  Window window;
};

// columns[(channel, ky, kx)][position]: what each weight of a kernel sees at each position of the target, for
// the source's channels [first, first + count). Padding is zero. `values` starts at the source's channel 0.
void unroll(const WindowGeometry& geometry, int first, int count, const float* values, float* columns);
// The transpose of unroll: adds each entry to the source value it came from.
void roll_back(const WindowGeometry& geometry, int first, int count, const float* columns, float* values);

// out = or += the mean over each window, padding counted as zero.
void average_pool(const WindowGeometry& geometry, const float* values, float* out, bool accumulate);
// delta_source += the gradient.
void average_pool_gradient(const WindowGeometry& geometry, const float* delta, float* delta_source);

// out = the largest value of each window; winners = its neuron in the source (the first of equals).
void max_pool(const WindowGeometry& geometry, const float* values, float* out, std::int32_t* winners);

}  // namespace weft
