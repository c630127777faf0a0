// What compression did to each projection. The error compares the effective weights, of a factorized
// projection the product of its factors, with the dense ones: |W' - W| / |W| in the Frobenius norm (|W'|
// where W is zero), and 0 where a projection has no weights.
#include "compress/layer_report.hpp"

#include <Eigen/Dense>

#include "compress/factorize.hpp"

namespace weft::compress {
namespace {

using FloatMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using DoubleMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

ProjectionId find(const Network& network, const std::string& name) {
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    if (network.projections[ProjectionId(i)].name == name) return ProjectionId(i);
  }
  internal_error("projection '" + name + "' got lost in compression");
}

DoubleMatrix matrix(const std::vector<float>& weights, int rows) {
  const auto columns = rows > 0 ? static_cast<Eigen::Index>(weights.size()) / rows : 0;
  return Eigen::Map<const FloatMatrix>(weights.data(), rows, columns).cast<double>();
}

double relative_error(const DoubleMatrix& now, const DoubleMatrix& dense) {
  const double norm = dense.norm(), error = (now - dense).norm();
  return norm > 0 ? error / norm : error;
}

std::int64_t nonzeros(const std::vector<float>& weights) {
  std::int64_t count = 0;
  for (float weight : weights) count += weight != 0.0f;
  return count;
}

}  // namespace

std::vector<LayerReport> report_layers(const Network& before, const Network& after,
                                       const std::vector<LayerPlan>& plans) {
  std::vector<LayerReport> reports;
  for (std::uint32_t i = 0; i < before.projections.size(); ++i) {
    const Projection& dense = before.projections[ProjectionId(i)];
    LayerPlan plan;
    for (const LayerPlan& layer : plans) {
      if (layer.projection == dense.name) plan = layer;
    }
    const bool factorized = plan.rank > 0, pruned = plan.density < 1;
    LayerReport report;
    report.name = dense.name;
    report.method =
        factorized ? (pruned ? "factorized+pruned" : "factorized") : (pruned ? "pruned" : "dense");
    if (plan.sparse > 0) report.method += "+sparse";
    report.rank = plan.rank;
    if (plan.algebra != Algebra::Auto)
      report.algebra = algebra_names()[static_cast<std::size_t>(plan.algebra)];
    report.synapses_before = count_synapses(before, ProjectionId(i));

    std::int64_t weights = 0, kept = 0;
    std::vector<ProjectionId> parts;
    if (factorized) {
      parts = {find(after, first_factor_name(dense.name)), find(after, second_factor_name(dense.name))};
      if (plan.sparse > 0) parts.push_back(find(after, dense.name));
    } else {
      parts = {find(after, dense.name)};
    }
    for (const ProjectionId part : parts) {
      report.synapses_after += count_synapses(after, part);
      weights += static_cast<std::int64_t>(after.projections[part].weights.size());
      kept += nonzeros(after.projections[part].weights);
    }
    report.density = weights > 0 ? static_cast<double>(kept) / static_cast<double>(weights) : 1.0;
    if (factorized) {
      const DoubleMatrix right = matrix(after.projections[parts[0]].weights, plan.rank);
      const Shape& shape = before.populations[dense.target].shape;
      const int rows = dense.kind == ProjectionKind::Dense ? shape.size() : shape.channels;
      const DoubleMatrix left = matrix(after.projections[parts[1]].weights, rows);
      DoubleMatrix now = left * right;
      if (plan.sparse > 0) now += matrix(after.projections[parts[2]].weights, rows);
      report.output_error = relative_error(now, matrix(dense.weights, rows));
    } else {
      report.output_error =
          relative_error(matrix(after.projections[parts[0]].weights, 1), matrix(dense.weights, 1));
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace weft::compress
