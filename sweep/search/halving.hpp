// Successive halving: Karnin, Koren and Somekh, ICML 2013; Jamieson and Talwalkar, AISTATS 2016. Many points
// are tried with a small budget (few frames, few epochs), the best of them again with more.
#pragma once

#include <cstdint>
#include <vector>

#include "sweep/search/nsga2.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::sweep {

// The points of the next round, the best first: one in `eta` of the last one's, at least one, chosen as
// NSGA-II chooses survivors, with the next value of the budget's axis. Points that came to nothing never go
// on. None where the budget is at its end.
std::vector<Point> next_halving_round(const SweepFile& sweep, const std::vector<Point>& points,
                                      const std::vector<Evaluation>& evaluations);

// How many points each round has at most, of which the first has `first`.
std::vector<std::int64_t> halving_rounds(const SweepFile& sweep, std::int64_t first);

}  // namespace weft::sweep
