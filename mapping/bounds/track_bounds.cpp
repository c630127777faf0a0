// A cut of links with n nets that have to cross it in one direction needs ceil(n / links) tracks.
#include "mapping/bounds/track_bounds.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "mapping/bounds/ceil_div.hpp"
#include "mapping/place/place.hpp"

namespace weft::mapping {
namespace {

constexpr Direction kMesh[] = {Direction::North, Direction::East, Direction::South, Direction::West};
constexpr std::int64_t kWork = 2'000'000'000;   // rectangles times nets and links that are looked at
constexpr std::int64_t kCorners = 100'000'000;  // tiles times nets, of which each takes four bytes

struct LinkCount {
  std::int64_t all = 0;   // of the fabric, each direction of a pair counted
  std::int64_t most = 0;  // out of one tile
};
LinkCount count_links(const Fabric& fabric) {
  LinkCount count;
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(fabric.tiles()); ++t) {
    std::int64_t here = 0;
    for (const Direction side : kMesh) here += has_neighbor(fabric, TileId(t), side) ? 1 : 0;
    count.all += here;
    count.most = std::max(count.most, here);
  }
  return count;
}

int as_tracks(std::int64_t crossing, std::int64_t links) {
  return links == 0 ? 0 : static_cast<int>(ceil_div(crossing, links));
}

struct Rectangle {
  int left = 0, top = 0, right = 0, bottom = 0;  // both ends included
  bool holds(int x, int y) const { return x >= left && x <= right && y >= top && y <= bottom; }
};

// Links out of a rectangle; as many lead in.
std::int64_t border_links(const Fabric& fabric, const Rectangle& r) {
  std::int64_t links = 0;
  const auto count = [&](int x, int y, Direction side) {
    const TileId tile = fabric.tile(x, y);
    if (!has_neighbor(fabric, tile, side)) return;
    const TileId to = neighbor(fabric, tile, side);
    if (!r.holds(fabric.x(to), fabric.y(to))) ++links;
  };
  for (int x = r.left; x <= r.right; ++x) {
    count(x, r.top, Direction::North);
    count(x, r.bottom, Direction::South);
  }
  for (int y = r.top; y <= r.bottom; ++y) {
    count(r.left, y, Direction::West);
    count(r.right, y, Direction::East);
  }
  return links;
}

// Nets of one source and the same sinks, and how many sinks lie in the corner (0, 0) to (x - 1, y - 1).
struct Group {
  int x = 0, y = 0;
  std::int64_t nets = 0;
  std::int64_t sinks = 0;
  std::vector<std::int32_t> before;
};

std::vector<Group> group(const Fabric& fabric, const std::vector<CircuitNet>& nets) {
  std::map<std::pair<TileId, std::vector<TileId>>, std::int64_t> counts;
  for (const CircuitNet& net : nets) {
    if (!net.sinks.empty()) ++counts[{net.source, net.sinks}];
  }
  const auto width = static_cast<std::size_t>(fabric.width) + 1;
  std::vector<Group> groups;
  for (const auto& [key, count] : counts) {
    Group made{
        fabric.x(key.first), fabric.y(key.first), count, static_cast<std::int64_t>(key.second.size()), {}};
    made.before.assign(width * (static_cast<std::size_t>(fabric.height) + 1), 0);
    for (const TileId sink : key.second) {
      ++made.before[(static_cast<std::size_t>(fabric.y(sink)) + 1) * width +
                    static_cast<std::size_t>(fabric.x(sink)) + 1];
    }
    for (std::size_t i = width; i < made.before.size(); ++i) {
      if (i % width != 0) made.before[i] += made.before[i - 1];
    }
    for (std::size_t i = width; i < made.before.size(); ++i) made.before[i] += made.before[i - width];
    groups.push_back(std::move(made));
  }
  return groups;
}

int cut(const Fabric& fabric, const std::vector<Group>& groups, const Rectangle& r) {
  const auto width = static_cast<std::size_t>(fabric.width) + 1;
  const auto at = [&](int x, int y) {
    return static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x);
  };
  const std::size_t a = at(r.right + 1, r.bottom + 1), b = at(r.left, r.bottom + 1),
                    c = at(r.right + 1, r.top), d = at(r.left, r.top);
  std::int64_t out = 0, in = 0;
  for (const Group& group : groups) {
    const std::int64_t inside = group.before[a] - group.before[b] - group.before[c] + group.before[d];
    if (r.holds(group.x, group.y)) {
      if (inside < group.sinks) out += group.nets;
    } else if (inside > 0) {
      in += group.nets;
    }
  }
  return as_tracks(std::max(in, out), border_links(fabric, r));
}

// Nets that cross each of the lines between neighboring columns (or rows), by the way they cross it, as steps
// to be summed up: +1 where the first line is that a net crosses, -1 behind the last.
class Lines1D {
 public:
  explicit Lines1D(int lines) : up_(static_cast<std::size_t>(lines) + 1, 0), down_(up_) {}
  void add(int source, int lowest, int highest) {
    step(up_, source, highest);
    step(down_, lowest, source);
  }
  int tracks(int links) const { return std::max(most(up_, links), most(down_, links)); }

