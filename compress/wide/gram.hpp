// A positive definite matrix that samples span, never formed: what makes layers affordable that have more
// inputs than there are calibration samples. All in single precision on the fast matrix products.
#pragma once

#include <vector>

#include "model/base/worker_pool.hpp"
#include "model/network/forward.hpp"

namespace weft::compress {

// samples' samples + damping * 1, of samples.columns rows and columns. Without samples (0 rows) a multiple of
// the unit matrix.
struct Gram {
  FloatMatrix samples;
  float damping = 1;
};

FloatMatrix zeros(std::int64_t rows, std::int64_t columns);

// left * right, left * right', left' * right; shared out in tiles that depend on the shapes alone.
FloatMatrix multiply(const FloatMatrix& left, const FloatMatrix& right, WorkerPool& pool);
FloatMatrix multiply_transposed(const FloatMatrix& left, const FloatMatrix& right, WorkerPool& pool);
FloatMatrix transposed_multiply(const FloatMatrix& left, const FloatMatrix& right, WorkerPool& pool);

// rows * gram; gram has rows.columns columns.
FloatMatrix times(const FloatMatrix& rows, const Gram& gram, WorkerPool& pool);
std::vector<double> diagonal(const Gram& gram);
double mean_diagonal(const FloatMatrix& samples);  // of samples' samples

// Sum of the products of all pairs of items, in a fixed order.
double dot(const FloatMatrix& a, const FloatMatrix& b);

}  // namespace weft::compress
