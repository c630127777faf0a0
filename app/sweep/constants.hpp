// What a sweep's constants of energy and area leave out, and what they would have to follow
// (fabrics/README.md).
#pragma once

#include <string>
#include <vector>

#include "app/flow/flow_config.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::app {

// What the objectives and conditions of a sweep rest on without a ground, a sentence each: constants that are
// 0, constants that stay while the size changes for which they are given (with the formula that would follow
// it), constants of different origin beside each other. `flows` are points of the sweep, one for each fabric
// file or preset in it; at least one.
std::vector<std::string> find_unmodeled(const std::vector<FlowConfig>& flows, const sweep::SweepFile& sweep);

}  // namespace weft::app
