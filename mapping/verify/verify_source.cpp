// Reads the source network into flat lists for the comparison: synapses by neuron, constants, what reaches an
// output. A constant is a neuron that no input reaches and that remembers nothing; its value follows from
// fixed_network.hpp's rules.
// Assumed: the network is valid, so that sources come before their targets.
#include <algorithm>

#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping::verify {

std::int64_t scaling_half(int shift) {
  return shift == 0 ? 0 : std::int64_t{1} << (std::min(shift, 31) - 1);
}

std::int64_t scaled(std::int64_t potential, int shift) {
  return (potential + scaling_half(shift)) >> std::min(shift, 31);
}

std::size_t table_index(std::int64_t q) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(q, -128, 127) + 128);
}

namespace {

std::int64_t constant_value(const FixedPopulation& population, int shift, std::int64_t potential) {
  const std::int64_t q = scaled(potential, shift);
  if (population.model == NeuronModel::Table) return population.table[table_index(q)];
  return std::clamp<std::int64_t>(q, population.format.minimum(), population.format.maximum());
}

}  // namespace

SourceNetwork read_source(const FixedNetwork& network) {
  SourceNetwork source;
  for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
    source.first.push_back(source.size());
    source.population.resize(
        source.size() + static_cast<std::size_t>(network.populations[PopulationId(p)].shape.size()), p);
  }
  source.begin.push_back(0);
  std::vector<FanIn> fan;
  for (std::uint32_t n = 0; n < source.size(); ++n) {
    const PopulationId population(source.population[n]);
    const std::uint32_t index = n - source.first[population.index()];
    for (const FixedProjection& projection : network.projections) {
      if (projection.target != population) continue;
      fan.clear();
      fan_in(network, projection, index, fan);
      for (const FanIn& synapse : fan) {
        source.synapses.push_back({source.first[projection.source.index()] + synapse.source, synapse.weight});
      }
    }
    source.begin.push_back(source.synapses.size());
  }

  source.constant.resize(source.size(), 0);
  source.value.resize(source.size(), 0);
  source.effective_bias.resize(source.size(), 0);
  for (std::uint32_t n = 0; n < source.size(); ++n) {
    const FixedPopulation& population = network.populations[PopulationId(source.population[n])];
    if (source.population[n] == 0) continue;
    const std::uint32_t index = n - source.first[source.population[n]];
    std::int64_t bias = population.bias[index];
    bool constant = !is_spiking(population.model);
    for (std::size_t s = source.begin[n]; s < source.begin[n + 1]; ++s) {
      const SourceNetwork::Synapse& synapse = source.synapses[s];
      if (source.constant[synapse.source] != 0) {
        bias += synapse.weight * source.value[synapse.source];
      } else {
        constant = false;
      }
    }
    source.effective_bias[n] = bias;
    source.constant[n] = constant ? 1 : 0;
    if (constant) source.value[n] = constant_value(population, population.shift[index], bias);
  }

  source.live.resize(source.size(), 0);
  for (std::uint32_t n = source.size(); n-- > 0;) {
    if (source.population[n] == network.output().value()) source.live[n] = 1;
    if (source.live[n] == 0) continue;
    for (std::size_t s = source.begin[n]; s < source.begin[n + 1]; ++s)
      source.live[source.synapses[s].source] = 1;
  }
  return source;
}

}  // namespace weft::mapping::verify
