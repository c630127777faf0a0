// Normal equations of a layer. With the covariance H of the inputs now, the cross-covariance C of the dense
// inputs with them and the damping d: V (H + d) = W (C + d). A singular H is no obstacle as d is positive.
#include "compress/calibration/target.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "model/base/error.hpp"

namespace weft::compress {

LayerTarget layer_target(const Matrix& weights, const InputStatistics& statistics, double damping) {
  if (!(damping > 0)) internal_error("a damping that is not positive");
  const Eigen::Index inputs = statistics.covariance.rows();
  double mean_diagonal =
      statistics.covariance.trace() / static_cast<double>(std::max<Eigen::Index>(inputs, 1));
  // Nearly constant inputs: what is left of their variance is rounding of the moments.
  const double power =
      statistics.mean.squaredNorm() / static_cast<double>(std::max<Eigen::Index>(1, statistics.mean.size()));
  mean_diagonal = std::max(mean_diagonal, 1e-3 * power);
  if (!(mean_diagonal > 0)) mean_diagonal = 1;  // constant inputs: every V is as good, the nearest is taken
  double d = damping * mean_diagonal;
  LayerTarget result;
  Eigen::LLT<Matrix> factor;
  do {  // more where rounding of the moments outweighs it
    result.metric = statistics.covariance;
    result.metric.diagonal().array() += d;
    factor.compute(result.metric);
    d *= factor.info() == Eigen::Success ? 1 : 10;
  } while (factor.info() != Eigen::Success && std::isfinite(d));
  Matrix change = statistics.cross - statistics.covariance;
  if (change.cwiseAbs().maxCoeff() <= 1e-12 * mean_diagonal) {
    result.weights = weights;
    return result;
  }
  if (factor.info() != Eigen::Success) internal_error("a damped covariance that is not positive definite");
  // V = W (C + d)(H + d)^-1 = W + W (C - H)(H + d)^-1
  change = weights * change;
  result.weights = weights + Matrix(factor.solve(change.transpose()).transpose());
  return result;
}

double output_error(const Matrix& now, const Matrix& dense, const InputStatistics& statistics) {
  const double all = (dense * statistics.dense_covariance).cwiseProduct(dense).sum();
  const double both = (dense * statistics.cross).cwiseProduct(now).sum();
  const double own = (now * statistics.covariance).cwiseProduct(now).sum();
  const double error = std::max(0.0, all - 2 * both + own);
  return all > 0 ? error / all : error;
}

Vector bias_change(const Matrix& now, const Matrix& dense, const InputStatistics& statistics) {
  return dense * statistics.dense_mean - now * statistics.mean;
}

}  // namespace weft::compress
