// The singular value decomposition through the eigenvectors U of the smaller Gram matrix: for W with no more
// rows than columns, W W^T = U diag(s^2) U^T and s_i = |u_i^T W|. As U is orthonormal, sum_i u_i (u_i^T W) is
// W to rounding, however small the singular values are. Double precision throughout; the sign of each pair is
// fixed by its largest entry, so that the factors do not depend on the eigensolver's choice.
//
// Invariant of factorize: populations and projections keep their order rules, since the middle takes the
// place right before the target and the first factor the place of the first projection into the target.
#include "compress/factorize.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace weft::compress {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void copy(const Matrix& from, std::vector<float>& to) {
  to.resize(static_cast<std::size_t>(from.size()));
  for (Eigen::Index i = 0; i < from.size(); ++i)
    to[static_cast<std::size_t>(i)] = static_cast<float>(from.data()[i]);
}

// For rows <= columns. Each column of `left` and row of `right` belongs to one singular value.
void decompose(const Matrix& weights, int rank, Matrix& left, Matrix& right,
               std::vector<double>& singular_values) {
  const Eigen::Index size = weights.rows();
  const Matrix gram = weights * weights.transpose();
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(gram);
  const Matrix projected = solver.eigenvectors().transpose() * weights;  // row i is s_i v_i^T
  std::vector<Eigen::Index> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::vector<double> norms;
  for (Eigen::Index i = 0; i < size; ++i) norms.push_back(projected.row(i).norm());
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) {
    return norms[static_cast<std::size_t>(a)] > norms[static_cast<std::size_t>(b)];
  });
  for (const Eigen::Index i : order) singular_values.push_back(norms[static_cast<std::size_t>(i)]);

  left.setZero(size, rank);
  right.setZero(rank, weights.cols());
  for (int k = 0; k < rank; ++k) {
    const double value = singular_values[static_cast<std::size_t>(k)];
    if (value == 0) continue;  // the rest of W is zero, and so are its factors
    const Eigen::Index i = order[static_cast<std::size_t>(k)];
    const Eigen::VectorXd u = solver.eigenvectors().col(i);
    Eigen::Index largest = 0;
    u.cwiseAbs().maxCoeff(&largest);
    const double sign = u[largest] < 0 ? -1 : 1;
    left.col(k) = u * (sign * std::sqrt(value));
    right.row(k) = projected.row(i) * (sign / std::sqrt(value));
  }
}

}  // namespace

LowRank truncated_svd(const std::vector<float>& weights, int rows, int columns, int rank) {
  if (rank < 1 || rank > std::min(rows, columns) ||
      weights.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns)) {
    internal_error("truncated_svd of a matrix and a rank that do not fit");
  }
  using FloatMap = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  const Matrix w = FloatMap(weights.data(), rows, columns).cast<double>();
  LowRank result;
  result.rank = rank;
  Matrix left, right;
  if (rows <= columns) {
    decompose(w, rank, left, right, result.singular_values);
  } else {
    Matrix right_transposed, left_transposed;
    decompose(w.transpose(), rank, right_transposed, left_transposed, result.singular_values);
    left = left_transposed.transpose();
    right = right_transposed.transpose();
  }
  copy(left, result.left);
  copy(right, result.right);
  return result;
}

std::string first_factor_name(const std::string& projection) {
  return projection + "_a";
}
std::string second_factor_name(const std::string& projection) {
  return projection + "_b";
}
std::string middle_name(const std::string& projection) {
  return projection + "_mid";
}

Network factorize(const Network& network, const FactorizeParams& params) {
  std::size_t index = 0;
  for (const Projection& projection : network.projections) {
    if (projection.name == params.projection) break;
    ++index;
  }
  if (index == network.projections.size())
    internal_error("no projection '" + params.projection + "' to factorize");
  const Projection& whole = network.projections[ProjectionId(static_cast<std::uint32_t>(index))];
  if (whole.kind != ProjectionKind::Dense) internal_error("'" + whole.name + "' is not dense");
  LowRank factors = truncated_svd(whole.weights, network.populations[whole.target].shape.size(),
                                  network.populations[whole.source].shape.size(), params.rank);

  const PopulationId middle = whole.target;  // the target and all after it move up by one
  const auto moved = [&](PopulationId id) { return id < middle ? id : PopulationId(id.value() + 1); };

  Network result;
  result.name = network.name;
  result.input_scale = network.input_scale;
  result.input_offset = network.input_offset;
  for (const Population& population : network.populations) {
    if (result.populations.size() == middle.index()) {
      Population linear;
      linear.name = middle_name(whole.name);
      linear.shape = Shape{params.rank, 1, 1};
      result.populations.push_back(std::move(linear));
    }
    result.populations.push_back(population);
  }
  bool first_factor_placed = false;
  for (const Projection& projection : network.projections) {
    if (projection.target == whole.target && !first_factor_placed) {
      Projection first;
      first.name = first_factor_name(whole.name);
      first.source = whole.source;
      first.target = middle;
      first.weights = std::move(factors.right);
      result.projections.push_back(std::move(first));
      first_factor_placed = true;
    }
    Projection copy = projection;
    copy.source = moved(projection.source);
    copy.target = moved(projection.target);
    if (projection.name == whole.name) {
      copy.name = second_factor_name(whole.name);
      copy.source = middle;
      copy.weights = std::move(factors.left);
    }
    result.projections.push_back(std::move(copy));
  }
  return result;
}

}  // namespace weft::compress
