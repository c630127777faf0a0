// Interval arithmetic; an axon without a message counts as a value of zero.
#include "mapping/split/partial_sum.hpp"

#include <algorithm>
#include <cstdlib>

namespace weft::mapping {

PartialSum make_partial_sum(const std::vector<Synapse>& synapses,
                            const IdVector<NodeId, NeuronConfig>& sources, const CoreSpec& core) {
  std::int64_t low = 0, high = 0, bound = 0;
  for (const Synapse& synapse : synapses) {
    const NeuronConfig& source = sources[synapse.source];
    const std::int64_t a = std::int64_t{synapse.weight} * source.minimum;
    const std::int64_t b = std::int64_t{synapse.weight} * source.maximum;
    low += std::min({a, b, std::int64_t{0}});
    high += std::max({a, b, std::int64_t{0}});
    bound += std::max(std::abs(a), std::abs(b));
  }
  PartialSum result;
  const std::int64_t widest = (std::int64_t{1} << (std::min(core.value_bits, 32) - 1)) - 1;
  result.config.minimum = static_cast<std::int32_t>(std::max(-bound, -widest - 1));
  result.config.maximum = static_cast<std::int32_t>(std::min(bound, widest));
  if (low < result.config.minimum || high > result.config.maximum) {
    result.missing_bits = 1;
    while (low < -(std::int64_t{1} << (result.missing_bits - 1)) ||
           high > (std::int64_t{1} << (result.missing_bits - 1)) - 1) {
      ++result.missing_bits;
    }
  }
  return result;
}

}  // namespace weft::mapping
