// Three things no placement of given clusters escapes, added up because each counts other links:
//
// - a tree to k tiles other than its start's takes k links, and each tile has so many of its cores at most;
// - a core on a tile that has no port is so many links away from the nearest one, and only so many tiles are
//   near: flits between ports and cores pay that way, the busiest cores at best on the tiles with ports;
// - flits that two cores alone exchange (unicast: all flits) cross at least what the Gilmore-Lawler bound
//   says, of which the first link is counted already (pair_bound.hpp).
#include <algorithm>
#include <functional>

#include "mapping/bounds/ceil_div.hpp"
#include "mapping/bounds/pair_bound.hpp"
#include "mapping/place/place.hpp"
#include "model/fabric/way.hpp"

namespace weft::mapping {
namespace {

std::int64_t others(const Net& net) {
  const bool itself = std::binary_search(net.targets.begin(), net.targets.end(), net.source);
  return static_cast<std::int64_t>(net.targets.size()) - (itself ? 1 : 0);
}

// Links that a flit to so many cores crosses at least: from a core or, with `own` 0, from a port's tile, that
// has room for `own` fewer of them. With unicast each of them takes a flit of its own.
std::int64_t fewest_links(std::int64_t cores, std::int64_t own, const Fabric& fabric) {
  const std::int64_t at_start = fabric.cores_per_tile - own;
  const std::int64_t away = std::max<std::int64_t>(0, cores - at_start);
  return fabric.router.routing == Routing::Unicast ? away : ceil_div(away, fabric.cores_per_tile);
}

std::int64_t flits(const Net& net) {
  return static_cast<std::int64_t>(net.senders.size());
}

// Tiles by the links to the nearest port: how many have none to go, one, ...
std::vector<std::size_t> tiles_by_distance_to_port(const Fabric& fabric) {
  const std::vector<TileId> ports = port_tiles(fabric);
  std::vector<std::size_t> count(static_cast<std::size_t>(fabric.width + fabric.height), 0);
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(fabric.tiles()); ++t) {
    int nearest = fabric.width + fabric.height - 1;
    for (TileId port : ports) {
      nearest = std::min(nearest, way(fabric, TileId(t), port).hops());
    }
    ++count[static_cast<std::size_t>(nearest)];
  }
  return count;
}

// For each distance d: the flits of all nets but those that some core on a tile at most d away could serve.
std::int64_t port_bound(const Nets& nets, const Fabric& fabric, std::uint32_t cores) {
  std::vector<std::int64_t> of_core(cores, 0);
  std::int64_t all = 0;
  for (const Net& net : nets.from_inputs) {
    all += flits(net);
    for (CoreId core : net.targets) of_core[core.index()] += flits(net);
  }
  for (const Net& net : nets.to_outputs) {
    all += flits(net);
    of_core[net.source.index()] += flits(net);
  }
  std::sort(of_core.begin(), of_core.end(), std::greater<>());
  std::int64_t hops = 0, served = 0;
  std::size_t next = 0;
  for (std::size_t tiles : tiles_by_distance_to_port(fabric)) {
    auto room = static_cast<std::int64_t>(tiles) * fabric.cores_per_tile;
    for (; room > 0 && next < of_core.size(); --room) served += of_core[next++];
    if (next == of_core.size() || served >= all) break;
    hops += all - served;
  }
  return hops;
}

// Multicast: the flits that one other core alone takes, beyond the first link. Unicast: all flits.
std::int64_t between_cores(const Nets& nets, const Fabric& fabric, std::uint32_t cores) {
  const bool unicast = fabric.router.routing == Routing::Unicast;
  PairTraffic traffic(cores);
  std::int64_t links = 0;
  for (const Net& net : nets.between_cores) {
    links += fewest_links(others(net), 1, fabric) * flits(net);
    if (!unicast && others(net) != 1) continue;
    for (const CoreId target : net.targets) {
      if (target != net.source) traffic.add(net.source, target, flits(net));
    }
  }
  if (unicast) return std::max(links, pair_bound(traffic, fabric, 0));
  return links + pair_bound(traffic, fabric, fewest_links(1, 1, fabric));
}

}  // namespace

std::int64_t hops_lower_bound(const Nets& nets, const Fabric& fabric, std::uint32_t cores) {
  std::int64_t hops = port_bound(nets, fabric, cores) + between_cores(nets, fabric, cores);
  for (const Net& net : nets.from_inputs) {
    hops += fewest_links(static_cast<std::int64_t>(net.targets.size()), 0, fabric) * flits(net);
  }
  return hops;
}

}  // namespace weft::mapping
