// The loops beside the matrix products, written so that the compiler turns them into vector instructions of
// the set this file is compiled for.
//
// Every element takes the same operations in the same order whatever the width: sums that run along a vector
// go over 16 lanes, added up at the end; nothing is contracted. No header of the standard library that brings
// inline functions is included (see kernel_set.hpp).
#include <math.h>
#include <string.h>

#include "model/network/kernels/kernel_parts.hpp"

namespace weft {
namespace WEFT_KERNEL_NAMESPACE {
namespace {

constexpr int lanes = 16;
constexpr int linear = 0, relu = 1, sigmoid = 2, hyperbolic = 3;  // as Activation counts

// Moments below this have no effect on a weight; kept, they would decay into slow denormal numbers.
constexpr float negligible = 1e-30f;

// e^x to about two units in the last place: x = n ln 2 + r, and the Taylor polynomial of e^r for |r| <=
// 0.347. What is not a number stays so, but never meets the conversion to an integer.
inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float n = ((x == x ? x : 0.0f) * 1.44269504f + magic) - magic;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const uint32_t bits = static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

inline float tanh_of(float x) {
  const float square = x * x;
  const float near =
      x * (1.0f +
           square * (-1.0f / 3 + square * (2.0f / 15 + square * (-17.0f / 315 + square * (62.0f / 2835)))));
  const float far = 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f);
  return square < 0.06f ? near : far;  // far loses digits where the result is small
}

inline float apply(float x, int activation) {
  switch (activation) {
    case relu:
      return x > 0.0f ? x : 0.0f;
    case sigmoid:
      return 1.0f / (1.0f + exponential(-x));
    case hyperbolic:
      return tanh_of(x);
    default:
      return x;
  }
}

template <int activation>
void activate_as(float* values, int64_t rows, int64_t channels, int64_t positions, const float* bias) {
  for (int64_t row = 0; row < rows; ++row) {
    float* out = values + row * channels * positions;
    if (positions == 1) {
      if (bias != nullptr) {
        WEFT_INDEPENDENT
        for (int64_t i = 0; i < channels; ++i) out[i] = apply(out[i] + bias[i], activation);
      } else {
        WEFT_INDEPENDENT
        for (int64_t i = 0; i < channels; ++i) out[i] = apply(out[i], activation);
      }
      continue;
    }
    for (int64_t channel = 0; channel < channels; ++channel, out += positions) {
      const float add = bias != nullptr ? bias[channel] : 0.0f;
      WEFT_INDEPENDENT
      for (int64_t i = 0; i < positions; ++i) out[i] = apply(out[i] + add, activation);
    }
  }
}

void activate(float* values, int64_t rows, int64_t channels, int64_t positions, const float* bias,
              int activation) {
  switch (activation) {
    case relu:
      activate_as<relu>(values, rows, channels, positions, bias);
      break;
    case sigmoid:
      activate_as<sigmoid>(values, rows, channels, positions, bias);
      break;
    case hyperbolic:
      activate_as<hyperbolic>(values, rows, channels, positions, bias);
      break;
    default:
      if (bias != nullptr) activate_as<linear>(values, rows, channels, positions, bias);
  }
}

void activation_gradient(const float* values, float* delta, int64_t count, int activation) {
  if (activation == relu) {
    WEFT_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) delta[i] = values[i] > 0.0f ? delta[i] : 0.0f;
  } else if (activation == sigmoid) {
    WEFT_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) delta[i] *= values[i] * (1.0f - values[i]);
  } else if (activation == hyperbolic) {
    WEFT_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) delta[i] *= 1.0f - values[i] * values[i];
  }
}

void bytes_to_floats(const uint8_t* in, int64_t count, float scale, float offset, float* out) {
  WEFT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) out[i] = scale * static_cast<float>(in[i]) + offset;
}

float sum_of(const float* items, int64_t count) {
  float sums[lanes] = {};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (int lane = 0; lane < lanes; ++lane) sums[lane] += items[i + lane];
  }
  for (int lane = 0; i < count; ++i, ++lane) sums[lane] += items[i];
  float total = 0;
  for (int lane = 0; lane < lanes; ++lane) total += sums[lane];
  return total;
}

void channel_sums(const float* delta, int64_t rows, int64_t channels, int64_t positions, float* sums) {
  for (int64_t channel = 0; channel < channels; ++channel) sums[channel] = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const float* in = delta + row * channels * positions;
    if (positions == 1) {
      WEFT_INDEPENDENT
      for (int64_t i = 0; i < channels; ++i) sums[i] += in[i];
    } else {
      for (int64_t i = 0; i < channels; ++i) sums[i] += sum_of(in + i * positions, positions);
    }
  }
}

