// Partial sums hear inputs and neurons of the network, or other partial sums that stand before them.
#include "mapping/graph/traffic.hpp"

#include <algorithm>

namespace weft::mapping {

std::int64_t Traffic::of(const Net& net) const {
  if (messages.empty()) return static_cast<std::int64_t>(net.senders.size());
  std::int64_t sum = 0;
  for (const NodeId sender : net.senders) sum += messages[sender];
  return sum;
}

Traffic find_traffic(const NeuronGraph& graph, const MessageCounts& counts) {
  Traffic traffic;
  if (counts.of_neuron.empty()) return traffic;
  traffic.messages = IdVector<NodeId, std::int64_t>(graph.nodes(), counts.steps);
  std::vector<NodeId> parts;
  for (std::uint32_t n = 0; n < graph.nodes(); ++n) {
    const NodeId node(n);
    if (graph.is_input(node)) {
      traffic.messages[node] = counts.of_neuron[0][n];
      continue;
    }
    const NeuronOrigin& origin = graph.configs[node].origin;
    if (origin.part == 0)
      traffic.messages[node] = counts.of_neuron[origin.population][origin.index];
    else
      parts.push_back(node);
  }
  for (const NodeId part : parts) {
    std::int64_t heard = 0;
    for (const Synapse& synapse : graph.synapses[part]) {
      heard += traffic.messages[synapse.source];
      if (heard >= counts.steps) break;
    }
    if (graph.synapses[part].size() > 0) traffic.messages[part] = std::min(traffic.messages[part], heard);
  }
  return traffic;
}

}  // namespace weft::mapping
