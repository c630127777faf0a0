// How many neurons of a convolution one core can hold whole, at most.
#pragma once

#include "mapping/bounds/together.hpp"
#include "mapping/graph/neuron_graph.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// Of a population: one entry for each population in which its neurons read boxes of rows and columns, all
// channels of them; only the largest boxes count, so that those that an edge cuts off are left out, and only
// boxes whose sources all `vary`.
//
// Isoperimetric: boxes of h x w at m places of a lattice of sy x sx cover at least
// (sqrt(m sy sx) + sqrt((h - sy) (w - sx)))^2 rows and columns (Brunn and Minkowski, for the union of cells
// and a rectangle), so that a core's axons allow only so many places.
std::vector<Together> together_by_boxes(const NeuronGraph& graph, const CoreSpec& core,
                                        const GraphPopulation& population, const std::vector<char>& varying);

}  // namespace weft::mapping
