// Proves that the routes cannot block each other for ever: the channel dependency graph is free of cycles
// (Dally and Seitz, "Deadlock-Free Message Routing in Multiprocessor Interconnection Networks", IEEE Trans.
// Computers, 1987). A channel is a link out of a router to a neighbor together with the buffer at its end; it
// depends on each channel to which some flit that it holds is forwarded. A multicast copy waits for all its
// branches, so it depends on every one of them. Assumed: a message is one flit (no channel is held while its
// tail is still elsewhere), and what goes to a core or out of a port is always taken in the end, so that
// these are no channels; a core's queue is a source and nothing waits for it in a circle.
#include <fmt/format.h>

#include <array>

#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping::verify {
namespace {

constexpr std::array<Direction, 4> kLinks = {Direction::North, Direction::East, Direction::South,
                                             Direction::West};

// The graph: per tile and side of arrival, the sides to which arrivals from there are forwarded. The channel
// that ends at (tile, side) is the one that the neighbor at that side owns.
class ChannelGraph {
 public:
  ChannelGraph(const Fabric& fabric, const std::vector<RouteVisit>& visits)
      : fabric_(fabric), forwards_(static_cast<std::size_t>(fabric.tiles()) * kDirections, 0) {
    for (const RouteVisit& visit : visits) forwards_[node(visit.tile, visit.from)] |= visit.directions;
  }

  // The nodes of a cycle in order, or none. Depth-first; gray nodes are on the path.
  std::vector<std::uint32_t> find_cycle() const {
    enum Color : std::uint8_t { White, Gray, Black };
    std::vector<std::uint8_t> color(forwards_.size(), White);
    struct Frame {
      std::uint32_t node;
      std::size_t next_link;
    };
    std::vector<Frame> path;
    for (std::uint32_t start = 0; start < forwards_.size(); ++start) {
      if (color[start] != White || !is_link(start)) continue;
      path.push_back({start, 0});
      color[start] = Gray;
      while (!path.empty()) {
        Frame& top = path.back();
        if (top.next_link == kLinks.size()) {
          color[top.node] = Black;
          path.pop_back();
          continue;
        }
        const Direction side = kLinks[top.next_link++];
        if ((forwards_[top.node] & direction_bit(side)) == 0) continue;
        const TileId tile(top.node / kDirections);
        const std::uint32_t successor = node(neighbor(fabric_, tile, side), opposite(side));
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

  // The channel by its owner: "tile_0_0 east".
  std::string name(std::uint32_t channel) const {
    const TileId tile(channel / kDirections);
    const auto side = static_cast<Direction>(channel % kDirections);
    return fmt::format("{} {}", tile_name(fabric_, neighbor(fabric_, tile, side)), to_string(opposite(side)));
  }

 private:
  static std::uint32_t node(TileId tile, Direction from) {
    return tile.value() * kDirections + static_cast<std::uint32_t>(from);
  }
  static bool is_link(std::uint32_t channel) {
    const auto side = static_cast<Direction>(channel % kDirections);
    return side != Direction::Local && side != Direction::Edge;
  }

  const Fabric& fabric_;
  std::vector<std::uint8_t> forwards_;
};

}  // namespace

void check_deadlock(const Fabric& fabric, const std::vector<RouteVisit>& visits, Findings& findings) {
  const ChannelGraph graph(fabric, visits);
  const std::vector<std::uint32_t> cycle = graph.find_cycle();
  if (cycle.empty()) return;
  std::string text;
  for (const std::uint32_t channel : cycle) text += graph.name(channel) + " > ";
  findings.add("channel-cycle", graph.name(cycle.front()), text + graph.name(cycle.front()));
}

}  // namespace weft::mapping::verify
