// Axon lines: what an axon of a core carries is one source's value after one delay.
#pragma once

#include "mapping/graph/csr.hpp"
#include "mapping/graph/neuron_graph.hpp"

namespace weft::mapping {

using LineId = StrongId<struct LineTag>;

struct Line {
  NodeId source;
  int delay = 1;
};

struct Lines {
  IdVector<LineId, Line> lines;  // ascending (source, delay)
  Csr<NodeId, LineId> of_node;   // the lines a neuron reads, ascending, in the order of its synapses
  Csr<LineId, NodeId> readers;   // the neurons that read a line, ascending
  // Neurons of different regions must not share a core; empty: they all may.
  IdVector<NodeId, std::uint16_t> region_of;

  std::uint16_t region(NodeId node) const { return region_of.empty() ? std::uint16_t{0} : region_of[node]; }
};

Lines find_lines(const NeuronGraph& graph);

}  // namespace weft::mapping
