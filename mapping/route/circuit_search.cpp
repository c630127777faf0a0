// The estimate of what is left is the distance times the base cost, which no link goes below: it never says
// too much, so the first time that the sink comes off the heap its way is the cheapest.
#include "mapping/route/circuit_search.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

constexpr Channel kFromTree = 0xffffffffu;

int span(int a, int b, int size, bool ring) {
  const int direct = std::abs(a - b);
  return ring ? std::min(direct, size - direct) : direct;
}

}  // namespace

CircuitSearch::CircuitSearch(const Fabric& fabric)
    : fabric_(fabric),
      tree_mark_(static_cast<std::size_t>(fabric.tiles()), 0),
      seen_mark_(tree_mark_.size(), 0),
      cost_(tree_mark_.size(), 0),
      from_(tree_mark_.size(), kFromTree) {
  for (std::uint32_t t = 0; t < tree_mark_.size(); ++t) {
    for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      ends_.push_back(has_neighbor(fabric, TileId(t), side) ? neighbor(fabric, TileId(t), side) : TileId(t));
    }
  }
}

int CircuitSearch::distance(TileId a, TileId b) const {
  const bool ring = fabric_.topology == Topology::Torus;
  return span(fabric_.x(a), fabric_.x(b), fabric_.width, ring) +
         span(fabric_.y(a), fabric_.y(b), fabric_.height, ring);
}

void CircuitSearch::begin_tree(TileId source) {
  ++tree_;
  members_.assign(1, source);
  tree_mark_[source.index()] = tree_;
}

void CircuitSearch::open(TileId tile, std::int64_t cost, Channel from, TileId sink) {
  const std::size_t t = tile.index();
  if (seen_mark_[t] == search_ && cost_[t] <= cost) return;
  seen_mark_[t] = search_;
  cost_[t] = cost;
  from_[t] = from;
  heap_.emplace_back(cost + kBaseCost * distance(tile, sink), tile.value());
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
}

void CircuitSearch::reach(TileId sink, const std::vector<std::int64_t>& costs, std::vector<Channel>& tree) {
  if (in_tree(sink)) return;
  ++search_;
  heap_.clear();
  for (const TileId member : members_) open(member, 0, kFromTree, sink);
  while (true) {
    if (heap_.empty()) internal_error("a tile that no link leads to");
    const auto [estimate, tile] = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    heap_.pop_back();
    if (estimate > cost_[tile] + kBaseCost * distance(TileId(tile), sink))
      continue;  // found a cheaper way since
    if (tile == sink.value()) break;
    for (Channel channel = tile * 4; channel < tile * 4 + 4; ++channel) {
      if (ends_[channel] != TileId(tile)) open(ends_[channel], cost_[tile] + costs[channel], channel, sink);
    }
  }
  const std::size_t first = tree.size();
  for (TileId at = sink; !in_tree(at); at = TileId(from_[at.index()] / 4)) {
    tree.push_back(from_[at.index()]);
    members_.push_back(at);
    tree_mark_[at.index()] = tree_;
  }
  std::reverse(tree.begin() + static_cast<std::ptrdiff_t>(first), tree.end());
}

}  // namespace weft::mapping
