// Products with a matrix of which few weights are left. Samples lie side by side: a neuron has one value of
// each of sparse_lanes samples, so that a weight meets them all in a few vector instructions, and only
// weights that are there are met. Sums over samples are taken by halves: the same bits in every set.
#include <string.h>

#include "model/network/kernels/kernel_parts.hpp"

namespace weft {
namespace WEFT_KERNEL_NAMESPACE {
namespace {

constexpr int lanes = sparse_lanes, half = lanes / 2;

typedef float Half __attribute__((vector_size(half * sizeof(float))));

inline void load(const float* from, Half* to) {
  memcpy(to, from, 2 * sizeof(Half));
}
inline void store(const Half* from, float* to) {
  memcpy(to, from, 2 * sizeof(Half));
}

}  // namespace

void sparse_forward(const SparseView& matrix, const float* in, float* out) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    Half low = {}, high = {};
    for (int64_t k = matrix.starts[row]; k < matrix.starts[row + 1]; ++k) {
      Half x[2];
      load(in + int64_t{matrix.sources[k]} * lanes, x);
      low += x[0] * matrix.values[k];
      high += x[1] * matrix.values[k];
    }
    const Half sums[2] = {low, high};
    store(sums, out + row * lanes);
  }
}

void sparse_back(const SparseView& matrix, const float* delta, float* delta_in) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    Half d[2];
    load(delta + row * lanes, d);
    for (int64_t k = matrix.starts[row]; k < matrix.starts[row + 1]; ++k) {
      float* at = delta_in + int64_t{matrix.sources[k]} * lanes;
      Half sum[2];
      load(at, sum);
      sum[0] += d[0] * matrix.values[k];
      sum[1] += d[1] * matrix.values[k];
      store(sum, at);
    }
  }
}

void sparse_gradient(const SparseView& matrix, const float* in, const float* delta, float* gradient) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    Half d[2];
    load(delta + row * lanes, d);
    for (int64_t k = matrix.starts[row]; k < matrix.starts[row + 1]; ++k) {
      Half x[2];
      load(in + int64_t{matrix.sources[k]} * lanes, x);
      const Half products = x[0] * d[0] + x[1] * d[1];
      float sums[half];
      memcpy(sums, &products, sizeof products);
      for (int left = half / 2; left > 0; left /= 2) {
        WEFT_INDEPENDENT
        for (int i = 0; i < left; ++i) sums[i] += sums[i + left];
      }
      gradient[k] = sums[0];
    }
  }
}

void side_by_side(const float* from, int64_t rows, int64_t columns, float* to) {
  if (rows < lanes) memset(to, 0, static_cast<size_t>(columns * lanes) * sizeof(float));
  constexpr int64_t block = 16;
  for (int64_t first = 0; first < columns; first += block) {
    const int64_t end = first + block < columns ? first + block : columns;
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = first; column < end; ++column)
        to[column * lanes + row] = from[row * columns + column];
    }
  }
}

void one_by_one(const float* from, int64_t rows, int64_t columns, float* to, bool accumulate) {
  constexpr int64_t block = 16;
  for (int64_t first = 0; first < columns; first += block) {
    const int64_t end = first + block < columns ? first + block : columns;
    for (int64_t row = 0; row < rows; ++row) {
      float* out = to + row * columns;
      if (accumulate) {
        for (int64_t column = first; column < end; ++column) out[column] += from[column * lanes + row];
      } else {
        for (int64_t column = first; column < end; ++column) out[column] = from[column * lanes + row];
      }
    }
  }
}

}  // namespace WEFT_KERNEL_NAMESPACE
}  // namespace weft
