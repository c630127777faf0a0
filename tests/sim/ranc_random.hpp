// Random RANC grids and traffic: shapes, FIFO depths, weights, destinations, ticks long and too short.
#pragma once

#include <cstdint>

#include "model/base/random.hpp"
#include "model/ranc/ranc_network.hpp"
#include "sim/ranc/event.hpp"

namespace weft::sim {

struct RancCase {
  RancNetwork network;
  RancStimulus stimulus;
  RancRunParams params;
};

RancCase random_ranc_case(std::uint64_t seed);

// A grid whose neurons all rest: no connection, no leak, thresholds out of reach.
RancNetwork resting_ranc(int width, int height, int output_tile, int axons, int neurons);

}  // namespace weft::sim
