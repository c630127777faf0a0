// The report as one self-contained HTML page: no script, no font and no picture from elsewhere.
#pragma once

#include <string>

#include "model/report/report.hpp"

namespace weft::app {

// A section that the report lacks is left out. Every text of the report is escaped.
std::string format_html_report(const Report& report);

}  // namespace weft::app
