// The chain of passes, and the checks that belong to no single one: widths before, figures after.
#include "mapping/map.hpp"

#include <algorithm>

#include "mapping/axon_types.hpp"
#include "mapping/bounds/bound_list.hpp"
#include "mapping/bounds/bounds.hpp"
#include "mapping/bounds/ceil_div.hpp"
#include "mapping/bounds/track_bounds.hpp"
#include "mapping/bounds/whole_bound.hpp"
#include "mapping/critical_path.hpp"
#include "mapping/emit.hpp"
#include "mapping/graph/expand.hpp"
#include "mapping/pack/exact.hpp"
#include "mapping/pack/strips.hpp"
#include "mapping/pack/tiles.hpp"
#include "mapping/progress_share.hpp"
#include "mapping/route/load_figures.hpp"
#include "mapping/route/tables.hpp"
#include "mapping/split/plan_splits.hpp"
#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

constexpr int kPatience = 10;                     // times the rounds of the packer, where a core may be lost
constexpr std::int64_t kGrowthWork = 20'000'000;  // synapses times trials of growing each core

void check_widths(const FixedNetwork& network, const CoreSpec& core) {
  if (network.weight_bits > core.weight_bits) {
    throw InputError({network.name}, "weights of " + std::to_string(network.weight_bits) + " bits",
                     "at most core.weight_bits = " + std::to_string(core.weight_bits));
  }
  for (const FixedPopulation& population : network.populations) {
    if (population.format.bits <= core.value_bits) continue;
    throw InputError({network.name},
                     "values of " + std::to_string(population.format.bits) + " bits in population \"" +
                         population.name + "\"",
                     "at most core.value_bits = " + std::to_string(core.value_bits));
  }
}

void check_traffic(const FixedNetwork& network, const MessageCounts& traffic) {
  if (traffic.of_neuron.empty()) return;
  bool fits = traffic.of_neuron.size() == network.populations.size();
  for (std::uint32_t p = 0; fits && p < traffic.of_neuron.size(); ++p)
    fits = traffic.of_neuron[p].size() ==
           static_cast<std::size_t>(network.populations[PopulationId(p)].shape.size());
  if (!fits) throw InputError({network.name}, "messages counted in another network", "this one's");
}

void check_valid(const std::vector<Violation>& violations, const std::string& kind, const std::string& name) {
  if (!violations.empty()) throw InputError({name}, "not a valid " + kind + "\n" + describe(violations));
}

// Whether all axons and neurons in use would fit into one core less: then it pays to try longer. Memory cores
// are full before that says anything.
bool might_lose_a_core(const Clusters& clusters, const CoreLimits& limits, std::int64_t neurons,
                       std::int64_t bound) {
  const std::int64_t fewer = std::int64_t{clusters.cores} - 1;
  return limits.row_bits.empty() && fewer >= bound && clusters.axons <= fewer * limits.axons &&
         neurons <= fewer * limits.neurons;
}

// From a plan's quick packing to the best one that is found.
Clusters pack_well(const SplitPlan& plan, const CoreLimits& limits, std::int64_t bound, const Random& random,
                   const MapParams& params, ProgressShare first, ProgressShare second) {
  const NeuronGraph& graph = plan.split.graph;
  const auto synapses = static_cast<std::int64_t>(graph.synapses.items());
  const GrowParams patient{1, 1,
                           static_cast<int>(std::clamp<std::int64_t>(kGrowthWork / (synapses + 1), 1, 8))};
  Clusters clusters = plan.clusters;
  if (patient.trials > kPlanTrials) {
    Clusters grown = pack_by_growth(plan.lines, limits, graph.first_neuron(), patient);
    if (better(grown, clusters)) clusters = std::move(grown);
  }
  if (auto tiled = pack_tiles(graph, plan.lines, limits, clusters.cores); tiled && better(*tiled, clusters))
    clusters = std::move(*tiled);
  if (auto strips = pack_in_strips(plan.lines, limits, graph.first_neuron(), clusters.cores);
      strips && better(*strips, clusters))
    clusters = std::move(*strips);
  RepackParams repack_params;
  repack_params.rounds = params.pack_rounds;
  clusters = repack(clusters, plan.lines, limits, random.fork("pack"), repack_params, &first);
  if (might_lose_a_core(clusters, limits, static_cast<std::int64_t>(graph.neurons()), bound)) {
    repack_params.rounds = kPatience * params.pack_rounds;
    clusters = repack(clusters, plan.lines, limits, random.fork("pack on"), repack_params, &second);
  }
  return clusters;
}

