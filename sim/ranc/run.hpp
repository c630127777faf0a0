// Runs a RANC network in SystemC, exact to the cycle.
#pragma once

#include <cstdint>
#include <functional>

#include "model/ranc/ranc_network.hpp"
#include "sim/ranc/event.hpp"

namespace weft::sim {

struct RancFigures {
  std::uint64_t ticks = 0;
  std::uint64_t cycles = 0;          // ticks times the tick's cycles
  std::uint64_t visited_cycles = 0;  // of them, those in which something happened
  std::uint64_t packet_moves = 0;    // packets through merges
  std::uint64_t missed_ticks = 0;    // summed over cores: pulses that came too early
  std::uint64_t packets_left = 0;    // in flight at the end
};

// `ticks` ticks, the stimulus in the first of them; `observe` sees each. Throws InputError when the network,
// the stimulus or params cannot be. SystemC's time stands at the tick's pulse while it is observed. One
// simulation at a time in a process.
RancFigures run_ranc(const RancNetwork& network, const RancStimulus& stimulus, std::uint64_t ticks,
                     const RancRunParams& params = {},
                     const std::function<void(const RancTick&)>& observe = nullptr);

}  // namespace weft::sim
