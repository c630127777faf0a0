// The neuron that holds a part of another neuron's sum.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/graph/neuron_graph.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// What a sum of weighted sources and a bias can be; an axon without a message counts as a value of zero.
struct SumRange {
  std::int64_t low = 0, high = 0;
};
SumRange range_of_sum(const std::vector<Synapse>& synapses, const IdVector<NodeId, NeuronConfig>& sources,
                      std::int64_t bias);
// Of a signed value that holds the range.
int signed_bits(const SumRange& range);

// Linear, shift 0, bias 0, and clamps that no input can reach: at -B and B, with B = sum of |weight| *
// largest |source value|, or at the ends of core.value_bits where the exact range of the sum is proved to lie
// within. Sums of clamps never exceed the bound that the whole neuron's potential was proved for.
struct PartialSum {
  NeuronConfig config;   // without origin
  int missing_bits = 0;  // 0: proved; else the signed bits that the exact range needs
};
PartialSum make_partial_sum(const std::vector<Synapse>& synapses,
                            const IdVector<NodeId, NeuronConfig>& sources, const CoreSpec& core);

}  // namespace weft::mapping
