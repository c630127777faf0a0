// Interval arithmetic.
#include "mapping/split/partial_sum.hpp"

#include <algorithm>
#include <cstdlib>

namespace weft::mapping {

SumRange range_of_sum(const std::vector<Synapse>& synapses, const IdVector<NodeId, NeuronConfig>& sources,
                      std::int64_t bias) {
  SumRange range{bias, bias};
  for (const Synapse& synapse : synapses) {
    const std::int64_t a = std::int64_t{synapse.weight} * sources[synapse.source].minimum;
    const std::int64_t b = std::int64_t{synapse.weight} * sources[synapse.source].maximum;
    range.low += std::min({a, b, std::int64_t{0}});
    range.high += std::max({a, b, std::int64_t{0}});
  }
  return range;
}

int signed_bits(const SumRange& range) {
  int bits = 1;
  while (range.low < -(std::int64_t{1} << (bits - 1)) || range.high > (std::int64_t{1} << (bits - 1)) - 1)
    ++bits;
  return bits;
}

PartialSum make_partial_sum(const std::vector<Synapse>& synapses,
                            const IdVector<NodeId, NeuronConfig>& sources, const CoreSpec& core) {
  const SumRange range = range_of_sum(synapses, sources, 0);
  std::int64_t bound = 0;
  for (const Synapse& synapse : synapses) {
    const NeuronConfig& source = sources[synapse.source];
    bound += std::max(std::abs(std::int64_t{synapse.weight} * source.minimum),
                      std::abs(std::int64_t{synapse.weight} * source.maximum));
  }
  PartialSum result;
  const std::int64_t widest = (std::int64_t{1} << (std::min(core.value_bits, 32) - 1)) - 1;
  result.config.minimum = static_cast<std::int32_t>(std::max(-bound, -widest - 1));
  result.config.maximum = static_cast<std::int32_t>(std::min(bound, widest));
  if (range.low < result.config.minimum || range.high > result.config.maximum)
    result.missing_bits = signed_bits(range);
  return result;
}

}  // namespace weft::mapping
