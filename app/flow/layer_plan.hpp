// A compression plan for one layer as a word of the command line.
#pragma once

#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::app {

// "fc1:rank=48,density=0.2", "fc1:rank=auto,density=0.05", "fc1:density=0.3,granularity=inputs",
// "fc1:density=0.3,granularity=blocks,block=64x32" (neurons by inputs); any key may be left out, not all.
// Throws a Usage error.
compress::LayerPlan parse_layer_plan(const std::string& word);

// Blocks that were left open become those of the fabric's cores.
void align_blocks(std::vector<compress::LayerPlan>& layers, const CoreSpec& core);

}  // namespace weft::app
