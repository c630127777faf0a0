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

// Weights: one power-of-two scale per neuron (per channel under a convolution), the largest for which all its
// weights fit, or one finer that clips where the squared error is less; coarser again, down to 6 bits, where
// the sum could leave 32 bits. Values: one power-of-two scale per population, the one of least squared error
// on `calibration` (training data, of the network's input shape); the output's keeps the most winners first.
// Max pools are lowered to weighted sums and ReLU, exactly on integers (max(a, b) = b + relu(a - b)), average
// pools to convolutions; the input's scale and offset go into weights and biases; delays make all paths
// equally long. The result is valid(), or an Unacceptable error says which neuron cannot be held in 32 bits.
// Throws a Usage error for bits outside 2 to 16, InputError for a network that is not valid or data of
// another shape.
FixedNetwork quantize(const Network& network, const Dataset& calibration, const QuantizeParams& params);

}  // namespace weft
