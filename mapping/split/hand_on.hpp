// The other way to split a linear neuron: it vanishes, and its readers read its partial sums instead, each as
// a source of its own with the weight that the neuron had.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/graph/neuron_graph.hpp"
#include "mapping/split/split_groups.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// Whether a population's neurons are linear in all that can come in: without shift, never clamped, none of
// them an output, and heard by value neurons only (what a spiking one's potential can reach is proved
// otherwise). Then what a neuron adds to its reader is the sum of what its parts add, to the last bit.
bool can_hand_on(const NeuronGraph& graph, std::uint32_t population);

struct HandOn {
  bool on = false;
  bool all = false;  // also neurons that a core has axons enough for
  Grouping grouping = Grouping::Balanced;
};

struct HandedOn {
  NeuronGraph graph;
  std::int64_t partial_sums = 0;
  std::vector<std::string> problems;  // sums too wide for core.value_bits or for a reader's 32 bits
};

// `populations` by number, `on` only where can_hand_on(). Groups of sources are common to a population, as in
// split(). The first part has the neuron's bias. No step is added: parts update when the neuron would.
HandedOn hand_on(const NeuronGraph& graph, const CoreSpec& core, const std::vector<HandOn>& populations);

}  // namespace weft::mapping
