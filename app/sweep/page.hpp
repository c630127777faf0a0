// The results of a sweep as one self-contained HTML page.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/store.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::app {

// The reports of points that the page can open.
struct PageReports {
  std::vector<std::int64_t> points;  // ascending
  std::string folder;                // from the page: FOLDER/point_7/report.html
  std::string command;               // makes that of a point that has none, with " --points 7" behind it
};

// Pictures of any two figures with the front, of all axes and objectives at once, of each axis' effect and of
// the covered volume; the points that are done, and those that failed with the reason. Of sweeps of more than
// 20,000 points only settings, objectives and conditions are in the page.
std::string format_sweep_page(const sweep::Store& store, const sweep::SweepFile& file,
                              const PageReports& reports = {});

// What the page's scripts draw from, as JSON: the points that came to an end, column by column.
std::string format_page_data(const sweep::Store& store, const sweep::SweepFile& file,
                             const PageReports& reports = {});

}  // namespace weft::app
