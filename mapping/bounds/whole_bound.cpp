// Sets of one population may overlap, so only the one that is parted most counts; populations add up.
#include "mapping/bounds/whole_bound.hpp"

#include <algorithm>

#include "mapping/bounds/boxes.hpp"
#include "mapping/bounds/ceil_div.hpp"

namespace weft::mapping {
namespace {

constexpr std::size_t kMostSynapses = 5'000'000;

std::int64_t parted_nodes(const WholeNeurons& whole, std::int64_t cores) {
  std::int64_t all = 0;
  for (const std::vector<Together>& sets : whole) {
    std::int64_t most = 0;
    for (const Together& set : sets) most = std::max(most, set.neurons - cores * set.most);
    all += most;
  }
  return all;
}

// Sets of at most `neurons` nodes that read at most `axons` together.
WholeNeurons find_sets(const NeuronGraph& graph, const Csr<NodeId, NodeId>& reads, std::int64_t axons,
                       std::int64_t neurons) {
  WholeNeurons sets;
  for (const GraphPopulation& population : graph.populations) {
    std::vector<std::vector<std::uint32_t>> lists;
    for (std::uint32_t n = population.first; n < population.last; ++n) {
      lists.emplace_back();
      for (const NodeId node : reads[NodeId(n)]) lists.back().push_back(node.value());
    }
    sets.push_back(together_by_overlap(std::move(lists), axons, neurons));
    for (const Together& boxes : together_by_boxes(graph, reads, population, axons, neurons))
      sets.back().push_back(boxes);
  }
  return sets;
}

}  // namespace

WholeNodes find_whole(const NeuronGraph& graph, const CoreSpec& core, const std::vector<char>& varying) {
  if (core.kind == CoreKind::Units || graph.synapses.items() > kMostSynapses) return {};
  Csr<NodeId, NodeId> reads;
  reads.reserve(graph.nodes(), graph.synapses.items());
  for (std::uint32_t n = 0; n < graph.nodes(); ++n) {
    for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
      if (varying[synapse.source.index()]) reads.add(synapse.source);
    }
    reads.close();
  }
  return {find_sets(graph, reads, core.axons, core.neurons),
          find_sets(graph, inverted(reads, graph.nodes()), core.neurons, core.axons)};
}

std::int64_t whole_cores_bound(const WholeNeurons& whole) {
  std::int64_t cores = 0;
  for (const std::vector<Together>& sets : whole) {
    for (const Together& set : sets) cores = std::max(cores, ceil_div(set.neurons, set.most));
  }
  return cores;
}

std::int64_t parted_cores_bound(const WholeNodes& whole, const CoreSpec& core, std::int64_t axons,
                                std::int64_t neurons) {
  std::int64_t cores = 0;
  for (;; ++cores) {
    const std::int64_t parted = parted_nodes(whole.neurons, cores);
    const std::int64_t more = (core.native_sums ? 0 : parted) + parted_nodes(whole.sources, cores);
    if (axons + more <= cores * core.axons && neurons + parted <= cores * core.neurons) return cores;
  }
}

std::int64_t packing_bound(const Lines& lines, NodeId first_neuron, const CoreSpec& core) {
  const auto neurons = static_cast<std::int64_t>(lines.of_node.keys() - first_neuron.index());
  std::int64_t axons = 0;
  for (std::uint32_t l = 0; l < lines.lines.size(); ++l)
    axons += ceil_div(static_cast<std::int64_t>(lines.readers[LineId(l)].size()), core.neurons);
  std::int64_t cores = std::max(ceil_div(neurons, core.neurons), ceil_div(axons, core.axons));
  if (core.kind == CoreKind::Units || lines.of_node.items() > kMostSynapses) return cores;
  std::vector<std::vector<std::uint32_t>> reads;
  for (std::uint32_t n = first_neuron.value(); n < lines.of_node.keys(); ++n) {
    reads.emplace_back();
    for (const LineId line : lines.of_node[NodeId(n)]) reads.back().push_back(line.value());
  }
  for (const Together& set : together_by_overlap(std::move(reads), core.axons, core.neurons))
    cores = std::max(cores, ceil_div(set.neurons, set.most));
  return cores;
}

}  // namespace weft::mapping
