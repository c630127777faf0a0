// Densities become whole numbers of weights in one place. Invariant: the last round's density is exactly the
// one asked for.
#include "compress/density.hpp"

#include <algorithm>
#include <cmath>

namespace weft::compress {

std::int64_t kept_weights(std::int64_t count, double density) {
  if (count == 0) return 0;
  const auto rounded = static_cast<std::int64_t>(std::floor(density * static_cast<double>(count) + 0.5));
  return std::clamp<std::int64_t>(rounded, 1, count);
}

double ramp_density(double final_density, int round, int rounds) {
  if (round >= rounds) return final_density;
  const double left = 1.0 - static_cast<double>(round) / rounds;
  return final_density + (1.0 - final_density) * left * left * left;
}

}  // namespace weft::compress
