// A convolutional spiking network of the size that SANA-FE was measured with: 18,700 neurons, 3.56 million
// synapses, 364 spikes and 51,000 synaptic events per step, mapped onto Loihi cores.
#pragma once

#include <cstdint>

#include "model/network/fixed_network.hpp"
#include "tests/bench/sim_cases.hpp"

namespace weft::bench {

// Input 2 x 34 x 34, three convolutions and a dense layer. What a neuron gets from its synapses moves when it
// fires, its bias how often, so that the activity is known beforehand.
FixedNetwork conv_network();
// The network mapped onto the preset loihi1-measured, with random input events.
Case conv_case(std::int64_t steps);

}  // namespace weft::bench
