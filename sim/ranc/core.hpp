// A RANC core with its scheduler (TIMING.md, sections 2 and 4). Its work in a tick is a fixed schedule, so
// all neurons are computed when the first one looks at its axons, and the core is then visited only in cycles
// in which it fires, tries to, or clears. A packet for the very slot that is being read changes what is left
// of the schedule. Invariant: between visits, sums_ and fires_ hold what the hardware would find if no
// further packet came.
#pragma once

#include <cstdint>
#include <vector>

#include "model/ranc/ranc_network.hpp"
#include "sim/ranc/event.hpp"

namespace weft::sim {

class RancCoreUnit {
 public:
  // The network must outlive the unit.
  RancCoreUnit(const RancNetwork& network, std::uint32_t tile);

  // What the core did at the rising edge of a cycle.
  struct Act {
    bool fired = false;
    std::uint32_t neuron = 0;
  };

  // The pulse of a tick at the rising edge of `cycle`: false if the core still works, and so misses it.
  // After visit(cycle), before write(cycle).
  bool pulse(std::uint64_t cycle);
  // The next cycle to visit; kRancNever while idle, or while blocked.
  std::uint64_t next() const { return next_; }
  // The rising edge of next(). `local_full`: before this edge.
  Act visit(std::uint64_t cycle, bool local_full);
  // While blocked: the FIFO is no longer full after the rising edge of `cycle`.
  void unblock(std::uint64_t cycle);
  // A packet is written into the scheduler at the rising edge of `cycle`.
  void write(std::uint64_t cycle, std::uint32_t axon, std::uint32_t offset);

  // The core's cycles since the last call, as seen at the end of cycle `end` - 1.
  RancTileTime take_time(std::uint64_t end);

  bool idle() const { return phase_ == Phase::Idle; }
  const std::vector<std::int32_t>& potentials() const { return after_; }  // after the last finished tick

 private:
  enum class Phase : std::uint8_t { Idle, Begin, Run, Blocked, Clear };

  std::uint64_t* slot(std::uint32_t index) { return slots_.data() + index * words_; }
  std::uint64_t look_cycle(std::uint32_t neuron) const {  // at its axon 0
    return first_look_ + std::uint64_t{neuron - first_neuron_} * period_;
  }
  void begin(std::uint64_t cycle);
  void decide(std::uint32_t first);
  void plan();
  void count_until(std::uint64_t cycle);

  const RancCore& core_;
  std::uint32_t axons_, neurons_, words_, period_;
  std::vector<std::uint64_t> masks_;  // [4][words]
  std::vector<std::uint64_t> slots_;  // [kRancSlots][words]
  std::vector<std::int32_t> before_, sums_, after_;
  std::vector<std::uint64_t> fires_;  // a bit per neuron
  std::uint32_t read_ = kRancSlots - 1;

  Phase phase_ = Phase::Idle;
  std::uint64_t next_;
  std::uint32_t first_neuron_ = 0;  // from here on the schedule has no further stall, as far as known
  std::uint64_t first_look_ = 0;    // first_neuron_ looks at axon 0
  std::uint32_t firing_ = 0;        // the neuron to fire at next_
  std::uint64_t cleared_;           // the rising edge of the last clearing

  std::uint64_t counted_ = 0;  // busy and stalled cycles before this one are in time_
  RancTileTime time_;
};

}  // namespace weft::sim
