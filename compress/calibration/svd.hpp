// The singular value decomposition, plain and whitened by what the layer sees.
#pragma once

#include <vector>

#include "compress/calibration/matrix.hpp"

namespace weft::compress {

// W ~ left * right, cut off at `rank`: left has orthonormal columns, row k of right is s_k v_k^T. The sign of
// each pair is fixed by the largest entry of its vector on the matrix's shorter side.
struct OrthonormalFactors {
  Matrix left;                          // rows x rank
  Matrix right;                         // rank x columns
  std::vector<double> singular_values;  // all min(rows, columns) of them, descending
};
OrthonormalFactors truncate(const Matrix& matrix, int rank);

// The product of that rank which is nearest to `weights` in the norm |(W - product) L|, LL' = metric
// (positive definite): the singular value decomposition of W L, cut off, the right factor brought back by
// L^-1. Its error is the tail of the singular values of W L (Eckart and Young in the whitened space).
OrthonormalFactors truncate_whitened(const Matrix& weights, const Matrix& metric, int rank);

}  // namespace weft::compress
