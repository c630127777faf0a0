// Proves that the routes cannot block each other for ever: the channel dependency graph is free of cycles
// (Dally and Seitz, "Deadlock-Free Message Routing in Multiprocessor Interconnection Networks", IEEE Trans.
// Computers, 1987). A channel is a link out of a router to a neighbor together with the buffer at its end; it
// depends on each channel to which some flit that it holds is forwarded. A multicast copy waits for all its
// branches, so it depends on every one of them. Assumed: a message is one flit (no channel is held while its
// tail is still elsewhere), and what goes to a core or out of a port is always taken in the end, so that
// these are no channels; a core's queue is a source and nothing waits for it in a circle.
//
// On a torus a ring of links, all eastward ones of a row and so on, counts as one channel: the bubble rule
// (sim/TIMING.md section 15) keeps a free slot in each, so that what is in a ring moves on in it until it
// comes to where it turns off. Then only waiting from ring to ring can close a circle.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping::verify {
namespace {

constexpr std::array<Direction, 4> kLinks = {Direction::North, Direction::East, Direction::South,
                                             Direction::West};

// A node is a buffer (tile, side of arrival) and stands for the link that fills it; on a torus the buffers of
// a ring are the first one's.
class ChannelGraph {
 public:
  ChannelGraph(const Fabric& fabric, const std::vector<RouteVisit>& visits)
      : fabric_(fabric), successors_(static_cast<std::size_t>(fabric.tiles()) * kDirections) {
    for (const RouteVisit& visit : visits) {
      const std::uint32_t from = node(visit.tile, visit.from);
      for (const Direction side : kLinks) {
        if ((visit.directions & direction_bit(side)) == 0) continue;
        const std::uint32_t to = node(neighbor(fabric_, visit.tile, side), opposite(side));
        const bool stays_in_ring = fabric_.topology == Topology::Torus && visit.from == opposite(side);
        if (!stays_in_ring) successors_[from].push_back(to);
      }
    }
    for (std::vector<std::uint32_t>& list : successors_) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
  }

  // The nodes of a cycle in order, or none. Depth-first; gray nodes are on the path.
  std::vector<std::uint32_t> find_cycle() const {
    enum Color : std::uint8_t { White, Gray, Black };
    std::vector<std::uint8_t> color(successors_.size(), White);
    struct Frame {
      std::uint32_t node;
      std::size_t next;
    };
    std::vector<Frame> path;
    for (std::uint32_t start = 0; start < successors_.size(); ++start) {
      if (color[start] != White || !is_link(start)) continue;
      path.push_back({start, 0});
      color[start] = Gray;
      while (!path.empty()) {
        Frame& top = path.back();
        if (top.next == successors_[top.node].size()) {
          color[top.node] = Black;
          path.pop_back();
          continue;
        }
        const std::uint32_t successor = successors_[top.node][top.next++];
        if (color[successor] == Gray) {
          std::vector<std::uint32_t> cycle;
          std::size_t at = path.size();
          while (path[at - 1].node != successor) --at;
          for (--at; at < path.size(); ++at) cycle.push_back(path[at].node);
          return cycle;
        }
        if (color[successor] != White) continue;
        color[successor] = Gray;
        path.push_back({successor, 0});
      }
    }
    return {};
  }

  // The channel by its owner: "tile_0_0 east"; of a ring the first one.
  std::string name(std::uint32_t channel) const {
    const TileId tile(channel / kDirections);
    const auto side = static_cast<Direction>(channel % kDirections);
    return fmt::format("{} {}", tile_name(fabric_, neighbor(fabric_, tile, side)), to_string(opposite(side)));
  }

 private:
  std::uint32_t node(TileId tile, Direction from) const {
    const bool row = from == Direction::East || from == Direction::West;
    const bool column = from == Direction::North || from == Direction::South;
    if (fabric_.topology == Topology::Torus && row) tile = fabric_.tile(0, fabric_.y(tile));
    if (fabric_.topology == Topology::Torus && column) tile = fabric_.tile(fabric_.x(tile), 0);
    return tile.value() * kDirections + static_cast<std::uint32_t>(from);
  }
  static bool is_link(std::uint32_t channel) {
    const auto side = static_cast<Direction>(channel % kDirections);
    return side != Direction::Local && side != Direction::Edge;
  }

  const Fabric& fabric_;
  std::vector<std::vector<std::uint32_t>> successors_;
};

}  // namespace

void check_deadlock(const Fabric& fabric, const std::vector<RouteVisit>& visits, Findings& findings) {
  for (const RouteVisit& visit : visits) {
    if (fabric.topology != Topology::Torus) break;
    const bool from_column = visit.from == Direction::North || visit.from == Direction::South;
    const unsigned rows = direction_bit(Direction::East) | direction_bit(Direction::West);
    if (from_column && (visit.directions & rows) != 0)
      findings.add("column-to-row", tile_name(fabric, visit.tile),
                   fmt::format("a route comes from the {} and turns into the row", to_string(visit.from)));
  }
  const ChannelGraph graph(fabric, visits);
  const std::vector<std::uint32_t> cycle = graph.find_cycle();
  if (cycle.empty()) return;
  std::string text;
  for (const std::uint32_t channel : cycle) text += graph.name(channel) + " > ";
  findings.add("channel-cycle", graph.name(cycle.front()), text + graph.name(cycle.front()));
}

}  // namespace weft::mapping::verify
