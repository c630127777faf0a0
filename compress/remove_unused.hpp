// Neurons that nobody hears, or that always say the same, taken out of a network.
#pragma once

#include <vector>

#include "model/network/network.hpp"

namespace weft::compress {

// Sets to zero the weights that no output depends on: those into channels that nothing leads on from, and
// those out of channels that always have one value, which goes into the biases of their targets. The form
// stays. A channel of constant value is left alone where a bias cannot take it up: under a padded convolution
// and under a dense layer whose target has several positions per channel. Outputs stay as they are but for
// rounding.
Network clear_unused(const Network& network);

// The same, then without the channels that have become useless: hidden populations get fewer channels, at
// least one each. Inputs and outputs stay as they are.
Network remove_unused(const Network& network);

// The smaller network, and which channels of each population it still has (1: kept), so that what training
// makes of it can go back.
struct Reduction {
  Network network;
  std::vector<std::vector<char>> kept;
};
Reduction reduce(const Network& network);
// `whole`, which was reduced to `reduction`, with the weights and biases of `trained`, a network of the form
// of reduction.network. Weights of channels that are not in it become zero.
Network expand(const Network& whole, const Reduction& reduction, const Network& trained);

// Recounts without the stage's code: names, order, kinds and windows as before; no weight that `before` did
// not have; no more channels than before; no channel left that feeds nobody (but for grouped convolutions).
// Outputs are not compared here. Empty when all is right.
std::vector<Violation> verify_removal(const Network& before, const Network& after);

}  // namespace weft::compress
