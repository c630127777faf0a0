// The figures of a report by their dotted names, as columns of a sweep's store.
#pragma once

#include <string>
#include <vector>

#include "model/report/report.hpp"
#include "sweep/store.hpp"

namespace weft::app {

// Every number and text of report.json under its path ("latency.cycles.p99", "compression.layers[0].rank")
// but the title, the tiles of the fabric, the histogram and the effective configuration.
std::vector<sweep::Figure> flatten_report(const Report& report);

// The names that any report can have. A name that ends in '.' or '[' stands for all that begin so.
std::vector<std::string> known_figures();

}  // namespace weft::app
