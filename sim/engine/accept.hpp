// What a run accepts, whoever starts it.
#pragma once

#include "model/fabric/image.hpp"
#include "sim/run.hpp"

namespace weft::sim {

// Throw InputError: an image made for another fabric, or not valid on this one; a stall share out of range.
void require_usable(const Fabric& fabric, const Image& image);
void require_usable(const RunParams& params);

}  // namespace weft::sim
