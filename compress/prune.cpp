// Magnitude pruning (Han et al., NeurIPS 2015) to an exact number of weights. Magnitude and index order the
// weights strictly, so that the kept set is unique. Invariant: a weight that is kept keeps its bits.
#include "compress/prune.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

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

void prune_weights(std::vector<float>& weights, double density) {
  const std::size_t kept =
      static_cast<std::size_t>(kept_weights(static_cast<std::int64_t>(weights.size()), density));
  if (kept >= weights.size()) return;
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto cut = order.begin() + static_cast<std::ptrdiff_t>(kept);
  std::nth_element(order.begin(), cut, order.end(), [&](std::size_t a, std::size_t b) {
    const float magnitude_a = std::fabs(weights[a]), magnitude_b = std::fabs(weights[b]);
    return magnitude_a != magnitude_b ? magnitude_a > magnitude_b : a < b;
  });
  for (auto it = cut; it != order.end(); ++it) weights[*it] = 0.0f;
}

Network prune(const Network& network, const PruneParams& params) {
  Network result = network;
  for (Projection& projection : result.projections) {
    if (projection.name != params.projection) continue;
    prune_weights(projection.weights, params.density);
    return result;
  }
  internal_error("no projection '" + params.projection + "' to prune");
}

}  // namespace weft::compress
