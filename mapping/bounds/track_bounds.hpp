// How many tracks the links of a fabric of circuits cannot do without.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/bounds/bounds.hpp"
#include "mapping/graph/nets.hpp"
#include "mapping/route/circuit.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// Holds for any mapping: a source with so many readers that they take k cores has a tree of k - 1 links at
// least, and all trees share out the fabric's links.
int any_track_bound(const Bounds& bounds, const Fabric& fabric);

// Holds given these clusters, wherever they stand: the trees between them share out the fabric's links, and
// what comes into a core from others, or goes to others, crosses the few links of its tile, but for those
// that may share the tile with it.
int cluster_track_bound(const Nets& nets, const Fabric& fabric, std::uint32_t cores);

// Holds given this placement: of every rectangle of tiles, the nets that must leave it and those that must
// come in share out the links on its border (Leiserson's cut argument). On large fabrics, where there are
// too many rectangles, only the two sides of lines across the mesh, and single tiles.
int placement_track_bound(const Fabric& fabric, const std::vector<CircuitNet>& nets);

}  // namespace weft::mapping
