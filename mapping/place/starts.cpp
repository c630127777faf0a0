// Tiles are taken in the order of their distance to the start's anchors, as many as are needed, and then
// filled row by row.
#include "mapping/place/starts.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace weft::mapping {
namespace {

// In half tiles, so that the middle of an even side is a point too.
struct Point {
  int twice_x = 0, twice_y = 0;
};

// Cores fill the tiles nearest to the anchors, ties in order of ids.
IdVector<CoreId, TileId> compact_start(const Fabric& fabric, std::uint32_t cores,
                                       const std::vector<Point>& anchors) {
  std::vector<std::uint32_t> tiles(static_cast<std::size_t>(fabric.tiles()));
  std::iota(tiles.begin(), tiles.end(), 0u);
  std::vector<int> distance;
  for (std::uint32_t t : tiles) {
    int nearest = std::numeric_limits<int>::max();
    for (const Point& anchor : anchors) {
      nearest = std::min(nearest, std::abs(2 * fabric.x(TileId(t)) - anchor.twice_x) +
                                      std::abs(2 * fabric.y(TileId(t)) - anchor.twice_y));
    }
    distance.push_back(nearest);
  }
  std::stable_sort(tiles.begin(), tiles.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return distance[a] < distance[b]; });
  const auto per_tile = static_cast<std::uint32_t>(fabric.cores_per_tile);
  tiles.resize((cores + per_tile - 1) / per_tile);
  std::sort(tiles.begin(), tiles.end());
  IdVector<CoreId, TileId> tile_of;
  for (std::uint32_t c = 0; c < cores; ++c) tile_of.push_back(TileId(tiles[c / per_tile]));
  return tile_of;
}

}  // namespace

std::vector<PlaceStart> compact_starts(const Fabric& fabric, std::uint32_t cores,
                                       const std::vector<TileId>& ports) {
  const int right = 2 * (fabric.width - 1), bottom = 2 * (fabric.height - 1);
  std::vector<PlaceStart> starts;
  const auto add = [&](const char* name, const std::vector<Point>& anchors) {
    starts.push_back({name, compact_start(fabric, cores, anchors)});
  };
  add("middle", {{right / 2, bottom / 2}});
  if (fabric.ports.west) add("west", {{0, bottom / 2}});
  if (fabric.ports.east) add("east", {{right, bottom / 2}});
  if (fabric.ports.north) add("north", {{right / 2, 0}});
  if (fabric.ports.south) add("south", {{right / 2, bottom}});
  std::vector<Point> along;
  for (TileId port : ports) along.push_back({2 * fabric.x(port), 2 * fabric.y(port)});
  add("ports", along);
  return starts;
}

}  // namespace weft::mapping
