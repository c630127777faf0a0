// Eigen's matrix product behind raw pointers, once per instruction set.
//
// Eigen's templates are inline functions: compiled with several instruction sets under one name, the linker
// would keep any one of the copies. So each translation unit has an Eigen of its own name. The cache sizes,
// which decide the order of sums, are fixed here and not asked of the machine. Vectors and tiny products take
// our own loops: Eigen would compute them in an order that depends on the alignment of the operands.
#include "model/network/kernels/kernel_parts.hpp"

#define Eigen WEFT_JOIN(Eigen_, WEFT_KERNEL_SET)
#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

namespace weft {
namespace WEFT_KERNEL_NAMESPACE {
namespace {

template <int Order>
using Operand = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Order>,
                           Eigen::Unaligned, Eigen::OuterStride<>>;
using Result = Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>,
                          Eigen::Unaligned, Eigen::OuterStride<>>;

// C is row-major and Eigen's kernel writes column-major: it computes C^T = B^T * A^T.
template <int OrderB, int OrderA>
void multiply(Result& c, std::int64_t rows, std::int64_t columns, std::int64_t depth, const MatrixView& a,
              const MatrixView& b) {
  c.noalias() += Operand<OrderB>(b.data, columns, depth, Eigen::OuterStride<>(b.stride)) *
                 Operand<OrderA>(a.data, depth, rows, Eigen::OuterStride<>(a.stride));
}

void multiply_small(std::int64_t rows, std::int64_t columns, std::int64_t depth, const MatrixView& a,
                    const MatrixView& b, float* c, std::int64_t c_stride) {
  constexpr int lanes = 16;
  const std::int64_t a_row = a.transposed ? 1 : a.stride, a_depth = a.transposed ? a.stride : 1;
  for (std::int64_t i = 0; i < rows; ++i) {
    float* out = c + i * c_stride;
    if (!b.transposed) {
      for (std::int64_t k = 0; k < depth; ++k) {
        const float factor = a.data[i * a_row + k * a_depth];
        const float* row = b.data + k * b.stride;
        WEFT_INDEPENDENT
        for (std::int64_t j = 0; j < columns; ++j) out[j] += factor * row[j];
      }
      continue;
    }
    for (std::int64_t j = 0; j < columns; ++j) {
      const float* left = a.data + i * a_row;
      const float* right = b.data + j * b.stride;
      float sums[lanes] = {};
      std::int64_t k = 0;
      if (a_depth == 1) {
        for (; k + lanes <= depth; k += lanes) {
          for (int lane = 0; lane < lanes; ++lane) sums[lane] += left[k + lane] * right[k + lane];
        }
      }
      for (; k < depth; ++k) sums[k % lanes] += left[k * a_depth] * right[k];
      float total = 0;
      for (const float sum : sums) total += sum;
      out[j] += total;
    }
  }
}

}  // namespace

void set_cache_sizes() {
  Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 4 * 1024 * 1024);
}

void gemm(std::int64_t rows, std::int64_t columns, std::int64_t depth, const MatrixView& a,
          const MatrixView& b, float* c, std::int64_t c_stride, bool accumulate) {
  if (rows <= 0 || columns <= 0) return;
  if (!accumulate) {
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) c[i * c_stride + j] = 0;
    }
  }
  if (depth <= 0) return;
  if (rows == 1 || columns == 1 || rows + columns + depth < 32) {
    multiply_small(rows, columns, depth, a, b, c, c_stride);
    return;
  }
  Result result(c, columns, rows, Eigen::OuterStride<>(c_stride));
  if (b.transposed) {
    if (a.transposed) {
      multiply<Eigen::RowMajor, Eigen::RowMajor>(result, rows, columns, depth, a, b);
    } else {
      multiply<Eigen::RowMajor, Eigen::ColMajor>(result, rows, columns, depth, a, b);
    }
  } else if (a.transposed) {
    multiply<Eigen::ColMajor, Eigen::RowMajor>(result, rows, columns, depth, a, b);
  } else {
    multiply<Eigen::ColMajor, Eigen::ColMajor>(result, rows, columns, depth, a, b);
  }
}

}  // namespace WEFT_KERNEL_NAMESPACE
}  // namespace weft
