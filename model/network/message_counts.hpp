// How often each neuron of a network sends: values that are not zero, which are messages on a fabric.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/fixed_network.hpp"
#include "model/network/stimulus.hpp"

namespace weft {

struct MessageCounts {
  std::int64_t frames = 0;
  std::int64_t steps = 0;                            // of all frames: what a count is at most
  std::vector<std::vector<std::int64_t>> of_neuron;  // by population and neuron; empty: nothing was counted
};

// Runs the integer reference on all frames of the stimulus. The same on any number of threads (0: one per
// hardware thread). Throws what check_stimulus() throws.
MessageCounts count_messages(const FixedNetwork& network, const Stimulus& stimulus, int threads = 0);

}  // namespace weft
