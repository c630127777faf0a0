// A sum is linear in the values that go into it, so its mean is that of its sources' means: values are needed
// of each population once per network. Invariant: a population's sources are final when its turn comes.
#include "compress/calibration/match_means.hpp"

#include <map>
#include <optional>
#include <string>

#include "model/network/forward.hpp"

namespace weft::compress {
namespace {

using Means = std::vector<double>;

Means mean_values(const Network& network, PopulationId id, const Dataset& samples, int threads) {
  ForwardParams forward;
  forward.threads = threads;
  const FloatMatrix values = population_values(network, samples, id, forward);
  Means means(static_cast<std::size_t>(values.columns), 0.0);
  for (std::int64_t row = 0; row < values.rows; ++row) {
    const float* items = values.values.data() + row * values.columns;
    for (std::size_t i = 0; i < means.size(); ++i) means[i] += double{items[i]};
  }
  for (double& mean : means) mean /= static_cast<double>(values.rows);
  return means;
}

// The means of a dense population's sums; nothing where other projections lead into it. `values` holds the
// means of the populations so far, filled in where they are missing.
std::optional<Means> mean_sums(const Network& network, PopulationId id, const Dataset& samples, int threads,
                               std::map<std::uint32_t, Means>& values) {
  const Population& population = network.populations[id];
  if (population.shape.height * population.shape.width != 1) return std::nullopt;
  Means sums(static_cast<std::size_t>(population.shape.channels), 0.0);
  for (std::size_t i = 0; i < population.bias.size(); ++i) sums[i] = double{population.bias[i]};
  for (const Projection& projection : network.projections) {
    if (projection.target != id) continue;
    if (projection.kind != ProjectionKind::Dense) return std::nullopt;
    const std::uint32_t source = projection.source.value();
    if (values.count(source) == 0) values[source] = mean_values(network, projection.source, samples, threads);
    const Means& from = values[source];
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const float* row = projection.weights.data() + i * from.size();
      for (std::size_t j = 0; j < from.size(); ++j) sums[i] += double{row[j]} * from[j];
    }
  }
  return sums;
}

}  // namespace

Network match_means(const Network& network, const Network& dense, const Dataset& samples, int threads) {
  Network result = network;
  if (samples.size() == 0) return result;
  std::map<std::uint32_t, Means> values, dense_values;
  for (std::uint32_t p = 1; p < result.populations.size(); ++p) {
    for (std::uint32_t q = 1; q < dense.populations.size(); ++q) {
      if (dense.populations[PopulationId(q)].name != result.populations[PopulationId(p)].name) continue;
      const auto now = mean_sums(result, PopulationId(p), samples, threads, values);
      const auto was = mean_sums(dense, PopulationId(q), samples, threads, dense_values);
      std::vector<float>& bias = result.populations[PopulationId(p)].bias;
      if (!now || !was || now->size() != was->size()) continue;
      bias.resize(now->size(), 0.0f);
      for (std::size_t i = 0; i < bias.size(); ++i) bias[i] += static_cast<float>((*was)[i] - (*now)[i]);
    }
  }
  return result;
}

}  // namespace weft::compress
