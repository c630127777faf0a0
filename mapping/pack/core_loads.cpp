// Counters by line and core, kept as short lists at the lines.
#include "mapping/pack/core_loads.hpp"

#include <algorithm>
#include <utility>

namespace weft::mapping {

CoreLimits core_limits(const CoreSpec& core) {
  CoreLimits limits;
  limits.axons = core.axons;
  limits.neurons = core.neurons;
  if (core.kind == CoreKind::Memory) {
    limits.memory_bits = core.synapse_memory_bits;
    // One more than fits: cost() also asks for a core whose every neuron reads the line already.
    for (int n = 0; n <= core.neurons + 1; ++n)
      limits.row_bits.push_back(n == 0 ? 0 : row_memory_bits(core, n));
    for (std::size_t n = 1; n < limits.row_bits.size(); ++n) {
      limits.most_added_bits = std::max(limits.most_added_bits, limits.row_bits[n] - limits.row_bits[n - 1]);
    }
  }
  if (core.kind != CoreKind::Memory)
    limits.axon_time = std::max<std::int64_t>(1, 100 * std::int64_t{core.row_cycles} / rows_at_once(core));
  limits.neuron_time = std::max(1, 100 / updates_at_once(core));
  return limits;
}

CoreLoads::CoreLoads(const Lines& lines, const CoreLimits& limits)
    : lines_(lines), limits_(limits), uses_(lines.lines.size()), core_of_(lines.of_node.keys(), kNoCore) {}

CoreLoads::CoreLoads(const Lines& lines, const CoreLimits& limits, const IdVector<NodeId, CoreId>& packing)
    : CoreLoads(lines, limits) {
  for (std::uint32_t n = 0; n < packing.size(); ++n) {
    const CoreId core = packing[NodeId(n)];
    if (core == kNoCore) continue;
    while (cores() <= core.index()) open();
    place(NodeId(n), core);
  }
}

CoreId CoreLoads::open() {
  while (!emptied_.empty()) {
    const CoreId core = emptied_.back();
    emptied_.pop_back();
    if (loads_[core].neurons == 0) return core;
  }
  saved_.push_back({});
  return loads_.push_back({});
}

void CoreLoads::place(NodeId node, CoreId core) {
  CoreLoad& load = loads_[core];
  for (LineId line : lines_.of_node[node]) {
    std::vector<Use>& uses = uses_[line];
    auto use = find(uses, core);
    if (use == uses.end()) {
      uses.push_back({core, 0});
      use = uses.end() - 1;
      ++load.axons;
      ++total_axons_;
    }
    load.bits += limits_.bits(use->readers + 1) - limits_.bits(use->readers);
    ++use->readers;
  }
  if (load.neurons++ == 0) {
    ++used_cores_;
    load.region = lines_.region(node);
  }
  core_of_[node] = core;
}

void CoreLoads::remove(NodeId node) {
  const CoreId core = core_of_[node];
  CoreLoad& load = loads_[core];
  for (LineId line : lines_.of_node[node]) {
    std::vector<Use>& uses = uses_[line];
    const auto use = find(uses, core);
    load.bits += limits_.bits(use->readers - 1) - limits_.bits(use->readers);
    if (--use->readers == 0) {
      *use = uses.back();
      uses.pop_back();
      --load.axons;
      --total_axons_;
    }
  }
  if (--load.neurons == 0) {
    --used_cores_;
    emptied_.push_back(core);
  }
  core_of_[node] = kNoCore;
}

CoreLoad CoreLoads::cost(NodeId node, CoreId core) const {
  CoreLoad cost;
  cost.neurons = 1;
  cost.region = lines_.region(node);
  for (LineId line : lines_.of_node[node]) {
    const auto use = find(uses_[line], core);
    const std::uint32_t readers = use == uses_[line].end() ? 0 : use->readers;
    cost.axons += readers == 0 ? 1 : 0;
    cost.bits += limits_.bits(readers + 1) - limits_.bits(readers);
  }
  return cost;
}

bool CoreLoads::fits(const CoreLoad& cost, CoreId core) const {
  const CoreLoad& load = loads_[core];
  if (load.neurons > 0 && load.region != cost.region) return false;
  return load.neurons + cost.neurons <= limits_.neurons && load.axons + cost.axons <= limits_.axons &&
         (limits_.row_bits.empty() || load.bits + cost.bits <= limits_.memory_bits);
}

CoreLoad CoreLoads::cost_alone(NodeId node) {
  CoreLoad alone;
  alone.neurons = 1;
  alone.region = lines_.region(node);
  const std::int64_t first_bits = limits_.bits(1);
  for (LineId line : lines_.of_node[node]) {
    ++alone.axons;
    alone.bits += first_bits;
    for (const Use& use : uses_[line]) {
      CoreLoad& saved = saved_[use.core];
      ++saved.axons;
      saved.bits += first_bits - (limits_.bits(use.readers + 1) - limits_.bits(use.readers));
    }
  }
  return alone;
}

template <class Rank>
CoreId CoreLoads::lowest(NodeId node, bool empty_too, Rank rank) {
  const CoreLoad alone = cost_alone(node);
  CoreId best = kNoCore;
  std::pair<std::int64_t, std::int64_t> best_rank;
  for (std::uint32_t c = 0; c < loads_.size(); ++c) {
    const CoreId core(c);
    CoreLoad cost = alone;
    cost.axons -= saved_[core].axons;
    cost.bits -= saved_[core].bits;
    saved_[core] = {};
    if ((!empty_too && loads_[core].neurons == 0) || !fits(cost, core)) continue;
    const std::pair<std::int64_t, std::int64_t> now = rank(cost, loads_[core]);
    if (best != kNoCore && now >= best_rank) continue;
    best = core;
    best_rank = now;
  }
  return best;
}

CoreId CoreLoads::best_core(NodeId node) {
  return lowest(node, false, [](const CoreLoad& cost, const CoreLoad& load) {
    return std::make_pair(cost.axons, -load.axons);
  });
}

CoreId CoreLoads::calmest_core(NodeId node) {
  return lowest(node, true, [&](const CoreLoad& cost, const CoreLoad& load) {
    const std::int64_t before = step_cycles(load, limits_);
    const std::int64_t after = step_cycles({load.axons + cost.axons, load.neurons + cost.neurons}, limits_);
    return std::make_pair(after * after - before * before, cost.axons);
  });
}

}  // namespace weft::mapping
