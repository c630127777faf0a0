// Each bound counts one resource. `graph` is the network before splitting: a split only adds neurons and
// axons.
#include "mapping/bounds/bounds.hpp"
#include "mapping/bounds/ceil_div.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "mapping/bounds/varying.hpp"
#include "mapping/bounds/whole_bound.hpp"

namespace weft::mapping {
namespace {

// How many sets of neurons there are that no synapses join, directly or through inputs.
std::int64_t count_parts(const NeuronGraph& graph, const std::vector<char>& varying) {
  std::vector<std::uint32_t> parent(graph.nodes());
  std::iota(parent.begin(), parent.end(), 0u);
  const auto root = [&](std::uint32_t n) {
    while (parent[n] != n) n = parent[n] = parent[parent[n]];
    return n;
  };
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
      if (varying[synapse.source.index()]) parent[root(n)] = root(synapse.source.value());
    }
  }
  std::vector<char> seen(graph.nodes(), 0);
  std::int64_t parts = 0;
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    char& part = seen[root(n)];
    parts += part ? 0 : 1;
    part = 1;
  }
  return parts;
}

// Neurons that add up so many synapses. A tree of n units has n * F synapses, and each unit but the last
// takes up one of another's.
std::int64_t fewest_neurons(std::int64_t fan_in, const CoreSpec& core) {
  const std::int64_t most = most_fan_in(core);
  if (core.kind != CoreKind::Units) return std::max<std::int64_t>(1, ceil_div(fan_in, most));
  return std::max<std::int64_t>(1, ceil_div(fan_in - 1, std::max<std::int64_t>(1, most - 1)));
}

}  // namespace

Bounds lower_bounds(const NeuronGraph& graph, const CoreSpec& core, int cores_per_tile) {
  const std::vector<char> varying = find_varying(graph);
  std::vector<std::int64_t> fan_out(graph.nodes(), 0);
  std::vector<char> needed(graph.nodes(), 0);
  for (NodeId output : graph.outputs) needed[output.index()] = 1;
  Bounds bounds;
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    std::int64_t fan_in = 0;
    for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
      if (!varying[synapse.source.index()]) continue;
      ++fan_in;
      ++fan_out[synapse.source.index()];
    }
    bounds.synapses += fan_in;
    if (fan_in == 0 && !needed[n]) continue;
    const std::int64_t parts = fewest_neurons(fan_in, core);
    bounds.neurons += parts;
    if (!core.native_sums) bounds.axons += parts - 1;
  }
  for (std::int64_t count : fan_out) {
    const std::int64_t axons = ceil_div(count, core.neurons);
    bounds.axons += axons;
    bounds.tree_links += std::max<std::int64_t>(0, ceil_div(axons, cores_per_tile) - 1);
  }

  bounds.cores_for.neurons = ceil_div(bounds.neurons, core.neurons);
  bounds.cores_for.axons = ceil_div(bounds.axons, core.axons);
  bounds.cores_for.synapses = ceil_div(bounds.synapses, std::int64_t{most_fan_in(core)} * core.neurons);
  const WholeNodes whole = find_whole(graph, core, varying);
  bounds.cores_for.parting = parted_cores_bound(whole, core, bounds.axons, bounds.neurons);
  bounds.whole_cores = whole_cores_bound(whole.neurons);
  if (core.kind == CoreKind::Memory) {
    // The row length with fewest bits per synapse, as a fraction: bits / length.
    std::int64_t bits = row_memory_bits(core, 1), length = 1;
    for (int n = 2; n <= core.neurons; ++n) {
      const std::int64_t row = row_memory_bits(core, n);
      if (row * length < bits * n) {
        bits = row;
        length = n;
      }
    }
    for (std::int64_t count : fan_out) bounds.memory_bits += ceil_div(count * bits, length);
    bounds.cores_for.memory = ceil_div(bounds.memory_bits, core.synapse_memory_bits);
  }
  const CoresFor& each = bounds.cores_for;
  bounds.cores = std::max({each.neurons, each.axons, each.synapses, each.memory, each.parting});
  bounds.links =
      std::max<std::int64_t>(0, ceil_div(bounds.cores, cores_per_tile) - count_parts(graph, varying));
  return bounds;
}

}  // namespace weft::mapping
