// The figures of compression, projection by projection.
#pragma once

#include <vector>

#include "compress/compress.hpp"

namespace weft::compress {

// One per projection of `before`, in its order. A projection of `after` belongs to it by name: its own, or
// those of its two factors.
std::vector<LayerReport> report_layers(const Network& before, const Network& after,
                                       const std::vector<LayerPlan>& plans);

}  // namespace weft::compress