 private:
  static void step(std::vector<std::int64_t>& lines, int from, int to) {
    if (from >= to) return;
    ++lines[static_cast<std::size_t>(from)];
    --lines[static_cast<std::size_t>(to)];
  }
  static int most(const std::vector<std::int64_t>& lines, int links) {
    std::int64_t crossing = 0, most = 0;
    for (const std::int64_t step : lines) most = std::max(most, crossing += step);
    return as_tracks(most, links);
  }
  std::vector<std::int64_t> up_, down_;
};

// Of the lines across a mesh and of single tiles alone.
int simple_track_bound(const Fabric& fabric, const std::vector<CircuitNet>& nets) {
  const auto tiles = static_cast<std::size_t>(fabric.tiles());
  Lines1D columns(fabric.width), rows(fabric.height);
  std::vector<std::int64_t> in(tiles, 0), out(tiles, 0);
  for (const CircuitNet& net : nets) {
    if (net.sinks.empty()) continue;
    const int x = fabric.x(net.source), y = fabric.y(net.source);
    int left = x, right = x, top = y, bottom = y;
    for (const TileId sink : net.sinks) {
      ++in[sink.index()];
      left = std::min(left, fabric.x(sink));
      right = std::max(right, fabric.x(sink));
      top = std::min(top, fabric.y(sink));
      bottom = std::max(bottom, fabric.y(sink));
    }
    ++out[net.source.index()];
    columns.add(x, left, right);
    rows.add(y, top, bottom);
  }
  const bool mesh = fabric.topology == Topology::Mesh;  // a line across a torus parts nothing
  int bound = mesh ? std::max(columns.tracks(fabric.height), rows.tracks(fabric.width)) : 0;
  for (std::uint32_t t = 0; t < tiles; ++t) {
    const int x = fabric.x(TileId(t)), y = fabric.y(TileId(t));
    bound = std::max(bound, as_tracks(std::max(in[t], out[t]), border_links(fabric, {x, y, x, y})));
  }
  return bound;
}

std::int64_t all_but_largest(const std::map<CoreId, std::int64_t>& counts, int left_out) {
  std::vector<std::int64_t> sorted;
  for (const auto& [core, count] : counts) sorted.push_back(count);
  std::sort(sorted.begin(), sorted.end());
  const auto kept = static_cast<std::ptrdiff_t>(sorted.size()) - left_out;
  return kept <= 0 ? 0 : std::accumulate(sorted.begin(), sorted.begin() + kept, std::int64_t{0});
}

}  // namespace

int any_track_bound(const Bounds& bounds, const Fabric& fabric) {
  return as_tracks(bounds.tree_links, count_links(fabric).all);
}

int cluster_track_bound(const Nets& nets, const Fabric& fabric, std::uint32_t cores) {
  const LinkCount links = count_links(fabric);
  const int others_in_tile = fabric.cores_per_tile - 1;
  std::vector<std::map<CoreId, std::int64_t>> in(cores);  // by source
  std::vector<std::int64_t> out(cores, 0);
  for (const Net& net : nets.between_cores) {
    const auto senders = static_cast<std::int64_t>(net.senders.size());
    int others = 0;
    for (const CoreId core : net.targets) {
      if (core == net.source) continue;
      ++others;
      in[core.index()][net.source] += senders;
    }
    if (others > others_in_tile) out[net.source.index()] += senders;
  }
  std::int64_t most = 0;
  for (std::uint32_t c = 0; c < cores; ++c)
    most = std::max({most, all_but_largest(in[c], others_in_tile), out[c]});
  return std::max(as_tracks(most, links.most), as_tracks(hops_lower_bound(nets, fabric, cores), links.all));
}

int placement_track_bound(const Fabric& fabric, const std::vector<CircuitNet>& nets) {
  const std::int64_t rectangles =
      std::int64_t{fabric.width} * (fabric.width + 1) / 2 * fabric.height * (fabric.height + 1) / 2;
  const int simple = simple_track_bound(fabric, nets);
  if (static_cast<std::int64_t>(nets.size()) * fabric.tiles() > kCorners) return simple;
  const std::vector<Group> groups = group(fabric, nets);
  const std::int64_t each = static_cast<std::int64_t>(groups.size()) + 2 * (fabric.width + fabric.height);
  if (rectangles * each > kWork) return simple;
  int bound = simple;
  for (int left = 0; left < fabric.width; ++left) {
    for (int right = left; right < fabric.width; ++right) {
      for (int top = 0; top < fabric.height; ++top) {
        for (int bottom = top; bottom < fabric.height; ++bottom) {
          bound = std::max(bound, cut(fabric, groups, {left, top, right, bottom}));
        }
      }
    }
  }
  return bound;
}

}  // namespace weft::mapping
