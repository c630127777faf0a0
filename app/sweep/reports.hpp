// Reports of single points, as "weft flow" writes them, in folders beside the store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/sweep/point.hpp"
#include "model/base/progress.hpp"
#include "sweep/store.hpp"

namespace weft::app {

// DIRECTORY/reports/point_7; its page is report.html.
std::filesystem::path report_directory(const std::filesystem::path& store_directory, std::int64_t point);
// The points that have a report, ascending.
std::vector<std::int64_t> find_reports(const std::filesystem::path& store_directory);

struct ReportSummary {
  std::int64_t written = 0;
  bool stopped = false;
  std::vector<std::pair<std::int64_t, std::string>> refused;  // points that came to nothing, and why
};

// Runs the flows of these points of the store again, in processes as the sweep does, and writes their
// results. Stages come from the cache of `runner`. A point whose figures are not those of the store is
// refused: its data or files changed since.
ReportSummary write_reports(const sweep::Store& store, const sweep::SweepFile& sweep,
                            const std::vector<std::int64_t>& points, PointRunner& runner, int jobs,
                            Progress& progress);

}  // namespace weft::app
