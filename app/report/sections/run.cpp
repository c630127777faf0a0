// What the run took: latency, ticks, energy.
#include <fmt/format.h>

#include "app/report/figures/figures.hpp"
#include "app/report/html.hpp"
#include "app/report/sections/sections.hpp"

namespace weft::app::sections {

using html::escape;
using html::grouped;
using html::si;

std::string latency(const LatencyReport& latency) {
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

std::string critical_paths(const LogView& log, const CloserLookReport& look) {
  if (log.timelines.empty()) return "";
  const std::string note = fmt::format(
      "Back from a step's last event: what it waited for, and what that had waited for, step by step. Median "
      "and "
      "slowest of {} frames. Thin lines are where steps begin; point at a part for its place.",
      grouped(look.of_frames));
  return html::section("paths", "The critical path of a frame", note,
                       figures::timelines(log.timelines, log.replay.width));
}

std::string tick(const TickReport& tick) {
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

std::string energy(const EnergyReport& energy) {
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

}  // namespace weft::app::sections
