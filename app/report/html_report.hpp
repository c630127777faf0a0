// The report as one self-contained HTML page: no script, no font and no picture from elsewhere.
#pragma once

#include <string>

#include "app/report/replay/replay.hpp"
#include "model/report/report.hpp"

namespace weft::app {

// A section that the report lacks is left out. Every text of the report is escaped. `log` adds the critical
// paths, the replay and the raster; may be null.
std::string format_html_report(const Report& report, const LogView* log = nullptr);

// A style sheet or a script of page/, by its file's name.
const std::string& page_file(const std::string& name);

}  // namespace weft::app
