// How the network lies on the fabric: what is used, the routes, and how far each figure is from its bound.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/report/html.hpp"
#include "app/report/sections/sections.hpp"

namespace weft::app::sections {

using html::escape;
using html::grouped;
using html::percent;

namespace {

std::string gap_text(std::int64_t value, std::int64_t bound) {
  if (value == bound) return "none: optimal";
  if (bound <= 0) return "";
  return fmt::format("{:+.1f} %", 100 * (static_cast<double>(value) / static_cast<double>(bound) - 1));
}

}  // namespace

std::string utilization(const UtilizationReport& use) {
  html::Table table{{"resource", "used", "available", "share", "lower bound", "gap"}, {}};
  const auto row = [&](const char* name, const UseReport& item) {
    const double share =
        item.available > 0 ? static_cast<double>(item.used) / static_cast<double>(item.available) : 0;
    table.rows.push_back({name, grouped(item.used), grouped(item.available), percent(share, 1),
                          item.lower_bound ? grouped(*item.lower_bound) : std::string(),
                          item.lower_bound ? gap_text(item.used, *item.lower_bound) : std::string()});
  };
  row("cores", use.cores);
  row("axons", use.axons);
  row("neurons", use.neurons);
  row("synapses", use.synapses);
  row("links", use.links);
  return html::section("utilization", "Utilization of the fabric", "", html::table(table));
}

namespace {

std::string critical_path(const CriticalPathReport& path) {
  html::Table table{{"part", "cycles"}, {}};
  const auto part = [&](const std::string& name, std::int64_t cycles) {
    if (cycles > 0) table.rows.push_back({name, grouped(cycles)});
  };
  part("rows of the active axons", path.rows);
  part("updates of the neurons", path.updates);
  part(path.kind == "core" ? "messages, one a cycle" : "flits, one after the other", path.messages);
  part("routers and links on the way", path.links);
  part("in all", path.cycles);
  const std::string what = path.kind == "core"
                               ? "The core of " + path.from + ", to its farthest listener, " + path.to
                           : path.kind == "port" ? "The port of " + path.from + ", way " + path.to
                                                 : "The busiest link, from " + path.from + " to " + path.to;
  return "<h3>Critical path of a step</h3><p class=\"note\">" +
         escape(what + ". No step in which every axon is active and every neuron sends is shorter.") +
         "</p>" + html::table(table);
}

std::string placer_rounds(const std::vector<PlacerRoundReport>& rounds) {
  html::Table table{{"round", "from", "moves", "accepted", "cost", "busiest link"}, {}};
  for (const PlacerRoundReport& round : rounds) {
    const double share =
        round.moves > 0 ? static_cast<double>(round.accepted) / static_cast<double>(round.moves) : 0;
    table.rows.push_back({std::to_string(round.round), round.start, grouped(round.moves), percent(share, 1),
                          grouped(round.cost), grouped(round.max_link_load)});
  }
  return "<h3>Placer iterations</h3><p class=\"note\">Cost: links of all routes, each times its "
         "flits.</p>" +
         html::table(table);
}

std::string router_iterations(const CircuitReport& circuits) {
  html::Table table{{"iteration", "overused", "laid", "wirelength"}, {}};
  for (const RouterIterationReport& i : circuits.iterations)
    table.rows.push_back(
        {std::to_string(i.iteration), grouped(i.overused), grouped(i.ripped), grouped(i.wirelength)});
  return "<h3>Router iterations</h3>" + html::table(table);
}

// Tenths, and all, each with a bar beside it.
std::string histogram(const char* title, const char* note, const HistogramReport& bins) {
  std::int64_t most = 1;
  for (const std::int64_t count : bins.counts) most = std::max(most, count);
  std::string out =
      fmt::format("<h3>{}</h3><p class=\"note\">{}</p><table class=\"bars\"><tbody>\n", title, note);
  for (std::size_t bin = 0; bin < bins.counts.size(); ++bin) {
    const bool full = bin + 1 == bins.counts.size();
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"track\"><span "
        "style=\"width:{:.2f}%\"></span></td><td>{}</td></tr>\n",
        full ? std::string("all") : fmt::format("{} to {} %", 10 * bin, 10 * bin + 10),
        100 * static_cast<double>(bins.counts[bin]) / static_cast<double>(most), grouped(bins.counts[bin]));
  }
  return out + "</tbody></table>\n";
}

}  // namespace

