// What the partial sums of a population have in common: which of its sources go together.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/graph/neuron_graph.hpp"

namespace weft::mapping {

// How the sources are shared out among groups of at most core.axons.
enum class Grouping {
  Balanced,   // groups of equal size
  Full,       // full groups and a small last one
  FullDirect  // the same, but the sums read what the last one would hold (the sources with fewest readers)
              // themselves, unless that leaves too few axons for partial sums
};

struct SourceGroups {
  static constexpr std::uint32_t kNone = 0xffffffffu;

  std::vector<NodeId> sources;          // ascending: all that the neurons read
  std::vector<std::uint32_t> group_of;  // by position in `sources`
  std::uint32_t count = 0;
  std::uint32_t direct = kNone;  // the group that sums read themselves, at most half a core's axons, or
                                 // all where sums are native

  std::size_t position(NodeId source) const;
  // A neuron's synapses by group.
  std::vector<std::vector<Synapse>> sorted_out(Range<Synapse> synapses) const;
};

SourceGroups make_groups(const NeuronGraph& graph, const std::vector<NodeId>& neurons, std::uint32_t axons,
                         Grouping grouping, bool native_sums);

}  // namespace weft::mapping
