// From floating point to integers.
#pragma once

#include <cstdint>

#include "model/data/dataset.hpp"
#include "model/network/fixed_network.hpp"
#include "model/network/network.hpp"

namespace weft {

struct QuantizeParams {
  int weight_bits = 8;
  int value_bits = 8;
  std::int64_t calibration_samples = 1000;  // taken from the front of the calibration set
  int threads = 0;
};

// One power-of-two weight scale per neuron; the value scale of a population from the values seen on
// `calibration` (training data). Max pools are lowered to weighted sums and ReLU, exactly on integers (max(a,
// b) = b + relu(a - b)), average pools to weights; the input's scale and offset go into weights and biases.
// The result is valid() or an Unacceptable error says which neuron cannot be held in 32 bits.
FixedNetwork quantize(const Network& network, const Dataset& calibration, const QuantizeParams& params);

}  // namespace weft
