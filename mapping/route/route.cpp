// Senders of a net that start at the same tile share a tree in dimension order; inputs of a net that enter at
// different ports do not, and circuits are each sender's own. A network's outputs have no readers among the
// neurons, so a tree ends either at cores or at a port.
#include "mapping/route/route.hpp"

#include <algorithm>
#include <map>

#include "mapping/bounds/track_bounds.hpp"
#include "mapping/route/circuit.hpp"
#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

constexpr Direction kMesh[] = {Direction::North, Direction::East, Direction::South, Direction::West};
constexpr std::size_t kOccupancyBins = 11;  // tenths of the tracks, and all of them

// Senders that begin at one tile and go to the same others.
struct Request {
  std::vector<NodeId> senders;
  TileId source;
  std::vector<TileId> targets;
  std::vector<CoreId> cores;  // on these; none where the target is the tile of a port
  bool to_port() const { return cores.empty(); }
};

std::vector<Request> make_requests(const Fabric& fabric, const NeuronGraph& graph, const Nets& nets,
                                   const Placement& placement) {
  const std::vector<TileId> ports = port_tiles(fabric);
  const auto tiles_of = [&](const Net& net) {
    std::vector<TileId> tiles;
    for (CoreId core : net.targets) tiles.push_back(placement.tile_of[core]);
    return tiles;
  };
  std::vector<Request> requests;
  for (const Net& net : nets.from_inputs) {
    std::map<PortId, std::vector<NodeId>> by_port;
    for (NodeId input : net.senders) by_port[placement.input_port[input]].push_back(input);
    for (auto& [port, inputs] : by_port) {
      requests.push_back({std::move(inputs), ports[port.index()], tiles_of(net), net.targets});
    }
  }
  for (const Net& net : nets.between_cores) {
    requests.push_back({net.senders, placement.tile_of[net.source], tiles_of(net), net.targets});
  }
  std::map<NodeId, PortId> port_of;
  for (std::size_t o = 0; o < graph.outputs.size(); ++o) port_of[graph.outputs[o]] = placement.output_port[o];
  for (const Net& net : nets.to_outputs) {
    for (NodeId node : net.senders) {
      requests.push_back({{node}, placement.tile_of[net.source], {ports[port_of[node].index()]}, {}});
    }
  }
  return requests;
}

Route finish(const Request& request, std::vector<NodeId> senders, std::vector<TreeBranch> tree) {
  for (TreeBranch& branch : tree) {
    if (request.to_port() && branch.tile == request.targets.front())
      branch.directions = static_cast<std::uint8_t>(branch.directions | direction_bit(Direction::Edge));
  }
  return {std::move(senders), std::move(tree), kNoCore};
}

CircuitNet circuit_net(const Request& request) {
  CircuitNet net{request.source, request.targets};
  std::sort(net.sinks.begin(), net.sinks.end());
  net.sinks.erase(std::unique(net.sinks.begin(), net.sinks.end()), net.sinks.end());
  net.sinks.erase(std::remove(net.sinks.begin(), net.sinks.end(), net.source), net.sinks.end());
  return net;
}

HistogramReport occupancy(const Fabric& fabric, const std::vector<std::int64_t>& loads, std::int64_t tracks) {
  HistogramReport histogram{0, 0.1, std::vector<std::int64_t>(kOccupancyBins, 0)};
  for (std::size_t channel = 0; channel < loads.size(); ++channel) {
    if (!has_neighbor(fabric, TileId(static_cast<std::uint32_t>(channel / 4)), kMesh[channel % 4])) continue;
    ++histogram.counts[static_cast<std::size_t>(10 * loads[channel] / tracks)];
  }
  return histogram;
}

[[noreturn]] void fail_tracks(std::int64_t needed, std::int64_t bound, int have) {
  throw Error(ErrorKind::Unacceptable, "the circuits need " + std::to_string(needed) +
                                           " tracks per link (given this placement any need at "
                                           "least " +
                                           std::to_string(bound) + "), router.tracks is " +
                                           std::to_string(have));
}

