// A few points of a sweep, run to see how long they take.
#pragma once

#include <vector>

#include "app/sweep/estimate.hpp"
#include "app/sweep/point.hpp"

namespace weft::app {

constexpr std::size_t kMostProbed = 5;

struct Probe {
  Measured measured;
  std::size_t ended = 0;
  double seconds = 0;   // that all of it took
  std::string failure;  // of a point that failed, but not for want of time
};

// Up to five of the points, spread over them, one at a time, for at most `seconds` in all; a point that is at
// work then is given up. Nothing is kept but stages in the cache of `runner`.
Probe probe_points(const sweep::SweepFile& sweep, const std::vector<sweep::Point>& points,
                   PointRunner& runner, double seconds, Progress& progress);

}  // namespace weft::app