int all_cores(const Fabric& fabric) {
  return fabric.tiles() * fabric.cores_per_tile;
}

// The fewest tiles as near to a square as they come: "3 x 2 tiles".
std::string grid_for(std::int64_t cores, const Fabric& fabric) {
  const std::int64_t tiles = ceil_div(cores, fabric.cores_per_tile);
  std::int64_t width = 1;
  while (width * width < tiles) ++width;
  return std::to_string(width) + " x " + std::to_string(ceil_div(tiles, width)) + " tiles";
}

[[noreturn]] void fail_cores(std::int64_t packed, std::int64_t bound, const Fabric& fabric) {
  const std::int64_t short_of = std::max(packed, bound) - all_cores(fabric);
  const std::string have = ", the fabric has " + std::to_string(all_cores(fabric)) + ": " +
                           std::to_string(short_of) + " short, " + grid_for(std::max(packed, bound), fabric) +
                           " of this kind " + (packed > bound ? "would do" : "at least");
  if (bound > all_cores(fabric)) {
    throw Error(ErrorKind::Unacceptable, "needs at least " + std::to_string(bound) + " cores" + have);
  }
  throw Error(ErrorKind::Unacceptable, "the best packing found needs " + std::to_string(packed) +
                                           " cores (any needs at least " + std::to_string(bound) + ")" +
                                           have);
}

UtilizationReport make_utilization(const ImageUse& used, const ImageUse& available, const Bounds& bounds) {
  UtilizationReport report;
  report.cores = {used.cores, available.cores, bounds.cores};
  report.axons = {used.axons, available.axons, bounds.axons};
  report.neurons = {used.neurons, available.neurons, bounds.neurons};
  report.synapses = {used.synapses, available.synapses, bounds.synapses};
  report.links = {used.links, available.links, bounds.links};
  return report;
}

}  // namespace

