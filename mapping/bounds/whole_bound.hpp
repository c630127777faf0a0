// Cores that neurons need which stay whole, and what it costs that not all can.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/bounds/together.hpp"
#include "mapping/graph/lines.hpp"
#include "mapping/graph/neuron_graph.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// By population: some sets of its neurons, of which only so many are whole in one core.
using WholeNeurons = std::vector<std::vector<Together>>;
// Neurons that are whole where all that they read is; sources that are whole where all that read them are.
struct WholeNodes {
  WholeNeurons neurons, sources;
};
// None on units, whose synapses are their neurons' own, and of nets of more than 5 million synapses.
WholeNodes find_whole(const NeuronGraph& graph, const CoreSpec& core, const std::vector<char>& varying);

// For any mapping without partial sums: neurons by how many a core holds, the largest over all sets (0: there
// is none).
std::int64_t whole_cores_bound(const WholeNeurons& whole);

// For any mapping. With K cores at most K * most of a set's neurons are whole. Each of the others is parted
// between cores, which takes another neuron, and an axon where its partial sum is heard (none where sums are
// native). Likewise each source that is not whole has axons in two cores. `axons` and `neurons` count what
// there is at least, each node that is in a set once; the smallest K that has room for these and for what is
// parted.
std::int64_t parted_cores_bound(const WholeNodes& whole, const CoreSpec& core, std::int64_t axons,
                                std::int64_t neurons);

// Given these neurons and partial sums, each of them in one core: by lines, neurons and overlaps.
std::int64_t packing_bound(const Lines& lines, NodeId first_neuron, const CoreSpec& core);

}  // namespace weft::mapping
