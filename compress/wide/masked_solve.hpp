// Linear systems whose unknown is a matrix with zeros that stay.
#pragma once

#include <functional>

#include "compress/wide/gram.hpp"

namespace weft::compress {

// A symmetric positive definite map of matrices of the unknown's shape.
using MatrixMap = std::function<FloatMatrix(const FloatMatrix&)>;

// `steps` of conjugate gradients, preconditioned by the map's diagonal, from `start` on towards map(x) =
// `right` on the support of `start` (its nonzero items); the rest stays zero. The quadratic function
// 1/2 <x, map(x)> - <x, right> never grows but for rounding.
FloatMatrix masked_solve(const FloatMatrix& start, const FloatMatrix& right, const MatrixMap& map,
                         const FloatMatrix& diagonal, int steps);

}  // namespace weft::compress
