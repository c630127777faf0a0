// A compression plan for one layer as a word of the command line.
#pragma once

#include <string>

#include "compress/compress.hpp"

namespace weft::app {

// "fc1:rank=48,density=0.2", "fc1:rank=auto,density=0.05"; both keys may be left out, not both of them.
// Throws a Usage error.
compress::LayerPlan parse_layer_plan(const std::string& word);

}  // namespace weft::app
