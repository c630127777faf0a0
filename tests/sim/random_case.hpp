// Small random images for the simulator's own tests: senders all over a small grid, routes in dimension
// order.
#pragma once

#include "model/base/random.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {

struct RandomCase {
  HandMade made;
  Stimulus stimulus;
};
RandomCase random_case(std::uint64_t seed);

// Where a tile has two neurons or more, the first half of them becomes core 0, the others core 1.
void share_tiles(RandomCase& one);

}  // namespace weft::sim
