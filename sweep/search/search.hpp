// Sweeps whose points depend on what earlier points came to.
#pragma once

#include <optional>
#include <vector>

#include "sweep/search/nsga2.hpp"
#include "sweep/store.hpp"

namespace weft::sweep {

// True where choose_points() gives only the first points.
bool is_search(const SweepFile& sweep);

// What the points of the store came to by the sweep's objectives and conditions, in their order. A point that
// is not done, or has no number for an objective or a condition, came to nothing.
std::vector<Evaluation> evaluate_points(const Store& store, const SweepFile& sweep);

// The next points after these, which all came to an end; none where the sweep is at its end. They follow from
// the arguments alone: a search goes on from its store as if it had never stopped.
std::vector<Point> next_points(const SweepFile& sweep, const std::vector<Point>& points,
                               const std::vector<Evaluation>& evaluations);

// Adds the next points to the store, if none is pending; gives how many.
std::int64_t add_next_points(Store& store, const SweepFile& sweep);

}  // namespace weft::sweep