Mapped map_network(const FixedNetwork& network, const Fabric& fabric, const MapParams& params,
                   Progress* progress) {
  check_valid(validate(network), "network", network.name);
  check_valid(validate(fabric), "fabric", fabric.name);
  check_widths(network, fabric.core);
  check_traffic(network, params.traffic);
  const std::vector<Region> layer_regions = find_layer_regions(network, fabric, params.fix);
  const Random random = Random(params.seed).fork("map");
  const CoreLimits limits = core_limits(fabric.core);

  const NeuronGraph graph = expand(network, fabric.core.weight_bits);
  const Bounds bounds = lower_bounds(graph, fabric.core, fabric.cores_per_tile);
  if (bounds.cores > all_cores(fabric)) fail_cores(bounds.cores, bounds.cores, fabric);

  std::vector<std::uint16_t> region_numbers;
  if (!params.fix.empty()) region_numbers = number_regions(layer_regions);
  ProgressShare planning(progress, 50, 400);
  SplitPlan plan = plan_splits(graph, fabric.core, limits, region_numbers, &planning);
  Clusters fewest =
      pack_well(plan, limits, bounds.cores, random, params, {progress, 400, 500}, {progress, 500, 550});
  if (plan.split.added_steps > 0) {
    SplitPlan simpler = with_fewer_steps(graph, fabric.core, limits, region_numbers, plan);
    if (simpler.split.added_steps < plan.split.added_steps) {
      Clusters as_few = pack_well(simpler, limits, bounds.cores, random, params, {progress, 550, 600},
                                  {progress, 600, 650});
      if (as_few.cores <= fewest.cores) {
        plan = std::move(simpler);
        fewest = std::move(as_few);
      }
    }
  }
  const NeuronGraph& split_graph = plan.split.graph;
  std::int64_t packed_bound = packing_bound(plan.lines, split_graph.first_neuron(), fabric.core);
  if (plan.split.partial_sums == 0) packed_bound = std::max(packed_bound, bounds.whole_cores);
  std::optional<std::int64_t> exact_cores;
  if (params.exact) {
    ExactPacking exact = pack_exactly(fewest, plan.lines, limits, split_graph.first_neuron(),
                                      std::max(bounds.cores, packed_bound));
    fewest = std::move(exact.clusters);
    if (exact.optimal) exact_cores = fewest.cores;
  }
  if (fabric.core.axon_types > 0) require_few_weights(split_graph, fabric.core.axon_types);
  RepackParams repack_params;
  repack_params.rounds = params.pack_rounds;
  ProgressShare balancing(progress, 650, 700);
  const Clusters clusters =
      balance(fewest, plan.lines, limits, random.fork("balance"), repack_params, &balancing);
  if (clusters.cores > static_cast<std::uint32_t>(all_cores(fabric)))
    fail_cores(clusters.cores, bounds.cores, fabric);

  if (fabric.core.fan_out > 0) require_fan_out(split_graph, plan.lines, clusters, fabric.core.fan_out);

  const IdVector<CoreId, Region> regions =
      find_core_regions(split_graph, clusters, layer_regions, params.fix);
  const Nets nets = find_nets(split_graph, plan.lines, clusters);
  ProgressShare placing(progress, 700, 950);
  PlaceParams place_params;
  place_params.moves = params.place_moves;
  // Circuits share no links, and their router negotiates for tracks.
  place_params.congestion = params.congestion && fabric.router.routing != Routing::Circuit;
  const Traffic traffic = find_traffic(split_graph, params.traffic);
  const Placement placement = place(fabric, nets, clusters.cores, split_graph.inputs, split_graph.outputs,
                                    regions, random.fork("place"), place_params, traffic, &placing);
  ProgressShare routing(progress, 950, 999);
  RouteParams route_params;
  route_params.min_tracks = params.min_tracks;
  const Routes routes = route(fabric, split_graph, nets, placement, route_params, &routing);

  Mapped mapped;
  mapped.fabric = fabric;
  if (routes.circuits) {
    mapped.fabric.router.tracks = static_cast<int>(routes.circuits->tracks);
    mapped.mapping.circuits = routes.circuits;
    mapped.mapping.circuits->bound_any = any_track_bound(bounds, fabric);
    mapped.mapping.circuits->bound_clusters = cluster_track_bound(nets, fabric, clusters.cores);
  }
  mapped.image = emit(fabric, split_graph, plan.lines, clusters, placement, routes,
                      {network.name, digest(mapped.fabric), digest(network)});
  mapped.mapping.hops = routes.hops;
  mapped.mapping.multicast_hops = routes.multicast_hops;
  mapped.mapping.unicast_hops = routes.unicast_hops;
  mapped.mapping.hops_lower_bound = hops_lower_bound(nets, fabric, clusters.cores);
  mapped.mapping.max_link_load = routes.max_link_load;
  require_table_room(mapped.image, fabric);
  const TableUse tables = count_entries(mapped.image);
  mapped.mapping.route_entries = tables.entries;
  mapped.mapping.max_table_entries = tables.max_entries;
  if (fabric.router.routing == Routing::Multicast) {
    mapped.mapping.unshared_entries = tables.keys;
    mapped.mapping.max_unshared_entries = tables.max_keys;
  }
  mapped.mapping.link_loads = link_histogram(fabric, routes);
  if (!traffic.is_uniform())
    mapped.mapping.traffic =
        traffic_figures(fabric, split_graph, routes, placement, traffic, params.traffic.frames);
  mapped.mapping.critical_path = critical_path(mapped.image, mapped.fabric);
  for (const PlaceRound& round : placement.log)
    mapped.mapping.placer.push_back(
        {round.number, round.start, round.moves, round.accepted, round.cost, round.max_link_load});
  mapped.mapping.partial_sums = plan.split.partial_sums;
  mapped.mapping.added_steps = plan.split.added_steps;
  mapped.mapping.core_bounds = list_bounds(bounds, packed_bound, exact_cores);
  if (params.exact) mapped.mapping.packing_optimal = exact_cores.has_value();
  mapped.utilization = make_utilization(usage(mapped.image, fabric), capacity(fabric), bounds);
  if (progress != nullptr) progress->update(1000, 1000);
  return mapped;
}

}  // namespace weft::mapping
