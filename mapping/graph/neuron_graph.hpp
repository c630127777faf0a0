// The network as the mapper sees it: single neurons, their synapses, and the step in which each one updates.
//
// Nodes are numbered by population: first the network's inputs, then every neuron, a population's partial
// sums before the sums that read them. An edge never leads to an earlier population. A node of level t
// updates t steps after its frame came in (inputs: 0), so the delay of an edge is the difference of two
// levels, and all paths into a node are equally long by construction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/graph/csr.hpp"
#include "model/fabric/image.hpp"
#include "model/network/fixed_network.hpp"

namespace weft::mapping {

using NodeId = StrongId<struct NodeTag>;

struct Synapse {
  NodeId source;
  std::int16_t weight = 0;
};

// What the messages to people call a population, and how late it is in the source network.
struct GraphPopulation {
  std::string name;
  int arrival = 0;          // total delay from the inputs in the FixedNetwork
  std::uint32_t first = 0;  // nodes [first, last)
  std::uint32_t last = 0;
  Shape shape;  // of the FixedNetwork's; an origin's `index` counts through it
};

struct NeuronGraph {
  std::uint32_t inputs = 0;                  // nodes [0, inputs) are the inputs; they have no synapses
  std::vector<GraphPopulation> populations;  // of the FixedNetwork, by its ids
  IdVector<NodeId, NeuronConfig>
      configs;                    // key unset; of an input only `minimum`, `maximum` and `origin` count
  Csr<NodeId, Synapse> synapses;  // ascending sources, no source twice, no weight zero
  // Partial sums that are added to a neuron's sum, without axons (core.native_sums); ascending. No keys at
  // all: nobody has any.
  Csr<NodeId, NodeId> added;
  IdVector<NodeId, int> stages;  // 0, or how many partial sums come before within the population
  IdVector<NodeId, int> levels;  // set by assign_levels()
  std::vector<NodeId> outputs;   // the node of each output; all of one level
  std::vector<std::vector<std::int32_t>> tables;
  std::vector<SpikeRule> spike_rules;  // `table` of a spiking neuron's config is an index into this
  ValueFormat input_format;

  Range<NodeId> added_to(NodeId node) const { return added.keys() == 0 ? Range<NodeId>() : added[node]; }
  std::size_t nodes() const { return configs.size(); }
  std::size_t neurons() const { return configs.size() - inputs; }
  bool is_input(NodeId node) const { return node.value() < inputs; }
  NodeId first_neuron() const { return NodeId(inputs); }
  int delay(NodeId source, NodeId target) const { return levels[target] - levels[source]; }
  int depth_steps() const { return outputs.empty() ? 0 : levels[outputs.front()]; }
  std::uint32_t population_of(NodeId node) const { return configs[node].origin.population; }
};

// "fc1[3]", or "fc1[3] part 2" for a partial sum.
std::string node_name(const NeuronGraph& graph, NodeId node);

// What a pass that makes all nodes anew starts from: inputs, populations, tables and rules, as they are.
NeuronGraph without_nodes(const NeuronGraph& graph);

// As early as possible: a population starts when its last source has arrived, no edge gets shorter than in
// the FixedNetwork, the nodes of a population differ by their stages alone.
void assign_levels(NeuronGraph& graph);

}  // namespace weft::mapping
