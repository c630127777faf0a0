// A router looks up only the keys that come to it: what its table says about any other does not matter. So
// going through its keys in ascending order, an entry goes on as long as the sides stay the same, over all
// keys in between that it never sees. For tables whose entries share no key none is shorter: of two keys next
// to each other with different sides, some entry has to end between them.
#include "mapping/route/tables.hpp"

#include <algorithm>

#include "model/base/error.hpp"

namespace weft::mapping {

void share_entries(Image& image) {
  for (TileImage& tile : image.tiles) {
    tile.ranges.clear();
    for (const RouteEntry& route : tile.routes) {
      if (tile.ranges.empty() || tile.ranges.back().directions != route.directions)
        tile.ranges.push_back({route.key, route.key, route.directions});
      tile.ranges.back().last = route.key;
    }
  }
}

TableUse count_entries(const Image& image) {
  TableUse use;
  for (const TileImage& tile : image.tiles) {
    const auto entries = static_cast<std::int64_t>(tile.table_entries());
    const auto keys = static_cast<std::int64_t>(tile.routes.size());
    use.entries += entries;
    use.keys += keys;
    use.max_entries = std::max(use.max_entries, entries);
    use.max_keys = std::max(use.max_keys, keys);
  }
  return use;
}

void require_table_room(const Image& image, const Fabric& fabric) {
  if (fabric.router.routing != Routing::Multicast) return;
  const auto room = static_cast<std::size_t>(fabric.router.table_entries);
  std::size_t most = 0, short_of = 0;
  TileId fullest;
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    const std::size_t entries = image.tiles[TileId(t)].table_entries();
    if (entries > room) ++short_of;
    if (entries <= most) continue;
    most = entries;
    fullest = TileId(t);
  }
  if (short_of == 0) return;
  throw Error(ErrorKind::Unacceptable,
              "the router of " + tile_name(fabric, fullest) + " needs " + std::to_string(most) +
                  " table entries for its " + std::to_string(image.tiles[fullest].routes.size()) +
                  " keys, router.table_entries is " + std::to_string(room) + "; " + std::to_string(short_of) +
                  (short_of == 1 ? " router is" : " routers are") +
                  " short, router.table_entries = " + std::to_string(most) + " would do");
}

}  // namespace weft::mapping
