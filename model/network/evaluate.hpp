// The naive integer reference: nested loops over fixed_network.hpp's rules. The fabric equals it bit for bit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/data/dataset.hpp"
#include "model/network/fixed_network.hpp"
#include "model/network/int_matrix.hpp"
#include "model/network/stimulus.hpp"

namespace weft {

// The values of every population for one input (population 0's values): result[p][neuron]. A frame of one
// step.
std::vector<std::vector<std::int32_t>> evaluate(const FixedNetwork& network,
                                                const std::vector<std::int32_t>& input);

// The output population's values for each sample. threads 0: one per hardware thread.
IntMatrix evaluate(const FixedNetwork& network, const Dataset& dataset, int threads = 0);

// The outputs of each frame of a stimulus: sums over its steps. Throws what check_stimulus() throws.
IntMatrix evaluate_frames(const FixedNetwork& network, const Stimulus& stimulus, int threads = 0);

// Share of rows whose largest value is the label; the lowest index wins a tie.
double accuracy(const IntMatrix& outputs, const Dataset& dataset);
// The same with labels alone; `name` is of the data set, for messages.
double accuracy(const IntMatrix& outputs, const std::vector<std::uint16_t>& labels, const std::string& name);

}  // namespace weft
