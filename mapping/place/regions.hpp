// Where a user wants cores to stand: rectangles of tiles for layers and for single cores.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/pack/pack.hpp"
#include "model/base/error.hpp"
#include "model/fabric/fabric.hpp"
#include "model/network/fixed_network.hpp"

namespace weft::mapping {

// Tiles from (left, top) to (right, bottom), both included.
struct Region {
  int left = 0, right = 0, top = 0, bottom = 0;

  bool empty() const { return left > right || top > bottom; }
  bool contains(int x, int y) const { return left <= x && x <= right && top <= y && y <= bottom; }
};
inline bool operator==(const Region& a, const Region& b) {
  return a.left == b.left && a.right == b.right && a.top == b.top && a.bottom == b.bottom;
}
Region common(const Region& a, const Region& b);
std::string to_string(const Region& region);  // "[0..3, 0..3]"

// One constraint. Neurons of layers with different regions never share a core.
struct FixedRegion {
  std::string layer;       // all cores that hold neurons of this population; empty:
  std::int64_t core = -1;  // the core of this number, as the .net file numbers them
  Region region;
  SourcePosition where;  // for messages
};

// The region of each population's neurons; populations that nobody fixed: the whole fabric. Throws InputError
// for a layer that does not exist or has no neurons on cores, tiles that do not exist, and constraints of one
// layer that leave it no tile.
std::vector<Region> find_layer_regions(const FixedNetwork& network, const Fabric& fabric,
                                       const std::vector<FixedRegion>& fix);

// Numbers different regions; equal for all where nothing is fixed.
std::vector<std::uint16_t> number_regions(const std::vector<Region>& regions);

// The region of each core; empty where nothing is fixed. Throws InputError for a core that does not exist or
// is left without a tile.
IdVector<CoreId, Region> find_core_regions(const NeuronGraph& graph, const Clusters& clusters,
                                           const std::vector<Region>& of_layer,
                                           const std::vector<FixedRegion>& fix);

// A place of its own for each core, on a tile within its region, as near to the middle as that comes. Throws
// an Unacceptable error that names cores and tiles where some regions are too small for their cores.
IdVector<CoreId, TileId> start_in_regions(const Fabric& fabric, const IdVector<CoreId, Region>& regions);

}  // namespace weft::mapping
