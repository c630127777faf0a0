// What goes into a run and what comes out of it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/data/dataset.hpp"
#include "model/fabric/fabric.hpp"
#include "model/network/stimulus.hpp"

namespace weft {

struct TileCounters {
  std::uint64_t rows = 0;          // active axons processed
  std::uint64_t synaptic_ops = 0;  // synapses of those rows
  std::uint64_t neuron_updates = 0;
  std::uint64_t messages = 0;      // accepted by the router from the core
  std::uint64_t deliveries = 0;    // values written to axon buffers or added to sums
  std::uint64_t sums = 0;          // those of them that were added to neurons' sums
  std::uint64_t busy_cycles = 0;   // the core processes rows or updates neurons (stalls included)
  std::uint64_t stall_cycles = 0;  // the core waits to hand over a message
  std::array<std::uint64_t, kDirections> flits{};  // left the router towards that side
  std::uint64_t injected = 0;                      // entered at the tile's port
  // Ticks only: what was not done at their ends, each time anew.
  std::uint64_t late_messages = 0;
  std::uint64_t late_steps = 0;  // the core still worked, and does without the next step
  friend bool operator==(const TileCounters& a, const TileCounters& b) {
    return a.rows == b.rows && a.synaptic_ops == b.synaptic_ops && a.neuron_updates == b.neuron_updates &&
           a.messages == b.messages && a.deliveries == b.deliveries && a.sums == b.sums &&
           a.busy_cycles == b.busy_cycles && a.stall_cycles == b.stall_cycles && a.flits == b.flits &&
           a.injected == b.injected && a.late_messages == b.late_messages && a.late_steps == b.late_steps;
  }
};

// What a tile had not done when a tick ended.
struct LateWork {
  std::uint64_t step = 0;  // whose tick it was
  TileId tile;
  std::uint64_t messages = 0;
  bool core = false;
  friend bool operator==(const LateWork& a, const LateWork& b) {
    return a.step == b.step && a.tile == b.tile && a.messages == b.messages && a.core == b.core;
  }
};
constexpr std::size_t kLateNamed = 8;

struct Outcome {
  IntMatrix outputs;  // completed frames x outputs: sums over a frame's steps
  std::vector<std::uint64_t>
      latency_cycles;        // per frame: from the cycle of its step's start to its last result out
  std::uint64_t cycles = 0;  // of the whole run
  std::uint64_t steps = 0;
  std::vector<std::uint64_t> step_cycles;  // length of each step, barrier included
  IdVector<TileId, TileCounters> tiles;
  std::vector<LateWork> first_late;  // ascending (step, tile), kLateNamed at most
  bool interrupted = false;          // stopped early: outputs holds the frames that were done
  double wall_seconds = 0;
  double cpu_seconds = 0;
};

struct OutcomeTotals {
  std::uint64_t rows = 0, synaptic_ops = 0, neuron_updates = 0, messages = 0, deliveries = 0, sums = 0,
                flit_hops = 0, injected = 0, emitted = 0, busy_cycles = 0, stall_cycles = 0,
                late_messages = 0, late_steps = 0;
};
// flit_hops: router to router; emitted: flits that left at ports.
OutcomeTotals totals(const Outcome& outcome);

struct EnergyParts {
  double rows = 0, synapses = 0, neurons = 0, messages = 0, hops = 0, ports = 0, leakage = 0;
  double total() const { return rows + synapses + neurons + messages + hops + ports + leakage; }
};
// Joule: counters times the fabric's energies (an addition to a sum costs what a synapse's does); leakage is
// static power over the run's seconds, all tiles.
EnergyParts energy(const Outcome& outcome, const Fabric& fabric);

}  // namespace weft
