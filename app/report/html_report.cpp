// The page: the figures one wants first as tiles on top, then a section per stage in the order of the flow,
// last what is needed to repeat the run. The whole report.json is embedded, so that the page carries its own
// data; styles and scripts are the files of page/, built into the program.
#include "app/report/html_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/report/html.hpp"
#include "app/report/sections/sections.hpp"
#include "model/base/embedded.hpp"
#include "model/base/error.hpp"

namespace weft {
const std::vector<EmbeddedFile>& embedded_page();  // written by CMake from page/
}

namespace weft::app {
namespace {

std::string embedded_replay(const Replay& replay) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const ReplayStep& step : replay.steps)
    steps.push_back({step.step, step.cycle, step.length, step.shown});
  const nlohmann::ordered_json json = {{"width", replay.width},
                                       {"height", replay.height},
                                       {"events", replay.events},
                                       {"steps", steps},
                                       {"data", replay.data}};
  return html::json_element("replay-data", json.dump());
}

}  // namespace

const std::string& page_file(const std::string& name) {
  for (const EmbeddedFile& file : embedded_page())
    if (file.name == name) return file.text;
  internal_error(name + " was not built into the program");
}

std::string format_html_report(const Report& report, const LogView* log) {
  const bool replayed = log != nullptr && log->replay.events > 0;
  std::string page;
  if (report.interrupted)
    page += "<p class=\"interrupted\"><b>" + html::escape(html::describe(*report.interrupted)) + "</b></p>\n";
  page += sections::headline(report);
  if (report.accuracy) page += sections::accuracy(*report.accuracy);
  if (report.compression) page += sections::compression(*report.compression);
  if (report.tradeoff) page += sections::tradeoff(*report.tradeoff);
  if (report.fabric) page += sections::fabric(*report.fabric, report.simulation);
  if (replayed) page += sections::replay(log->replay);
  if (report.latency) page += sections::latency(*report.latency);
  if (log != nullptr && report.closer_look) page += sections::critical_paths(*log, *report.closer_look);
  if (report.tick) page += sections::tick(*report.tick);
  if (report.energy) page += sections::energy(*report.energy);
  if (report.utilization) page += sections::utilization(*report.utilization);
  if (report.mapping) page += sections::mapping(*report.mapping);
  page += sections::bounds(report);
  if (report.simulation) page += sections::simulation(report);
  page += sections::provenance(report.provenance);
  page += html::json_element("report", format_report_json(report));
  if (replayed) page += embedded_replay(log->replay);
  page += "<script>\n" + page_file("tile.js") + "</script>\n";
  if (replayed)
    for (const char* name : {"events.js", "raster.js", "replay.js"})
      page += "<script>\n" + page_file(name) + "</script>\n";
  return html::page(report.title.empty() ? "Weft report" : report.title, page_file("style.css"), page);
}

}  // namespace weft::app
