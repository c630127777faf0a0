// weft report: the HTML page of a run's results.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/flow/results.hpp"
#include "app/report/html_report.hpp"
#include "model/base/files.hpp"

namespace weft::app {
namespace {

struct ReportParams {
  std::string input;
  std::string output;
  std::string events;
};

}  // namespace

int report_command(Context& context, const std::vector<std::string>& words) {
  ReportParams params;
  OptionTable table("report [options] DIR|FILE", "Writes one self-contained HTML page from a report.json.");
  table.argument("INPUT", params.input, "report.json, or a directory that holds one");
  table.text("events", params.events, "FILE",
             "replay this event log of the run (default: the closer look beside the report.json)");
  table.text("output,o", params.output, "FILE", "(default: report.html beside the report.json)");
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  std::filesystem::path input = params.input;
  if (std::filesystem::is_directory(input)) input /= "report.json";
  const std::filesystem::path output =
      params.output.empty() ? input.parent_path() / "report.html" : std::filesystem::path(params.output);
  const Report report = parse_report_json(read_text_file(input), input.string());
  const std::optional<LogView> logs = view_logs(report, input.parent_path(), params.events);
  write_file(output, format_html_report(report, logs ? &*logs : nullptr));
  if (context.global.json) print_result(nlohmann::json{{"written", output.string()}}.dump() + "\n");
  context.console.say(fmt::format("written: {}", output.string()));
  return kDone;
}

}  // namespace weft::app
