// The page: the figures one wants first as tiles on top, then a section per stage in the order of the flow,
// last what is needed to repeat the run. The whole report.json is embedded, so that the page carries its own
// data.
#include "app/report/html_report.hpp"

#include <fmt/format.h>

#include <string_view>

#include "app/report/figures.hpp"
#include "app/report/html.hpp"

namespace weft::app {
namespace {

using html::escape;
using html::grouped;
using html::percent;
using html::si;

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--paper:#fff;--card:#f6f8fa;--accent:#0072b2}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa5b1;--line:#30363d;--paper:#0d1117;--card:#161b22;--accent:#56b4e9}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1000px;padding:2rem 1.2rem 4rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.7rem;margin:0 0 .2rem}h2{font-size:1.2rem;margin:2.4rem 0 .4rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
.note{color:var(--soft);margin:.2rem 0 .8rem;max-width:70ch}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:.8rem;margin:1.2rem 0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem}
.tiles b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}.tiles span{color:var(--soft);font-size:.85rem}
.bad b,.interrupted b{color:#d55e00}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%;max-width:860px}
th,td{padding:.28rem .7rem;border-bottom:1px solid var(--line);text-align:right}
th[scope=row],thead th:first-child{text-align:left;font-weight:normal}thead th{color:var(--soft);font-weight:600;font-size:.85rem}
.bars .track{width:45%}.bars .track span{display:block;height:.8rem;background:var(--accent);border-radius:2px;min-width:1px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:1.5rem}
svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--soft);text-anchor:middle}
svg text.start{text-anchor:start}svg text.end{text-anchor:end}svg text.on-dark{fill:#fff}svg text.on-light{fill:#1b1f24}
svg .idle{stroke:var(--line);stroke-dasharray:3 3}svg .links line{stroke:var(--soft);opacity:.75}
svg .bar{fill:var(--accent)}svg .mark{stroke:#d55e00;stroke-width:1.5}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1rem;padding:0;font-size:.85rem}
.legend span{display:inline-block;width:.8rem;height:.8rem;border-radius:3px;margin-right:.35rem;vertical-align:-1px}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.9rem;overflow:auto;font-size:.82rem}
code{font-size:.85em}summary{cursor:pointer;color:var(--accent)}
)css";

std::string tile(const std::string& figure, const std::string& label, bool bad = false) {
  return fmt::format("<div{}><b>{}</b><span>{}</span></div>\n", bad ? " class=\"bad\"" : "", figure, label);
}

std::string headline(const Report& report) {
  std::string out = "<div class=\"tiles\">\n";
  if (report.accuracy && report.accuracy->fabric) {
    out += tile(percent(*report.accuracy->fabric, 2), "accuracy on the fabric");
    out += tile(grouped(report.accuracy->mismatches), "mismatches with the integer reference",
                report.accuracy->mismatches != 0);
  }
  if (report.tick && report.tick->is_late()) {
    out += tile(grouped(report.tick->late_messages + report.tick->late_steps), "late for their tick", true);
  }
  if (report.compression) out += tile(fmt::format("{:.1f}x", report.compression->ratio), "fewer synapses");
  if (report.utilization) {
    const UseReport& cores = report.utilization->cores;
    out += tile(fmt::format("{} of {}", cores.used, cores.available), "cores");
  }
  if (report.latency) out += tile(si(report.latency->seconds, "s"), "mean latency of a frame");
  if (report.frames_per_second) out += tile(si(*report.frames_per_second, "frames/s"), "throughput");
  if (report.energy) out += tile(si(report.energy->per_frame_joule, "J"), "energy of a frame");
  return out + "</div>\n";
}

std::string accuracy_section(const AccuracyReport& accuracy) {
  html::Table table{{"network", "accuracy", "against float"}, {}};
  const auto row = [&](const char* name, const std::optional<double>& value) {
    if (!value) return;
    const std::string change =
        accuracy.dense ? fmt::format("{:+.2f} points", 100 * (*value - *accuracy.dense)) : "";
    table.rows.push_back({name, percent(*value, 2), change});
  };
  row("float", accuracy.dense);
  row("compressed", accuracy.compressed);
  row("fixed point", accuracy.fixed);
  row("fabric", accuracy.fabric);
  const std::string note =
      fmt::format("{} test samples; outputs of {} frames differ from the integer reference.",
                  grouped(accuracy.samples), grouped(accuracy.mismatches));
  return html::section("accuracy", "Accuracy through the stages", note, html::table(table));
}

