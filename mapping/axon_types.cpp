// Types are found core by core once the cores are packed. Invariant: what assign_axon_types() returns gives
// each neuron one weight per type.
#include "mapping/axon_types.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

// How many of the axon's neurons have its weight for the type already; none if one of them has another.
int agreement(const CoreImage& core, std::size_t axon, const std::vector<std::int16_t>& weights) {
  int agree = 0;
  for (std::uint32_t s = core.row_begin[axon]; s < core.row_begin[axon + 1]; ++s) {
    const std::int16_t has = weights[core.neuron[s]];
    if (has != 0 && has != core.weight[s]) return -1;
    agree += has != 0 ? 1 : 0;
  }
  return agree;
}

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
  const auto axons = static_cast<std::size_t>(core.axons());
  std::vector<std::size_t> order(axons);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto length = [&](std::size_t axon) { return core.row_begin[axon + 1] - core.row_begin[axon]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return length(a) > length(b); });
  // By type and neuron; 0: none yet.
  std::vector<std::vector<std::int16_t>> weights(static_cast<std::size_t>(types),
                                                 std::vector<std::int16_t>(core.neurons.size(), 0));
  std::vector<std::uint8_t> type_of(axons);
  for (const std::size_t axon : order) {
    int best = -1;
    std::size_t chosen = 0;
    for (std::size_t type = 0; type < weights.size(); ++type) {
      const int agree = agreement(core, axon, weights[type]);
      if (agree <= best) continue;
      best = agree;
      chosen = type;
    }
    if (best < 0) return {};
    type_of[axon] = static_cast<std::uint8_t>(chosen);
    for (std::uint32_t s = core.row_begin[axon]; s < core.row_begin[axon + 1]; ++s)
      weights[chosen][core.neuron[s]] = core.weight[s];
  }
  return type_of;
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
