// The decomposition goes through the eigenvectors U of the smaller Gram matrix: for W with no more rows than
// columns, W W^T = U diag(s^2) U^T and s_i = |u_i^T W|. As U is orthonormal, sum_i u_i (u_i^T W) is W to
// rounding, however small the singular values are. Invariant: factors of zero singular values are zero.
#include "compress/calibration/svd.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <numeric>

#include "model/base/error.hpp"

namespace weft::compress {
namespace {

// For rows <= columns: the orthonormal factor is on the left.
OrthonormalFactors truncate_wide(const Matrix& matrix, int rank) {
  const Eigen::Index size = matrix.rows();
  const Matrix gram = matrix * matrix.transpose();
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(gram);
  const Matrix projected = solver.eigenvectors().transpose() * matrix;  // row i is s_i v_i^T
  std::vector<Eigen::Index> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const Vector norms = projected.rowwise().norm();
  std::stable_sort(order.begin(), order.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return norms[a] > norms[b]; });
  OrthonormalFactors result;
  for (const Eigen::Index i : order) result.singular_values.push_back(norms[i]);
  result.left.setZero(size, rank);
  result.right.setZero(rank, matrix.cols());
  for (int k = 0; k < rank; ++k) {
    const Eigen::Index i = order[static_cast<std::size_t>(k)];
    if (norms[i] == 0) continue;  // the rest of W is zero, and so are its factors
    const Vector u = solver.eigenvectors().col(i);
    Eigen::Index largest = 0;
    u.cwiseAbs().maxCoeff(&largest);
    const double sign = u[largest] < 0 ? -1 : 1;
    result.left.col(k) = sign * u;
    result.right.row(k) = sign * projected.row(i);
  }
  return result;
}

}  // namespace

OrthonormalFactors truncate(const Matrix& matrix, int rank) {
  if (rank < 1 || rank > std::min(matrix.rows(), matrix.cols()))
    internal_error("a singular value decomposition of a rank that does not exist");
  if (matrix.rows() <= matrix.cols()) return truncate_wide(matrix, rank);
  OrthonormalFactors turned = truncate_wide(matrix.transpose(), rank);  // left orthonormal: the right vectors
  OrthonormalFactors result;
  result.singular_values = std::move(turned.singular_values);
  result.left = turned.right.transpose();
  result.right = turned.left.transpose();
  for (int k = 0; k < rank; ++k) {
    const double value = result.singular_values[static_cast<std::size_t>(k)];
    if (value == 0) continue;
    result.left.col(k) /= value;
    result.right.row(k) *= value;
  }
  return result;
}

OrthonormalFactors truncate_whitened(const Matrix& weights, const Matrix& metric, int rank) {
  const Eigen::LLT<Matrix> cholesky(metric);
  if (cholesky.info() != Eigen::Success) internal_error("a metric that is not positive definite");
  const Matrix whitened = weights * Matrix(cholesky.matrixL());
  OrthonormalFactors result = truncate(whitened, rank);
  // right L^-1: solve L' z' = right' for every row
  result.right = Matrix(cholesky.matrixU().solve(Matrix(result.right.transpose())).transpose());
  return result;
}

}  // namespace weft::compress
