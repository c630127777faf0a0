// The report as a text table for people at a terminal.
#pragma once

#include <string>

#include "model/report/report.hpp"

namespace weft::app {

// A section that the report lacks is left out.
std::string format_report_table(const Report& report);

}  // namespace weft::app
