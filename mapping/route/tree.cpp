// A target's path is walked tile by tile and laid over the others; equal prefixes coincide because all paths
// turn the same way, so that the union is a tree.
#include "mapping/route/tree.hpp"

#include <map>

#include "model/fabric/way.hpp"

namespace weft::mapping {
namespace {

// [parity of the other coordinate][from][to]
std::vector<std::int16_t> all_hops(int size, bool wraps) {
  std::vector<std::int16_t> hops;
  for (int parity = 0; parity < 2; ++parity) {
    for (int from = 0; from < size; ++from) {
      for (int to = 0; to < size; ++to) {
        hops.push_back(
            static_cast<std::int16_t>(hops_along(from, to, size, wraps, (from + parity) % 2 == 0)));
      }
    }
  }
  return hops;
}

}  // namespace

std::vector<TreeBranch> make_tree(const Fabric& fabric, TileId source, const std::vector<TileId>& targets) {
  std::map<TileId, std::uint8_t> directions;
  directions[source] = 0;
  for (TileId target : targets) {
    for (TileId at = source; at != target;) {
      const Direction direction = first_side(fabric, at, target);
      directions[at] = static_cast<std::uint8_t>(directions[at] | direction_bit(direction));
      at = neighbor(fabric, at, direction);
      directions.emplace(at, std::uint8_t{0});
    }
  }
  std::vector<TreeBranch> tree;
  for (const auto& [tile, bits] : directions) tree.push_back({tile, bits});
  return tree;
}

RouteLength::RouteLength(const Fabric& fabric, Routing routing)
    : unicast_(routing == Routing::Unicast),
      width_(static_cast<std::size_t>(fabric.width)),
      height_(static_cast<std::size_t>(fabric.height)),
      hops_x_(all_hops(fabric.width, fabric.topology == Topology::Torus)),
      hops_y_(all_hops(fabric.height, fabric.topology == Topology::Torus)),
      low_(width_),
      high_(width_),
      used_(width_, 0) {
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(fabric.tiles()); ++t) {
    x_.push_back(fabric.x(TileId(t)));
    y_.push_back(fabric.y(TileId(t)));
  }
}

void RouteLength::begin(TileId source) {
  const auto x = static_cast<std::size_t>(x_[source.index()]),
             y = static_cast<std::size_t>(y_[source.index()]);
  along_x_ = hops_x_.data() + ((y & 1) * width_ + x) * width_;
  for (std::size_t parity : {0, 1}) along_y_[parity] = hops_y_.data() + (parity * height_ + y) * height_;
  left_ = right_ = 0;
  ways_ = 0;
}

std::int64_t RouteLength::finish() {
  std::int64_t length = ways_ + right_ - left_;
  for (int column : columns_) {
    length += high_[static_cast<std::size_t>(column)] - low_[static_cast<std::size_t>(column)];
    used_[static_cast<std::size_t>(column)] = 0;
  }
  columns_.clear();
  return length;
}

}  // namespace weft::mapping
