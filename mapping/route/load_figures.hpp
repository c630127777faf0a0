// What routes carry: for the report.
#pragma once

#include "mapping/graph/traffic.hpp"
#include "mapping/place/place.hpp"
#include "mapping/route/route.hpp"
#include "model/report/report.hpp"

namespace weft::mapping {

// Links (of the fabric, also those that no route crosses) by routes over them: tenths of the busiest link's,
// and those that have as many as it.
HistogramReport link_histogram(const Fabric& fabric, const Routes& routes);

// What measured traffic sends over these routes, in all its frames together.
TrafficReport traffic_figures(const Fabric& fabric, const NeuronGraph& graph, const Routes& routes,
                              const Placement& placement, const Traffic& traffic, std::int64_t frames);

}  // namespace weft::mapping
