// Pure arithmetic from counters to the report's sections; nothing is estimated here.
#include "app/flow/gather.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <map>

namespace weft::app {
namespace {

std::int64_t signed_count(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

// The population that most of the core's neurons come from; the first one wins a tie.
std::string main_population(const CoreImage& core, const std::vector<std::string>& names) {
  std::map<std::uint32_t, std::int64_t> counts;
  for (const NeuronConfig& neuron : core.neurons) ++counts[neuron.origin.population];
  if (counts.empty()) return "";
  const auto most = std::max_element(counts.begin(), counts.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most->first < names.size() ? names[most->first] : fmt::format("population {}", most->first);
}

}  // namespace

CompressionReport compression_figures(const Network& before, const compress::CompressResult& result) {
  CompressionReport report;
  report.synapses_before = count_synapses(before);
  report.synapses_after = count_synapses(result.network);
  report.neurons_before = count_neurons(before);
  report.neurons_after = count_neurons(result.network);
  if (report.synapses_after > 0)
    report.ratio = static_cast<double>(report.synapses_before) / static_cast<double>(report.synapses_after);
  report.layers = result.layers;
  return report;
}

void add_run_figures(Report& report, const Outcome& outcome, const Fabric& fabric, const Image& image) {
  report.latency = make_latency_report(outcome.latency_cycles, image.depth_steps, fabric.clock_hz);
  const auto frames = static_cast<double>(outcome.outputs.rows);
  const double fabric_seconds = static_cast<double>(outcome.cycles) / fabric.clock_hz;
  report.frames_per_second = fabric_seconds > 0 ? frames / fabric_seconds : 0;

  const EnergyParts parts = energy(outcome, fabric);
  EnergyReport& joule = report.energy.emplace();
  joule.total_joule = parts.total();
  joule.per_frame_joule = frames > 0 ? parts.total() / frames : 0;
  joule.parts = {{"rows", parts.rows},         {"synapses", parts.synapses}, {"neurons", parts.neurons},
                 {"messages", parts.messages}, {"hops", parts.hops},         {"ports", parts.ports},
                 {"leakage", parts.leakage}};

  const OutcomeTotals sums = totals(outcome);
  SimulationReport& simulation = report.simulation.emplace();
  simulation.cycles = signed_count(outcome.cycles);
  simulation.flit_hops = signed_count(sums.flit_hops);
  simulation.synaptic_ops = signed_count(sums.synaptic_ops);
  simulation.wall_seconds = outcome.wall_seconds;
  simulation.cpu_seconds = outcome.cpu_seconds;
  simulation.peak_rss_bytes = peak_memory_bytes();
}

TickReport tick_figures(const Outcome& outcome, const Fabric& fabric) {
  const OutcomeTotals sums = totals(outcome);
  TickReport report;
  report.cycles = fabric.step.tick_cycles;
  report.late_messages = signed_count(sums.late_messages);
  report.late_steps = signed_count(sums.late_steps);
  for (const LateWork& work : outcome.first_late) {
    report.first.push_back({signed_count(work.step), fabric.x(work.tile), fabric.y(work.tile),
                            signed_count(work.messages), work.core});
  }
  return report;
}

std::string late_words(const TickReport& tick) {
  std::string tiles;
  for (const LateTileReport& tile : tick.first) {
    tiles += fmt::format("{}tile_{}_{} in step {} ({})", tiles.empty() ? "" : ", ", tile.x, tile.y, tile.step,
                         tile.messages == 0
                             ? "its core"
                             : fmt::format("{} messages{}", tile.messages, tile.core ? " and its core" : ""));
  }
  return fmt::format(
      "late for their ticks of {} cycles: {} messages, {} steps of cores; first {}; a tick of {} cycles "
      "would "
      "have sufficed (step.tick_cycles)",
      tick.cycles, tick.late_messages, tick.late_steps, tiles, tick.sufficient_cycles);
}

UtilizationReport utilization_figures(const Image& image, const Fabric& fabric) {
  const ImageUse used = usage(image, fabric);
  const ImageUse available = capacity(fabric);
  UtilizationReport report;
  report.cores = {used.cores, available.cores, {}};
  report.axons = {used.axons, available.axons, {}};
  report.neurons = {used.neurons, available.neurons, {}};
  report.synapses = {used.synapses, available.synapses, {}};
  report.links = {used.links, available.links, {}};
  return report;
}

namespace {

// Routes that leave to the north, east, south and west.
std::vector<std::int64_t> routes_to_sides(const TileImage& tile) {
  std::vector<std::int64_t> routes(4, 0);
  for (const RouteEntry& route : tile.routes) {
    for (std::size_t side = 0; side < routes.size(); ++side)
      routes[side] += route.directions >> (side + 1) & 1;
  }
  return routes;
}

// Follows every key from its sender to the tiles that take it. None where there would be too many for a page.
std::vector<FlowReport> flows_of(const Image& image, const Fabric& fabric) {
  constexpr std::size_t kMost = 4000, kMostVisits = 20'000'000;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> senders;
  std::size_t visits = 0;
  const auto follow = [&](TileId start, MessageKey key) {
    std::vector<TileId> stops{start};
    while (!stops.empty()) {
      const TileId at = stops.back();
      stops.pop_back();
      ++visits;
      const std::vector<RouteEntry>& routes = image.tiles[at].routes;
      const auto route = std::lower_bound(routes.begin(), routes.end(), key,
                                          [](const RouteEntry& r, MessageKey k) { return r.key < k; });
      if (route == routes.end() || route->key != key) continue;
      const unsigned ends = direction_bit(Direction::Local) | direction_bit(Direction::Edge);
      if ((route->directions & ends) != 0) ++senders[{start.value(), at.value()}];
      for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
        if ((route->directions & direction_bit(side)) != 0) stops.push_back(neighbor(fabric, at, side));
      }
    }
    return senders.size() <= kMost && visits <= kMostVisits;
  };
  const std::vector<TileId> ports = port_tiles(fabric);
  for (const InputBinding& input : image.inputs) {
    if (!follow(ports[input.port.index()], input.key)) return {};
  }
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    for (const NeuronConfig& neuron : image.tiles[TileId(t)].core.neurons) {
      for (std::uint32_t m = 0; m < neuron.messages && neuron.key != kNoKey; ++m) {
        if (!follow(TileId(t), MessageKey(neuron.key.value() + m))) return {};
      }
    }
  }
  std::vector<FlowReport> flows;
  for (const auto& [pair, count] : senders) flows.push_back({pair.first, pair.second, count});
  return flows;
}

}  // namespace

FabricReport fabric_figures(const Image& image, const Fabric& fabric, const Outcome* outcome,
                            const std::vector<std::string>& population_names) {
  FabricReport report;
  report.name = fabric.name;
  report.width = fabric.width;
  report.height = fabric.height;
  const auto flits = [](const TileCounters& tile, Direction direction) {
    return signed_count(tile.flits[static_cast<std::size_t>(direction)]);
  };
  for (int y = 0; y < fabric.height; ++y)
    for (int x = 0; x < fabric.width; ++x) {
      const TileId id = fabric.tile(x, y);
      const CoreImage& core = image.tiles[id].core;
      TileReport& tile = report.tiles.emplace_back();
      tile.x = x;
      tile.y = y;
      tile.population = main_population(core, population_names);
      tile.axons = core.axons();
      tile.neurons = static_cast<std::int64_t>(core.neurons.size());
      tile.synapses = static_cast<std::int64_t>(core.weight.size());
      for (std::size_t k = 0; fabric.cores_per_tile > 1 && k < core.cores(); ++k) {
        const CoreImage one = core_alone(core, k);
        tile.cores.push_back({main_population(one, population_names), one.axons(),
                              static_cast<std::int64_t>(one.neurons.size()),
                              static_cast<std::int64_t>(one.weight.size())});
      }
      tile.routes = routes_to_sides(image.tiles[id]);
      if (!outcome) continue;
      const TileCounters& counters = outcome->tiles[id];
      tile.busy_cycles = signed_count(counters.busy_cycles);
      tile.stall_cycles = signed_count(counters.stall_cycles);
      tile.flits_north = flits(counters, Direction::North);
      tile.flits_east = flits(counters, Direction::East);
      tile.flits_south = flits(counters, Direction::South);
      tile.flits_west = flits(counters, Direction::West);
      tile.flits_edge = flits(counters, Direction::Edge);
    }
  report.flows = flows_of(image, fabric);
  return report;
}

Digest digest(const Outcome& outcome) {
  DigestBuilder builder;
  builder.add(outcome.outputs.rows).add(outcome.outputs.columns).add_array(outcome.outputs.values);
  builder.add_array(outcome.latency_cycles).add_array(outcome.step_cycles);
  builder.add(signed_count(outcome.cycles));
  return builder.finish();
}

std::int64_t count_mismatches(const IntMatrix& outputs, const IntMatrix& reference) {
  if (outputs.columns != reference.columns || outputs.rows > reference.rows)
    internal_error(fmt::format("outputs of {} x {} are compared with {} x {}", outputs.rows, outputs.columns,
                               reference.rows, reference.columns));
  std::int64_t mismatches = 0;
  for (std::int64_t row = 0; row < outputs.rows; ++row)
    mismatches += !std::equal(outputs.row(row), outputs.row(row) + outputs.columns, reference.row(row));
  return mismatches;
}

void reset_peak_memory() {
  // Linux: "5" sets the peak back to what is resident now. Where it cannot be set back the peak is the
  // process's.
  std::ofstream("/proc/self/clear_refs") << "5";
}

std::int64_t peak_memory_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word)
    if (std::int64_t kib = 0; word == "VmHWM:" && status >> kib) return kib * 1024;
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return use.ru_maxrss * 1024;
}

}  // namespace weft::app
