// A compression plan checked against the network it is for.
#pragma once

#include "compress/compress.hpp"
#include "model/network/network.hpp"

namespace weft::compress {

// Throws InputError on everything that compress_network() refuses.
void check_plan(const Network& network, const CompressParams& params);

}  // namespace weft::compress
