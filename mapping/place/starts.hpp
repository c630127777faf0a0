// Placements to begin with: compact blocks of cores.
#pragma once

#include <string>
#include <vector>

#include "mapping/pack/pack.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

struct PlaceStart {
  std::string name;
  IdVector<CoreId, TileId> tile_of;
};

// A block in the middle, one at the middle of each side that has ports, and all along the ports. In each,
// cores lie row by row in the order of their ids.
std::vector<PlaceStart> compact_starts(const Fabric& fabric, std::uint32_t cores,
                                       const std::vector<TileId>& ports);

}  // namespace weft::mapping
