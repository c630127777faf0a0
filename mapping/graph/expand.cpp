// Three sweeps: forwards for constants, backwards from the outputs for the neurons that matter, forwards
// again to number them. Synapses are asked for through fan_in(), the one place that knows how a projection is
// laid out.
#include "mapping/graph/expand.hpp"

#include <algorithm>

#include "model/network/neurons/neuron_model.hpp"

namespace weft::mapping {
namespace {

using Projections = std::vector<std::vector<const FixedProjection*>>;  // by target population

Projections by_target(const FixedNetwork& network) {
  Projections result(network.populations.size());
  for (const FixedProjection& projection : network.projections) {
    result[projection.target.index()].push_back(&projection);
  }
  return result;
}

NeuronConfig config_of(const FixedPopulation& population, std::uint32_t index) {
  NeuronConfig config;
  config.model = population.model;
  config.minimum = population.format.minimum();
  config.maximum = population.format.maximum();
  if (!population.bias.empty()) config.bias = population.bias[index];
  if (!population.shift.empty()) config.shift = population.shift[index];
  return config;
}

// What is known of each neuron before any frame comes in.
struct Known {
  char constant = 0;
  char needed = 0;         // its value reaches an output and is not constant, or it is an output
  std::int32_t value = 0;  // of a constant
  std::int32_t bias = 0;   // with the constants it reads, if they are folded into it
};

// TrueNorth's bias is its leak, which has few bits and may follow the potential's sign: what its neuron hears
// stays what it hears.
bool folds_constants(const FixedPopulation& population) {
  return population.model != NeuronModel::TrueNorth;
}
using KnownNeurons = std::vector<std::vector<Known>>;  // by population and neuron

void find_constants(const FixedNetwork& network, const Projections& projections, KnownNeurons& known) {
  std::vector<FanIn> fan;
  for (std::uint32_t p = 1; p < known.size(); ++p) {
    const FixedPopulation& population = network.populations[PopulationId(p)];
    for (std::uint32_t n = 0; n < known[p].size(); ++n) {
      Known& neuron = known[p][n];
      neuron.constant = is_spiking(population.model) ? 0 : 1;  // what it remembers changes from step to step
      neuron.bias = population.bias[n];
      for (const FixedProjection* projection : projections[p]) {
        fan_in(network, *projection, n, fan);
        for (const FanIn& synapse : fan) {
          const Known& source = known[projection->source.index()][synapse.source];
          if (source.constant && folds_constants(population)) {
            neuron.bias += synapse.weight * source.value;
          } else {
            neuron.constant = 0;
          }
        }
      }
      if (!neuron.constant) continue;
      neuron.value = update_value_neuron(population.model, 0, neuron.bias, population.shift[n],
                                         population.format.minimum(), population.format.maximum(),
                                         population.table.data());
    }
  }
}

void find_needed(const FixedNetwork& network, const Projections& projections, KnownNeurons& known) {
  for (Known& output : known.back()) output.needed = 1;
  std::vector<FanIn> fan;
  for (std::size_t p = known.size(); p-- > 1;) {
    const bool folds = folds_constants(network.populations[PopulationId(static_cast<std::uint32_t>(p))]);
    for (const FixedProjection* projection : projections[p]) {
      for (std::uint32_t n = 0; n < known[p].size(); ++n) {
        if (!known[p][n].needed) continue;
        fan_in(network, *projection, n, fan);
        for (const FanIn& synapse : fan) {
          Known& source = known[projection->source.index()][synapse.source];
          source.needed = source.needed || !source.constant || !folds;
        }
      }
    }
  }
}

// Sorts by source and adds up synapses that come from the same one.
void merge_parallel(std::vector<Synapse>& synapses, int weight_bits, const std::string& target) {
  std::stable_sort(synapses.begin(), synapses.end(),
                   [](const Synapse& a, const Synapse& b) { return a.source < b.source; });
  const std::int64_t limit = std::int64_t{1} << (weight_bits - 1);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < synapses.size();) {
    std::int64_t weight = 0;
    std::size_t j = i;
    for (; j < synapses.size() && synapses[j].source == synapses[i].source; ++j) weight += synapses[j].weight;
    if (weight < -limit || weight >= limit) {
      throw InputError({}, "parallel synapses into " + target + " that add up to " + std::to_string(weight),
                       "a weight of core.weight_bits = " + std::to_string(weight_bits) + " bits");
    }
    const NodeId source = synapses[i].source;
    if (weight != 0) synapses[kept++] = {source, static_cast<std::int16_t>(weight)};
    i = j;
  }
  synapses.resize(kept);
}

}  // namespace

NeuronGraph expand(const FixedNetwork& network, int weight_bits) {
  const Projections projections = by_target(network);
  KnownNeurons known(network.populations.size());
  for (std::uint32_t p = 0; p < known.size(); ++p) {
    known[p].resize(static_cast<std::size_t>(network.populations[PopulationId(p)].shape.size()));
  }
  find_constants(network, projections, known);
  find_needed(network, projections, known);
  const std::vector<int> arrival = arrival_steps(network);

  NeuronGraph graph;
  graph.inputs = static_cast<std::uint32_t>(known[0].size());
  graph.input_format = network.populations[network.input()].format;
  std::vector<std::vector<NodeId>> node_of(known.size());
  std::vector<FanIn> fan;
  std::vector<Synapse> synapses;
  for (std::uint32_t p = 0; p < known.size(); ++p) {
    const FixedPopulation& population = network.populations[PopulationId(p)];
    const auto first = static_cast<std::uint32_t>(graph.nodes());
    std::uint16_t table = 0;
    if (population.model == NeuronModel::Table && p > 0) {
      table = static_cast<std::uint16_t>(graph.tables.size());
      graph.tables.push_back(population.table);
    }
    if (is_spiking(population.model)) {
      table = static_cast<std::uint16_t>(graph.spike_rules.size());
      graph.spike_rules.push_back(population.spike);
    }
    node_of[p].resize(known[p].size());
    for (std::uint32_t n = 0; n < known[p].size(); ++n) {
      if (p > 0 && !known[p][n].needed) continue;
      NeuronConfig config = config_of(population, n);
      config.table = table;
      config.bias = known[p][n].bias;
      config.origin = {p, n, 0};
      synapses.clear();
      for (const FixedProjection* projection : projections[p]) {
        fan_in(network, *projection, n, fan);
        const std::size_t from = projection->source.index();
        for (const FanIn& s : fan) {
          if (!known[from][s.source].constant || !folds_constants(population))
            synapses.push_back({node_of[from][s.source], s.weight});
        }
      }
      if (projections[p].size() > 1) {
        merge_parallel(synapses, weight_bits, population.name + "[" + std::to_string(n) + "]");
      }
      for (const Synapse& synapse : synapses) graph.synapses.add(synapse);
      node_of[p][n] = graph.synapses.close();
      graph.configs.push_back(config);
    }
    graph.populations.push_back(
        {population.name, arrival[p], first, static_cast<std::uint32_t>(graph.nodes()), population.shape});
  }
  graph.stages = IdVector<NodeId, int>(graph.nodes(), 0);
  graph.outputs = node_of.back();
  assign_levels(graph);
  return graph;
}

}  // namespace weft::mapping
