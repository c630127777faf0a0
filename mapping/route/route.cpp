// Senders of a net that start at the same tile share a tree; inputs of a net that enter at different ports do
// not. A network's outputs have no readers among the neurons, so a tree ends either at cores or at a port.
#include "mapping/route/route.hpp"

#include <algorithm>
#include <map>

#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

constexpr Direction kMesh[] = {Direction::North, Direction::East, Direction::South, Direction::West};

std::vector<Route> make_routes(const Fabric& fabric, const NeuronGraph& graph, const Nets& nets,
                               const Placement& placement) {
  const std::vector<TileId> ports = port_tiles(fabric);
  const auto tiles_of = [&](const Net& net) {
    std::vector<TileId> tiles;
    for (CoreId core : net.targets) tiles.push_back(placement.tile_of[core]);
    return tiles;
  };
  std::vector<Route> routes;
  for (const Net& net : nets.from_inputs) {
    std::map<PortId, std::vector<NodeId>> by_port;
    for (NodeId input : net.senders) by_port[placement.input_port[input]].push_back(input);
    for (auto& [port, inputs] : by_port) {
      routes.push_back({std::move(inputs), make_tree(fabric, ports[port.index()], tiles_of(net))});
    }
  }
  for (const Net& net : nets.between_cores) {
    routes.push_back({net.senders, make_tree(fabric, placement.tile_of[net.source], tiles_of(net))});
  }
  std::map<NodeId, PortId> port_of;
  for (std::size_t o = 0; o < graph.outputs.size(); ++o) port_of[graph.outputs[o]] = placement.output_port[o];
  for (const Net& net : nets.to_outputs) {
    for (NodeId node : net.senders) {
      const TileId tile = ports[port_of[node].index()];
      Route route{{node}, make_tree(fabric, placement.tile_of[net.source], {tile})};
      for (TreeBranch& branch : route.tree) {
        if (branch.tile == tile)
          branch.directions = static_cast<std::uint8_t>(branch.directions | direction_bit(Direction::Edge));
      }
      routes.push_back(std::move(route));
    }
  }
  return routes;
}

}  // namespace

Routes route(const Fabric& fabric, const NeuronGraph& graph, const Nets& nets, const Placement& placement) {
  Routes result;
  result.routes = make_routes(fabric, graph, nets, placement);
  const auto tiles = static_cast<std::size_t>(fabric.tiles());
  IdVector<TileId, std::int64_t> entries(tiles, 0);
  std::vector<std::int64_t> loads(tiles * kDirections, 0);
  for (const Route& one : result.routes) {
    const auto senders = static_cast<std::int64_t>(one.senders.size());
    for (const TreeBranch& branch : one.tree) {
      entries[branch.tile] += senders;
      for (Direction direction : kMesh) {
        if ((branch.directions & direction_bit(direction)) == 0) continue;
        loads[branch.tile.index() * kDirections + static_cast<std::size_t>(direction)] += senders;
        result.hops += senders;
      }
    }
    result.entries += senders * static_cast<std::int64_t>(one.tree.size());
  }
  result.max_link_load = *std::max_element(loads.begin(), loads.end());
  const auto fullest = std::max_element(entries.begin(), entries.end());
  result.max_entries = *fullest;
  if (fabric.router.routing == Routing::Circuit) {
    if (result.max_link_load <= fabric.router.tracks) return result;
    throw Error(ErrorKind::Unacceptable, "some link needs " + std::to_string(result.max_link_load) +
                                             " tracks, router.tracks is " +
                                             std::to_string(fabric.router.tracks));
  }
  if (*fullest > fabric.router.table_entries) {
    const TileId tile(static_cast<std::uint32_t>(fullest - entries.begin()));
    throw Error(ErrorKind::Unacceptable,
                "the router of " + tile_name(fabric, tile) + " needs " + std::to_string(*fullest) +
                    " table entries, router.table_entries is " + std::to_string(fabric.router.table_entries));
  }
  return result;
}

}  // namespace weft::mapping
