// A target's path is walked tile by tile and laid over the others; equal prefixes coincide because all paths
// turn the same way, so that the union is a tree.
#include "mapping/route/tree.hpp"

#include <algorithm>
#include <map>

namespace weft::mapping {

std::vector<TreeBranch> make_tree(const Fabric& fabric, TileId source, const std::vector<TileId>& targets) {
  std::map<TileId, std::uint8_t> directions;
  directions[source] = 0;
  for (TileId target : targets) {
    for (TileId at = source; at != target;) {
      Direction direction = Direction::Local;
      if (fabric.x(at) != fabric.x(target)) {
        direction = fabric.x(at) < fabric.x(target) ? Direction::East : Direction::West;
      } else {
        direction = fabric.y(at) < fabric.y(target) ? Direction::South : Direction::North;
      }
      directions[at] = static_cast<std::uint8_t>(directions[at] | direction_bit(direction));
      at = neighbor(fabric, at, direction);
      directions.emplace(at, std::uint8_t{0});
    }
  }
  std::vector<TreeBranch> tree;
  for (const auto& [tile, bits] : directions) tree.push_back({tile, bits});
  return tree;
}

TreeLength::TreeLength(const Fabric& fabric)
    : low_(static_cast<std::size_t>(fabric.width)),
      high_(static_cast<std::size_t>(fabric.width)),
      used_(static_cast<std::size_t>(fabric.width), 0) {
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(fabric.tiles()); ++t) {
    x_.push_back(fabric.x(TileId(t)));
    y_.push_back(fabric.y(TileId(t)));
  }
}

void TreeLength::begin(TileId source) {
  left_ = right_ = x_[source.index()];
  row_ = y_[source.index()];
}

std::int64_t TreeLength::finish() {
  std::int64_t length = right_ - left_;
  for (int column : columns_) {
    length += high_[static_cast<std::size_t>(column)] - low_[static_cast<std::size_t>(column)];
    used_[static_cast<std::size_t>(column)] = 0;
  }
  columns_.clear();
  return length;
}

}  // namespace weft::mapping
