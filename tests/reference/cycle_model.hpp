// The fabric's time a second time: sim/TIMING.md as a program, written from that page alone. It is slow on
// purpose: in every cycle it looks at every tile and every side, and knows no SystemC and no shortcut.
#pragma once

#include <cstdint>
#include <vector>

#include "model/fabric/event.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"

namespace weft::test {

// All signals of section 10 in all cycles of a run: cycles[cycle][signal].
struct SignalTrace {
  std::vector<SignalInfo> signals;
  std::vector<std::vector<std::uint64_t>> cycles;
};

struct CycleModelParams {
  double stall_share = 0;
  std::uint64_t stall_seed = 1;
  std::uint64_t max_cycles = 10'000'000;  // more is taken for a deadlock: std::runtime_error
  std::vector<Event>* events = nullptr;   // section 9, in no order
  SignalTrace* signals = nullptr;
};

// Fills what sim::run_image() fills but for the seconds. Throws std::logic_error where the page's
// conservation rules are broken or two values meet on one axon.
Outcome run_cycle_model(const Fabric& fabric, const Image& image, const Stimulus& stimulus,
                        const CycleModelParams& params = {});

// h of section 8.
std::uint64_t stall_hash(std::uint64_t seed, std::uint64_t cycle, std::uint64_t tile, std::uint64_t side);

}  // namespace weft::test
