// Cores that a convolution needs where each neuron stays in one piece.
#pragma once

#include <cstdint>

#include "mapping/graph/neuron_graph.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// For any mapping without partial sums: the largest of what each population needs whose neurons read boxes of
// rows and columns, all channels of them (0: there is none). `graph` is the network before splitting.
//
// Isoperimetric: boxes of h x w at m places of a lattice of sy x sx cover at least
// (sqrt(m sy sx) + sqrt((h - sy) (w - sx)))^2 rows and columns (Brunn and Minkowski, for the union of cells
// and a rectangle), so that a core's axons allow only so many places. Boxes that an edge cuts off are left
// out.
std::int64_t whole_cores_bound(const NeuronGraph& graph, const CoreSpec& core);

}  // namespace weft::mapping
