// How full each core is while neurons come and go, and what one more neuron would cost it.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/graph/lines.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

using CoreId = StrongId<struct CoreTag>;  // a core in use, before it has a tile
constexpr CoreId kNoCore = CoreId(0xffffffffu);

// The bounds of one core.
struct CoreLimits {
  std::int64_t axons = 0;
  std::int64_t neurons = 0;
  std::int64_t memory_bits = 0;        // no bound where row_bits is empty
  std::vector<std::int64_t> row_bits;  // by the number of synapses in a row; empty for a crossbar
  std::int64_t most_added_bits = 0;    // that one more synapse can add to a row
  std::int64_t axon_time = 100;        // hundredths of a cycle that an active axon takes in a step, at least
  std::int64_t neuron_time = 100;      // and a neuron

  std::int64_t bits(std::size_t synapses) const { return row_bits.empty() ? 0 : row_bits[synapses]; }
};
CoreLimits core_limits(const CoreSpec& core);

struct CoreLoad {
  std::int64_t axons = 0, neurons = 0, bits = 0;
  std::uint16_t region = 0;  // of its neurons
};

// Cycles of a step in which all axons are active.
inline std::int64_t step_cycles(const CoreLoad& load, const CoreLimits& limits) {
  return (load.axons * limits.axon_time + load.neurons * limits.neuron_time) / 100;
}

// Invariant: a line's uses are the cores that hold one of its readers, each with the number of these readers;
// so a neuron's cost in every core at once takes one walk over the uses of its lines.
class CoreLoads {
 public:
  CoreLoads(const Lines& lines, const CoreLimits& limits);
  // Filled as a packing says: the core of each neuron, or none.
  CoreLoads(const Lines& lines, const CoreLimits& limits, const IdVector<NodeId, CoreId>& packing);

  CoreId open();  // an empty core; the caller places something there at once
  std::size_t cores() const { return loads_.size(); }
  const CoreLoad& load(CoreId core) const { return loads_[core]; }
  CoreId core_of(NodeId node) const { return core_of_[node]; }
  std::int64_t total_axons() const { return total_axons_; }
  std::int64_t used_cores() const { return used_cores_; }

  void place(NodeId node, CoreId core);
  void remove(NodeId node);

  // Axons (and bits of memory) that the neuron would add to this core.
  CoreLoad cost(NodeId node, CoreId core) const;
  bool fits(const CoreLoad& cost, CoreId core) const;
  // The core where the neuron fits and adds fewest axons; among equals the fullest, then the first. kNoCore:
  // none.
  CoreId best_core(NodeId node);
  // The core, empty ones too, where the neuron fits and adds least to the sum of squared step_cycles().
  CoreId calmest_core(NodeId node);

 private:
  // What the neuron would add to a core that has none of its lines; saved_ is filled with what others have
  // already.
  CoreLoad cost_alone(NodeId node);
  // The fitting core with the smallest value of rank(core, cost, load).
  template <class Rank>
  CoreId lowest(NodeId node, bool empty_too, Rank rank);

  struct Use {
    CoreId core;
    std::uint32_t readers = 0;
  };
  // From the end: the core that is being filled came last.
  template <class Uses>
  static auto find(Uses& uses, CoreId core) {
    auto use = uses.end();
    while (use != uses.begin()) {
      if ((--use)->core == core) return use;
    }
    return uses.end();
  }

  const Lines& lines_;
  const CoreLimits& limits_;
  IdVector<LineId, std::vector<Use>> uses_;
  IdVector<CoreId, CoreLoad> loads_;
  IdVector<NodeId, CoreId> core_of_;
  std::vector<CoreId> emptied_;  // may hold cores that were filled again
  std::int64_t total_axons_ = 0;
  std::int64_t used_cores_ = 0;
  IdVector<CoreId, CoreLoad> saved_;  // scratch of best_core(): what the neuron finds there already
};

}  // namespace weft::mapping
