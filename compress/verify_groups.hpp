// The part of the compression's verifier that looks at whole groups of weights.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compress/compress.hpp"

namespace weft::compress {

// What is wrong with a matrix of rows x columns weights that was pruned to layer.density in
// layer.granularity; `input_columns` belong to one input. Empty: nothing. Groups that hold any nonzero weight
// count in full and may hold round(density * weights) together, or be a single one; of a block-diagonal layer
// every part that hangs together is at most as large as the parts of the split.
std::vector<std::string> find_group_faults(const std::vector<float>& weights, std::int64_t rows,
                                           std::int64_t columns, std::int64_t input_columns,
                                           const LayerPlan& layer);

}  // namespace weft::compress
