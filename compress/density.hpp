// How many weights a density keeps, and how it falls from round to round.
#pragma once

#include <cstdint>

namespace weft::compress {

// round(density * count), halves up, at least 1 (0 for no weights).
std::int64_t kept_weights(std::int64_t count, double density);

// The density of round `round` of `rounds` (counted from 1) on the cubic ramp from 1 to `final_density`
// (Zhu and Gupta, "To prune, or not to prune", 2017): steep at first, while there is much to spare.
double ramp_density(double final_density, int round, int rounds);

}  // namespace weft::compress
