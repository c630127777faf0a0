// Cores whose weights are chosen by the axons' types (CoreSpec::axon_types), as TrueNorth's: a neuron has one
// weight for each type of axon, so its synapses on axons of one type must have one weight. And a limit on the
// axons that a neuron reaches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/graph/lines.hpp"
#include "mapping/graph/neuron_graph.hpp"
#include "mapping/pack/pack.hpp"
#include "model/fabric/image.hpp"

namespace weft::mapping {

// Throws Unacceptable where a neuron has more distinct weights than axons have types: it fits no core.
void require_few_weights(const NeuronGraph& graph, int types);

// A type for each axon of a core, or nothing if none were found. Finding out whether types exist is coloring
// a graph, so some are missed; as in the rule DSATUR (Brelaz, Comm. ACM 22(4), 1979) the axon with fewest
// types left chooses next, and it takes the type with which it agrees at most neurons.
std::vector<std::uint8_t> assign_axon_types(const CoreImage& core, int types);

// Throws Unacceptable where neurons reach more axons than `fan_out`, saying how many do.
void require_fan_out(const NeuronGraph& graph, const Lines& lines, const Clusters& clusters, int fan_out);

}  // namespace weft::mapping
