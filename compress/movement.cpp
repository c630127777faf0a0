// Sums of single precision, one per weight, in the order of the projections' weights.
#include "compress/movement.hpp"

namespace weft::compress {

void add_movement(const Network& before, const Network& after, Movements& movements) {
  for (std::uint32_t i = 0; i < after.projections.size(); ++i) {
    const Projection &was = before.projections[ProjectionId(i)], &is = after.projections[ProjectionId(i)];
    if (is.weights.empty()) continue;
    std::vector<float>& sum = movements[is.name];
    sum.resize(is.weights.size(), 0.0f);
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += is.weights[k] * (is.weights[k] - was.weights[k]);
  }
}

}  // namespace weft::compress
