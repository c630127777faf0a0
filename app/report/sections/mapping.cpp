// How the network lies on the fabric: what is used, the routes, and how far each figure is from its bound.
#include <fmt/format.h>

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
  if (!mapping.circuits) return html::section("mapping", "Routing", "", html::table(table));
  const CircuitReport& circuits = *mapping.circuits;
  table.rows.push_back({"channel width", grouped(circuits.channel_width)});
  table.rows.push_back({"tracks of a link, per direction", grouped(circuits.tracks)});
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
