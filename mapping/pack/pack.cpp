// Packings from scratch. Next fit in the order of ids is what the others are held against.
//
// Invariant: no core ever exceeds its limits; each neuron is in exactly one core.
#include "mapping/pack/pack.hpp"

namespace weft::mapping {

Clusters clusters_of(const CoreLoads& loads, const Lines& lines) {
  Clusters clusters;
  clusters.core_of = IdVector<NodeId, CoreId>(lines.of_node.keys(), kNoCore);
  clusters.axons = loads.total_axons();
  IdVector<CoreId, CoreId> number(loads.cores(), kNoCore);
  for (std::uint32_t n = 0; n < clusters.core_of.size(); ++n) {
    const CoreId core = loads.core_of(NodeId(n));
    if (core == kNoCore) continue;
    if (number[core] == kNoCore) number[core] = CoreId(clusters.cores++);
    clusters.core_of[NodeId(n)] = number[core];
  }
  return clusters;
}

bool better(const Clusters& a, const Clusters& b) {
  return a.cores != b.cores ? a.cores < b.cores : a.axons < b.axons;
}

std::vector<NodeId> oversized(const Lines& lines, const CoreLimits& limits, NodeId first_neuron) {
  std::vector<NodeId> result;
  for (std::uint32_t n = first_neuron.value(); n < lines.of_node.keys(); ++n) {
    const auto axons = static_cast<std::int64_t>(lines.of_node[NodeId(n)].size());
    const bool memory = !limits.row_bits.empty() && axons * limits.bits(1) > limits.memory_bits;
    if (axons > limits.axons || memory) result.push_back(NodeId(n));
  }
  return result;
}

Clusters pack_sequential(const Lines& lines, const CoreLimits& limits, NodeId first_neuron) {
  CoreLoads loads(lines, limits);
  CoreId core = kNoCore;
  for (std::uint32_t n = first_neuron.value(); n < lines.of_node.keys(); ++n) {
    if (core == kNoCore || !loads.fits(loads.cost(NodeId(n), core), core)) core = loads.open();
    loads.place(NodeId(n), core);
  }
  return clusters_of(loads, lines);
}

Clusters pack_by_growth(const Lines& lines, const CoreLimits& limits, NodeId first_neuron,
                        const GrowParams& params) {
  CoreLoads loads(lines, limits);
  std::vector<NodeId> neurons;
  for (std::uint32_t n = first_neuron.value(); n < lines.of_node.keys(); ++n) neurons.push_back(NodeId(n));
  grow_cores(loads, lines, limits, neurons, params);
  return clusters_of(loads, lines);
}

}  // namespace weft::mapping
