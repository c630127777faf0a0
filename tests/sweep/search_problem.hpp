// Spaces of 5,000 points with three objectives in closed form, and how much of their whole front a search
// finds.
#pragma once

#include <string>
#include <vector>

#include "sweep/search/search.hpp"

namespace weft::sweep::test {

// A sphere's octant as the front, in front of four shells of worse points (after DTLZ2: Deb, Thiele, Laumanns
// and Zitzler, CEC 2002), with a name that moves it.
extern const char* const kSpheres;
// A fabric in small: cores, their size, bits and buffers against area, energy and latency, with an accuracy
// that must be reached.
extern const char* const kFabrics;

// 750 points of NSGA-II in populations of 50 over one of them.
SweepFile search_sweep(const std::string& problem, std::uint64_t seed);
PointResult compute_search_point(const std::vector<std::string>& overrides);

struct SearchFigures {
  std::int64_t space = 0, evaluations = 0, front = 0;  // points, points computed, points on the grid's front
  double share = 0;  // of the grid's hypervolume, over the worst values on the grid's front and a tenth
  double random_share = 0;  // of as many points at random
};
SearchFigures run_search(const std::string& problem, std::uint64_t seed);

}  // namespace weft::sweep::test
