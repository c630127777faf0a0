// The second half of quantize: value scales from calibration, weights and biases as integers.
#pragma once

#include <vector>

#include "model/network/quantize.hpp"
#include "model/network/quantize/quantize_lower.hpp"

namespace weft {

struct ValueScale {
  ValueFormat format;
  int fraction_bits = 0;        // of the values
  int table_fraction_bits = 0;  // sigmoid and tanh: of the table's index
};

// One per lowered population. The calibrated ones take the power of two that holds the values of
// `calibration` with the least squared error; the output's takes the one that keeps the most winners, then
// the least error.
std::vector<ValueScale> choose_scales(const Network& network, const LoweredNetwork& lowered,
                                      const Dataset& calibration, const QuantizeParams& params);

// The table of a sigmoid or tanh population.
std::vector<std::int32_t> make_table(Activation activation, const ValueScale& scale);

// Fills scales, tables, biases, shifts and weights of `fixed`, whose populations and projections are those of
// `lowered` one by one. A population whose weights are so large that their unit is coarser than the values'
// takes a coarser value scale. Throws Unacceptable where a neuron cannot be held in 32 bits.
void quantize_weights(const LoweredNetwork& lowered, std::vector<ValueScale> scales, FixedNetwork& fixed);

}  // namespace weft
