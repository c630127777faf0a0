// Runs an image on the SystemC fabric, cycle by cycle.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/base/progress.hpp"
#include "model/fabric/checkpoint.hpp"
#include "model/fabric/event.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"
#include "sim/checkpointer.hpp"
#include "sim/model.hpp"
#include "sim/vcd_trace.hpp"

namespace weft::sim {

struct RunParams {
  Model model = Model::Engine;
  // A test aid: with probability stall_share a router output is blocked in a cycle, drawn from stall_seed by
  // a pure function of (seed, cycle, tile, direction) that sim/TIMING.md defines. Changes cycles, never
  // values.
  double stall_share = 0;
  std::uint64_t stall_seed = 1;
  // Cycles without any progress while work is left before the run is given up as stuck (an Internal error
  // that names tiles).
  std::uint64_t watchdog_cycles = 100000;
  CheckpointParams checkpoint;
  // A run of the same image, stimulus and stalls that was put aside: goes on from there. The outcome is that
  // of the whole run; events and signals begin in the checkpoint's next cycle. Null: from the beginning.
  const Checkpoint* resume = nullptr;
  std::string resume_name = "checkpoint";  // in messages
  // What `signals` shows goes through here, where SystemC is to write it; with Model::Engine. It must outlive
  // the run. Null: SystemC writes nothing.
  VcdTrace* trace = nullptr;
};

// The fabric's and the image's digests must match. Sinks may be null; progress counts steps. Conservation of
// flits and credits is checked throughout; a breach is an Internal error. One simulation at a time in a
// process.
Outcome run_image(const Fabric& fabric, const Image& image, const Stimulus& stimulus,
                  const RunParams& params = {}, EventSink* events = nullptr, SignalSink* signals = nullptr,
                  Progress* progress = nullptr);

// For a fabric whose steps are ticks: a tick in which nothing of this run is late, the shortest one where
// credits, ports and links take one cycle (R = C = S = 1). It is measured by a run with a barrier, in which
// each step takes as long as it needs, and then tried.
std::uint64_t sufficient_tick(const Fabric& fabric, const Image& image, const Stimulus& stimulus);

// What a SignalSink of such a run is offered: names and widths, in the hierarchy's order (sim/TIMING.md
// section 10). The widths of `step` and `frame` follow from the length of the run. With `potentials` as a
// sink is that wants_potentials().
std::vector<SignalInfo> traceable_signals(const Fabric& fabric, const Image& image, std::uint64_t frames,
                                          std::uint64_t interval_steps, bool potentials = false);

}  // namespace weft::sim
