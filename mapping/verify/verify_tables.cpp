// Expands each router's table again and compares it with what the tile's routes ask for, key by key; counts
// its entries against what a router holds. A table of ranges may say anything about keys that never come.
// Checked: ranges ascend and share no key; each route's key is in a range with exactly the route's sides;
// each range serves some route. Assumed: check_capacity() found the routes readable.
#include <fmt/format.h>

#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping::verify {
namespace {

bool check_order(const TileImage& tile, const std::string& name, Findings& findings) {
  for (std::size_t r = 0; r < tile.ranges.size(); ++r) {
    const RouteRange& range = tile.ranges[r];
    const bool after = r == 0 || range.first.value() > tile.ranges[r - 1].last.value();
    if (after && range.first.value() <= range.last.value()) continue;
    findings.add("range-order", name,
                 fmt::format("the range of keys {:#x} to {:#x} does not follow the one before",
                             range.first.value(), range.last.value()));
    return false;
  }
  return true;
}

// Both lists ascend, so one walk along both finds for each route the first range that does not end before it.
void compare(const TileImage& tile, const std::string& name, Findings& findings) {
  std::size_t at = 0;
  std::vector<bool> serves(tile.ranges.size(), false);
  for (const RouteEntry& route : tile.routes) {
    const std::uint32_t key = route.key.value();
    while (at < tile.ranges.size() && tile.ranges[at].last.value() < key) ++at;
    if (at == tile.ranges.size() || tile.ranges[at].first.value() > key) {
      findings.add("range-missing", name, fmt::format("the table has no entry for key {:#x}", key));
      return;
    }
    serves[at] = true;
    if (tile.ranges[at].directions == route.directions) continue;
    findings.add("range-sides", name,
                 fmt::format("key {:#x}: the table says directions {:#x}, the route {:#x}", key,
                             tile.ranges[at].directions, route.directions));
    return;
  }
  for (std::size_t r = 0; r < serves.size(); ++r) {
    if (serves[r]) continue;
    findings.add("range-unused", name,
                 fmt::format("no flit with a key from {:#x} to {:#x} comes here",
                             tile.ranges[r].first.value(), tile.ranges[r].last.value()));
    return;
  }
}

}  // namespace

void check_router_tables(const Fabric& fabric, const Image& image, Findings& findings) {
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    const TileImage& tile = image.tiles[TileId(t)];
    const std::string name = tile_name(fabric, TileId(t));
    const std::size_t entries = tile.ranges.empty() ? tile.routes.size() : tile.ranges.size();
    // With unicast a flit carries where it goes; with circuits nothing is looked up.
    if (fabric.router.routing == Routing::Multicast &&
        entries > static_cast<std::size_t>(fabric.router.table_entries)) {
      findings.add("table-entries", name,
                   fmt::format("{} entries, the router holds {}", entries, fabric.router.table_entries));
    }
    if (tile.ranges.empty()) continue;
    if (fabric.router.routing != Routing::Multicast) {
      findings.add("range-routing", name, "ranges of keys, which only tables of multicast routers have");
    }
    if (check_order(tile, name, findings)) compare(tile, name, findings);
  }
}

}  // namespace weft::mapping::verify
