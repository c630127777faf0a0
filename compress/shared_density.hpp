// One density for several layers: how much of it each of them gets.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.hpp"

namespace weft::compress {

// The densities of the projections named, each a share of its weights (at least one of them), that together
// keep at most `synapses` of their synapses: one threshold over all layers on each weight's worth per
// synapse. A weight's worth is its square over the sum of squares of the weights of its layer that are not
// smaller (Lee, Park, Mo, Ahn and Shin, "Layer-adaptive sparsity for the magnitude-based pruning", ICLR
// 2021): what the layer's output would lose of what is left of it when all smaller ones have gone. A layer
// whose weights are all zero keeps one.
std::vector<double> shared_densities(const Network& network, const std::vector<std::string>& projections,
                                     double synapses);

}  // namespace weft::compress
