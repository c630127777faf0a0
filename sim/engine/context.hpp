// What the functions of a cycle share: the program, the state, constants worked out once, and who is
// watching.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/fabric/event.hpp"
#include "model/fabric/link.hpp"
#include "sim/engine/program.hpp"
#include "sim/engine/rows.hpp"
#include "sim/engine/state.hpp"
#include "sim/stall_rule.hpp"

namespace weft::sim {

// Who is told about a cycle; looked at only by the watched variant of the functions. Events are gathered and
// told together, at the latest when the cycle is over.
class Watch {
 public:
  EventSink* events() const { return kTraced ? events_ : nullptr; }
  // Whoever was told before is told what is left.
  void set_events(EventSink* events) {
    flush();
    events_ = events;
    if (events != nullptr && gathered_.empty()) gathered_.resize(kMostGathered);
  }
  void flush() {
    if (!kTraced || count_ == 0) return;
    events_->tell(gathered_.data(), std::exchange(count_, 0));
  }

  void tell(std::uint64_t cycle, std::uint32_t tile, EventKind kind, std::uint32_t subject,
            std::int32_t value, std::uint32_t detail = 0, std::uint32_t core = 0) {
    if (events() == nullptr) return;
    Event& event = gathered_[count_];
    event.cycle = cycle;
    event.tile = TileId(tile);
    event.kind = kind;
    event.detail = static_cast<std::uint8_t>(detail);
    event.core = static_cast<std::uint8_t>(core);
    event.subject = subject;
    event.value = value;
    if (++count_ == kMostGathered) flush();
  }
  // The same of one of a tile's cores; axons and neurons are its own.
  void tell(std::uint64_t cycle, const CoreProgram& core, EventKind kind, std::uint32_t subject,
            std::int32_t value, std::uint32_t detail = 0) {
    tell(cycle, core.tile, kind, subject, value, detail, core.number);
  }

 private:
  static constexpr std::size_t kMostGathered = 512;  // 12 KB: they stay in the nearest cache

  EventSink* events_ = nullptr;
  std::vector<Event> gathered_;
  std::size_t count_ = 0;
};

// Which rules routers keep, known when their functions are compiled: the usual ones cost no more than they
// must.
enum class Rules {
  Plain,  // a mesh, round-robin, a flit per link and cycle, credits home in the next cycle, no random stalls
  All
};

struct Context {
  Context(const Program& program_value, State& state_value, StallRule stall_value);

  const Program& program;
  State& state;
  StallRule stall;
  RowKernel kernel;
  std::uint64_t link_delay = 2;   // grant to leavable, next router: K + S - 1 + P
  std::uint64_t local_delay = 2;  // queue or port to leavable, own router: 1 + P
  std::uint64_t credit_delay = 1;
  std::uint64_t flit_cycles = 1;  // S: a link carries a flit in so many cycles
  std::uint32_t buffer_depth = 4;
  std::uint32_t bubble_flits = 0;  // F on a torus (TIMING.md section 15), flits of a packet; 0 on a mesh
  std::uint64_t port_cycles = 1;
  Rules rules = Rules::Plain;
  bool shared_tiles = false;  // a tile may have several cores
  bool ticks = false;         // steps end by the clock: messages may be late, and meet others on an axon
  Watch watch;
  std::vector<ActiveAxon> active_axons;  // scratch; sums too (core.cpp)
  std::vector<std::int32_t> potentials;  // scratch
  std::vector<std::int32_t> values;      // scratch
};

// A tile's counters as the outcome has them.
TileCounters counters_of(const State& state, std::uint32_t tile);

inline Context::Context(const Program& program_value, State& state_value, StallRule stall_value)
    : program(program_value), state(state_value), stall(stall_value), kernel(best_row_kernel()) {
  const Fabric& fabric = program.fabric;
  flit_cycles = static_cast<std::uint64_t>(weft::flit_cycles(fabric.router));
  link_delay = static_cast<std::uint64_t>(hop_cycles(fabric.router) + fabric.router.pipeline_cycles);
  local_delay = static_cast<std::uint64_t>(1 + fabric.router.pipeline_cycles);
  const bool plain = fabric.router.arbitration == Arbitration::RoundRobin && flit_cycles == 1 &&
                     fabric.router.credit_cycles == 1 && stall.threshold == 0 &&
                     fabric.topology == Topology::Mesh;
  bubble_flits = fabric.topology == Topology::Torus ? 1 : 0;
  rules = plain ? Rules::Plain : Rules::All;
  credit_delay = static_cast<std::uint64_t>(fabric.router.credit_cycles);
  buffer_depth = static_cast<std::uint32_t>(fabric.router.buffer_depth);
  port_cycles = static_cast<std::uint64_t>(fabric.ports.cycles_per_flit);
  shared_tiles = fabric.cores_per_tile > 1;
  ticks = fabric.step.synchronization == Synchronization::Tick;
  std::size_t widest = 0;
  for (const CoreProgram& core : program.cores) widest = std::max(widest, core.rows.padded_neurons);
  potentials.resize(widest);
  values.resize(widest);
}

}  // namespace weft::sim
