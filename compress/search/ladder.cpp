// Errors are estimates that need no compression: of a pruned layer the share of weight^2 * input variance
// that goes, of a factorized one the tail of its singular values (exact for the data-aware decomposition).
// They only say how layers compare with each other; what a plan is worth is measured. Invariant: sizes fall
// and errors grow along a ladder.
#include "compress/search/ladder.hpp"

#include <algorithm>
#include <cmath>

#include "compress/calibration/statistics.hpp"
#include "compress/calibration/target.hpp"
#include "compress/density.hpp"
#include "compress/rules/factorizations.hpp"

namespace weft::compress {
namespace {

constexpr double kStep = 0.85;  // from rung to rung
constexpr double kSmallestDensity = 0.002;
constexpr double kDamping = 0.01;  // of the covariance, where none is given

struct LayerView {
  std::string name;
  bool dense = false;
  Matrix weights;
  Eigen::Index input_columns = 1;
  double synapses_per_weight = 1;
};

// Worth of each weight, summing up to one.
Matrix shares(const LayerView& layer, const InputStatistics& statistics) {
  const Vector power =
      statistics.covariance.diagonal().cwiseMax(1e-12 * statistics.covariance.diagonal().maxCoeff());
  Matrix worth = layer.weights.array().square().rowwise() * power.transpose().array();
  const double sum = worth.sum();
  if (sum > 0) worth /= sum;
  return worth;
}

// error[k]: what is lost when the k largest of the values stay.
std::vector<double> tail_sums(std::vector<double> values) {
  std::sort(values.begin(), values.end(), std::greater<>());
  std::vector<double> tail(values.size() + 1, 0.0);
  for (std::size_t i = values.size(); i-- > 0;) tail[i] = tail[i + 1] + values[i];
  return tail;
}

// Densities from kStep down.
template <class Visit>
void each_density(double smallest, Visit&& visit) {
  for (double density = kStep; density >= smallest; density *= kStep) visit(density);
}

std::vector<Rung> prune_rungs(const LayerView& layer, const InputStatistics& statistics, int rank) {
  const Matrix worth = shares(layer, statistics);
  const std::vector<double> lost = tail_sums({worth.data(), worth.data() + worth.size()});
  const auto count = static_cast<std::int64_t>(layer.weights.size());
  std::vector<Rung> rungs = {{{layer.name, 0, 1}, static_cast<double>(count) * layer.synapses_per_weight, 0}};
  each_density(std::max(kSmallestDensity, 1.0 / static_cast<double>(count)), [&](double density) {
    const std::int64_t kept = kept_weights(count, density);
    rungs.push_back({{layer.name, rank, density},
                     static_cast<double>(kept) * layer.synapses_per_weight,
                     lost[static_cast<std::size_t>(kept)]});
  });
  return rungs;
}

std::vector<Rung> input_rungs(const LayerView& layer, const InputStatistics& statistics) {
  const Matrix worth = shares(layer, statistics);
  const Eigen::Index inputs = worth.cols() / layer.input_columns;
  std::vector<double> values;
  for (Eigen::Index i = 0; i < inputs; ++i)
    values.push_back(worth.middleCols(i * layer.input_columns, layer.input_columns).sum());
  const std::vector<double> lost = tail_sums(values);
  std::vector<Rung> rungs = {{{layer.name, 0, 1}, static_cast<double>(inputs), 0}};
  each_density(1.0 / static_cast<double>(inputs), [&](double density) {
    const std::int64_t kept = kept_weights(inputs, density);
    LayerPlan plan{layer.name, 0, static_cast<double>(kept) / static_cast<double>(inputs)};
    plan.granularity = Granularity::Inputs;
    rungs.push_back({plan, static_cast<double>(kept), lost[static_cast<std::size_t>(kept)]});
  });
  return rungs;
}

std::vector<Rung> rank_rungs(const LayerView& layer, const InputStatistics& statistics,
                             const CompressParams& params) {
  const auto rows = static_cast<double>(layer.weights.rows()),
             columns = static_cast<double>(layer.weights.cols());
  const double whole_size = rows * columns * layer.synapses_per_weight;
  std::vector<Rung> rungs = {{{layer.name, 0, 1}, whole_size, 0}};
  const Matrix metric =
      layer_target(layer.weights, statistics, params.damping > 0 ? params.damping : kDamping).metric;
  const FactorizationRule& rule = find_factorization(params.factorization);
  std::vector<double> powers = rule.factorize(layer.weights, metric, 1).singular_values;
  double sum = 0;
  for (double& value : powers) sum += value *= value;
  for (double& value : powers) value /= sum > 0 ? sum : 1;
  const std::vector<double> lost = tail_sums(powers);
  int last = 0;
  for (double rank = rows * columns / (rows + columns); rank >= 1; rank *= kStep) {
    const int whole = static_cast<int>(rank);
    const double size =
        whole * (rows + columns) * layer.synapses_per_weight;  // both factors at each position
    if (whole == last || size >= whole_size) continue;
    last = whole;
    rungs.push_back({{layer.name, whole, 1}, size, lost[static_cast<std::size_t>(whole)]});
  }
  return rungs;
}

std::vector<Rung> layer_rungs(const LayerView& layer, const InputStatistics& statistics, SearchSeries series,
                              const CompressParams& params) {
  switch (series) {
    case SearchSeries::Factorization:
      return rank_rungs(layer, statistics, params);
    case SearchSeries::Structured:
      return input_rungs(layer, statistics);
    case SearchSeries::Both:
      return prune_rungs(layer, statistics, kAutoRank);
    default:
      return prune_rungs(layer, statistics, 0);
  }
}

}  // namespace

std::vector<Rung> convex_rungs(std::vector<Rung> rungs) {
  std::stable_sort(rungs.begin(), rungs.end(), [](const Rung& a, const Rung& b) { return a.size > b.size; });
  std::vector<Rung> hull;
  const auto slope = [](const Rung& from, const Rung& to) {
    return (to.error - from.error) / (from.size - to.size);
  };
  for (Rung& rung : rungs) {
    if (!hull.empty() && rung.size >= hull.back().size) continue;
    while (hull.size() >= 2 && slope(hull[hull.size() - 2], hull.back()) >= slope(hull.back(), rung))
      hull.pop_back();
    hull.push_back(std::move(rung));
  }
  return hull;
}

std::vector<PlanStep> merge_ladders(const std::vector<std::vector<Rung>>& rungs) {
  std::vector<std::size_t> at(rungs.size(), 0);
  std::vector<PlanStep> steps;
  const auto note = [&] {
    PlanStep step;
    for (std::size_t layer = 0; layer < rungs.size(); ++layer) {
      const Rung& rung = rungs[layer][at[layer]];
      step.size += rung.size;
      if (rung.plan.rank != 0 || rung.plan.density < 1) step.plan.push_back(rung.plan);
    }
    steps.push_back(std::move(step));
  };
  note();
  for (;;) {
    std::size_t best = rungs.size();
    double least = 0;
    for (std::size_t layer = 0; layer < rungs.size(); ++layer) {
      if (at[layer] + 1 >= rungs[layer].size()) continue;
      const Rung &from = rungs[layer][at[layer]], &to = rungs[layer][at[layer] + 1];
      const double price = (to.error - from.error) / (from.size - to.size);
      if (best == rungs.size() || price < least) best = layer, least = price;
    }
    if (best == rungs.size()) return steps;
    ++at[best];
    note();
  }
}

std::vector<PlanStep> plan_ladder(const Network& network, const Dataset& calibration, SearchSeries series,
                                  const CompressParams& params, WorkerPool& pool) {
  std::vector<std::vector<Rung>> rungs;
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    const Projection& projection = network.projections[ProjectionId(i)];
    if (projection.weights.empty() || projection.groups != 1) continue;
    LayerView layer;
    layer.name = projection.name;
    layer.dense = projection.kind == ProjectionKind::Dense;
    const Population& target = network.populations[projection.target];
    const Eigen::Index rows = layer.dense ? target.shape.size() : target.shape.channels;
    layer.weights =
        to_matrix(projection.weights, rows, static_cast<Eigen::Index>(projection.weights.size()) / rows);
    if (!layer.dense)
      layer.input_columns = Eigen::Index{projection.window.kernel_height} * projection.window.kernel_width;
    layer.synapses_per_weight = static_cast<double>(count_synapses_dense(network, ProjectionId(i))) /
                                static_cast<double>(projection.weights.size());
    const InputStatistics statistics = input_statistics(network, network, projection, calibration, pool);
    rungs.push_back(convex_rungs(layer_rungs(layer, statistics, series, params)));
  }
  return merge_ladders(rungs);
}

}  // namespace weft::compress
