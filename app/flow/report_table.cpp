// Label, value, remark: one line per figure, in the order of the stages.
#include "app/flow/report_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/report/html.hpp"

namespace weft::app {
namespace {

using html::grouped;
using html::percent;
using html::si;

class Table {
 public:
  void heading(const std::string& text) { lines_ += fmt::format("\n{}\n", text); }
  void line(const std::string& label, const std::string& value) {
    lines_ += fmt::format("  {:<22} {}\n", label, value);
  }
  std::string text() const { return lines_.empty() ? "" : lines_.substr(1); }

 private:
  std::string lines_;
};

void add_accuracy(Table& table, const AccuracyReport& accuracy) {
  table.heading(fmt::format("Accuracy on {} samples", grouped(accuracy.samples)));
  if (accuracy.dense) table.line("float", percent(*accuracy.dense, 2));
  if (accuracy.compressed) table.line("compressed", percent(*accuracy.compressed, 2));
  if (accuracy.fixed) table.line("fixed-point", percent(*accuracy.fixed, 2));
  if (accuracy.fabric) table.line("fabric", percent(*accuracy.fabric, 2));
  if (accuracy.fixed && accuracy.fabric)
    table.line("mismatches", fmt::format("{} (fabric against the integer reference, bit for bit)",
                                         grouped(accuracy.mismatches)));
}

void add_compression(Table& table, const CompressionReport& compression) {
  table.heading("Compression");
  table.line("synapses", fmt::format("{} -> {}  ({:.1f} times fewer)", grouped(compression.synapses_before),
                                     grouped(compression.synapses_after), compression.ratio));
  table.line("neurons", fmt::format("{} -> {}", grouped(compression.neurons_before),
                                    grouped(compression.neurons_after)));
  for (const LayerReport& layer : compression.layers)
    table.line("  " + layer.name,
               fmt::format("{} -> {}, {}{}, density {:.3f}", grouped(layer.synapses_before),
                           grouped(layer.synapses_after), layer.method,
                           layer.rank > 0 ? fmt::format(" (rank {})", layer.rank) : "", layer.density));
}

std::string gap_text(std::int64_t used, std::int64_t bound) {
  if (used == bound) return ": optimal";
  if (bound <= 0) return "";
  return fmt::format(": {:+.1f} %", 100 * (static_cast<double>(used) / static_cast<double>(bound) - 1));
}

void add_use(Table& table, const std::string& name, const UseReport& use) {
  const double share =
      use.available > 0 ? static_cast<double>(use.used) / static_cast<double>(use.available) : 0;
  std::string bound;
  if (use.lower_bound)
    bound = fmt::format("lower bound {}{}", grouped(*use.lower_bound), gap_text(use.used, *use.lower_bound));
  table.line(name, fmt::format("{:>9} of {:>12}  {:>8}  {}", grouped(use.used), grouped(use.available),
                               percent(share, 2), bound));
}

void add_utilization(Table& table, const UtilizationReport& use) {
  table.heading("Use of the fabric");
  add_use(table, "cores", use.cores);
  add_use(table, "axons", use.axons);
  add_use(table, "neurons", use.neurons);
  add_use(table, "synapses", use.synapses);
  add_use(table, "links", use.links);
}

// Links by tenths of their tracks: "12 | 3 | ... | 1".
std::string occupancy_text(const HistogramReport& occupancy) {
  std::string text;
  for (const std::int64_t count : occupancy.counts) text += (text.empty() ? "" : " | ") + grouped(count);
  return text;
}

void add_circuits(Table& table, const CircuitReport& circuits) {
  table.line("channel width",
             fmt::format("{} of {} tracks", grouped(circuits.channel_width), grouped(circuits.tracks)));
  table.line("", fmt::format("lower bounds: {} holds for any mapping, {} given these clusters, {} given this "
                             "placement",
                             grouped(circuits.bound_any), grouped(circuits.bound_clusters),
                             grouped(circuits.bound_placement)));
  table.line("links by tracks taken", occupancy_text(circuits.occupancy) + "  (0 %, 10 %, ..., all)");
  for (const RouterIterationReport& i : circuits.iterations) {
    table.line(i.iteration == 1 ? "router iterations" : "",
               fmt::format("{}: {} overused, {} laid, wirelength {}", i.iteration, grouped(i.overused),
                           grouped(i.ripped), grouped(i.wirelength)));
  }
}

// A line for all that hold alike, in the order of the list; the largest first.
void add_core_bounds(Table& table, const MappingReport& mapping) {
  std::vector<CoreBoundReport> waiting = mapping.core_bounds;
  for (bool first = true; !waiting.empty(); first = false) {
    const std::string holds = waiting.front().holds;
    const auto rest = std::stable_partition(waiting.begin(), waiting.end(),
                                            [&](const CoreBoundReport& b) { return b.holds == holds; });
    std::stable_sort(waiting.begin(), rest,
                     [](const CoreBoundReport& a, const CoreBoundReport& b) { return a.cores > b.cores; });
    std::string text;
    for (auto bound = waiting.begin(); bound != rest; ++bound)
      text += fmt::format("{}{} by {}", text.empty() ? "" : ", ", grouped(bound->cores), bound->counts);
    table.line(first ? "lower bounds of cores" : "", fmt::format("{}: {}", holds, text));
    waiting.erase(waiting.begin(), rest);
  }
  if (mapping.packing_optimal) {
    table.line("exact search",
               *mapping.packing_optimal
                   ? "given these neurons and partial sums no packing has fewer cores (proved)"
                   : "not proved: the case is too large for it, or its cores are memories");
  }
}

std::string critical_path_words(const CriticalPathReport& path) {
  const std::string all = fmt::format("{} cycles if everybody sends: ", grouped(path.cycles));
  if (path.kind == "core")
    return all + fmt::format("{} rows, {} updates, {} of its messages at {}, {} on the way to {}",
                             grouped(path.rows), grouped(path.updates), grouped(path.messages), path.from,
                             grouped(path.links), path.to);
  return all + fmt::format("{} of flits {} {}, {} on the way to {}", grouped(path.messages),
                           path.kind == "link" ? "over the busiest link, from" : "through the port of",
                           path.from, grouped(path.links), path.to);
}

void add_mapping(Table& table, const MappingReport& mapping) {
  table.heading("Mapping");
  add_core_bounds(table, mapping);
  table.line("hops of all routes", fmt::format("{} (lower bound for these clusters {})",
                                               grouped(mapping.hops), grouped(mapping.hops_lower_bound)));
  table.line("multicast, unicast",
             fmt::format("{}, {}", grouped(mapping.multicast_hops), grouped(mapping.unicast_hops)));
  if (mapping.circuits) {
    add_circuits(table, *mapping.circuits);
  } else {
    table.line("routes, busiest link", grouped(mapping.max_link_load));
    table.line("routing entries", fmt::format("{}, at most {} in a router", grouped(mapping.route_entries),
                                              grouped(mapping.max_table_entries)));
    if (mapping.unshared_entries)
      table.line("",
                 fmt::format("{}, at most {}, if each key had its own", grouped(*mapping.unshared_entries),
                             grouped(mapping.max_unshared_entries.value_or(0))));
  }
  if (mapping.link_loads)
    table.line("links by routes",
               occupancy_text(*mapping.link_loads) + "  (0 %, 10 %, ... of the busiest, as many as it)");
  if (mapping.traffic) {
    const TrafficReport& traffic = *mapping.traffic;
    const auto frames = static_cast<double>(std::max<std::int64_t>(1, traffic.frames));
    const auto each = [&](std::int64_t flits) { return static_cast<double>(flits) / frames; };
    table.line("measured traffic",
               fmt::format("{:.1f} messages and {:.1f} flit-hops a frame ({} frames)", each(traffic.messages),
                           each(traffic.flit_hops), grouped(traffic.frames)));
    table.line("", fmt::format("{:.1f} flits over the busiest link, {:.1f} through the busiest port",
                               each(traffic.max_link_load), each(traffic.max_port_load)));
  }
  if (mapping.critical_path)
    table.line("critical path of a step", critical_path_words(*mapping.critical_path));
  if (!mapping.placer.empty()) {
    const auto best = std::min_element(mapping.placer.begin(), mapping.placer.end(),
                                       [](const auto& a, const auto& b) { return a.cost < b.cost; });
    table.line("placer", fmt::format("{} rounds, cost {} after the first, {} at best (round {}, from {})",
                                     mapping.placer.size(), grouped(mapping.placer.front().cost),
                                     grouped(best->cost), best->round, best->start));
  }
  table.line("partial sums",
             fmt::format("{}, {} steps added", grouped(mapping.partial_sums), mapping.added_steps));
}

void add_run(Table& table, const Report& report) {
  table.heading("Run");
  if (report.latency) {
    const LatencyReport& latency = *report.latency;
    table.line(
        "latency of a frame",
        fmt::format("{:.1f} cycles mean, {:.0f} p50, {:.0f} p99, {:.0f} max; {} steps", latency.cycles_mean,
                    latency.cycles_p50, latency.cycles_p99, latency.cycles_max, latency.steps));
    table.line("", fmt::format("{} at the fabric's clock", si(latency.seconds, "s")));
  }
  if (report.frames_per_second)
    table.line("throughput", fmt::format("{:.0f} frames/s", *report.frames_per_second));
  if (report.tick) {
    table.line("ticks", fmt::format("of {} cycles; {} messages and {} steps of cores late",
                                    grouped(report.tick->cycles), grouped(report.tick->late_messages),
                                    grouped(report.tick->late_steps)));
  }
  if (report.energy)
    table.line("energy", fmt::format("{} in all, {} per frame", si(report.energy->total_joule, "J"),
                                     si(report.energy->per_frame_joule, "J")));
}

void add_simulation(Table& table, const SimulationReport& simulation) {
  const double seconds = std::max(simulation.wall_seconds, 1e-9);
  table.heading("Simulator");
  table.line("work",
             fmt::format("{} cycles, {} flit-hops, {} synaptic operations", grouped(simulation.cycles),
                         grouped(simulation.flit_hops), grouped(simulation.synaptic_ops)));
  table.line(
      "speed",
      fmt::format("{} cycles/s, {} flit-hops/s",
                  grouped(static_cast<std::int64_t>(static_cast<double>(simulation.cycles) / seconds)),
                  grouped(static_cast<std::int64_t>(static_cast<double>(simulation.flit_hops) / seconds))));
  table.line("time",
             fmt::format("{:.2f} s wall, {:.2f} s CPU", simulation.wall_seconds, simulation.cpu_seconds));
  table.line("peak memory", si(static_cast<double>(simulation.peak_rss_bytes), "B"));
}

}  // namespace

std::string format_report_table(const Report& report) {
  Table table;
  if (report.interrupted) table.heading(html::describe(*report.interrupted));
  if (report.accuracy) add_accuracy(table, *report.accuracy);
  if (report.compression) add_compression(table, *report.compression);
  if (report.utilization) add_utilization(table, *report.utilization);
  if (report.mapping) add_mapping(table, *report.mapping);
  if (report.latency || report.frames_per_second || report.energy) add_run(table, report);
  if (report.simulation) add_simulation(table, *report.simulation);
  return table.text();
}

}  // namespace weft::app
