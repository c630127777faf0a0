// How long a sweep will take, from what some of its points took.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sweep/ledger.hpp"
#include "sweep/store.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::app {

// What points took that came to an end, stage by stage.
struct Measured {
  struct Time {
    sweep::Point point;
    double seconds = 0;
  };
  std::map<std::string, std::vector<Time>> stages;  // those that were computed, not those that were found
  std::vector<Time> rest;                           // of a point, beside its stages
  std::vector<sweep::Point> points;                 // whose stages are kept now
};

// Of points with the figures of flatten_report() and what `reuse` counts of them alone.
void add_measured(Measured& measured, const sweep::Point& point, const sweep::PointResult& result);
// Of all points of a store that came to an end. Its rows do not say whether a stage was found or computed,
// but all together how often: the longest are taken for computed.
Measured measure_store(const sweep::Store& store, const sweep::SweepFile& sweep);

struct Estimate {
  double seconds = 0;                // as if each point were like the mean of those measured
  double least = 0, most = 0;        // like the quick and the slow ones: tenth and ninetieth percentile
  std::vector<std::string> unknown;  // stages that are to be computed and were never measured: not in it
};

// Of points in batches, each of which waits for the one before, `jobs` at a time. `shared`: stages are kept.
// Which points share a stage follows from which keys its settings come from; training is in proportion to
// epochs and samples, simulation and comparison to frames, anything else is taken to be equal for all points.
// Above 200,000 points of a batch the rest is taken to be like these.
Estimate estimate_time(const sweep::SweepFile& sweep, const std::vector<std::vector<sweep::Point>>& batches,
                       const Measured& measured, int jobs, bool shared);

}  // namespace weft::app
