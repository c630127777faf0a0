// Refuses a sweep that would only be found wrong after hours.
#pragma once

#include <vector>

#include "sweep/points.hpp"

namespace weft::app {

// Each value of each axis that occurs is one the flow accepts, in at least one point, and every name in the
// objectives is a figure of report.json or an axis. Throws InputError.
void check_sweep(const sweep::SweepFile& sweep, const std::vector<sweep::Point>& points);

}  // namespace weft::app
