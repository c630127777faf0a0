// From arguments to a chip and from its ledger to a result.
#include "sim/signals/run_signals.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>

#include "model/base/error.hpp"
#include "sim/fabric_module.hpp"
#include "sim/signals/chip.hpp"

namespace weft::sim::signals {
namespace {

// Elaborates a chip in a SystemC context of its own, runs it to its end and lets `take` look at it.
template <class ChipOf, class Parts, class Take>
void simulate(const Parts& parts, Ledger& ledger, Take&& take) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  Session session;
  const ChipOf chip("fabric", parts, ledger);
  sc_core::sc_start();
  if (ledger.failure != nullptr) std::rethrow_exception(ledger.failure);
  if (!chip.control.finished()) internal_error("the simulation ended before its time");
  take(chip.control);
}

void fill(Outcome& outcome, const Barrier& control, const Schedule& schedule, const Results& results) {
  outcome.steps = control.lasts().size();
  for (std::size_t s = 0; s < outcome.steps; ++s) {
    const std::uint64_t next = s + 1 < outcome.steps ? control.begins()[s + 1] : control.end();
    outcome.step_cycles.push_back(next - control.begins()[s]);
    const auto leaving = schedule.leaving(s);
    if (!leaving || leaving->step + 1 != schedule.frame_steps) continue;
    const std::uint64_t entered = control.begins()[leaving->frame * schedule.interval];
    const std::uint64_t left = results.last_flit[leaving->frame].value_or(control.lasts()[s]);
    outcome.latency_cycles.push_back(left - entered + 1);
    ++outcome.outputs.rows;
  }
  const auto values = static_cast<std::ptrdiff_t>(outcome.outputs.rows * outcome.outputs.columns);
  outcome.outputs.values.assign(results.sums.begin(), results.sums.begin() + values);
  outcome.cycles = control.end();
  outcome.interrupted = control.interrupted();
}

}  // namespace

Outcome run_image(const weft::Fabric& fabric, const Image& image, const Stimulus& stimulus,
                  const RunParams& params, EventSink* events, SignalSink* sink, Progress* progress) {
  const auto wall_begin = std::chrono::steady_clock::now();
  const std::clock_t cpu_begin = std::clock();
  if (params.resume != nullptr || !params.checkpoint.file.empty())
    throw InputError({"checkpoint", 0, 0}, "--model signals",
                     "--model engine, which alone keeps checkpoints");
  check_stimulus(stimulus, image.input_count, image.input_format);
  const Schedule schedule(image, stimulus);
  Ledger ledger(fabric, events);
  Outcome outcome;
  outcome.outputs.columns = image.output_count;
  TableRouting routing(image, ledger);
  Results results(schedule.frames, image.output_count);
  const NetworkParts parts{image, stimulus, schedule, params, routing, results, sink, progress};
  simulate<NetworkChip>(parts, ledger,
                        [&](const Barrier& control) { fill(outcome, control, schedule, results); });
  outcome.tiles = ledger.tiles;
  outcome.first_late = ledger.first_late;
  outcome.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin).count();
  outcome.cpu_seconds = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  return outcome;
}

TrafficResult run_traffic(const weft::Fabric& fabric, const TrafficParams& params, EventSink* events,
                          SignalSink* sink, Progress* progress) {
  Ledger ledger(fabric, events);
  const GapTable gaps(params.rate / params.packet_flits);
  const Destinations destinations(fabric, params);
  PacketRouting packets(params, ledger);
  TrafficResult result;
  const TrafficParts parts{params, gaps, destinations, packets, sink, progress};
  simulate<TrafficChip>(parts, ledger, [&](const Curfew& control) {
    result = packets.result(control.end());
    result.interrupted = control.interrupted();
  });
  return result;
}

}  // namespace weft::sim::signals
