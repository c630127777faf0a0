// A spiking network of fully connected layers from integer weights that were trained elsewhere.
#pragma once

#include <string>
#include <vector>

#include "model/base/npz.hpp"
#include "model/network/fixed_network.hpp"

namespace weft {

struct SpikingMlpParams {
  std::string name = "spiking_mlp";
  Shape input;  // of events, each the value 1
  NeuronModel model = NeuronModel::CurrentLif;
  SpikeRule rule;
  int weight_exponent = 0;  // 0 to 31: inputs are weight * 2^weight_exponent
};

// One array of int8 weights [neurons][sources] per layer; populations "fc1", "fc2", ... Throws InputError
// where a type or a shape does not fit, or the parameters are none of a valid network.
FixedNetwork make_spiking_mlp(const std::vector<NpyArray>& weights, const SpikingMlpParams& params);

// The network that belongs to the recordings of N-MNIST: 2312 inputs, CurrentLif with a threshold of 80 * 64,
// decays of 128 (potential) and 1024 (current) in 4096, a weight exponent of 6, reset to zero.
SpikingMlpParams nmnist_mlp_params();

}  // namespace weft
