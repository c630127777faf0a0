// Each core's strong partners are its neighbors; find_plane() knows what to make of neighbors.
#include "mapping/place/plane_start.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "mapping/graph/plane.hpp"

namespace weft::mapping {
namespace {

// A line for each pair of strong partners.
Lines strong_pairs(const std::vector<PlacedTree>& trees, std::uint32_t cores, int strong_percent) {
  std::map<std::pair<CoreId, CoreId>, std::int64_t> pairs;
  std::vector<std::int64_t> busiest(cores, 0);
  for (const PlacedTree& tree : trees) {
    if (tree.source == kNoCore) continue;
    for (CoreId target : tree.targets) {
      if (target != tree.source) pairs[std::minmax(tree.source, target)] += tree.weight;
    }
  }
  for (const auto& [pair, flits] : pairs) {
    for (CoreId core : {pair.first, pair.second})
      busiest[core.index()] = std::max(busiest[core.index()], flits);
  }
  Lines lines;
  std::vector<std::vector<LineId>> reads(cores);
  for (const auto& [pair, flits] : pairs) {
    const std::int64_t less_busy = std::min(busiest[pair.first.index()], busiest[pair.second.index()]);
    if (100 * flits < less_busy * strong_percent) continue;
    reads[pair.second.index()].push_back(lines.lines.push_back({NodeId(pair.first.value()), 1}));
  }
  for (const std::vector<LineId>& list : reads) {
    for (LineId line : list) lines.of_node.add(line);
    lines.of_node.close();
  }
  lines.readers = inverted(lines.of_node, lines.lines.size());
  return lines;
}

}  // namespace

IdVector<CoreId, TileId> plane_start(const Fabric& fabric, const std::vector<PlacedTree>& trees,
                                     std::uint32_t cores, int strong_percent) {
  std::vector<NodeId> nodes;
  for (std::uint32_t c = 0; c < cores; ++c) nodes.push_back(NodeId(c));
  const Plane plane = find_plane(strong_pairs(trees, cores, strong_percent));
  const std::int64_t per_tile = fabric.cores_per_tile;
  const std::int64_t tiles = (cores + per_tile - 1) / per_tile;
  const std::int64_t fewest = (tiles + fabric.height - 1) / fabric.height;
  const std::int64_t columns =
      std::clamp<std::int64_t>(columns_of(tiles, fabric.width, fabric.height), fewest, fabric.width);
  sort_by(plane.x, nodes);
  const auto left = (fabric.width - static_cast<int>(columns)) / 2;
  IdVector<CoreId, TileId> tile_of(cores, TileId(0));
  std::vector<std::int64_t> shares = equal_shares(tiles, columns);
  std::vector<std::vector<NodeId>> parts;
  std::size_t next = 0;
  for (std::int64_t share : shares) {
    const std::size_t end = std::min(nodes.size(), next + static_cast<std::size_t>(share * per_tile));
    parts.emplace_back(nodes.begin() + static_cast<std::ptrdiff_t>(next),
                       nodes.begin() + static_cast<std::ptrdiff_t>(end));
    next = end;
  }
  for (std::size_t column = 0; column < parts.size(); ++column) {
    sort_by(plane.y, parts[column]);
    const auto top = (fabric.height - static_cast<int>(shares[column])) / 2;
    for (std::size_t i = 0; i < parts[column].size(); ++i) {
      const int row = top + static_cast<int>(i / static_cast<std::size_t>(per_tile));
      tile_of[CoreId(parts[column][i].value())] = fabric.tile(left + static_cast<int>(column), row);
    }
  }
  return tile_of;
}

}  // namespace weft::mapping
