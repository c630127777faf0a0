// With G = target inputs target' and S = outputs, the left factor spans the leading eigenvectors of G S, and
// for left' S left = 1 the best right factor is left' S target. Blocks are held as rows (rank x outputs).
// Invariant: after each turn the block is orthonormal in S.
#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>

#include "compress/calibration/matrix.hpp"
#include "compress/wide/wide_problem.hpp"
#include "model/base/error.hpp"
#include "model/base/random.hpp"

namespace weft::compress {
namespace {

constexpr int kTurns = 12;
constexpr std::int64_t kMore = 16;  // rows of the block beyond the rank

FloatMatrix to_float_matrix(const Matrix& matrix) {
  return {matrix.rows(), matrix.cols(), to_floats(matrix)};
}

Matrix to_double(const FloatMatrix& matrix) {
  return to_matrix(matrix.values, matrix.rows, matrix.columns);
}

// Rows that span the same, orthonormal in S. Householder first: the rows differ by orders of magnitude.
FloatMatrix orthonormal(const FloatMatrix& block, const Gram& metric, WorkerPool& pool) {
  const Eigen::MatrixXd columns = to_double(block).transpose();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(columns);
  const Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(columns.rows(), columns.cols());
  const FloatMatrix rows = to_float_matrix(Matrix(q.transpose()));
  const Matrix gram = to_double(multiply_transposed(times(rows, metric, pool), rows, pool));
  const Eigen::LLT<Matrix> cholesky(0.5 * (gram + gram.transpose()));
  if (cholesky.info() != Eigen::Success) internal_error("a metric that is not positive definite");
  return to_float_matrix(Matrix(cholesky.matrixL().solve(to_double(rows))));
}

}  // namespace

WideFactors wide_factors(const WideProblem& problem, int rank, WorkerPool& pool) {
  const FloatMatrix& target = problem.target;
  if (rank < 1 || rank > std::min(target.rows, target.columns))
    internal_error("a factorization of a rank that does not exist");
  const std::int64_t size = std::min(rank + kMore, std::min(target.rows, target.columns));
  FloatMatrix block = zeros(size, target.rows);
  Random random(1);
  for (float& item : block.values) item = static_cast<float>(random.normal());
  block = orthonormal(block, problem.outputs, pool);
  FloatMatrix right;
  Matrix rayleigh;
  for (int turn = 0; turn <= kTurns; ++turn) {
    right = multiply(times(block, problem.outputs, pool), target, pool);
    const FloatMatrix weighed = times(right, problem.inputs, pool);
    if (turn < kTurns) {
      block = orthonormal(multiply_transposed(weighed, target, pool), problem.outputs, pool);
    } else {
      rayleigh = to_double(multiply_transposed(weighed, right, pool));
    }
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(0.5 * (rayleigh + rayleigh.transpose()));
  const Matrix rotation = solver.eigenvectors().rightCols(rank).rowwise().reverse().transpose();
  const FloatMatrix leading = to_float_matrix(rotation);
  WideFactors result;
  result.right = multiply(leading, right, pool);
  result.left = transposed_multiply(block, to_float_matrix(Matrix(rotation.transpose())), pool);
  return result;
}

double wide_error(const FloatMatrix& left, const FloatMatrix& right, const WideProblem& problem,
                  WorkerPool& pool) {
  FloatMatrix difference = multiply(left, right, pool);
  for (std::size_t i = 0; i < difference.values.size(); ++i) difference.values[i] -= problem.target.values[i];
  const FloatMatrix weighed = times(difference, problem.inputs, pool);
  if (problem.outputs.samples.rows == 0) return double{problem.outputs.damping} * dot(weighed, difference);
  const FloatMatrix a = multiply(problem.outputs.samples, weighed, pool);
  const FloatMatrix b = multiply(problem.outputs.samples, difference, pool);
  return dot(a, b) + double{problem.outputs.damping} * dot(weighed, difference);
}

}  // namespace weft::compress
