// weft sweep run --dry-run: which points there are, and about how long they will take.
#pragma once

#include <string>

#include "app/sweep/actions.hpp"

namespace weft::app {

// `points` are the first that the sweep has. Prints them, then runs a few where the store says nothing.
int dry_run(Context& context, const SweepParams& params, const sweep::SweepFile& file,
            const std::vector<sweep::Point>& points);

std::string format_duration(double seconds);  // "3.2 s", "45 s", "12 min", "3.5 h", "4.1 days"

}  // namespace weft::app
