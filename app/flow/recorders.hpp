// The files that watch a run, waveform and event log, and the options that ask for them.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/console.hpp"
#include "app/cli/options.hpp"
#include "app/flow/stages.hpp"
#include "model/fabric/fabric.hpp"
#include "sim/model.hpp"

namespace weft::app {

constexpr std::int64_t kLastCycle = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kTriggerCycles = 100;

// "1200", "step 12", "frame 3": a cycle, or the first cycle of a step or of the one in which a frame enters.
struct Moment {
  enum class Unit { Cycle, Step, Frame } unit = Unit::Cycle;
  std::int64_t number = 0;
};
// Throws a usage error that names the option.
Moment parse_moment(const std::string& option, const std::string& text);

struct RecordConfig {
  std::string trace;  // the waveform's file; empty: none
  std::vector<std::string> scopes;
  std::string from_text, to_text;  // moments, as given; empty: the run's begin and end
  std::int64_t from = 0;           // the window of cycles [from, to), once settle_window() knows it
  std::int64_t to = kLastCycle;
  std::string when;  // trigger.hpp; empty: always
  std::int64_t before = kTriggerCycles;
  std::int64_t after = kTriggerCycles;
  std::string events;  // the event log's file; empty: none

  bool any() const { return !trace.empty() || !events.empty(); }
};

void add_record_options(OptionTable& table, RecordConfig& config);
// Throws a usage error for options that need others, or contradict each other.
void check(const RecordConfig& config);
// Turns moments into cycles. Where there are steps or frames among them, plain_run() says how long each step
// takes: the run without anyone who watches. So files and recorders know their window, and a moment that the
// run does not have is a usage error, before anything is written; the price is a second run, at its plain
// speed.
void settle_window(RecordConfig& config, const std::function<Outcome()>& plain_run,
                   std::int64_t interval_steps, std::int64_t run_frames);

// Nothing is left of the files under their final names unless finish() is reached.
class Recorders {
 public:
  // `model`: which one runs. SystemC's own tracing writes the engine's VCD, a writer of ours all else.
  Recorders(const RecordConfig& config, const Fabric& fabric, sim::Model model);
  ~Recorders();

  Probes probes();
  // Says what was written. Throws a usage error where a run that was not interrupted ended before the window.
  void finish(Console& console, std::uint64_t cycles, bool interrupted);

 private:
  struct Files;
  RecordConfig config_;
  std::unique_ptr<Files> files_;
};

}  // namespace weft::app
