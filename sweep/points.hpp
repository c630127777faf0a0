// Which points of the space a sweep visits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/sweep_file.hpp"

namespace weft::sweep {

// Per axis the number of its value.
using Point = std::vector<std::uint32_t>;

// In the order in which they are run; each once; all constraints hold. A grid has them in the order of the
// file, the last axis fastest. `random` draws evenly without replacement; `latin_hypercube` is McKay, Beckman
// and Conover (Technometrics 1979) with one random shift per stratum; `sobol` the sequence without its
// origin, with the direction numbers of Joe and Kuo (SIAM J. Sci. Comput. 2008), at most 16 axes. All three
// choose in the unit cube and take the value in whose equal part of the axis the coordinate lies. Constraints
// drop points: random and sobol go on until there are enough, a latin hypercube has fewer then. There are
// never more points than the space has. `nsga2` gives its first generation here, a latin hypercube filled up
// at random, `successive_halving` its first round, drawn as `random` does with the least budget;
// sweep/search has the others. Throws InputError where no point is left, and where a grid is above
// ten million points.
std::vector<Point> choose_points(const SweepFile& sweep);

bool meets_constraints(const SweepFile& sweep, const Point& point);

// What a point sets: the axes in the order of the file, then what is derived from them.
std::vector<std::string> setting_names(const SweepFile& sweep);
// Their values, each YAML. Throws InputError where a derived value is no number (a division by zero).
std::vector<std::string> setting_values(const SweepFile& sweep, const Point& point);
// "key=value" per setting.
std::vector<std::string> to_overrides(const SweepFile& sweep, const Point& point);

// Coordinate `dimension` (0 to 15) of point `index` of the Sobol sequence, in [0, 1).
double sobol_coordinate(int dimension, std::uint32_t index);
constexpr int kMostSobolAxes = 16;

}  // namespace weft::sweep
