// Options become writers; writers become sinks of the run.
#include "app/flow/recorders.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "model/base/error.hpp"
#include "traces/log/event_log.hpp"
#include "traces/waveform/trigger.hpp"
#include "traces/waveform/waveform.hpp"

namespace weft::app {

namespace fs = std::filesystem;

void add_record_options(OptionTable& table, RecordConfig& config) {
  table.text("trace", config.trace, "FILE.vcd|.fst", "write a waveform; a .gtkw for GTKWave comes beside it");
  table.texts("trace-scope", config.scopes, "GLOB",
              "of which signals, e.g. 'tile_1_2.*'; repeatable (default: all)");
  table.text("trace-when", config.when, "CONDITION",
             "only around cycles in which it holds, e.g. 'tile_3_2.router.east.stalled == 1 for 16'");
  table.integer("trace-before", config.before, 0, kLastCycle, "cycles shown before those (default 100)");
  table.integer("trace-after", config.after, 0, kLastCycle, "... and after them (default 100)");
  table.integer("trace-from", config.from, 0, kLastCycle,
                "waveform and events from this cycle on (default 0)");
  table.integer("trace-to", config.to, 1, kLastCycle, "... and before this one (default: the end)");
  table.text("events", config.events, "FILE", "write the event log");
}

void check(const RecordConfig& config) {
  const auto refuse = [](const std::string& message) { throw Error(ErrorKind::Usage, message); };
  if (config.trace.empty() && !config.scopes.empty()) refuse("--trace-scope needs --trace FILE");
  if (config.trace.empty() && !config.when.empty()) refuse("--trace-when needs --trace FILE");
  if (config.when.empty() && (config.before != kTriggerCycles || config.after != kTriggerCycles))
    refuse("--trace-before and --trace-after need --trace-when CONDITION");
  if (!config.any() && (config.from != 0 || config.to != kLastCycle))
    refuse("--trace-from and --trace-to need --trace FILE or --events FILE");
  if (config.to <= config.from)
    refuse(fmt::format("--trace-to {} is not after --trace-from {}", config.to, config.from));
  const fs::path extension = fs::path(config.trace).extension();
  if (!config.trace.empty() && extension != ".vcd" && extension != ".fst")
    refuse(
        fmt::format("--trace: found the name \"{}\", expected one that ends in .vcd or .fst", config.trace));
}

struct Recorders::Files {
  std::optional<traces::WaveformWriter> waveform;
  std::optional<traces::TriggeredWaveform> triggered;
  std::optional<traces::EventLogWriter> log;
};

Recorders::Recorders(const RecordConfig& config, const Fabric& fabric)
    : config_(config), files_(std::make_unique<Files>()) {
  const auto from = static_cast<std::uint64_t>(config.from), to = static_cast<std::uint64_t>(config.to);
  if (!config.trace.empty()) {
    traces::TriggerParams trigger;
    if (!config.when.empty()) trigger.trigger = traces::parse_trigger(config.when);
    trigger.before_cycles = static_cast<std::uint64_t>(config.before);
    trigger.after_cycles = static_cast<std::uint64_t>(config.after);
    traces::WaveformParams wave;
    wave.file = config.trace;
    if (!config.scopes.empty()) wave.scopes = config.scopes;
    wave.from_cycle = from;
    wave.to_cycle = to;
    wave.clock_hz = fabric.clock_hz;
    files_->waveform.emplace(wave);
    if (!config.when.empty()) files_->triggered.emplace(*files_->waveform, trigger);
  }
  if (!config.events.empty()) files_->log.emplace(fabric, traces::EventLogParams{config.events, from, to});
}

Recorders::~Recorders() = default;

Probes Recorders::probes() {
  Probes probes;
  if (files_->waveform) probes.signals = &*files_->waveform;
  if (files_->triggered) probes.signals = &*files_->triggered;
  if (files_->log) probes.events = &*files_->log;
  return probes;
}

void Recorders::finish(Console& console, std::uint64_t cycles) {
  if (files_->triggered) {
    files_->triggered->finish(cycles);
    if (files_->triggered->windows() == 0)
      console.warn(fmt::format("the waveform is empty: in no cycle \"{}\" holds", config_.when));
  } else if (files_->waveform) {
    files_->waveform->finish(cycles);
    if (files_->waveform->changes() == 0)
      console.warn(fmt::format("the waveform is empty: the run has {} cycles", cycles));
  }
  if (files_->waveform) {
    console.say(fmt::format("written: {}, {} signals, {} changes", config_.trace,
                            files_->waveform->chosen_signals(), files_->waveform->changes()));
  }
  if (files_->log) {
    files_->log->finish();
    console.say(fmt::format("written: {}, {} events", config_.events, files_->log->events()));
  }
}

}  // namespace weft::app
