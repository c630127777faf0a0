// Types are found core by core once the cores are packed. Invariant: what assign_axon_types() returns gives
// each neuron one weight per type.
#include "mapping/axon_types.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

// The choice of types as it goes on: which weight a neuron has for a type is settled by the first axon of
// that type that it hears.
class TypeSearch {
 public:
  TypeSearch(const CoreImage& core, int types)
      : core_(core),
        weights_(static_cast<std::size_t>(types), std::vector<std::int16_t>(core.neurons.size(), 0)),
        agreement_(static_cast<std::size_t>(core.axons()),
                   std::vector<int>(static_cast<std::size_t>(types), 0)),
        chosen_(static_cast<std::size_t>(core.axons()), false),
        type_of_(static_cast<std::size_t>(core.axons()), 0) {}

  std::vector<std::uint8_t> run() {
    for (std::size_t left = type_of_.size(); left > 0; --left) {
      const std::size_t axon = most_constrained();
      const std::vector<int>& agreement = agreement_[axon];
      const auto best = std::max_element(agreement.begin(), agreement.end());
      if (*best < 0) return {};
      give(axon, static_cast<std::size_t>(best - agreement.begin()));
    }
    return type_of_;
  }

 private:
  std::uint32_t length(std::size_t axon) const { return core_.row_begin[axon + 1] - core_.row_begin[axon]; }

  // The axon with fewest types left, of these the one with the longest row.
  std::size_t most_constrained() const {
    std::size_t found = type_of_.size();
    std::ptrdiff_t fewest = 0;
    for (std::size_t axon = 0; axon < type_of_.size(); ++axon) {
      if (chosen_[axon]) continue;
      const auto left = std::count_if(agreement_[axon].begin(), agreement_[axon].end(),
                                      [](int agree) { return agree >= 0; });
      if (found != type_of_.size() && (left > fewest || (left == fewest && length(axon) <= length(found))))
        continue;
      found = axon;
      fewest = left;
    }
    return found;
  }

  void give(std::size_t axon, std::size_t type) {
    chosen_[axon] = true;
    type_of_[axon] = static_cast<std::uint8_t>(type);
    for (std::uint32_t s = core_.row_begin[axon]; s < core_.row_begin[axon + 1]; ++s)
      weights_[type][core_.neuron[s]] = core_.weight[s];
    for (std::size_t other = 0; other < type_of_.size(); ++other) {
      if (!chosen_[other] && agreement_[other][type] >= 0)
        agreement_[other][type] = agree(other, weights_[type]);
    }
  }

  // How many of the axon's neurons have its weight for a type already; -1 if one of them has another.
  int agree(std::size_t axon, const std::vector<std::int16_t>& weights) const {
    int same = 0;
    for (std::uint32_t s = core_.row_begin[axon]; s < core_.row_begin[axon + 1]; ++s) {
      const std::int16_t has = weights[core_.neuron[s]];
      if (has != 0 && has != core_.weight[s]) return -1;
      same += has != 0 ? 1 : 0;
    }
    return same;
  }

  const CoreImage& core_;
  std::vector<std::vector<std::int16_t>> weights_;  // by type and neuron; 0: not settled
  std::vector<std::vector<int>> agreement_;         // by axon and type; -1: not possible
  std::vector<bool> chosen_;
  std::vector<std::uint8_t> type_of_;
};

}  // namespace

void require_few_weights(const NeuronGraph& graph, int types) {
  std::int64_t too_many = 0;
  std::size_t most = 0;
  NodeId worst;
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    std::set<std::int16_t> weights;
    for (const Synapse& synapse : graph.synapses[NodeId(n)]) weights.insert(synapse.weight);
    if (weights.size() <= static_cast<std::size_t>(types)) continue;
    ++too_many;
    if (weights.size() <= most) continue;
    most = weights.size();
    worst = NodeId(n);
  }
  if (too_many == 0) return;
  throw Error(
      ErrorKind::Unacceptable,
      fmt::format(
          "{} neurons have more distinct weights than axons have types (core.axon_types = {}), {} the most, "
          "{}",
          too_many, types, node_name(graph, worst), most));
}

std::vector<std::uint8_t> assign_axon_types(const CoreImage& core, int types) {
  return TypeSearch(core, types).run();
}

void require_fan_out(const NeuronGraph& graph, const Lines& lines, const Clusters& clusters, int fan_out) {
  IdVector<NodeId, int> reached(graph.nodes(), 0);
  std::set<std::uint32_t> cores;
  for (std::uint32_t l = 0; l < lines.lines.size(); ++l) {
    cores.clear();
    for (const NodeId reader : lines.readers[LineId(l)]) cores.insert(clusters.core_of[reader].value());
    reached[lines.lines[LineId(l)].source] += static_cast<int>(cores.size());
  }
  std::int64_t too_many = 0;
  NodeId worst(graph.inputs);
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    if (reached[NodeId(n)] > fan_out) ++too_many;
    if (reached[NodeId(n)] > reached[worst]) worst = NodeId(n);
  }
  if (too_many == 0) return;
  throw Error(
      ErrorKind::Unacceptable,
      fmt::format(
          "{} of {} neurons reach more axons than core.fan_out = {}, {} the most, {} in as many cores or "
          "after as many delays",
          too_many, graph.neurons(), fan_out, node_name(graph, worst), reached[worst]));
}

}  // namespace weft::mapping
