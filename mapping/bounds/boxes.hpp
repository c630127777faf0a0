// How many neurons of a convolution one core can hold whole, at most.
#pragma once

#include "mapping/bounds/together.hpp"
#include "mapping/graph/neuron_graph.hpp"

namespace weft::mapping {

// Of a population (`reads`: what each node reads): one entry for each population in which its nodes read
// boxes of rows and columns, all channels of them; only the largest boxes count, so that those that an edge
// cuts off are left out. At most `neurons` of them that read at most `axons` nodes together.
//
// Isoperimetric: boxes of h x w at m places of a lattice of sy x sx cover at least
// (sqrt(m sy sx) + sqrt((h - sy) (w - sx)))^2 rows and columns (Brunn and Minkowski, for the union of cells
// and a rectangle), so that a core's axons allow only so many places.
std::vector<Together> together_by_boxes(const NeuronGraph& graph, const Csr<NodeId, NodeId>& reads,
                                        const GraphPopulation& population, std::int64_t axons,
                                        std::int64_t neurons);

}  // namespace weft::mapping
