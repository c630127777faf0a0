// The files that watch a run, waveform and event log, and the options that ask for them.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/console.hpp"
#include "app/cli/options.hpp"
#include "app/flow/stages.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::app {

constexpr std::int64_t kLastCycle = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kTriggerCycles = 100;

struct RecordConfig {
  std::string trace;  // the waveform's file; empty: none
  std::vector<std::string> scopes;
  std::int64_t from = 0;  // the window of cycles [from, to)
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

// Nothing is left of the files under their final names unless finish() is reached.
class Recorders {
 public:
  Recorders(const RecordConfig& config, const Fabric& fabric);
  ~Recorders();

  Probes probes();
  // Says what was written.
  void finish(Console& console, std::uint64_t cycles);

 private:
  struct Files;
  RecordConfig config_;
  std::unique_ptr<Files> files_;
};

}  // namespace weft::app
