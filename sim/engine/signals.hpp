// The signals of TIMING.md section 10: their names, and what a core or a buffer shows in a cycle.
#pragma once

#include <cstdint>
#include <vector>

#include "model/fabric/event.hpp"
#include "sim/engine/context.hpp"

namespace weft::sim {

enum class SignalKind : std::uint8_t {
  Step,
  Frame,
  CoreState,
  CoreAxon,
  CoreNeuron,
  CoreQueue,
  CorePotential,
  Occupancy,
  Valid,
  Stalled,
  Credits,
  Values  // circuits
};

struct Signal {
  SignalKind kind = SignalKind::Step;
  std::uint32_t core = 0;    // Core*: index into Program::cores
  std::uint32_t side = 0;    // others: side_index
  std::uint32_t neuron = 0;  // CorePotential
};

struct SignalList {
  std::vector<SignalInfo> infos;
  std::vector<Signal> signals;
};
// In the hierarchy's order: fabric, then tile by tile its core and its router's sides. Potentials, as many as
// neurons, only where they are asked for.
SignalList list_signals(const Program& program, std::uint64_t steps, std::uint64_t frames, bool potentials);

// The core's signals in `cycle`, after what was decided in it; also the probes of the SystemC modules.
enum class CorePhase : std::uint8_t { Idle = 0, Rows = 1, Update = 2, Stall = 3 };
CorePhase core_phase(const Context& context, std::uint32_t core, std::uint64_t cycle);
std::uint32_t core_axon(const Context& context, std::uint32_t core, std::uint64_t cycle);
std::uint32_t core_neuron(const Context& context, std::uint32_t core, std::uint64_t cycle);
// Whether a group of neurons has been updated in the core's latest step, at the start of `cycle`.
bool core_has_updated(const Context& context, std::uint32_t core, std::uint32_t group, std::uint64_t cycle);
// Flits in an input buffer at the start of the cycle after `cycle`, or of `cycle` if it has not been run yet.
std::uint32_t occupancy(const Context& context, std::uint32_t buffer, std::uint64_t cycle);

}  // namespace weft::sim
