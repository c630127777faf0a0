// A placement to begin with: as the cores lie in the plane that their traffic spans.
#pragma once

#include <vector>

#include "mapping/place/anneal.hpp"

namespace weft::mapping {

// Columns of cores in the middle of the fabric, with room for all. Of the trees only those between cores are
// looked at, and of these only pairs with `strong_percent` of the traffic of the less busy one's busiest
// pair; cores that nobody joins come in the order of their ids.
IdVector<CoreId, TileId> plane_start(const Fabric& fabric, const std::vector<PlacedTree>& trees,
                                     std::uint32_t cores, int strong_percent);

}  // namespace weft::mapping
