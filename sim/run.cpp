// run_image(): elaborates the SystemC fabric around an engine and lets it run.
#include "sim/run.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>

#include "model/base/error.hpp"
#include "sim/engine/signals.hpp"
#include "sim/fabric_module.hpp"

// The SystemC library wants this symbol even where main() is the program's own.
extern "C" __attribute__((weak)) int sc_main(int, char**) {
  return 0;
}

namespace weft::sim {
namespace {

void check_digests(const weft::Fabric& fabric, const Image& image) {
  const Digest expected = digest(fabric);
  if (image.fabric != expected) {
    throw InputError({"image", 0, 0}, "made for a fabric with digest " + image.fabric.hex(),
                     "this fabric's, " + expected.hex() + " (" + fabric.name + ")");
  }
  const auto violations = validate(image, fabric);
  if (!violations.empty())
    throw InputError({"image", 0, 0}, "not valid on this fabric:\n" + describe(violations));
}

void check_params(const RunParams& params) {
  if (!(params.stall_share >= 0 && params.stall_share < 1)) {
    throw InputError({"stall share", 0, 0}, std::to_string(params.stall_share), "at least 0 and less than 1");
  }
}

}  // namespace

Outcome run_image(const weft::Fabric& fabric, const Image& image, const Stimulus& stimulus,
                  const RunParams& params, EventSink* events, SignalSink* signals, Progress* progress) {
  const auto wall_begin = std::chrono::steady_clock::now();
  const std::clock_t cpu_begin = std::clock();
  check_params(params);
  check_digests(fabric, image);
  Engine engine(fabric, image, stimulus, params, events, signals, progress);
  {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
    Session session;
    FabricModule module("fabric", engine, sc_core::sc_time(1.0 / fabric.clock_hz, sc_core::SC_SEC));
    sc_core::sc_start();
    if (module.failure() != nullptr) std::rethrow_exception(module.failure());
  }
  if (!engine.finished()) internal_error("the simulation ended before its last step");
  Outcome outcome = engine.outcome();
  outcome.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin).count();
  outcome.cpu_seconds = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  return outcome;
}

std::vector<SignalInfo> traceable_signals(const weft::Fabric& fabric, const Image& image,
                                          std::uint64_t frames, std::uint64_t interval_steps) {
  check_digests(fabric, image);
  const std::uint64_t steps =
      frames == 0 ? 0 : (frames - 1) * interval_steps + static_cast<std::uint64_t>(image.depth_steps) + 1;
  return list_signals(compile_program(fabric, image), steps, frames).infos;
}

}  // namespace weft::sim
