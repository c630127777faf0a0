// One walk over the branches of all routes for each.
#include "mapping/route/load_figures.hpp"

#include <algorithm>

namespace weft::mapping {
namespace {

constexpr std::size_t kBins = 11;

// Calls visit(tile, side, flits) for each link and port that a route's flits leave by.
template <class Flits, class Visit>
void for_each_exit(const Routes& routes, Flits&& flits_of, Visit&& visit) {
  for (const Route& route : routes.routes) {
    std::int64_t flits = 0;
    for (const NodeId sender : route.senders) flits += flits_of(sender);
    for (const TreeBranch& branch : route.tree) {
      for (int d = 1; d < kDirections; ++d) {
        if ((branch.directions >> d & 1) != 0) visit(branch.tile, static_cast<Direction>(d), flits);
      }
    }
  }
}

std::size_t link(TileId tile, Direction side) {
  return tile.index() * kDirections + static_cast<std::size_t>(side);
}

}  // namespace

HistogramReport link_histogram(const Fabric& fabric, const Routes& routes) {
  std::vector<std::int64_t> loads(static_cast<std::size_t>(fabric.tiles()) * kDirections, 0);
  std::int64_t most = 1;
  for_each_exit(
      routes, [](NodeId) { return std::int64_t{1}; },
      [&](TileId tile, Direction side, std::int64_t flits) {
        if (side != Direction::Edge) most = std::max(most, loads[link(tile, side)] += flits);
      });
  HistogramReport histogram{0, 0.1, std::vector<std::int64_t>(kBins, 0)};
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(fabric.tiles()); ++t) {
    for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      if (!has_neighbor(fabric, TileId(t), side)) continue;
      ++histogram.counts[static_cast<std::size_t>(10 * loads[link(TileId(t), side)] / most)];
    }
  }
  return histogram;
}

TrafficReport traffic_figures(const Fabric& fabric, const NeuronGraph& graph, const Routes& routes,
                              const Placement& placement, const Traffic& traffic, std::int64_t frames) {
  TrafficReport report;
  report.frames = frames;
  report.used = true;
  std::vector<std::int64_t> loads(static_cast<std::size_t>(fabric.tiles()) * kDirections, 0);
  for_each_exit(
      routes, [&](NodeId sender) { return traffic.of(sender); },
      [&](TileId tile, Direction side, std::int64_t flits) {
        std::int64_t& load = loads[link(tile, side)] += flits;
        std::int64_t& most = side == Direction::Edge ? report.max_port_load : report.max_link_load;
        most = std::max(most, load);
        report.flit_hops += side == Direction::Edge ? 0 : flits;
      });
  std::vector<std::int64_t> entered(port_tiles(fabric).size(), 0);
  for (const Route& route : routes.routes) {
    for (const NodeId sender : route.senders) {
      report.messages += traffic.of(sender);
      if (!graph.is_input(sender)) continue;
      const std::int64_t load = entered[placement.input_port[sender].index()] += traffic.of(sender);
      report.max_port_load = std::max(report.max_port_load, load);
    }
  }
  return report;
}

}  // namespace weft::mapping
