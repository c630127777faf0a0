// Multicast trees in dimension order: first along the row of the source, then along columns. Two flits can
// wait for each other in a circle only if some tree turned from a column into a row, which none does.
#pragma once

#include <cstdint>
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

// Links of that tree, without building it: the span of the row and, in each column in use, the span of the
// column.
class TreeLength {
 public:
  explicit TreeLength(const Fabric& fabric);
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
    if (column < left_) left_ = column;
    if (column > right_) right_ = column;
    if (!used_[static_cast<std::size_t>(column)]) {
      used_[static_cast<std::size_t>(column)] = 1;
      columns_.push_back(column);
      low_[static_cast<std::size_t>(column)] = high_[static_cast<std::size_t>(column)] = row_;
    }
    if (row < low_[static_cast<std::size_t>(column)]) low_[static_cast<std::size_t>(column)] = row;
    if (row > high_[static_cast<std::size_t>(column)]) high_[static_cast<std::size_t>(column)] = row;
  }
  std::int64_t finish();

  std::vector<int> x_, y_;       // by tile
  std::vector<int> low_, high_;  // rows reached, by column
  std::vector<char> used_;       // by column
  std::vector<int> columns_;
  int left_ = 0, right_ = 0, row_ = 0;
};

}  // namespace weft::mapping
