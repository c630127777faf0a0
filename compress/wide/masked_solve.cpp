// Conjugate gradients (Hestenes and Stiefel, 1952) in the subspace of the support: the projection onto it is
// a mask, under which the map stays symmetric and positive definite.
#include "compress/wide/masked_solve.hpp"

namespace weft::compress {
namespace {

constexpr double kEnough = 1e-10;  // of the first residual's square

}  // namespace

FloatMatrix masked_solve(const FloatMatrix& start, const FloatMatrix& right, const MatrixMap& map,
                         const FloatMatrix& diagonal, int steps) {
  FloatMatrix x = start;
  const auto mask = [&](FloatMatrix& matrix) {
    for (std::size_t i = 0; i < matrix.values.size(); ++i) {
      if (start.values[i] == 0) matrix.values[i] = 0;
    }
  };
  FloatMatrix residual = map(x);
  for (std::size_t i = 0; i < residual.values.size(); ++i)
    residual.values[i] = right.values[i] - residual.values[i];
  mask(residual);
  FloatMatrix scaled = residual, direction;
  const auto precondition = [&] {
    for (std::size_t i = 0; i < scaled.values.size(); ++i)
      scaled.values[i] = diagonal.values[i] > 0 ? residual.values[i] / diagonal.values[i] : 0.0f;
  };
  precondition();
  direction = scaled;
  double power = dot(residual, scaled);
  const double first = power;
  for (int step = 0; step < steps && power > kEnough * first; ++step) {
    FloatMatrix moved = map(direction);
    mask(moved);
    const double curvature = dot(direction, moved);
    if (!(curvature > 0)) break;
    const auto length = static_cast<float>(power / curvature);
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      x.values[i] += length * direction.values[i];
      residual.values[i] -= length * moved.values[i];
    }
    precondition();
    const double next = dot(residual, scaled);
    const auto keep = static_cast<float>(next / power);
    for (std::size_t i = 0; i < direction.values.size(); ++i)
      direction.values[i] = scaled.values[i] + keep * direction.values[i];
    power = next;
  }
  return x;
}

}  // namespace weft::compress
