// Options become writers; writers become sinks of the run.
#include "app/flow/recorders.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>

#include "model/base/error.hpp"
#include "sim/vcd_trace.hpp"
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
  table.text("trace-from", config.from_text, "CYCLE|'step N'|'frame N'",
             "waveform and events from this cycle on, or from where a step or a frame begins");
  table.text("trace-to", config.to_text, "CYCLE|'step N'|'frame N'",
             "... and before this (default: the end)");
  table.text("events", config.events, "FILE", "write the event log");
}

void check(const RecordConfig& config) {
  const auto refuse = [](const std::string& message) { throw Error(ErrorKind::Usage, message); };
  if (config.trace.empty() && !config.scopes.empty()) refuse("--trace-scope needs --trace FILE");
  if (config.trace.empty() && !config.when.empty()) refuse("--trace-when needs --trace FILE");
  if (config.when.empty() && (config.before != kTriggerCycles || config.after != kTriggerCycles))
    refuse("--trace-before and --trace-after need --trace-when CONDITION");
  if (!config.any() && !(config.from_text.empty() && config.to_text.empty()))
    refuse("--trace-from and --trace-to need --trace FILE or --events FILE");
  const Moment from = config.from_text.empty() ? Moment() : parse_moment("--trace-from", config.from_text);
  if (!config.to_text.empty()) {
    const Moment to = parse_moment("--trace-to", config.to_text);
    if (to.number <= from.number && (to.unit == from.unit || to.number == 0))
      refuse(fmt::format("--trace-to {} is not after --trace-from {}", config.to_text,
                         config.from_text.empty() ? "0" : config.from_text));
  }
  const fs::path extension = fs::path(config.trace).extension();
  if (!config.trace.empty() && extension != ".vcd" && extension != ".fst")
    refuse(
        fmt::format("--trace: found the name \"{}\", expected one that ends in .vcd or .fst", config.trace));
}

Moment parse_moment(const std::string& option, const std::string& text) {
  constexpr std::pair<const char*, Moment::Unit> kUnits[] = {
      {"step ", Moment::Unit::Step}, {"frame ", Moment::Unit::Frame}, {"", Moment::Unit::Cycle}};
  for (const auto& [word, unit] : kUnits) {
    if (text.rfind(word, 0) != 0) continue;
    Moment moment{unit, 0};
    const char* const begin = text.data() + std::strlen(word);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, moment.number);
    if (error == std::errc() && stop == end && moment.number >= 0) return moment;
    break;
  }
  throw Error(ErrorKind::Usage,
              fmt::format("{}: found \"{}\", expected a cycle, \"step N\" or \"frame N\"", option, text));
}

void settle_window(RecordConfig& config, const std::function<Outcome()>& plain_run,
                   std::int64_t interval_steps, std::int64_t run_frames) {
  std::vector<std::uint64_t> begins;  // of the steps, and the end of the last one
  const auto cycle_of = [&](const std::string& option, const std::string& text) {
    const Moment moment = parse_moment(option, text);
    if (moment.unit == Moment::Unit::Cycle) return moment.number;
    const bool frames = moment.unit == Moment::Unit::Frame;
    const auto require_at_most = [&](std::int64_t last) {
      if (moment.number <= last) return;
      throw Error(ErrorKind::Usage, fmt::format("{}: found \"{}\", expected one of the run's {}, 0 to {}",
                                                option, text, frames ? "frames" : "steps", last));
    };
    if (frames) require_at_most(run_frames - 1);  // before anything runs
    if (begins.empty()) {
      begins.push_back(0);
      for (const std::uint64_t cycles : plain_run().step_cycles) begins.push_back(begins.back() + cycles);
    }
    if (!frames) require_at_most(static_cast<std::int64_t>(begins.size()) - 2);
    const std::int64_t step = frames ? moment.number * interval_steps : moment.number;
    return static_cast<std::int64_t>(begins[static_cast<std::size_t>(step)]);
  };
  if (!config.from_text.empty()) config.from = cycle_of("--trace-from", config.from_text);
  if (!config.to_text.empty()) config.to = cycle_of("--trace-to", config.to_text);
  if (config.to <= config.from)
    throw Error(ErrorKind::Usage, fmt::format("--trace-to {} is not after --trace-from {}", config.to_text,
                                              config.from_text.empty() ? "0" : config.from_text));
}

struct Recorders::Files {
  std::optional<sim::VcdTrace> systemc;
  std::optional<traces::WaveformWriter> waveform;
  std::optional<traces::TriggeredWaveform> triggered;
  std::optional<traces::EventLogWriter> log;
};

Recorders::Recorders(const RecordConfig& config, const Fabric& fabric, sim::Model model)
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
    if (model == sim::Model::Engine && wave.file.extension() == ".vcd") {
      wave.player = &files_->systemc.emplace([files = files_.get()](std::uint64_t cycles) {
        if (files->triggered) return files->triggered->end(cycles);
        files->waveform->end(cycles);
      });
    }
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
  if (files_->systemc) probes.trace = &*files_->systemc;
  if (files_->log) probes.events = &*files_->log;
  return probes;
}

void Recorders::finish(Console& console, std::uint64_t cycles, bool interrupted) {
  if (static_cast<std::uint64_t>(config_.from) >= cycles && config_.any() && !interrupted)
    throw Error(ErrorKind::Usage,
                fmt::format("--trace-from: found cycle {}, expected one of the run's, 0 to {}; nothing was "
                            "recorded",
                            config_.from, cycles - 1));
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
