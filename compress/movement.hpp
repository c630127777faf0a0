// How the weights moved in retraining: what Movement pruning goes by.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/network/network.hpp"

namespace weft::compress {

// By projection, per weight: the sum over trainings of weight after * (weight after - weight before).
using Movements = std::map<std::string, std::vector<float>>;

void add_movement(const Network& before, const Network& after, Movements& movements);

}  // namespace weft::compress
