// The load that TrueNorth-like machines are compared by: cores of 256 x 256, each neuron fires in each tick.
#pragma once

#include <cstdint>

#include "tests/bench/sim_cases.hpp"

namespace weft::bench {

// 8 x 8 cores of the preset truenorth, 256 axons by 256 neurons with ticks of 1 ms, half of the crosspoints
// taken. Every neuron fires in every tick and reaches one axon of a random core, every axon hears one neuron:
// 16,384 messages, 2.1 million synaptic additions and about 86,000 hops per tick.
Case every_neuron_fires(std::int64_t ticks);

}  // namespace weft::bench
