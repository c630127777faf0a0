// RANC programs: import of RANC's folder, and a run with its log and its figures.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "app/cli/command.hpp"
#include "model/base/progress.hpp"
#include "model/ranc/ranc_program.hpp"
#include "sim/ranc/run.hpp"

namespace weft::app {

// weft import --format ranc: writes ranc.npz into `output`.
int import_ranc(Context& context, const std::string& folder, const std::string& fabric,
                const std::string& output);

struct RancResult {
  sim::RancFigures figures;
  std::uint64_t spikes = 0, deliveries = 0, outputs = 0, stalled_cycles = 0;
  std::size_t rows_expected = 0, rows_wrong = 0;  // output rows; 0 expected: nothing to compare with
  double cpu_seconds = 0;
  bool interrupted = false;
  bool accepted() const { return rows_wrong == 0 && figures.missed_ticks == 0 && !interrupted; }
};

// `ticks` ticks; every output row that lies within them is compared with what is expected. The events go to
// `log` as they come, in the form of RANC's own logs. `progress` counts ticks; a stop ends the run after one.
RancResult run_ranc_program(const RancProgram& program, std::uint64_t ticks, std::ostream& log,
                            Progress& progress);

std::string format_ranc_table(const RancProgram& program, const RancResult& result);
std::string format_ranc_json(const RancProgram& program, const RancResult& result);

}  // namespace weft::app
