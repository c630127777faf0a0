// Questions to the results of a sweep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sweep/store.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::sweep {

// The points that are done, meet subject_to and have a number for every objective, ascending.
struct Candidates {
  std::vector<std::int64_t> points;
  std::vector<std::vector<double>> values;  // per point: the objectives in their order, as they are
};
Candidates find_candidates(const Store& store, const SweepFile& sweep);

// Positions in `values` of the rows that no other row dominates (is nowhere worse and somewhere better),
// ascending; of equal rows all. `maximize` says per column which way is better. Up to three columns in
// n log n, above that in n times the size of the front.
std::vector<std::size_t> find_front(const std::vector<std::vector<double>>& values,
                                    const std::vector<bool>& maximize);

// Positions of the best `count` rows by the objective in column `column`, the best first, ties in their
// order.
std::vector<std::size_t> find_best(const std::vector<std::vector<double>>& values, std::size_t column,
                                   bool maximize, std::size_t count);

}  // namespace weft::sweep
