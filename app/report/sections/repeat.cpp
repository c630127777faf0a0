// The simulator's own work, and what it takes to run all this again.
#include <fmt/format.h>

#include "app/report/html.hpp"
#include "app/report/sections/sections.hpp"

namespace weft::app::sections {

using html::escape;
using html::grouped;
using html::si;

std::string simulation(const Report& report) {
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

std::string provenance(const ProvenanceReport& provenance) {
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

}  // namespace weft::app::sections
