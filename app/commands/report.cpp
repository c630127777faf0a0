// weft report: the HTML page of a run's results, or what differs between two.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/flow/results.hpp"
#include "app/report/compare/compare.hpp"
#include "app/report/html_report.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

struct ReportParams {
  std::string input;
  std::string other;
  std::string output;
  std::string events;
};

fs::path report_file(const std::string& input) {
  return fs::is_directory(input) ? fs::path(input) / "report.json" : fs::path(input);
}

Report read_report(const std::string& input) {
  const fs::path file = report_file(input);
  return parse_report_json(read_text_file(file), file.string());
}

int compare(Context& context, const ReportParams& params) {
  if (!params.events.empty()) throw Error(ErrorKind::Usage, "--events replays one run: give one INPUT");
  const ComparedRuns runs{read_report(params.input), read_report(params.other), params.input, params.other};
  print_result(context.global.json ? format_comparison_json(runs) : format_comparison_table(runs));
  if (params.output.empty()) return kDone;
  write_file(params.output, format_comparison_html(runs));
  context.console.say(fmt::format("written: {}", params.output));
  return kDone;
}

}  // namespace

int report_command(Context& context, const std::vector<std::string>& words) {
  ReportParams params;
  OptionTable table("report [options] DIR|FILE [DIR|FILE]",
                    "Writes one self-contained HTML page from a report.json. Of two, prints the figures that "
                    "differ, and writes the page of both side by side where --output names one.");
  table.argument("INPUT", params.input, "report.json, or a directory that holds one");
  table.argument("OTHER", params.other, "another one to compare it with", false);
  table.text("events", params.events, "FILE",
             "replay this event log of the run (default: the closer look beside the report.json)");
  table.text("output,o", params.output, "FILE",
             "(default: report.html beside the report.json; of two: none)");
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  if (!params.other.empty()) return compare(context, params);
  const Report report = read_report(params.input);
  const fs::path directory = report_file(params.input).parent_path();
  const fs::path output = params.output.empty() ? directory / "report.html" : fs::path(params.output);
  const std::optional<LogView> logs = view_logs(report, directory, params.events);
  write_file(output, format_html_report(report, logs ? &*logs : nullptr));
  if (context.global.json) print_result(nlohmann::json{{"written", output.string()}}.dump() + "\n");
  context.console.say(fmt::format("written: {}", output.string()));
  return kDone;
}

}  // namespace weft::app
