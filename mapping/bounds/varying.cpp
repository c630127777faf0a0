// Inputs and spiking neurons vary, and whoever hears one that varies. Synapses lead forwards, so one sweep is
// enough.
#include "mapping/bounds/varying.hpp"

#include "model/network/neurons/neuron_model.hpp"

namespace weft::mapping {

std::vector<char> find_varying(const NeuronGraph& graph) {
  std::vector<char> varying(graph.nodes(), 0);
  for (std::uint32_t n = 0; n < graph.nodes(); ++n) {
    varying[n] = graph.is_input(NodeId(n)) || is_spiking(graph.configs[NodeId(n)].model);
    for (const Synapse& synapse : graph.synapses[NodeId(n)])
      varying[n] = varying[n] || varying[synapse.source.index()];
  }
  return varying;
}

}  // namespace weft::mapping
