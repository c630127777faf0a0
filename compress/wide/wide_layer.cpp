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

PopulationId population(const Network& network, const std::string& name) {
  for (std::uint32_t i = 0; i < network.populations.size(); ++i) {
    if (network.populations[PopulationId(i)].name == name) return PopulationId(i);
  }
  internal_error("no population '" + name + "' in network '" + network.name + "'");
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

std::vector<double> bias_change(const FloatMatrix& dense_weights, const FloatMatrix& left,
                                const FloatMatrix& right, const std::vector<double>& mean,
                                const std::vector<double>& dense_mean) {
  std::vector<double> change = weighed_mean(dense_weights, dense_mean);
  const std::vector<double> now =
      right.values.empty() ? weighed_mean(left, mean) : weighed_mean(left, weighed_mean(right, mean));
  for (std::size_t i = 0; i < change.size(); ++i) change[i] -= now[i];
  return change;
}

}  // namespace

WideSamples observe_layer(const WideSite& site, const Dataset& samples, const SensitivityParams* sensitivity,
                          WorkerPool& pool) {
  ForwardParams forward;
  forward.threads = pool.threads();
  const PopulationId target = population(site.dense, site.target);
  WideSamples result;
  result.inputs = population_values(site.network, samples, population(site.network, site.source), forward);
  result.dense_inputs = population_values(site.dense, samples, population(site.dense, site.source), forward);
  result.mean = center(result.inputs);
  result.dense_mean = center(result.dense_inputs);
  result.sensitivities = sensitivity ? sensitivities(site.dense, samples, target, *sensitivity, pool)
                                     : zeros(0, site.dense.populations[target].shape.size());
  return result;
}

WideProblem wide_problem(const WideSamples& samples, const FloatMatrix& dense_weights, double damping,
                         double output_damping, WorkerPool& pool) {
  const auto positive = [](double mean) { return mean > 0 ? mean : 1; };
  WideProblem problem;
  problem.target = dense_weights;
  problem.inputs = {samples.inputs, static_cast<float>(damping * positive(mean_diagonal(samples.inputs)))};
  if (samples.inputs.values != samples.dense_inputs.values)
    retarget(samples.dense_inputs, problem.inputs, problem.target, pool);
  problem.outputs.samples = samples.sensitivities;
  if (samples.sensitivities.rows > 0)
    problem.outputs.damping =
        static_cast<float>(output_damping * positive(mean_diagonal(samples.sensitivities)));
  return problem;
}

double wide_output_error(const WideFactors& now, const FloatMatrix& dense_weights, const WideSamples& samples,
                         WorkerPool& pool) {
  const auto outputs = [&](const FloatMatrix& weights, const FloatMatrix& inputs) {
    return multiply_transposed(weights, inputs, pool);
  };
  const auto effect = [&](const FloatMatrix& sums) {
    if (samples.sensitivities.rows == 0) return dot(sums, sums);
    const FloatMatrix moved = multiply(samples.sensitivities, sums, pool);
    return dot(moved, moved);
  };
  const FloatMatrix dense = outputs(dense_weights, samples.dense_inputs);
  FloatMatrix wrong = now.right.values.empty() ? outputs(now.left, samples.inputs)
                                               : multiply(now.left, outputs(now.right, samples.inputs), pool);
  for (std::size_t i = 0; i < wrong.values.size(); ++i) wrong.values[i] -= dense.values[i];
  const double all = effect(dense), error = effect(wrong);
  return all > 0 ? error / all : error;
}

std::vector<double> wide_bias_change(const FloatMatrix& dense_weights, const WideFactors& now,
                                     const WideSamples& samples) {
  return bias_change(dense_weights, now.left, now.right, samples.mean, samples.dense_mean);
}

WideView view_layer(const Network& network, const Network& dense, const std::string& projection,
                    const Dataset& calibration, const WideViewParams& params, WorkerPool& pool) {
  const Projection& now = find(network, projection);
  const Projection& before = find(dense, projection);
  if (now.kind != ProjectionKind::Dense || now.weights.size() != before.weights.size())
    internal_error("projection '" + projection + "' is not the dense one of both networks");
  const WideSite site{network, dense, dense.populations[before.source].name,
                      dense.populations[before.target].name};
  WideSamples samples =
      observe_layer(site, calibration, params.weighed ? &params.sensitivity : nullptr, pool);
  const std::int64_t columns = samples.inputs.columns;
  const FloatMatrix weights{static_cast<std::int64_t>(before.weights.size()) / columns, columns,
                            before.weights};
  return {wide_problem(samples, weights, params.damping, params.output_damping, pool),
          std::move(samples.mean), std::move(samples.dense_mean)};
}

std::vector<double> wide_bias_change(const FloatMatrix& dense_weights, const FloatMatrix& left,
                                     const FloatMatrix& right, const WideView& view) {
  return bias_change(dense_weights, left, right, view.mean, view.dense_mean);
}

}  // namespace weft::compress
