// Delays are few, so a table by (source, delay) numbers the lines in two sweeps over the synapses.
#include "mapping/graph/lines.hpp"

#include <algorithm>

namespace weft::mapping {

Lines find_lines(const NeuronGraph& graph) {
  std::size_t longest = 1;
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
      longest = std::max(longest, static_cast<std::size_t>(graph.delay(synapse.source, NodeId(n))));
    }
  }
  constexpr std::uint32_t kUnused = 0xffffffffu;
  std::vector<std::uint32_t> id(graph.nodes() * longest, kUnused);
  const auto slot = [&](NodeId source, NodeId target) {
    return source.index() * longest + static_cast<std::size_t>(graph.delay(source, target)) - 1;
  };
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    for (const Synapse& synapse : graph.synapses[NodeId(n)]) id[slot(synapse.source, NodeId(n))] = 0;
  }
  Lines result;
  for (std::size_t at = 0; at < id.size(); ++at) {
    if (id[at] == kUnused) continue;
    const Line line{NodeId(static_cast<std::uint32_t>(at / longest)), static_cast<int>(at % longest) + 1};
    id[at] = result.lines.push_back(line).value();
  }
  result.of_node.reserve(graph.nodes(), graph.synapses.items());
  for (std::uint32_t n = 0; n < graph.nodes(); ++n) {
    for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
      result.of_node.add(LineId(id[slot(synapse.source, NodeId(n))]));
    }
    result.of_node.close();
  }
  result.readers = inverted(result.of_node, result.lines.size());
  return result;
}

}  // namespace weft::mapping