std::string mapping(const MappingReport& mapping) {
  html::Table table{{"figure", "value"}, {}};
  table.rows = {{"links of all routes", grouped(mapping.hops)},
                {"by multicast trees", grouped(mapping.multicast_hops)},
                {"by unicast paths", grouped(mapping.unicast_hops)},
                {"routes over the busiest link", grouped(mapping.max_link_load)},
                {"route entries", grouped(mapping.route_entries)},
                {"entries of the fullest router", grouped(mapping.max_table_entries)},
                {"partial sums", grouped(mapping.partial_sums)},
                {"steps added by splitting", grouped(mapping.added_steps)}};
  if (mapping.unshared_entries) {
    table.rows.push_back({"route entries, if each key had its own", grouped(*mapping.unshared_entries)});
    table.rows.push_back({"entries of the fullest router, if each key had its own",
                          grouped(mapping.max_unshared_entries.value_or(0))});
  }
  if (mapping.traffic) {
    const TrafficReport& traffic = *mapping.traffic;
    const auto frames = static_cast<double>(std::max<std::int64_t>(1, traffic.frames));
    const auto each = [&](std::int64_t flits) {
      return fmt::format("{:.1f}", static_cast<double>(flits) / frames);
    };
    table.rows.push_back({"messages of a frame, measured", each(traffic.messages)});
    table.rows.push_back({"flit-hops of a frame, measured", each(traffic.flit_hops)});
    table.rows.push_back({"flits of a frame over the busiest link, measured", each(traffic.max_link_load)});
    table.rows.push_back(
        {"flits of a frame through the busiest port, measured", each(traffic.max_port_load)});
  }
  if (mapping.circuits) {
    table.rows.push_back({"channel width", grouped(mapping.circuits->channel_width)});
    table.rows.push_back({"tracks of a link, per direction", grouped(mapping.circuits->tracks)});
  }
  std::string body = html::table(table);
  if (mapping.critical_path) body += critical_path(*mapping.critical_path);
  if (!mapping.placer.empty()) body += placer_rounds(mapping.placer);
  if (mapping.circuits) {
    body += router_iterations(*mapping.circuits);
    body += histogram("Occupancy of the channels", "Links by the share of their tracks that is taken.",
                      mapping.circuits->occupancy);
  } else if (mapping.link_loads) {
    body += histogram("Links by load", "Links by the routes over them, as a share of the busiest link's.",
                      *mapping.link_loads);
  }
  return html::section("mapping", "Routing", "", body);
}

std::string bounds(const Report& report) {
  html::Table table{{"figure", "value", "no less than", "gap", "the bound holds for"}, {}};
  const auto row = [&](const std::string& name, std::int64_t value, std::int64_t bound,
                       const std::string& holds) {
    table.rows.push_back({name, grouped(value), grouped(bound), gap_text(value, bound), holds});
  };
  if (report.utilization) {
    const UtilizationReport& use = *report.utilization;
    for (const auto& [name, item] :
         {std::pair{"cores", &use.cores}, std::pair{"axons", &use.axons}, std::pair{"neurons", &use.neurons},
          std::pair{"synapses", &use.synapses}, std::pair{"links", &use.links}})
      if (item->lower_bound) row(name, item->used, *item->lower_bound, "any mapping");
    for (const CoreBoundReport& bound :
         report.mapping ? report.mapping->core_bounds : std::vector<CoreBoundReport>())
      row("cores, by " + bound.counts, use.cores.used, bound.cores, bound.holds);
  }
  if (report.mapping) {
    row("links of all routes", report.mapping->hops, report.mapping->hops_lower_bound, "these clusters");
    if (const auto& circuits = report.mapping->circuits) {
      row("channel width", circuits->channel_width, circuits->bound_any, "any mapping");
      row("channel width", circuits->channel_width, circuits->bound_clusters, "these clusters");
      row("channel width", circuits->channel_width, circuits->bound_placement, "this placement");
    }
  }
  if (table.rows.empty()) return "";
  return html::section("bounds", "Bounds and gaps", "No result can be better than its bound.",
                       html::table(table));
}

}  // namespace weft::app::sections
