// The cheapest way to add a net's next sink to its tree: A* (Hart, Nilsson and Raphael, 1968) over tiles.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// A link out of a tile: tile * 4 + side - 1.
using Channel = std::uint32_t;
constexpr std::int64_t kBaseCost = 1 << 10;  // of a link that nobody wants; costs are never below it

class CircuitSearch {
 public:
  explicit CircuitSearch(const Fabric& fabric);

  // Begins a net's tree at its source.
  void begin_tree(TileId source);
  bool in_tree(TileId tile) const { return tree_mark_[tile.index()] == tree_; }
  // Adds the channels of the cheapest way from the tree to the sink; `costs` by channel. Appends them to
  // `tree`, in their order from the tree on. Equal ways: the one that the smaller tiles are on.
  void reach(TileId sink, const std::vector<std::int64_t>& costs, std::vector<Channel>& tree);

  // The tile to which a channel leads; itself where the tile has no neighbor there.
  TileId end(Channel channel) const { return ends_[channel]; }
  std::size_t channels() const { return ends_.size(); }
  int distance(TileId a, TileId b) const;

 private:
  void open(TileId tile, std::int64_t cost, Channel from, TileId sink);

  const Fabric& fabric_;
  std::vector<TileId> ends_;
  std::vector<std::uint32_t> tree_mark_, seen_mark_;
  std::uint32_t tree_ = 0, search_ = 0;
  std::vector<TileId> members_;     // of the tree
  std::vector<std::int64_t> cost_;  // from the tree to a tile; valid where seen_mark_ is search_
  std::vector<Channel> from_;       // the channel by which it is reached so
  std::vector<std::pair<std::int64_t, std::uint32_t>> heap_;
};

}  // namespace weft::mapping
