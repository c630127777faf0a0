// Routes in dimension order: first along the row of the source, then along columns; on a torus each way the
// shorter one round (model/fabric/way.hpp). On a mesh two flits can wait for each other in a circle only if
// some tree turned from a column into a row, which none does; on a torus the bubble rule keeps its rings
// free.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// The routers of a tree with the sides to which each copies a flit; ascending tiles. Local is not among the
// sides: who listens is the caller's knowledge.
struct TreeBranch {
  TileId tile;
  std::uint8_t directions = 0;
};
std::vector<TreeBranch> make_tree(const Fabric& fabric, TileId source, const std::vector<TileId>& targets);

// Links that a sender's flits cross, without building their routes. Multicast: those of the tree, which are
// the span of the row and, in each column in use, the span of the column. Unicast: the sum of the ways.
class RouteLength {
 public:
  RouteLength(const Fabric& fabric, Routing routing);
  explicit RouteLength(const Fabric& fabric) : RouteLength(fabric, fabric.router.routing) {}
  template <class Tiles>
  std::int64_t operator()(TileId source, const Tiles& targets) {
    begin(source);
    for (TileId target : targets) add(target);
    return finish();
  }

 private:
  void begin(TileId source);
  void add(TileId target) {
    const int column = x_[target.index()], row = y_[target.index()];
    const int along_x = along_x_[column];
    const int along_y = along_y_[static_cast<std::size_t>(column & 1)][row];
    if (unicast_) {
      ways_ += std::abs(along_x) + std::abs(along_y);
      return;
    }
    if (along_x < left_) left_ = along_x;
    if (along_x > right_) right_ = along_x;
    const auto at = static_cast<std::size_t>(column);
    if (!used_[at]) {
      used_[at] = 1;
      columns_.push_back(column);
      low_[at] = high_[at] = 0;
    }
    if (along_y < low_[at]) low_[at] = along_y;
    if (along_y > high_[at]) high_[at] = along_y;
  }
  std::int64_t finish();

  bool unicast_;
  std::size_t width_, height_;
  std::vector<int> x_, y_;  // by tile
  // Hops, by parity of the other coordinate (which decides at half a torus), from, to.
  std::vector<std::int16_t> hops_x_, hops_y_;
  std::vector<int> low_, high_;  // hops from the row, by column
  std::vector<char> used_;       // by column
  std::vector<int> columns_;
  const std::int16_t* along_x_ = nullptr;  // of the source, by column
  const std::int16_t* along_y_[2] = {};    // of the source's row, by parity of the column and by row
  int left_ = 0, right_ = 0;
  std::int64_t ways_ = 0;
};

}  // namespace weft::mapping
