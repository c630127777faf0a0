// Cores and ports in turn: with ports fixed the cores are annealed, with cores fixed the ports are a
// transport problem (goods: the inputs that the same cores read; bins: ports). First each of several compact
// starts is annealed from hot, then the best of them again and again from ever cooler.
//
// Invariant: the best placement seen, measured with ports chosen for it, is what each round starts from.
#include "mapping/place/place.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "mapping/place/anneal.hpp"
#include "mapping/place/plane_start.hpp"
#include "mapping/place/transport.hpp"
#include "mapping/progress_share.hpp"
#include "mapping/route/tree.hpp"

namespace weft::mapping {
namespace {

// In half tiles, so that the middle of an even side is a point too.
struct Point {
  int twice_x = 0, twice_y = 0;
};

using Units = std::vector<std::vector<std::int64_t>>;  // by net and port

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

// A block in the middle, one at the middle of each side that has ports, and all along the ports.
std::vector<IdVector<CoreId, TileId>> compact_starts(const Fabric& fabric, std::uint32_t cores,
                                                     const std::vector<TileId>& ports) {
  const int right = 2 * (fabric.width - 1), bottom = 2 * (fabric.height - 1);
  std::vector<std::vector<Point>> anchors{{{right / 2, bottom / 2}}};
  if (fabric.ports.west) anchors.push_back({{0, bottom / 2}});
  if (fabric.ports.east) anchors.push_back({{right, bottom / 2}});
  if (fabric.ports.north) anchors.push_back({{right / 2, 0}});
  if (fabric.ports.south) anchors.push_back({{right / 2, bottom}});
  anchors.emplace_back();
  for (TileId port : ports) anchors.back().push_back({2 * fabric.x(port), 2 * fabric.y(port)});
  std::vector<IdVector<CoreId, TileId>> starts;
  for (const std::vector<Point>& points : anchors) starts.push_back(compact_start(fabric, cores, points));
  return starts;
}

std::int64_t room_per_port(std::int64_t flits, std::int64_t ports) {
  const std::int64_t share = (flits + ports - 1) / ports;
  constexpr std::int64_t kFewFlits = 16, kManyFlits = 64;  // a step takes longer than that anyhow
  return std::max(share, std::clamp(2 * share, kFewFlits, kManyFlits));
}

// `inward`: the flits come from the ports. Cost: the tree from (or to) each port.
Units choose_ports(const Fabric& fabric, const std::vector<Net>& nets, const std::vector<TileId>& ports,
                   bool inward, const IdVector<CoreId, TileId>& tile_of) {
  RouteLength measure(fabric);
  Units cost;
  std::vector<std::int64_t> supply;
  std::int64_t flits = 0;
  std::vector<TileId> ends;
  for (const Net& net : nets) {
    ends.clear();
    for (CoreId target : net.targets) ends.push_back(tile_of[target]);
    cost.emplace_back();
    for (TileId port : ports) {
      cost.back().push_back(inward ? measure(port, ends)
                                   : measure(tile_of[net.source], std::vector<TileId>{port}));
    }
    supply.push_back(static_cast<std::int64_t>(net.senders.size()));
    flits += supply.back();
  }
  return share_out(cost, supply, room_per_port(flits, static_cast<std::int64_t>(ports.size())));
}

// Unicast: a path for each pair of cores that exchange flits, whatever the direction, as long there as back.
std::vector<PlacedTree> trees_between_cores(const Nets& nets, Routing routing) {
  std::vector<PlacedTree> trees;
  std::map<std::pair<CoreId, CoreId>, std::int64_t> pairs;
  for (const Net& net : nets.between_cores) {
    const auto flits = static_cast<std::int64_t>(net.senders.size());
    if (routing != Routing::Unicast) {
      trees.push_back({net.source, net.targets, TileId(), flits});
      continue;
    }
    for (const CoreId target : net.targets) {
      if (target != net.source) pairs[std::minmax(net.source, target)] += flits;
    }
  }
  for (const auto& [pair, flits] : pairs) trees.push_back({pair.first, {pair.second}, TileId(), flits});
  return trees;
}

std::vector<PlacedTree> make_trees(const std::vector<PlacedTree>& between_cores, const Nets& nets,
                                   const Units& inputs, const Units& outputs,
                                   const std::vector<TileId>& ports) {
  std::vector<PlacedTree> trees = between_cores;
  for (std::size_t p = 0; p < ports.size(); ++p) {
    for (std::size_t n = 0; n < inputs.size(); ++n) {
      if (inputs[n][p] > 0) trees.push_back({kNoCore, nets.from_inputs[n].targets, ports[p], inputs[n][p]});
    }
    for (std::size_t n = 0; n < outputs.size(); ++n) {
      if (outputs[n][p] > 0) trees.push_back({nets.to_outputs[n].source, {}, ports[p], outputs[n][p]});
    }
  }
  return trees;
}

}  // namespace

Placement place(const Fabric& fabric, const Nets& nets, std::uint32_t cores, std::uint32_t inputs,
                const std::vector<NodeId>& outputs, const IdVector<CoreId, Region>& regions, Random random,
                const PlaceParams& params, Progress* progress) {
  const std::vector<TileId> ports = port_tiles(fabric);
  Placement result;
  Units input_units, output_units;
  const std::vector<PlacedTree> between_cores = trees_between_cores(nets, fabric.router.routing);
  const auto ports_anew = [&] {
    input_units = choose_ports(fabric, nets.from_inputs, ports, true, result.tile_of);
    output_units = choose_ports(fabric, nets.to_outputs, ports, false, result.tile_of);
  };
  std::vector<IdVector<CoreId, TileId>> starts;
  std::size_t planned = std::numeric_limits<std::size_t>::max();  // from here on starts are nearly right
  if (regions.empty()) {
    starts = compact_starts(fabric, cores, ports);
    if (!between_cores.empty()) {
      planned = starts.size();
      for (int strong_percent : {50, 67})
        starts.push_back(plane_start(fabric, between_cores, cores, strong_percent));
    }
  } else {
    starts.push_back(start_in_regions(fabric, regions));
  }
  constexpr std::uint32_t kFewCores = 32;  // so few that several tries from each start cost nothing
  const int tries = static_cast<int>(starts.size()) * (cores <= kFewCores ? 4 : 1);
  const int passes = tries + params.rounds;
  constexpr std::int64_t kPasses = 3;
  constexpr int kPlannedCooling = 16;
  AnnealParams anneal_params;
  anneal_params.moves = std::min<std::int64_t>(params.moves, std::int64_t{3000} * cores) / kPasses;
  anneal_params.work = kPasses * anneal_params.work / passes;
  const auto pass = [&](int number) {
    ProgressShare share(progress, 1000 * number / passes, 1000 * (number + 1) / passes);
    result.tile_of =
        anneal(fabric, make_trees(between_cores, nets, input_units, output_units, ports), result.tile_of,
               regions, random.fork("round " + std::to_string(number)), anneal_params, &share);
    ports_anew();
    return total_hops(fabric, make_trees(between_cores, nets, input_units, output_units, ports),
                      result.tile_of);
  };
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
  IdVector<CoreId, TileId> best;
  const auto keep_better = [&](std::int64_t hops) {
    if (hops >= fewest) return;
    fewest = hops;
    best = result.tile_of;
  };
  const auto stopped = [&] { return progress != nullptr && progress->stop_requested(); };
  const auto go_back = [&] {
    result.tile_of = best;
    ports_anew();
  };
  for (int s = 0; s < tries && (s == 0 || !stopped()); ++s) {
    const std::size_t start = static_cast<std::size_t>(s) % starts.size();
    result.tile_of = starts[start];
    ports_anew();
    anneal_params.cooling = start >= planned ? kPlannedCooling : 1;
    keep_better(pass(s));
  }
  for (int round = 0; round < params.rounds && !stopped(); ++round) {
    go_back();
    anneal_params.cooling = 2 << round;
    keep_better(pass(tries + round));
  }
  go_back();
  result.hops =
      total_hops(fabric, make_trees(between_cores, nets, input_units, output_units, ports), result.tile_of);

  result.input_port = IdVector<NodeId, PortId>(inputs);
  for (std::size_t n = 0; n < nets.from_inputs.size(); ++n) {
    std::size_t next = 0;
    for (std::uint32_t p = 0; p < ports.size(); ++p) {
      for (std::int64_t i = 0; i < input_units[n][p]; ++i) {
        result.input_port[nets.from_inputs[n].senders[next++]] = PortId(p);
      }
    }
  }
  result.output_port.resize(outputs.size());
  std::vector<std::pair<NodeId, PortId>> of_node;
  for (std::size_t n = 0; n < nets.to_outputs.size(); ++n) {
    std::size_t next = 0;
    for (std::uint32_t p = 0; p < ports.size(); ++p) {
      for (std::int64_t i = 0; i < output_units[n][p]; ++i) {
        of_node.push_back({nets.to_outputs[n].senders[next++], PortId(p)});
      }
    }
  }
  std::sort(of_node.begin(), of_node.end());
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    result.output_port[o] =
        std::lower_bound(of_node.begin(), of_node.end(), std::make_pair(outputs[o], PortId(0)))->second;
  }
  return result;
}

}  // namespace weft::mapping
