// Senders with equal sources and targets share a tree, so everything behind this works on far fewer nets than
// senders.
#include "mapping/graph/nets.hpp"

#include <algorithm>
#include <map>

namespace weft::mapping {
namespace {

std::vector<Net> take(std::map<std::pair<CoreId, std::vector<CoreId>>, std::vector<NodeId>>& groups) {
  std::vector<Net> nets;
  for (auto& [place, senders] : groups) nets.push_back({place.first, place.second, std::move(senders)});
  return nets;
}

}  // namespace

Nets find_nets(const NeuronGraph& graph, const Lines& lines, const Clusters& clusters) {
  std::vector<std::vector<CoreId>> targets(graph.nodes());
  for (std::uint32_t l = 0; l < lines.lines.size(); ++l) {
    std::vector<CoreId>& of_source = targets[lines.lines[LineId(l)].source.index()];
    for (NodeId reader : lines.readers[LineId(l)]) of_source.push_back(clusters.core_of[reader]);
  }
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    for (NodeId part : graph.added_to(NodeId(n)))
      targets[part.index()].push_back(clusters.core_of[NodeId(n)]);
  }
  std::map<std::pair<CoreId, std::vector<CoreId>>, std::vector<NodeId>> inputs, neurons, outputs;
  for (std::uint32_t n = 0; n < graph.nodes(); ++n) {
    std::vector<CoreId>& cores = targets[n];
    if (cores.empty()) continue;
    std::sort(cores.begin(), cores.end());
    cores.erase(std::unique(cores.begin(), cores.end()), cores.end());
    auto& groups = graph.is_input(NodeId(n)) ? inputs : neurons;
    groups[{clusters.core_of[NodeId(n)], cores}].push_back(NodeId(n));
  }
  for (NodeId node : graph.outputs) outputs[{clusters.core_of[node], {}}].push_back(node);
  Nets nets;
  nets.between_cores = take(neurons);
  nets.from_inputs = take(inputs);
  nets.to_outputs = take(outputs);
  return nets;
}

}  // namespace weft::mapping