std::string compression_section(const CompressionReport& compression) {
  html::Table table{
      {"layer", "method", "rank", "synapses before", "after", "ratio", "density", "weight error"}, {}};
  for (const LayerReport& layer : compression.layers) {
    const double ratio = layer.synapses_after > 0 ? static_cast<double>(layer.synapses_before) /
                                                        static_cast<double>(layer.synapses_after)
                                                  : 0;
    table.rows.push_back({escape(layer.name), escape(layer.method),
                          layer.rank > 0 ? std::to_string(layer.rank) : "", grouped(layer.synapses_before),
                          grouped(layer.synapses_after), fmt::format("{:.1f}x", ratio),
                          percent(layer.density, 2), percent(layer.output_error, 1)});
  }
  const std::string note = fmt::format(
      "{} synapses became {}, {} neurons became {}. The weight error is the relative Frobenius norm of the "
      "change.",
      grouped(compression.synapses_before), grouped(compression.synapses_after),
      grouped(compression.neurons_before), grouped(compression.neurons_after));
  return html::section("compression", "Compression by layer", note, html::table(table));
}

std::string utilization_section(const UtilizationReport& use) {
  html::Table table{{"resource", "used", "available", "share", "lower bound"}, {}};
  const auto row = [&](const char* name, const UseReport& item) {
    const double share =
        item.available > 0 ? static_cast<double>(item.used) / static_cast<double>(item.available) : 0;
    table.rows.push_back({name, grouped(item.used), grouped(item.available), percent(share, 1),
                          item.lower_bound ? grouped(*item.lower_bound) : ""});
  };
  row("cores", use.cores);
  row("axons", use.axons);
  row("neurons", use.neurons);
  row("synapses", use.synapses);
  row("links", use.links);
  return html::section("utilization", "Utilization of the fabric", "A lower bound holds for any mapping.",
                       html::table(table));
}

std::string mapping_section(const MappingReport& mapping) {
  html::Table table{{"figure", "value"}, {}};
  table.rows = {{"links of all routes", grouped(mapping.hops)},
                {"by multicast trees", grouped(mapping.multicast_hops)},
                {"by unicast paths", grouped(mapping.unicast_hops)},
                {"lower bound, given these clusters", grouped(mapping.hops_lower_bound)},
                {"routes over the busiest link", grouped(mapping.max_link_load)},
                {"route entries", grouped(mapping.route_entries)},
                {"entries of the fullest router", grouped(mapping.max_table_entries)},
                {"partial sums", grouped(mapping.partial_sums)},
                {"steps added by splitting", grouped(mapping.added_steps)}};
  if (!mapping.circuits) return html::section("mapping", "Routing", "", html::table(table));
  const CircuitReport& circuits = *mapping.circuits;
  table.rows.push_back({"channel width", grouped(circuits.channel_width)});
  table.rows.push_back({"tracks of a link, per direction", grouped(circuits.tracks)});
  table.rows.push_back({"lower bound of the channel width, any mapping", grouped(circuits.bound_any)});
  table.rows.push_back({"given these clusters", grouped(circuits.bound_clusters)});
  table.rows.push_back({"given this placement", grouped(circuits.bound_placement)});
  html::Table iterations{{"iteration", "overused", "laid", "wirelength"}, {}};
  for (const RouterIterationReport& i : circuits.iterations) {
    iterations.rows.push_back(
        {std::to_string(i.iteration), grouped(i.overused), grouped(i.ripped), grouped(i.wirelength)});
  }
  html::Table occupancy{{"tracks taken", "links"}, {}};
  for (std::size_t bin = 0; bin < circuits.occupancy.counts.size(); ++bin) {
    const bool full = bin + 1 == circuits.occupancy.counts.size();
    occupancy.rows.push_back({full ? "all" : fmt::format("{} to {} %", 10 * bin, 10 * bin + 10),
                              grouped(circuits.occupancy.counts[bin])});
  }
  return html::section("mapping", "Routing", "",
                       html::table(table) + "<h3>Router iterations</h3>" + html::table(iterations) +
                           "<h3>Occupancy of the channels</h3>" + html::table(occupancy));
}

std::string fabric_section(const FabricReport& fabric, const std::optional<SimulationReport>& simulation) {
  std::string body = "<div class=\"pair\"><div><h3>Placed cores and link loads</h3>" +
                     figures::placed_grid(fabric) + "</div>";
  if (simulation) {
    body += "<div><h3>Busy cores</h3>" + figures::busy_map(fabric, simulation->cycles) + "</div>";
  }
  const std::string note = fmt::format("{}: {} x {} tiles. Point at a tile or a link for its figures.",
                                       escape(fabric.name), fabric.width, fabric.height);
  return html::section("fabric", "The fabric", note, body + "</div>\n");
}

std::string latency_section(const LatencyReport& latency) {
  html::Table table{{"latency", "mean", "median", "p99", "max"}, {}};
  table.rows = {{"cycles", fmt::format("{:.1f}", latency.cycles_mean),
                 grouped(static_cast<std::int64_t>(latency.cycles_p50)),
                 grouped(static_cast<std::int64_t>(latency.cycles_p99)),
                 grouped(static_cast<std::int64_t>(latency.cycles_max))}};
  const std::string note = fmt::format(
      "From the start of a frame's first step to its last result out, {} steps later; {} on average.",
      latency.steps, si(latency.seconds, "s"));
  return html::section("latency", "Latency of a frame", note,
                       figures::latency_histogram(latency) + html::table(table));
}

