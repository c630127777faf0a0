// Runs an image on the SystemC fabric, cycle by cycle.
#pragma once

#include <cstdint>

#include "model/base/progress.hpp"
#include "model/fabric/event.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"

namespace weft::sim {

struct RunParams {
  // A test aid: with probability stall_share a router output is blocked in a cycle, drawn from stall_seed by a pure
  // function of (seed, cycle, tile, direction) that sim/TIMING.md defines. Changes cycles, never values.
  double stall_share = 0;
  std::uint64_t stall_seed = 1;
  // Cycles without any progress while work is left before the run is given up as stuck (an Internal error that names tiles).
  std::uint64_t watchdog_cycles = 100000;
};

// The fabric's and the image's digests must match. Sinks may be null; progress counts frames. Conservation of flits and
// credits is checked throughout; a breach is an Internal error. One simulation at a time in a process.
Outcome run_image(const Fabric& fabric, const Image& image, const Stimulus& stimulus, const RunParams& params = {},
                  EventSink* events = nullptr, SignalSink* signals = nullptr, Progress* progress = nullptr);

}  // namespace weft::sim
