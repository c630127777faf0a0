// One copy of the graph in which a split neuron's place is taken by its parts, and readers are told so.
//
// Invariant: each reader's potential is the same for all inputs, since no part can reach its clamps; that the
// larger sum of magnitudes still fits 32 bits is proved reader by reader.
#include "mapping/split/hand_on.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include "mapping/split/partial_sum.hpp"
#include "model/network/neurons/neuron_model.hpp"

namespace weft::mapping {
namespace {

class Handing {
 public:
  Handing(const NeuronGraph& graph, const CoreSpec& core, const std::vector<HandOn>& populations)
      : old_(graph), core_(core), populations_(populations), heirs_(graph.nodes()) {}

  HandedOn run() {
    NeuronGraph& graph = result_.graph;
    graph = without_nodes(old_);
    for (std::uint32_t p = 0; p < old_.populations.size(); ++p) {
      graph.populations[p].first = static_cast<std::uint32_t>(graph.nodes());
      hand_on(p);
      graph.populations[p].last = static_cast<std::uint32_t>(graph.nodes());
    }
    for (NodeId output : old_.outputs) graph.outputs.push_back(heirs_[output].front());
    assign_levels(graph);
    prove_potentials();
    return std::move(result_);
  }

 private:
  std::vector<NodeId> choose(std::uint32_t p) const {
    std::vector<NodeId> wide;
    if (p >= populations_.size() || !populations_[p].on) return wide;
    for (std::uint32_t n = old_.populations[p].first; n < old_.populations[p].last; ++n) {
      const auto fan_in = static_cast<int>(old_.synapses[NodeId(n)].size());
      if (fan_in > most_fan_in(core_) || (populations_[p].all && fan_in > 1)) wide.push_back(NodeId(n));
    }
    return wide;
  }

  void hand_on(std::uint32_t p) {
    const std::vector<NodeId> wide = choose(p);
    if (!wide.empty()) {
      const auto axons = static_cast<std::uint32_t>(most_fan_in(core_));
      const SourceGroups groups = make_groups(old_, wide, axons, populations_[p].grouping, false);
      std::vector<std::vector<std::vector<Synapse>>> by_group;
      for (NodeId node : wide) by_group.push_back(groups.sorted_out(old_.synapses[node]));
      for (std::uint32_t g = 0; g < groups.count; ++g) {
        for (std::size_t i = 0; i < wide.size(); ++i) {
          const std::vector<Synapse>& part = by_group[i][g];
          if (part.size() == old_.synapses[wide[i]].size()) continue;  // it stays whole
          if (!part.empty()) add_part(wide[i], renamed({part.data(), part.data() + part.size()}));
        }
      }
    }
    for (std::uint32_t n = old_.populations[p].first; n < old_.populations[p].last; ++n) {
      if (!heirs_[NodeId(n)].empty()) continue;
      heirs_[NodeId(n)].push_back(
          add(old_.configs[NodeId(n)], renamed(old_.synapses[NodeId(n)]), old_.stages[NodeId(n)]));
    }
  }

  std::vector<Synapse> renamed(Range<Synapse> synapses) const {
    std::vector<Synapse> result;
    for (const Synapse& synapse : synapses) {
      for (NodeId heir : heirs_[synapse.source]) result.push_back({heir, synapse.weight});
    }
    std::sort(result.begin(), result.end(),
              [](const Synapse& a, const Synapse& b) { return a.source < b.source; });
    return result;
  }

  NodeId add(const NeuronConfig& config, const std::vector<Synapse>& synapses, int stage) {
    NeuronGraph& graph = result_.graph;
    for (const Synapse& synapse : synapses) graph.synapses.add(synapse);
    const NodeId id = graph.synapses.close();
    graph.configs.push_back(config);
    graph.stages.push_back(stage);
    return id;
  }

  void add_part(NodeId whole, const std::vector<Synapse>& synapses) {
    std::vector<NodeId>& parts = heirs_[whole];
    const std::int32_t bias = parts.empty() ? old_.configs[whole].bias : 0;
    const SumRange range = range_of_sum(synapses, result_.graph.configs, bias);
    NeuronConfig config;
    config.bias = bias;
    config.origin = old_.configs[whole].origin;
    config.origin.part = static_cast<std::uint32_t>(parts.size() + 1);
    const int bits = signed_bits(range);
    if (bits > core_.value_bits) {
      result_.problems.push_back("neuron " + node_name(old_, whole) + " needs " + std::to_string(bits) +
                                 " bits of partial sum, core.value_bits is " +
                                 std::to_string(core_.value_bits));
    } else {
      config.minimum = static_cast<std::int32_t>(range.low);
      config.maximum = static_cast<std::int32_t>(range.high);
    }
    ++result_.partial_sums;
    parts.push_back(add(config, synapses, old_.stages[whole]));
  }

  // Parts may be large where their sum is small.
  void prove_potentials() {
    const NeuronGraph& graph = result_.graph;
    for (std::uint32_t n = graph.inputs; n < graph.nodes() && result_.problems.empty(); ++n) {
      const NeuronConfig& config = graph.configs[NodeId(n)];
      bool reads_parts = false;
      std::int64_t largest = std::abs(std::int64_t{config.bias}) +
                             (config.shift > 0 ? std::int64_t{1} << (config.shift - 1) : 0);
      for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
        const NeuronConfig& source = graph.configs[synapse.source];
        reads_parts = reads_parts || source.origin.part > 0;
        largest += std::abs(std::int64_t{synapse.weight}) *
                   std::max(std::abs(std::int64_t{source.minimum}), std::abs(std::int64_t{source.maximum}));
      }
      if (!reads_parts || largest <= std::numeric_limits<std::int32_t>::max()) continue;
      result_.problems.push_back("the potential of neuron " + node_name(graph, NodeId(n)) + " could reach " +
                                 std::to_string(largest) +
                                 " from partial sums handed on to it, 32 bits hold 2147483647");
    }
  }

  const NeuronGraph& old_;
  const CoreSpec& core_;
  const std::vector<HandOn>& populations_;
  IdVector<NodeId, std::vector<NodeId>> heirs_;  // who is read in a node's place: itself, or its parts
  HandedOn result_;
};

}  // namespace

bool can_hand_on(const NeuronGraph& graph, std::uint32_t population) {
  const GraphPopulation& record = graph.populations[population];
  if (record.first < graph.inputs || record.first == record.last) return false;
  for (std::uint32_t n = record.first; n < record.last; ++n) {
    const NeuronConfig& config = graph.configs[NodeId(n)];
    if (config.model != NeuronModel::Linear || config.shift != 0) return false;
    const Range<Synapse> synapses = graph.synapses[NodeId(n)];
    const SumRange range = range_of_sum({synapses.begin(), synapses.end()}, graph.configs, config.bias);
    if (range.low < config.minimum || range.high > config.maximum) return false;
  }
  for (NodeId output : graph.outputs) {
    if (graph.population_of(output) == population) return false;
  }
  for (std::uint32_t n = record.last; n < graph.nodes(); ++n) {
    if (!is_spiking(graph.configs[NodeId(n)].model)) continue;
    for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
      if (graph.population_of(synapse.source) == population) return false;
    }
  }
  return true;
}

HandedOn hand_on(const NeuronGraph& graph, const CoreSpec& core, const std::vector<HandOn>& populations) {
  return Handing(graph, core, populations).run();
}

}  // namespace weft::mapping
