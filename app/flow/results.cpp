// The common writers.
#include "app/flow/results.hpp"

#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/flow/gather.hpp"
#include "app/report/html_report.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "traces/log/event_log.hpp"

namespace weft::app {

namespace fs = std::filesystem;

void begin_provenance(Report& report, std::uint64_t seed) {
  report.provenance.version = weft_version();
  report.provenance.seed = seed;
}

namespace {

LogView view(const Report& report, const fs::path& log, const std::vector<WatchedFrameReport>& frames) {
  const std::string made_for = traces::EventLogReader(log).header().fabric.hex();
  const auto fabric = report.provenance.digests.find("fabric");
  if (fabric != report.provenance.digests.end() && fabric->second != made_for)
    throw InputError({log.string()}, "events of the fabric with digest " + made_for,
                     "the report's, whose digest is " + fabric->second);
  return view_log(log, frames);
}

}  // namespace

std::optional<LogView> view_logs(const Report& report, const fs::path& directory, const fs::path& events) {
  std::optional<LogView> found;
  if (report.closer_look) {
    const fs::path own = directory / fs::path(report.closer_look->events).filename();
    if (fs::is_regular_file(own)) found = view(report, own, report.closer_look->frames);
  }
  if (events.empty()) return found;
  LogView given = view(report, events, {});
  if (found) given.timelines = std::move(found->timelines);
  return given;
}

void write_report(ResultDirectory& directory, const Report& report) {
  write_file(directory.staged("report.json"), format_report_json(report));
  const fs::path page = directory.staged("report.html");
  const std::optional<LogView> logs = view_logs(report, page.parent_path());
  write_file(page, format_html_report(report, logs ? &*logs : nullptr));
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
