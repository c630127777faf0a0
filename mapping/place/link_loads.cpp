// A tree in dimension order is a stretch of the source's row, and in each column that a target stands in a
// stretch up and one down from that row: as in tree.cpp, but link by link.
//
// Invariant: cost_ is the sum of cost_of() over all loads.
#include "mapping/place/link_loads.hpp"

#include <algorithm>

#include "model/fabric/way.hpp"

namespace weft::mapping {

LinkLoads::LinkLoads(const Fabric& fabric, std::int64_t free)
    : fabric_(fabric),
      free_(std::max<std::int64_t>(1, free)),
      loads_(static_cast<std::size_t>(fabric.tiles()) * 4, 0) {}

std::int64_t LinkLoads::lay(TileId source, const std::vector<TileId>& targets, std::int64_t flits) {
  links_ = 0;
  if (fabric_.router.routing == Routing::Unicast) {
    for (const TileId target : targets) {
      const Way there = way(fabric_, source, target);
      const TileId corner =
          go(source, there.x > 0 ? Direction::East : Direction::West, std::abs(there.x), flits);
      go(corner, there.y > 0 ? Direction::South : Direction::North, std::abs(there.y), flits);
    }
    return links_;
  }
  columns_.clear();
  int east = 0, west = 0;
  for (const TileId target : targets) {
    const Way there = way(fabric_, source, target);
    east = std::max(east, there.x);
    west = std::min(west, there.x);
    auto column = std::find_if(columns_.begin(), columns_.end(),
                               [&](const Column& one) { return one.hops == there.x; });
    if (column == columns_.end()) column = columns_.insert(columns_.end(), {there.x, 0, 0});
    column->up = std::min(column->up, there.y);
    column->down = std::max(column->down, there.y);
  }
  go(source, Direction::East, east, flits);
  go(source, Direction::West, -west, flits);
  const int width = fabric_.width;
  for (const Column& column : columns_) {
    const int x = ((fabric_.x(source) + column.hops) % width + width) % width;
    const TileId foot = fabric_.tile(x, fabric_.y(source));
    go(foot, Direction::North, -column.up, flits);
    go(foot, Direction::South, column.down, flits);
  }
  return links_;
}

std::int64_t LinkLoads::busiest() const {
  return loads_.empty() ? 0 : *std::max_element(loads_.begin(), loads_.end());
}

TileId LinkLoads::go(TileId from, Direction side, int hops, std::int64_t flits) {
  for (; hops > 0; --hops) {
    change(from, side, flits);
    from = neighbor(fabric_, from, side);
  }
  return from;
}

void LinkLoads::change(TileId tile, Direction side, std::int64_t flits) {
  std::int64_t& load = loads_[tile.index() * 4 + static_cast<std::size_t>(side) - 1];
  cost_ -= cost_of(load);
  load += flits;
  cost_ += cost_of(load);
  ++links_;
}

// Loads are below 2^31 flits, so the square fits.
std::int64_t LinkLoads::cost_of(std::int64_t load) const {
  const std::int64_t over = load - free_;
  return over > 0 ? 2 * over * over / free_ : 0;
}

}  // namespace weft::mapping
