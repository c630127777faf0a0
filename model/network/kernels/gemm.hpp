// Matrix products in single precision, for every wing that multiplies matrices and wants no Eigen in sight.
#pragma once

#include <cstdint>

namespace weft {

// A row-major operand: op(A) is the stored matrix, or its transpose. `stride` counts floats from one stored
// row to the next.
struct MatrixView {
  const float* data = nullptr;
  std::int64_t stride = 0;
  bool transposed = false;
};

// C[rows][columns] = op(A) * op(B), or C += where `accumulate`; op(A) is rows x depth, op(B) depth x columns;
// C is row-major with `c_stride` and overlaps neither operand. One thread, the fastest instruction set of the
// machine. The bits of an element depend on the shapes and the instruction set, never on addresses or cache
// sizes.
void gemm(std::int64_t rows, std::int64_t columns, std::int64_t depth, const MatrixView& a,
          const MatrixView& b, float* c, std::int64_t c_stride, bool accumulate = false);

}  // namespace weft
