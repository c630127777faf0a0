// The pictures of the HTML report, as inline SVG and tables: they need no script.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/report/replay/replay.hpp"
#include "model/report/report.hpp"

namespace weft::app::figures {

// The grid of tiles, colored and numbered by the population that has most neurons there; each tile tells its
// figures when pointed at, and has data-tile="INDEX" for the page's script. A legend names the colors.
std::string placed_grid(const FabricReport& fabric);

// The share of `cycles` in which each core was busy, as a heat map.
std::string busy_map(const FabricReport& fabric, std::int64_t cycles);

// The flits of each link, one way beside the other, as heat; `cycles` gives the share of time in its words.
std::string link_map(const FabricReport& fabric, std::int64_t cycles);

// The same with the routes that leave over each link, for a mapping that was not run.
std::string route_map(const FabricReport& fabric);

// Frames over latency in cycles, with marks at the median and the 99th percentile.
std::string latency_histogram(const LatencyReport& latency);

// Horizontal bars, longest on top; `unit` for the figures beside them.
std::string bars(std::vector<std::pair<std::string, double>> items, const std::string& unit);

// Labels down, answers across; the diagonal is what was right.
std::string confusion(const AnswersReport& answers);

// The frames that the report has pictures of, each with its label and the fabric's answer.
std::string wrong_frames(const AnswersReport& answers);

// What made each frame as long as it was, on one axis of cycles, and the cycles by kind as a table.
std::string timelines(const std::vector<FrameTimeline>& frames, int width);

}  // namespace weft::app::figures