double softmax_cross_entropy(const float* outputs, const uint16_t* labels, int64_t rows, int64_t classes,
                             float scale, float* delta, int64_t* hits) {
  double loss = 0;
  int64_t right = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const float* in = outputs + row * classes;
    float* out = delta + row * classes;
    int64_t best = 0;
    for (int64_t i = 1; i < classes; ++i) best = in[i] > in[best] ? i : best;
    const float largest = in[best];
    WEFT_INDEPENDENT
    for (int64_t i = 0; i < classes; ++i) out[i] = exponential(in[i] - largest);
    const float sum = sum_of(out, classes);
    const float factor = scale / sum;
    WEFT_INDEPENDENT
    for (int64_t i = 0; i < classes; ++i) out[i] *= factor;
    const int64_t label = labels[row];
    out[label] -= scale;
    right += best == label ? 1 : 0;
    loss += log(static_cast<double>(sum)) - static_cast<double>(in[label] - largest);
  }
  *hits = right;
  return loss;
}

template <bool masked>
void adam_row(int64_t count, float* __restrict weights, float* __restrict first, float* __restrict second,
              const uint8_t* __restrict mask, const float* __restrict gradient, const AdamStep& step) {
  const float beta1 = step.beta1, rest1 = 1.0f - beta1, beta2 = step.beta2, rest2 = 1.0f - beta2;
  const float rate = step.rate, epsilon = step.epsilon, shrink = step.shrink;
  WEFT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) {
    const float g = masked ? gradient[i] * static_cast<float>(mask[i]) : gradient[i];
    const float m = beta1 * first[i] + rest1 * g;
    const float v = beta2 * second[i] + rest2 * (g * g);
    first[i] = m > negligible || m < -negligible ? m : 0.0f;
    second[i] = v > negligible ? v : 0.0f;
    weights[i] = shrink * weights[i] - rate * m / (sqrtf(v) + epsilon);
  }
}

void adam(const UpdateTile& tile, const AdamStep& step) {
  for (int64_t row = 0; row < tile.rows; ++row) {
    const int64_t at = row * tile.stride;
    const float* gradient = tile.gradient + row * tile.gradient_stride;
    if (tile.mask != nullptr) {
      adam_row<true>(tile.columns, tile.weights + at, tile.first + at, tile.second + at, tile.mask + at,
                     gradient, step);
    } else {
      adam_row<false>(tile.columns, tile.weights + at, tile.first + at, tile.second + at, nullptr, gradient,
                      step);
    }
  }
}

template <bool masked>
void sgd_row(int64_t count, float* __restrict weights, float* __restrict velocity,
             const uint8_t* __restrict mask, const float* __restrict gradient, const SgdStep& step) {
  const float momentum = step.momentum, rate = step.rate, shrink = step.shrink;
  WEFT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) {
    const float g = masked ? gradient[i] * static_cast<float>(mask[i]) : gradient[i];
    const float v = momentum * velocity[i] + g;
    velocity[i] = v > negligible || v < -negligible ? v : 0.0f;
    weights[i] = shrink * weights[i] - rate * v;
  }
}

void sgd(const UpdateTile& tile, const SgdStep& step) {
  for (int64_t row = 0; row < tile.rows; ++row) {
    const int64_t at = row * tile.stride;
    const float* gradient = tile.gradient + row * tile.gradient_stride;
    if (tile.mask != nullptr) {
      sgd_row<true>(tile.columns, tile.weights + at, tile.first + at, tile.mask + at, gradient, step);
    } else {
      sgd_row<false>(tile.columns, tile.weights + at, tile.first + at, nullptr, gradient, step);
    }
  }
}

void add(float* __restrict sum, const float* __restrict addend, int64_t count) {
  WEFT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) sum[i] += addend[i];
}

}  // namespace
}  // namespace WEFT_KERNEL_NAMESPACE

const KernelSet& WEFT_JOIN(kernel_set_, WEFT_KERNEL_SET)();
const KernelSet& WEFT_JOIN(kernel_set_, WEFT_KERNEL_SET)() {
  namespace set = WEFT_KERNEL_NAMESPACE;
  static const KernelSet table =
      (set::set_cache_sizes(),
       KernelSet{WEFT_TEXT(WEFT_KERNEL_SET), set::gemm, set::bytes_to_floats, set::activate,
                 set::activation_gradient, set::channel_sums, set::softmax_cross_entropy, set::adam, set::sgd,
                 set::add, set::sparse_forward, set::sparse_back, set::sparse_gradient, set::side_by_side,
                 set::one_by_one});
  return table;
}

}  // namespace weft