std::string tick_section(const TickReport& tick) {
  if (!tick.is_late()) {
    return html::section("tick", "Ticks",
                         fmt::format("Of {} cycles; all work was done in time.", grouped(tick.cycles)), "");
  }
  html::Table table{{"step", "tile", "late messages", "core"}, {}};
  for (const LateTileReport& tile : tick.first) {
    table.rows.push_back({grouped(tile.step), fmt::format("({}, {})", tile.x, tile.y), grouped(tile.messages),
                          tile.core ? "still at work" : "idle"});
  }
  const std::string note = fmt::format(
      "Of {} cycles: {} messages and {} steps of cores were late. A tick of {} cycles would have sufficed. "
      "The first "
      "tiles with late work:",
      grouped(tick.cycles), grouped(tick.late_messages), grouped(tick.late_steps),
      grouped(tick.sufficient_cycles));
  return html::section("tick", "Ticks", note, html::table(table));
}

std::string energy_section(const EnergyReport& energy) {
  std::vector<std::pair<std::string, double>> parts;
  std::string without;
  for (const auto& [name, joule] : energy.parts) {
    if (joule != 0) {
      parts.emplace_back(name, joule);
    } else {
      without += (without.empty() ? "" : ", ") + escape(name);
    }
  }
  std::string note = fmt::format("{} in all, {} a frame. Counted events times the fabric's constants.",
                                 si(energy.total_joule, "J"), si(energy.per_frame_joule, "J"));
  if (!without.empty())
    note += fmt::format(" Not in the sum, for want of a constant or of events: {}.", without);
  return html::section("energy", "Energy by part", note, figures::bars(std::move(parts), "J"));
}

std::string simulation_section(const Report& report) {
  const SimulationReport& run = *report.simulation;
  html::Table table{{"figure", "value"}, {}};
  const double seconds = run.wall_seconds > 0 ? run.wall_seconds : 1;
  table.rows = {{"simulated cycles", grouped(run.cycles)},
                {"flit hops", grouped(run.flit_hops)},
                {"synaptic operations", grouped(run.synaptic_ops)},
                {"wall time", si(run.wall_seconds, "s")},
                {"processor time", si(run.cpu_seconds, "s")},
                {"speed", si(static_cast<double>(run.cycles) / seconds, "cycles/s")},
                {"", si(static_cast<double>(run.flit_hops) / seconds, "flit hops/s")},
                {"peak memory", si(static_cast<double>(run.peak_rss_bytes), "B")}};
  for (const auto& [stage, time] : report.stage_seconds)
    table.rows.push_back({"stage " + escape(stage), si(time, "s")});
  return html::section("simulation", "The simulator itself", "", html::table(table));
}

std::string provenance_section(const ProvenanceReport& provenance) {
  html::Table table{{"artefact", "digest"}, {}};
  for (const auto& [name, digest] : provenance.digests)
    table.rows.push_back({escape(name), "<code>" + escape(digest) + "</code>"});
  std::string body = html::table(table);
  if (!provenance.effective_config.empty()) {
    body += "<details><summary>The effective configuration</summary><pre>" +
            escape(provenance.effective_config) + "</pre></details>\n";
  }
  const std::string note = fmt::format("Weft {}, seed {}.", escape(provenance.version), provenance.seed);
  return html::section("provenance", "How to repeat it", note, body);
}

// "</script>" inside a string of the JSON would end the element: "<" is written as its JSON escape.
std::string embedded_json(const Report& report) {
  std::string out = "<script type=\"application/json\" id=\"report\">\n";
  for (char c : format_report_json(report)) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out + "</script>\n";
}

}  // namespace

std::string format_html_report(const Report& report) {
  const std::string title = report.title.empty() ? "Weft report" : escape(report.title);
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" "
      "href=\"data:,\">\n"
      "<style>{}</style></head><body>\n<h1>{}</h1>\n",
      title, kStyle, title);
  if (report.interrupted)
    page += "<p class=\"interrupted\"><b>" + escape(html::describe(*report.interrupted)) + "</b></p>\n";
  page += headline(report);
  if (report.accuracy) page += accuracy_section(*report.accuracy);
  if (report.compression) page += compression_section(*report.compression);
  if (report.utilization) page += utilization_section(*report.utilization);
  if (report.fabric) page += fabric_section(*report.fabric, report.simulation);
  if (report.mapping) page += mapping_section(*report.mapping);
  if (report.latency) page += latency_section(*report.latency);
  if (report.tick) page += tick_section(*report.tick);
  if (report.energy) page += energy_section(*report.energy);
  if (report.simulation) page += simulation_section(report);
  page += provenance_section(report.provenance);
  return page + embedded_json(report) + "</body></html>\n";
}

}  // namespace weft::app
