// The three formats have the same figures in the same order, row by row; they come from one list of columns.
#include "app/flow/traffic_sweep.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/cli/options.hpp"
#include "model/base/digest.hpp"
#include "model/base/error.hpp"
#include "model/fabric/link.hpp"

namespace weft::app {
namespace {

constexpr double kMostPoints = 1000;

struct Column {
  const char* name;     // in CSV and JSON
  const char* heading;  // in the table
  int digits;
  double (*value)(const TrafficPoint& point);
};

double percentile(const sim::LatencyCounts& latencies, double share) {
  return static_cast<double>(latencies.percentile(share));
}

constexpr std::array kColumns = {
    Column{"rate", "rate", 4, [](const TrafficPoint& p) { return p.rate; }},
    Column{"offered", "offered", 4, [](const TrafficPoint& p) { return p.result.offered; }},
    Column{"accepted", "accepted", 4, [](const TrafficPoint& p) { return p.result.accepted; }},
    Column{"packets", "packets", 0,
           [](const TrafficPoint& p) { return static_cast<double>(p.result.measured_packets); }},
    Column{"hops", "hops", 2, [](const TrafficPoint& p) { return mean_hops(p.result); }},
    Column{"latency_mean", "mean", 1, [](const TrafficPoint& p) { return p.result.from_creation.mean(); }},
    Column{"latency_p50", "p50", 0,
           [](const TrafficPoint& p) { return percentile(p.result.from_creation, 0.5); }},
    Column{"latency_p99", "p99", 0,
           [](const TrafficPoint& p) { return percentile(p.result.from_creation, 0.99); }},
    Column{"network_latency_mean", "mean", 1,
           [](const TrafficPoint& p) { return p.result.from_injection.mean(); }},
    Column{"network_latency_p50", "p50", 0,
           [](const TrafficPoint& p) { return percentile(p.result.from_injection, 0.5); }},
    Column{"network_latency_p99", "p99", 0,
           [](const TrafficPoint& p) { return percentile(p.result.from_injection, 0.99); }},
    Column{"cycles", "cycles", 0, [](const TrafficPoint& p) { return static_cast<double>(p.result.cycles); }},
};

}  // namespace

std::vector<double> parse_rates(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  constexpr double kMost = sim::kMaxPacketFlits;
  if (parts.size() == 1) return {to_real("--rate", text, 0, kMost)};
  if (parts.size() != 3)
    throw Error(ErrorKind::Usage, fmt::format("--rate: found \"{}\", expected RATE or FROM:TO:STEP", text));
  const double from = to_real("--rate", parts[0], 0, kMost);
  const double to = to_real("--rate", parts[1], 0, kMost);
  const double step = to_real("--rate", parts[2], 0, kMost);
  const double points = step > 0 ? std::floor((to - from) / step + 1e-9) + 1 : 0;
  if (points < 1 || points > kMostPoints)
    throw Error(
        ErrorKind::Usage,
        fmt::format("--rate: found \"{}\", expected 1 to {} rates from FROM up to TO", text, kMostPoints));
  std::vector<double> rates;
  for (int i = 0; i < static_cast<int>(points); ++i) rates.push_back(from + i * step);
  return rates;
}

double zero_load_latency(const Fabric& fabric, int packet_flits, double hops) {
  const RouterSpec& router = fabric.router;
  return 2 + router.pipeline_cycles + hops * (hop_cycles(router) + router.pipeline_cycles) +
         (packet_flits - 1) * flit_cycles(router);
}

double mean_hops(const sim::TrafficResult& result) {
  std::uint64_t hops = 0;
  std::uint64_t flits = 0;
  for (const TileCounters& tile : result.tiles) {
    flits += tile.deliveries;
    for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      hops += tile.flits[static_cast<std::size_t>(side)];
    }
  }
  return flits == 0 ? 0 : static_cast<double>(hops) / static_cast<double>(flits);
}

void run_sweep(TrafficSweep& sweep, const std::vector<double>& rates, Console& console, EventSink* events,
               SignalSink* signals) {
  for (const double rate : rates) {
    sim::TrafficParams params = sweep.params;
    params.rate = rate;
    Stage stage(console, fmt::format("{} {:.4g}", to_string(params.pattern), rate));
    stage.count_in("cycles");
    sweep.points.push_back({rate, sim::run_traffic(sweep.fabric, params, events, signals, &stage)});
    const sim::TrafficResult& result = sweep.points.back().result;
    stage.done(fmt::format("accepted {:.4f} flits/tile/cycle, latency {:.1f} cycles{}", result.accepted,
                           result.from_creation.mean(), result.saturated() ? ", saturated" : ""));
    if (result.interrupted) return;
  }
}

std::string format_sweep_table(const TrafficSweep& sweep) {
  const Fabric& fabric = sweep.fabric;
  std::string text = fmt::format(
      "{} traffic, packets of {} flits, on {}: {} x {} tiles\n\n{:>28}  {:>15}  {:>29}  {:>27}\n",
      to_string(sweep.params.pattern), sweep.params.packet_flits, fabric.name, fabric.width, fabric.height,
      "flits per tile and cycle", "measured", "latency from creation", "from injection");
  for (const Column& column : kColumns) text += fmt::format("{:>9}", column.heading);
  text += "\n";
  for (const TrafficPoint& point : sweep.points) {
    for (const Column& column : kColumns)
      text += fmt::format("{:>9.{}f}", column.value(point), column.digits);
    if (point.result.saturated()) text += "  saturated";
    if (point.result.interrupted) text += "  interrupted";
    text += "\n";
  }
  if (!sweep.points.empty()) {
    const double hops = mean_hops(sweep.points.front().result);
    text += fmt::format("\nWithout contention a packet takes {:.1f} cycles over {:.2f} hops.\n",
                        zero_load_latency(fabric, sweep.params.packet_flits, hops), hops);
  }
  return text;
}

std::string format_sweep_csv(const TrafficSweep& sweep) {
  std::string text;
  for (const Column& column : kColumns) text += fmt::format("{},", column.name);
  text += "saturated\n";
  for (const TrafficPoint& point : sweep.points) {
    for (const Column& column : kColumns) text += fmt::format("{},", column.value(point));
    text += point.result.saturated() ? "1\n" : "0\n";
  }
  return text;
}

std::string format_sweep_json(const TrafficSweep& sweep) {
  nlohmann::ordered_json document;
  document["kind"] = "traffic";
  document["pattern"] = to_string(sweep.params.pattern);
  document["fabric"] = sweep.fabric.name;
  document["fabric_digest"] = digest(sweep.fabric).hex();
  document["width"] = sweep.fabric.width;
  document["height"] = sweep.fabric.height;
  document["packet_flits"] = sweep.params.packet_flits;
  document["hotspot_share"] = sweep.params.hotspot_share;
  document["warmup_cycles"] = sweep.params.warmup_cycles;
  document["measure_cycles"] = sweep.params.measure_cycles;
  document["cooldown_cycles"] = sweep.params.cooldown_cycles;
  document["seed"] = sweep.params.seed;
  document["interrupted"] = sweep.interrupted();
  document["points"] = nlohmann::ordered_json::array();
  for (const TrafficPoint& point : sweep.points) {
    nlohmann::ordered_json row;
    for (const Column& column : kColumns) row[column.name] = column.value(point);
    row["saturated"] = point.result.saturated();
    row["zero_load_latency"] =
        zero_load_latency(sweep.fabric, sweep.params.packet_flits, mean_hops(point.result));
    document["points"].push_back(row);
  }
  return document.dump(2) + "\n";
}

}  // namespace weft::app
