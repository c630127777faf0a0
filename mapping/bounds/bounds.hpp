// What no mapping of a network can do without.
#pragma once

#include <cstdint>

#include "mapping/graph/neuron_graph.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// Cores that each resource needs by itself.
struct CoresFor {
  std::int64_t neurons = 0, axons = 0, synapses = 0, memory = 0;
  std::int64_t parting = 0;  // axons and neurons, with those that parted neurons take (whole_bound.hpp)
};

// For any mapping in which each synapse of the network is one synapse of one core. Constant hidden neurons
// and what they feed are left out, since a mapper may fold them into biases.
struct Bounds {
  // Sum over neurons of max(1, ceil(fan-in / A)): a core's neuron has at most A synapses. Units, whose sums
  // are trees of neurons with F synapses each: of max(1, ceil((fan-in - 1) / (F - 1))).
  std::int64_t neurons = 0;
  // Sum over sources of ceil(fan-out / N), since an axon has at most N synapses; and one for each partial sum
  // beyond a neuron's first, which the neuron, or whoever reads it, has to hear (unless sums are native).
  std::int64_t axons = 0;
  std::int64_t synapses = 0;
  std::int64_t memory_bits = 0;  // Memory cores: synapses at the price of the best row
  CoresFor cores_for;
  std::int64_t cores = 0;        // the largest of these
  std::int64_t whole_cores = 0;  // for any mapping without partial sums (0: nothing is known)
  // The tiles that so many cores fill, less the parts of the network that have nothing to do with each other:
  // the trees of a part join the tiles of its cores (and ports), and to join n tiles takes n - 1 links.
  std::int64_t links = 0;
  // Links of all trees: sum over sources of the tiles that its axons take, less the source's own.
  std::int64_t tree_links = 0;
};
Bounds lower_bounds(const NeuronGraph& graph, const CoreSpec& core, int cores_per_tile = 1);

}  // namespace weft::mapping
