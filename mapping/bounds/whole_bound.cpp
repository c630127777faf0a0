// Sets of one population may overlap, so only the one that is parted most counts; populations add up.
#include "mapping/bounds/whole_bound.hpp"

#include <algorithm>

#include "mapping/bounds/boxes.hpp"
#include "mapping/bounds/ceil_div.hpp"

namespace weft::mapping {
namespace {

std::int64_t parted_neurons(const WholeNeurons& whole, std::int64_t cores) {
  std::int64_t all = 0;
  for (const std::vector<Together>& sets : whole) {
    std::int64_t most = 0;
    for (const Together& set : sets) most = std::max(most, set.neurons - cores * set.most);
    all += most;
  }
  return all;
}

}  // namespace

WholeNeurons find_whole_neurons(const NeuronGraph& graph, const CoreSpec& core,
                                const std::vector<char>& varying) {
  WholeNeurons whole;
  if (core.kind == CoreKind::Units) return whole;
  for (const GraphPopulation& population : graph.populations) {
    std::vector<std::vector<std::uint32_t>> reads;
    for (std::uint32_t n = std::max(population.first, graph.inputs); n < population.last; ++n) {
      reads.emplace_back();
      for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
        if (varying[synapse.source.index()]) reads.back().push_back(synapse.source.value());
      }
    }
    whole.push_back(together_by_overlap(std::move(reads), core.axons, core.neurons));
    for (const Together& boxes : together_by_boxes(graph, core, population, varying))
      whole.back().push_back(boxes);
  }
  return whole;
}

std::int64_t whole_cores_bound(const WholeNeurons& whole) {
  std::int64_t cores = 0;
  for (const std::vector<Together>& sets : whole) {
    for (const Together& set : sets) cores = std::max(cores, ceil_div(set.neurons, set.most));
  }
  return cores;
}

std::int64_t parted_cores_bound(const WholeNeurons& whole, const CoreSpec& core, std::int64_t axons,
                                std::int64_t neurons) {
  std::int64_t cores = 0;
  for (;; ++cores) {
    const std::int64_t parted = parted_neurons(whole, cores);
    const std::int64_t heard = core.native_sums ? 0 : parted;
    if (axons + heard <= cores * core.axons && neurons + parted <= cores * core.neurons) return cores;
  }
}

std::int64_t packing_bound(const Lines& lines, NodeId first_neuron, const CoreSpec& core) {
  const auto neurons = static_cast<std::int64_t>(lines.of_node.keys() - first_neuron.index());
  std::int64_t axons = 0;
  for (std::uint32_t l = 0; l < lines.lines.size(); ++l)
    axons += ceil_div(static_cast<std::int64_t>(lines.readers[LineId(l)].size()), core.neurons);
  std::int64_t cores = std::max(ceil_div(neurons, core.neurons), ceil_div(axons, core.axons));
  if (core.kind == CoreKind::Units) return cores;
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
