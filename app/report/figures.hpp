// The pictures of the HTML report, as inline SVG.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/report/report.hpp"

namespace weft::app::figures {

// The grid of tiles, colored by the population that has most neurons there, with links whose width grows with
// the flits they carried; each tile tells its figures when pointed at. A legend names the colors.
std::string placed_grid(const FabricReport& fabric);

// The share of `cycles` in which each core was busy, as a heat map.
std::string busy_map(const FabricReport& fabric, std::int64_t cycles);

// Frames over latency in cycles, with marks at the median and the 99th percentile.
std::string latency_histogram(const LatencyReport& latency);

// Horizontal bars, longest on top; `unit` for the figures beside them.
std::string bars(std::vector<std::pair<std::string, double>> items, const std::string& unit);

}  // namespace weft::app::figures
