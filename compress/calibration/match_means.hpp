// Biases that take up what compression did to the mean of every neuron behind it.
#pragma once

#include "model/data/dataset.hpp"
#include "model/network/network.hpp"

namespace weft::compress {

// `network`, front to back, with biases such that the sums of every population that is also one of `dense`
// have the means on `samples` that they have there: a closed form, one population after the other, each
// seeing what those before it give now. Populations with several positions per channel stay as they are.
Network match_means(const Network& network, const Network& dense, const Dataset& samples, int threads = 0);

}  // namespace weft::compress