// A tree for each sender, by negotiated congestion.
std::vector<Route> make_circuits(const Fabric& fabric, const std::vector<Request>& requests,
                                 const RouteParams& params, CircuitReport& report, Progress* progress) {
  std::vector<CircuitNet> nets;
  std::vector<std::pair<std::size_t, NodeId>> owner;
  for (std::size_t r = 0; r < requests.size(); ++r) {
    for (const NodeId sender : requests[r].senders) {
      nets.push_back(circuit_net(requests[r]));
      owner.emplace_back(r, sender);
    }
  }
  const int bound = placement_track_bound(fabric, nets);
  ChannelWidth width;
  width.tracks = fabric.router.tracks;
  if (!params.min_tracks && bound <= width.tracks) {
    width.routing = route_circuits(fabric, nets, width.tracks, {}, progress);
  }
  if (params.min_tracks || !width.routing.legal) {
    const int from = params.min_tracks ? bound : std::max(bound, width.tracks + 1);
    width = smallest_channel_width(fabric, nets, from, {}, progress);
  }
  if (!params.min_tracks && width.tracks > fabric.router.tracks) {
    fail_tracks(width.tracks, bound, fabric.router.tracks);
  }
  const std::vector<std::int64_t> loads = channel_loads(fabric, width.routing);
  report.tracks = std::max(1, width.tracks);
  report.channel_width = *std::max_element(loads.begin(), loads.end());
  report.bound_placement = bound;
  report.occupancy = occupancy(fabric, loads, report.tracks);
  for (const CircuitIteration& i : width.routing.log) {
    report.iterations.push_back({i.iteration, i.overused, i.ripped, i.wirelength});
  }
  std::vector<Route> routes;
  for (std::size_t n = 0; n < nets.size(); ++n) {
    routes.push_back(finish(requests[owner[n].first], {owner[n].second}, std::move(width.routing.trees[n])));
  }
  return routes;
}

// A multicast tree for each request, or a path to each of its targets.
std::vector<Route> make_trees(const Fabric& fabric, const std::vector<Request>& requests) {
  std::vector<Route> routes;
  for (const Request& request : requests) {
    if (fabric.router.routing == Routing::Multicast) {
      routes.push_back(finish(request, request.senders, make_tree(fabric, request.source, request.targets)));
      continue;
    }
    for (std::size_t i = 0; i < request.targets.size(); ++i) {
      routes.push_back(
          finish(request, request.senders, make_tree(fabric, request.source, {request.targets[i]})));
      if (!request.to_port()) routes.back().end = request.cores[i];
    }
  }
  return routes;
}

std::int64_t count_hops(const Fabric& fabric, const std::vector<Request>& requests, Routing routing) {
  RouteLength length(fabric, routing);
  std::int64_t hops = 0;
  for (const Request& request : requests)
    hops += length(request.source, request.targets) * static_cast<std::int64_t>(request.senders.size());
  return hops;
}

}  // namespace

Routes route(const Fabric& fabric, const NeuronGraph& graph, const Nets& nets, const Placement& placement,
             const RouteParams& params, Progress* progress) {
  const bool circuits = fabric.router.routing == Routing::Circuit;
  const std::vector<Request> requests = make_requests(fabric, graph, nets, placement);
  Routes result;
  if (circuits) {
    result.routes = make_circuits(fabric, requests, params, result.circuits.emplace(), progress);
  } else {
    result.routes = make_trees(fabric, requests);
  }
  result.multicast_hops = count_hops(fabric, requests, Routing::Multicast);
  result.unicast_hops = count_hops(fabric, requests, Routing::Unicast);
  const auto tiles = static_cast<std::size_t>(fabric.tiles());
  std::vector<std::int64_t> loads(tiles * kDirections, 0);
  for (const Route& one : result.routes) {
    const auto senders = static_cast<std::int64_t>(one.senders.size());
    for (const TreeBranch& branch : one.tree) {
      for (Direction direction : kMesh) {
        if ((branch.directions & direction_bit(direction)) == 0) continue;
        loads[branch.tile.index() * kDirections + static_cast<std::size_t>(direction)] += senders;
        result.hops += senders;
      }
    }
    result.entries += senders * static_cast<std::int64_t>(one.tree.size());
  }
  result.max_link_load = *std::max_element(loads.begin(), loads.end());
  return result;
}

}  // namespace weft::mapping
