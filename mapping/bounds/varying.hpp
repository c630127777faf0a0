// Which values can differ between frames.
#pragma once

#include <vector>

#include "mapping/graph/neuron_graph.hpp"

namespace weft::mapping {

// By node. What does not vary may be folded into biases, with its synapses.
std::vector<char> find_varying(const NeuronGraph& graph);

}  // namespace weft::mapping
