// Magnitude pruning: the smallest weights become zero, and a zero is no synapse.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/network/network.hpp"

namespace weft::compress {

// round(density * count), halves up, at least 1 (0 for no weights).
std::int64_t kept_weights(std::int64_t count, double density);

// The density of round `round` of `rounds` (counted from 1) on the cubic ramp from 1 to `final_density`
// (Zhu and Gupta, "To prune, or not to prune", 2017): steep at first, while there is much to spare.
double ramp_density(double final_density, int round, int rounds);

// Sets all but the kept_weights() largest magnitudes to zero; of equal magnitudes the lower index stays.
void prune_weights(std::vector<float>& weights, double density);

struct PruneParams {
  std::string projection;  // Dense or Convolution
  double density = 1;
};

Network prune(const Network& network, const PruneParams& params);

}  // namespace weft::compress
