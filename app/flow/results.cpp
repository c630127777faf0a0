// The common writers.
#include "app/flow/results.hpp"

#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/flow/gather.hpp"
#include "app/report/html_report.hpp"
#include "model/base/files.hpp"

namespace weft::app {

void begin_provenance(Report& report, std::uint64_t seed) {
  report.provenance.version = weft_version();
  report.provenance.seed = seed;
}

void write_report(ResultDirectory& directory, const Report& report) {
  write_file(directory.staged("report.json"), format_report_json(report));
  write_file(directory.staged("report.html"), format_html_report(report));
}

NpzArchive to_npz(const Outcome& outcome, const Digest& fabric, const Digest& image) {
  NpzArchive archive;
  archive.header =
      nlohmann::json{{"format", "weft-outcome"},       {"version", 1},           {"cycles", outcome.cycles},
                     {"steps", outcome.steps},         {"fabric", fabric.hex()}, {"image", image.hex()},
                     {"digest", digest(outcome).hex()}}
          .dump();
  archive.arrays["outputs"] =
      NpyArray::from(outcome.outputs.values, {outcome.outputs.rows, outcome.outputs.columns});
  const std::vector<std::int64_t> latency(outcome.latency_cycles.begin(), outcome.latency_cycles.end());
  const std::vector<std::int64_t> steps(outcome.step_cycles.begin(), outcome.step_cycles.end());
  archive.arrays["latency_cycles"] = NpyArray::from(latency);
  archive.arrays["step_cycles"] = NpyArray::from(steps);
  return archive;
}

}  // namespace weft::app
