// Levels are the longest paths from the inputs, population by population. Edges only lead forward, so one
// pass in node order is enough; what a shorter path lacks becomes delivery delay.
#include "mapping/graph/neuron_graph.hpp"

#include <algorithm>

namespace weft::mapping {

NeuronGraph without_nodes(const NeuronGraph& graph) {
  NeuronGraph empty;
  empty.inputs = graph.inputs;
  empty.populations = graph.populations;
  empty.tables = graph.tables;
  empty.spike_rules = graph.spike_rules;
  empty.input_format = graph.input_format;
  return empty;
}

std::string node_name(const NeuronGraph& graph, NodeId node) {
  const NeuronOrigin& origin = graph.configs[node].origin;
  std::string name = graph.populations[origin.population].name + "[" + std::to_string(origin.index) + "]";
  if (origin.part > 0) name += " part " + std::to_string(origin.part);
  return name;
}

void assign_levels(NeuronGraph& graph) {
  graph.levels = IdVector<NodeId, int>(graph.nodes(), 0);
  for (std::size_t p = 0; p < graph.populations.size(); ++p) {
    const GraphPopulation& population = graph.populations[p];
    int base = -1;
    for (std::uint32_t n = population.first; n < population.last; ++n) {
      for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
        const std::uint32_t from = graph.population_of(synapse.source);
        if (from == p) continue;
        const int shortest = population.arrival - graph.populations[from].arrival;
        base = std::max(base, graph.levels[synapse.source] + shortest);
      }
    }
    if (base < 0) base = population.arrival;  // the inputs, or nothing but constants
    for (std::uint32_t n = population.first; n < population.last; ++n) {
      graph.levels[NodeId(n)] = base + graph.stages[NodeId(n)];
    }
  }
}

}  // namespace weft::mapping
