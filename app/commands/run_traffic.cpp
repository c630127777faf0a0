// weft run --traffic: the fabric without a network, under synthetic traffic.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "app/cli/command.hpp"
#include "app/cli/model_option.hpp"
#include "app/cli/options.hpp"
#include "app/flow/recorders.hpp"
#include "app/flow/result_directory.hpp"
#include "app/flow/traffic_sweep.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "model/fabric/presets.hpp"

namespace weft::app {
namespace {

constexpr std::int64_t kMostCycles = 1'000'000'000'000;

struct TrafficCommandParams {
  std::string pattern = "uniform";
  std::string rate = "0.01";
  std::string fabric = "default";
  std::vector<std::string> overrides;
  int packet_flits = 4;
  double hotspot_share = 0.1;
  std::int64_t warmup_cycles = 1000;
  std::int64_t measure_cycles = 10000;
  std::int64_t cooldown_cycles = 1000;
  ModelOption model;
  RecordConfig record;
  std::string output = "out/traffic";
};

constexpr sim::TrafficPattern kPatterns[] = {sim::TrafficPattern::Uniform, sim::TrafficPattern::Transpose,
                                             sim::TrafficPattern::HotSpot, sim::TrafficPattern::Neighbor};

OptionTable make_table(TrafficCommandParams& params) {
  std::vector<std::string> names;
  for (const sim::TrafficPattern pattern : kPatterns) names.emplace_back(to_string(pattern));
  OptionTable table("run --traffic PATTERN [options]",
                    "Simulates synthetic traffic on a fabric without a network, cycle by cycle: latency and "
                    "accepted traffic at each rate. Packets are switched by wormhole, in dimension order.");
  table.choice("traffic", params.pattern, names, "where packets go");
  table.text("rate", params.rate, "R|FROM:TO:STEP", "flits per tile and cycle, or several (default 0.01)");
  table.integer("packet-flits", params.packet_flits, 1, sim::kMaxPacketFlits, "flits per packet (default 4)");
  table.text("fabric", params.fabric, "NAME|FILE", "the fabric (default: default)");
  table.texts("set", params.overrides, "KEY=VALUE",
              "override a key of the fabric, e.g. width=16; repeatable");
  table.real("hotspot-share", params.hotspot_share, 0, 1, "hotspot: packets to the hot tile (default 0.1)");
  table.integer("warmup", params.warmup_cycles, 0, kMostCycles,
                "cycles before the measurement (default 1000)");
  table.integer("cycles", params.measure_cycles, 1, kMostCycles, "cycles measured (default 10000)");
  table.integer("cooldown", params.cooldown_cycles, 0, kMostCycles,
                "cycles of traffic after it (default 1000)");
  params.model.declare(table);
  add_record_options(table, params.record);
  table.text("output,o", params.output, "DIR",
             "where traffic.csv and traffic.json go (default out/traffic; DIR/partial after Ctrl-C)");
  return table;
}

}  // namespace

bool is_traffic_run(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "--traffic" || word.rfind("--traffic=", 0) == 0;
  });
}

int run_traffic_command(Context& context, const std::vector<std::string>& words) {
  TrafficCommandParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  const std::vector<double> rates = parse_rates(params.rate);
  check(params.record);
  if (rates.size() > 1 && params.record.any())
    throw Error(ErrorKind::Usage, "--trace and --events need a single --rate");

  TrafficSweep sweep;
  sweep.fabric = load_fabric(params.fabric, params.overrides);
  for (const sim::TrafficPattern pattern : kPatterns) {
    if (params.pattern == to_string(pattern)) sweep.params.pattern = pattern;
  }
  sweep.params.model = params.model.model();
  sweep.params.packet_flits = params.packet_flits;
  sweep.params.hotspot_share = params.hotspot_share;
  sweep.params.warmup_cycles = static_cast<std::uint64_t>(params.warmup_cycles);
  sweep.params.measure_cycles = static_cast<std::uint64_t>(params.measure_cycles);
  sweep.params.cooldown_cycles = static_cast<std::uint64_t>(params.cooldown_cycles);
  sweep.params.seed = static_cast<std::uint64_t>(context.global.seed);

  settle_window(
      params.record,
      []() -> Outcome { throw Error(ErrorKind::Usage, "synthetic traffic has no steps and no frames"); }, 1,
      std::numeric_limits<std::int64_t>::max());
  ResultDirectory directory(params.output);
  Recorders recorders(params.record, sweep.fabric, params.model.model());
  const Probes probes = recorders.probes();
  sweep.params.trace = probes.trace;
  run_sweep(sweep, rates, context.console, probes.events, probes.signals);
  write_file(directory.staged("traffic.csv"), format_sweep_csv(sweep));
  write_file(directory.staged("traffic.json"), format_sweep_json(sweep));
  const std::string results = sweep.interrupted() ? params.output + "/partial" : params.output;
  directory.commit_to(results);
  recorders.finish(context.console, sweep.points.back().result.cycles,
                   sweep.interrupted());  // a disk that is full costs no result
  if (context.global.json) {
    print_result(format_sweep_json(sweep));
  } else if (!context.global.quiet) {
    print_result(format_sweep_table(sweep));
  }
  if (!sweep.interrupted()) return kDone;
  context.console.warn(fmt::format("interrupted: {} of {} rates were done; they are in {}",
                                   sweep.points.size() - 1, rates.size(), results));
  return kUnacceptable;
}

}  // namespace weft::app
