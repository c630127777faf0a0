// Flits over each link of the mesh, in dimension order, and what too many of them cost.
#pragma once

#include <cstdint>
#include <vector>

#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// A link that carries no more than `free` flits costs nothing: a step lasts that long anyhow. Beyond that its
// cost grows with the square of what is too many: 2 * over * over / free, in hops.
class LinkLoads {
 public:
  LinkLoads(const Fabric& fabric, std::int64_t free);

  // Lays `flits` over the links of the tree (unicast: of the ways) from the source to the targets; takes them
  // up where negative. Returns how many links that were.
  std::int64_t lay(TileId source, const std::vector<TileId>& targets, std::int64_t flits);

  std::int64_t cost() const { return cost_; }
  std::int64_t busiest() const;
  const std::vector<std::int64_t>& loads() const { return loads_; }  // by tile * 4 + side - 1, North to West

 private:
  void change(TileId tile, Direction side, std::int64_t flits);
  // Goes `hops` from there along x or y; returns where it comes to.
  TileId go(TileId from, Direction side, int hops, std::int64_t flits);
  std::int64_t cost_of(std::int64_t load) const;

  const Fabric& fabric_;
  std::int64_t free_;
  std::vector<std::int64_t> loads_;
  std::int64_t cost_ = 0, links_ = 0;
  // Of one tree, by hops from the source along its row: the farthest of each column, up and down.
  struct Column {
    int hops = 0, up = 0, down = 0;
  };
  std::vector<Column> columns_;
};

}  // namespace weft::mapping
