// Runs an image step by step, without cycles: messages follow the tables at once.
#pragma once

#include <cstdint>
#include <vector>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"

namespace weft::mapping {

// A new frame enters in each step. Returns the outputs of each frame. Throws an Error where a flit leads
// nowhere, meets a tile twice, or leaves at a port where no output expects it.
std::vector<std::vector<std::int32_t>> interpret(const Fabric& fabric, const Image& image,
                                                 const std::vector<std::vector<std::int32_t>>& frames);

}  // namespace weft::mapping
