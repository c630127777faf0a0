// How much of the objectives' space a set of points covers.
#pragma once

#include <vector>

namespace weft::sweep {

// The volume of what is dominated by a row of `costs` (all to be small, as many as `reference` has) and
// dominates `reference`; rows that are not below it everywhere cover nothing. Exact, by slices (While et al.,
// IEEE Trans. Evolutionary Computation 10(1), 2006): n log n for two costs, another factor n for each more.
double hypervolume(std::vector<std::vector<double>> costs, const std::vector<double>& reference);

}  // namespace weft::sweep
