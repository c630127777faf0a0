// run_image(): elaborates the SystemC fabric around an engine and lets it run.
#include "sim/run.hpp"

#include <cstdlib>

#include "model/base/error.hpp"
#include "sim/engine/accept.hpp"
#include "sim/engine/signals.hpp"
#include "sim/fabric_module.hpp"
#include "sim/signals/run_signals.hpp"

// The SystemC library wants this symbol even where main() is the program's own.
extern "C" __attribute__((weak)) int sc_main(int, char**) {
  return 0;
}

namespace weft::sim {
namespace {

// The digests of a run, and the seconds that it took before this process.
Checkpoint identify(const Image& image, const Stimulus& stimulus, const RunParams& params) {
  Checkpoint run;
  if (params.resume == nullptr && params.checkpoint.file.empty()) return run;
  run.fabric = image.fabric;
  run.image = digest(image);
  run.stimulus = digest(stimulus);
  if (params.stall_share > 0)
    run.stalls = DigestBuilder().add(params.stall_share).add(params.stall_seed).finish();
  if (params.resume != nullptr) {
    run.wall_seconds = params.resume->wall_seconds;
    run.cpu_seconds = params.resume->cpu_seconds;
  }
  return run;
}

}  // namespace

Outcome run_image(const weft::Fabric& fabric, const Image& image, const Stimulus& stimulus,
                  const RunParams& params, EventSink* events, SignalSink* sink, Progress* progress) {
  require_usable(params);
  require_usable(fabric, image);
  if (params.model == Model::Signals)
    return signals::run_image(fabric, image, stimulus, params, events, sink, progress);
  const Checkpoint run = identify(image, stimulus, params);
  Checkpointer checkpointer(params.checkpoint, run);
  Engine engine(fabric, image, stimulus, params, events, sink, progress);
  engine.keep(checkpointer);
  if (params.resume != nullptr) {
    check_checkpoint(*params.resume, fabric, image, stimulus, run.stalls, params.resume_name);
    engine.resume(*params.resume);
  }
  run_fabric(fabric, engine, params.trace, [&] { return engine.cycles_done(); });
  if (!engine.finished()) internal_error("the simulation ended before its last step");
  Outcome outcome = engine.outcome();
  outcome.wall_seconds = checkpointer.wall_seconds();
  outcome.cpu_seconds = checkpointer.cpu_seconds();
  return outcome;
}

std::vector<SignalInfo> traceable_signals(const weft::Fabric& fabric, const Image& image,
                                          std::uint64_t frames, std::uint64_t interval_steps,
                                          bool potentials) {
  require_usable(fabric, image);
  const std::uint64_t steps =
      frames == 0 ? 0 : (frames - 1) * interval_steps + static_cast<std::uint64_t>(image.depth_steps) + 1;
  return list_signals(compile_program(fabric, image), steps, frames, potentials).infos;
}

}  // namespace weft::sim
