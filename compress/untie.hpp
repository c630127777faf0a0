// Convolutions whose synapses go ways of their own.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.hpp"

namespace weft::compress {

// The network with the named convolutions as Dense projections of the same synapses: a weight for each
// position of the kernel that lies inside the source, zeros elsewhere. A core's crossbar holds a weight for
// each synapse anyway, sharing saves none: what training and pruning may then choose for each position comes
// free. Outputs stay as they are but for rounding, synapses as many. Throws InputError on a name that is no
// convolution, and where a matrix would have more than 2^28 weights.
Network untie(const Network& network, const std::vector<std::string>& projections);

}  // namespace weft::compress
