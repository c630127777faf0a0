// Products are cut into tiles of the result, each computed by one thread over the whole depth. Invariant: an
// element's bits depend on the shapes, never on the number of threads.
#include "compress/wide/gram.hpp"

#include <algorithm>

#include "model/base/error.hpp"
#include "model/network/kernels/gemm.hpp"

namespace weft::compress {
namespace {

constexpr std::int64_t kTileRows = 256, kTileColumns = 1024;

FloatMatrix product(std::int64_t rows, std::int64_t columns, std::int64_t depth, const MatrixView& left,
                    const MatrixView& right, WorkerPool& pool) {
  FloatMatrix result = zeros(rows, columns);
  const std::int64_t across = (columns + kTileColumns - 1) / kTileColumns;
  const std::int64_t down = (rows + kTileRows - 1) / kTileRows;
  pool.run(static_cast<int>(across * down), [&](int tile) {
    const std::int64_t row = tile / across * kTileRows, column = tile % across * kTileColumns;
    const std::int64_t left_at = left.transposed ? row : row * left.stride;
    const std::int64_t right_at = right.transposed ? column * right.stride : column;
    gemm(std::min(kTileRows, rows - row), std::min(kTileColumns, columns - column), depth,
         {left.data + left_at, left.stride, left.transposed},
         {right.data + right_at, right.stride, right.transposed},
         result.values.data() + row * columns + column, columns);
  });
  return result;
}

MatrixView view(const FloatMatrix& matrix, bool transposed) {
  return {matrix.values.data(), matrix.columns, transposed};
}

}  // namespace

FloatMatrix zeros(std::int64_t rows, std::int64_t columns) {
  return {rows, columns, std::vector<float>(static_cast<std::size_t>(rows * columns), 0.0f)};
}

FloatMatrix multiply(const FloatMatrix& left, const FloatMatrix& right, WorkerPool& pool) {
  if (left.columns != right.rows) internal_error("a matrix product of shapes that do not fit");
  return product(left.rows, right.columns, left.columns, view(left, false), view(right, false), pool);
}

FloatMatrix multiply_transposed(const FloatMatrix& left, const FloatMatrix& right, WorkerPool& pool) {
  if (left.columns != right.columns) internal_error("a matrix product of shapes that do not fit");
  return product(left.rows, right.rows, left.columns, view(left, false), view(right, true), pool);
}

FloatMatrix transposed_multiply(const FloatMatrix& left, const FloatMatrix& right, WorkerPool& pool) {
  if (left.rows != right.rows) internal_error("a matrix product of shapes that do not fit");
  return product(left.columns, right.columns, left.rows, view(left, true), view(right, false), pool);
}

FloatMatrix times(const FloatMatrix& rows, const Gram& gram, WorkerPool& pool) {
  FloatMatrix result = gram.samples.rows > 0
                           ? multiply(multiply_transposed(rows, gram.samples, pool), gram.samples, pool)
                           : zeros(rows.rows, rows.columns);
  for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] += gram.damping * rows.values[i];
  return result;
}

std::vector<double> diagonal(const Gram& gram) {
  std::vector<double> result(static_cast<std::size_t>(gram.samples.columns), double{gram.damping});
  for (std::int64_t row = 0; row < gram.samples.rows; ++row) {
    const float* values = gram.samples.values.data() + row * gram.samples.columns;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += double{values[i]} * double{values[i]};
  }
  return result;
}

double mean_diagonal(const FloatMatrix& samples) {
  return samples.columns > 0 ? dot(samples, samples) / static_cast<double>(samples.columns) : 0;
}

double dot(const FloatMatrix& a, const FloatMatrix& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) sum += double{a.values[i]} * double{b.values[i]};
  return sum;
}

}  // namespace weft::compress
