// Inputs come sample by sample from the two networks and are centered here. Invariant: where nothing before
// the layer is compressed, the target is the layer itself to the bit.
#include "compress/wide/wide_layer.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "compress/calibration/matrix.hpp"
#include "model/base/error.hpp"

namespace weft::compress {
namespace {

const Projection& find(const Network& network, const std::string& name) {
  for (const Projection& projection : network.projections) {
    if (projection.name == name) return projection;
  }
  internal_error("no projection '" + name + "' in network '" + network.name + "'");
}

// Centers the rows and divides them by the root of their number.
std::vector<double> center(FloatMatrix& values) {
  std::vector<double> mean(static_cast<std::size_t>(values.columns), 0.0);
  for (std::size_t i = 0; i < values.values.size(); ++i)
    mean[i % mean.size()] += double{values.values[i]} / static_cast<double>(values.rows);
  const double share = 1 / std::sqrt(static_cast<double>(values.rows));
  for (std::size_t i = 0; i < values.values.size(); ++i)
    values.values[i] = static_cast<float>(share * (double{values.values[i]} - mean[i % mean.size()]));
  return mean;
}

// target += residual' (now now' + damping)^-1 now, residual = (dense - now) target'.
void retarget(const FloatMatrix& dense_inputs, const Gram& now, FloatMatrix& target, WorkerPool& pool) {
  FloatMatrix change = dense_inputs;
  for (std::size_t i = 0; i < change.values.size(); ++i) change.values[i] -= now.samples.values[i];
  const FloatMatrix residual = multiply_transposed(change, target, pool);
  const FloatMatrix overlap = multiply_transposed(now.samples, now.samples, pool);
  Matrix system = to_matrix(overlap.values, overlap.rows, overlap.columns);
  system.diagonal().array() += double{now.damping};
  const Eigen::LLT<Matrix> factor(system);
  if (factor.info() != Eigen::Success) internal_error("a damped covariance that is not positive definite");
  const Matrix solved = factor.solve(to_matrix(residual.values, residual.rows, residual.columns));
  const FloatMatrix step =
      transposed_multiply({residual.rows, residual.columns, to_floats(solved)}, now.samples, pool);
  for (std::size_t i = 0; i < target.values.size(); ++i) target.values[i] += step.values[i];
}

std::vector<double> weighed_mean(const FloatMatrix& weights, const std::vector<double>& mean) {
  std::vector<double> result(static_cast<std::size_t>(weights.rows), 0.0);
  for (std::size_t i = 0; i < weights.values.size(); ++i)
    result[i / mean.size()] += double{weights.values[i]} * mean[i % mean.size()];
  return result;
}

}  // namespace

WideView view_layer(const Network& network, const Network& dense, const std::string& projection,
                    const Dataset& calibration, const WideViewParams& params, WorkerPool& pool) {
  const Projection& now = find(network, projection);
  const Projection& before = find(dense, projection);
  if (now.kind != ProjectionKind::Dense || now.weights.size() != before.weights.size())
    internal_error("projection '" + projection + "' is not the dense one of both networks");
  ForwardParams forward;
  forward.threads = pool.threads();
  WideView view;
  FloatMatrix inputs = population_values(network, calibration, now.source, forward);
  FloatMatrix dense_inputs = population_values(dense, calibration, before.source, forward);
  const bool alike = inputs.values == dense_inputs.values;
  view.mean = center(inputs);
  view.dense_mean = center(dense_inputs);
  WideProblem& problem = view.problem;
  const std::int64_t columns = inputs.columns;
  problem.target = {static_cast<std::int64_t>(before.weights.size()) / columns, columns, before.weights};
  const double power = mean_diagonal(inputs);
  problem.inputs = {std::move(inputs), static_cast<float>(params.damping * (power > 0 ? power : 1))};
  if (!alike) retarget(dense_inputs, problem.inputs, problem.target, pool);
  if (params.weighed) {
    problem.outputs.samples = sensitivities(dense, calibration, before.target, params.sensitivity, pool);
    const double mean = mean_diagonal(problem.outputs.samples);
    problem.outputs.damping = static_cast<float>(params.output_damping * (mean > 0 ? mean : 1));
  } else {
    problem.outputs.samples = zeros(0, problem.target.rows);
  }
  return view;
}

std::vector<double> wide_bias_change(const FloatMatrix& dense_weights, const FloatMatrix& left,
                                     const FloatMatrix& right, const WideView& view) {
  std::vector<double> change = weighed_mean(dense_weights, view.dense_mean);
  const std::vector<double> now = right.values.empty() ? weighed_mean(left, view.mean)
                                                       : weighed_mean(left, weighed_mean(right, view.mean));
  for (std::size_t i = 0; i < change.size(); ++i) change[i] -= now[i];
  return change;
}

}  // namespace weft::compress
