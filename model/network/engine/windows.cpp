// Sliding windows over one sample.
//
// Every function walks (channel, output row) and clips the window to the source once per row and kernel
// offset, so that the inner loops have no test in them.
#include "model/network/engine/windows.hpp"

#include <algorithm>

namespace weft {
namespace {

// The output positions [begin, end) at which kernel offset k lies inside the source.
struct Span {
  int begin = 0, end = 0;
};

Span inside(int k, int source, int stride, int pad, int outputs) {
  const int first = k >= pad ? 0 : (pad - k + stride - 1) / stride;
  const int last = source - 1 + pad - k;
  if (last < 0) return {};
  const int end = std::min(last / stride + 1, outputs);
  return {std::min(first, end), end};
}

// The source rows or columns [begin, end) that a window at output position `at` sees.
Span clipped(int at, int kernel, int source, int stride, int pad) {
  const int first = at * stride - pad;
  return {std::max(first, 0), std::min(first + kernel, source)};
}

}  // namespace

void unroll(const WindowGeometry& geometry, int first, int count, const float* values, float* columns) {
  const Shape& source = geometry.source;
  const Shape& target = geometry.target;
  const Window& w = geometry.window;
  for (int channel = first; channel < first + count; ++channel) {
    const float* plane = values + std::int64_t{channel} * source.height * source.width;
    for (int ky = 0; ky < w.kernel_height; ++ky) {
      for (int kx = 0; kx < w.kernel_width; ++kx, columns += target.height * target.width) {
        const Span x = inside(kx, source.width, w.stride_width, w.pad_width, target.width);
        for (int row = 0; row < target.height; ++row) {
          float* out = columns + row * target.width;
          const int y = row * w.stride_height + ky - w.pad_height;
          if (y < 0 || y >= source.height || x.begin == x.end) {
            std::fill(out, out + target.width, 0.0f);
            continue;
          }
          const float* in = plane + y * source.width + kx - w.pad_width;
          std::fill(out, out + x.begin, 0.0f);
          if (w.stride_width == 1) {
            std::copy(in + x.begin, in + x.end, out + x.begin);
          } else {
            for (int i = x.begin; i < x.end; ++i) out[i] = in[i * w.stride_width];
          }
          std::fill(out + x.end, out + target.width, 0.0f);
        }
      }
    }
  }
}

void roll_back(const WindowGeometry& geometry, int first, int count, const float* columns, float* values) {
  const Shape& source = geometry.source;
  const Shape& target = geometry.target;
  const Window& w = geometry.window;
  for (int channel = first; channel < first + count; ++channel) {
    float* plane = values + std::int64_t{channel} * source.height * source.width;
    for (int ky = 0; ky < w.kernel_height; ++ky) {
      for (int kx = 0; kx < w.kernel_width; ++kx, columns += target.height * target.width) {
        const Span x = inside(kx, source.width, w.stride_width, w.pad_width, target.width);
        const Span y = inside(ky, source.height, w.stride_height, w.pad_height, target.height);
        if (x.begin == x.end) continue;
        for (int row = y.begin; row < y.end; ++row) {
          const float* in = columns + row * target.width;
          float* out = plane + (row * w.stride_height + ky - w.pad_height) * source.width + kx - w.pad_width;
          for (int i = x.begin; i < x.end; ++i) out[i * w.stride_width] += in[i];
        }
      }
    }
  }
}

void average_pool(const WindowGeometry& geometry, const float* values, float* out, bool accumulate) {
  const Shape& source = geometry.source;
  const Shape& target = geometry.target;
  const Window& w = geometry.window;
  const float share = 1.0f / static_cast<float>(w.kernel_height * w.kernel_width);
  for (int channel = 0; channel < target.channels; ++channel, values += source.height * source.width) {
    for (int row = 0; row < target.height; ++row) {
      const Span y = clipped(row, w.kernel_height, source.height, w.stride_height, w.pad_height);
      for (int column = 0; column < target.width; ++column, ++out) {
        const Span x = clipped(column, w.kernel_width, source.width, w.stride_width, w.pad_width);
        float sum = 0;
        for (int i = y.begin; i < y.end; ++i) {
          for (int j = x.begin; j < x.end; ++j) sum += values[i * source.width + j];
        }
        *out = (accumulate ? *out : 0.0f) + share * sum;
      }
    }
  }
}

void average_pool_gradient(const WindowGeometry& geometry, const float* delta, float* delta_source) {
  const Shape& source = geometry.source;
  const Shape& target = geometry.target;
  const Window& w = geometry.window;
  const float share = 1.0f / static_cast<float>(w.kernel_height * w.kernel_width);
  for (int channel = 0; channel < target.channels; ++channel, delta_source += source.height * source.width) {
    for (int row = 0; row < target.height; ++row) {
      const Span y = clipped(row, w.kernel_height, source.height, w.stride_height, w.pad_height);
      for (int column = 0; column < target.width; ++column, ++delta) {
        const Span x = clipped(column, w.kernel_width, source.width, w.stride_width, w.pad_width);
        const float add = share * *delta;
        for (int i = y.begin; i < y.end; ++i) {
          for (int j = x.begin; j < x.end; ++j) delta_source[i * source.width + j] += add;
        }
      }
    }
  }
}

void max_pool(const WindowGeometry& geometry, const float* values, float* out, std::int32_t* winners) {
  const Shape& source = geometry.source;
  const Shape& target = geometry.target;
  const Window& w = geometry.window;
  for (int channel = 0; channel < target.channels; ++channel) {
    const int plane = channel * source.height * source.width;
    for (int row = 0; row < target.height; ++row) {
      const Span y = clipped(row, w.kernel_height, source.height, w.stride_height, w.pad_height);
      for (int column = 0; column < target.width; ++column) {
        const Span x = clipped(column, w.kernel_width, source.width, w.stride_width, w.pad_width);
        int best = plane + y.begin * source.width + x.begin;
        for (int i = y.begin; i < y.end; ++i) {
          for (int j = x.begin; j < x.end; ++j) {
            const int at = plane + i * source.width + j;
            best = values[at] > values[best] ? at : best;
          }
        }
        *out++ = values[best];
        *winners++ = best;
      }
    }
  }
}

}  // namespace weft
