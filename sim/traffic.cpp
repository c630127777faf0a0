// run_traffic(): checks what is asked for, then lets the SystemC fabric run around the engine of traffic.
#include "sim/traffic.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>

#include "model/base/error.hpp"
#include "sim/engine/traffic_engine.hpp"
#include "sim/fabric_module.hpp"
#include "sim/signals/run_signals.hpp"

namespace weft::sim {
namespace {

void check_params(const Fabric& fabric, const TrafficParams& params) {
  const auto refuse = [](const std::string& found, const std::string& expected) {
    throw InputError({"traffic", 0, 0}, found, expected);
  };
  if (params.packet_flits < 1 || params.packet_flits > kMaxPacketFlits)
    refuse(fmt::format("packets of {} flits", params.packet_flits), fmt::format("1 to {}", kMaxPacketFlits));
  if (!(params.rate / params.packet_flits >= 1e-7 && params.rate <= params.packet_flits))
    refuse(fmt::format("a rate of {} flits per tile and cycle", params.rate),
           fmt::format("at most a packet per cycle, {}, and at least 1e-7 of that", params.packet_flits));
  if (!(params.hotspot_share >= 0 && params.hotspot_share <= 1))
    refuse(fmt::format("a hot spot's share of {}", params.hotspot_share), "0 to 1");
  if (!(params.stall_share >= 0 && params.stall_share < 1))
    refuse(fmt::format("a stall share of {}", params.stall_share), "at least 0 and less than 1");
  if (params.measure_cycles < 1) refuse("a measurement of 0 cycles", "at least 1");
  if (fabric.router.routing == Routing::Circuit)
    refuse("a fabric of circuits", "routers that switch packets: router.routing multicast or unicast");
  if (fabric.tiles() < 2) refuse("a fabric of one tile", "at least two");
  if (fabric.topology == Topology::Torus && fabric.router.buffer_depth < 2 * params.packet_flits)
    refuse(fmt::format("packets of {} flits on a torus whose buffers hold {} flits", params.packet_flits,
                       fabric.router.buffer_depth),
           fmt::format("a router.buffer_depth of at least two packets, {}", 2 * params.packet_flits));
  if (params.pattern == TrafficPattern::Transpose && fabric.width != fabric.height)
    refuse(fmt::format("transpose traffic on {} x {} tiles", fabric.width, fabric.height), "a square fabric");
}

TrafficResult run_on_engine(const Fabric& fabric, const TrafficParams& params, EventSink* events,
                            SignalSink* signals, Progress* progress) {
  TrafficEngine engine(fabric, params, events, signals, progress);
  run_fabric(fabric, engine, params.trace, [&] { return engine.result().cycles; });
  if (!engine.finished()) internal_error("the simulation of traffic ended before its time");
  return engine.result();
}

}  // namespace

const char* to_string(TrafficPattern pattern) {
  switch (pattern) {
    case TrafficPattern::Uniform:
      return "uniform";
    case TrafficPattern::Transpose:
      return "transpose";
    case TrafficPattern::HotSpot:
      return "hotspot";
    case TrafficPattern::Neighbor:
      return "neighbor";
  }
  return "";
}

void LatencyCounts::add(std::uint64_t latency) {
  if (latency >= counts.size()) counts.resize(latency + 1);
  ++counts[latency];
}

std::uint64_t LatencyCounts::packets() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts) sum += count;
  return sum;
}

double LatencyCounts::mean() const {
  std::uint64_t cycles = 0;
  for (std::size_t latency = 0; latency < counts.size(); ++latency) cycles += latency * counts[latency];
  const std::uint64_t number = packets();
  return number == 0 ? 0 : static_cast<double>(cycles) / static_cast<double>(number);
}

std::uint64_t LatencyCounts::percentile(double share) const {
  const auto needed = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(packets())));
  std::uint64_t seen = 0;
  for (std::size_t latency = 0; latency < counts.size(); ++latency) {
    seen += counts[latency];
    if (counts[latency] != 0 && seen >= needed) return latency;
  }
  return 0;
}

TrafficResult run_traffic(const Fabric& fabric, const TrafficParams& params, EventSink* events,
                          SignalSink* sink, Progress* progress) {
  const auto wall_begin = std::chrono::steady_clock::now();
  const std::clock_t cpu_begin = std::clock();
  check_params(fabric, params);
  const auto run = params.model == Model::Signals ? signals::run_traffic : run_on_engine;
  TrafficResult result = run(fabric, params, events, sink, progress);
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin).count();
  result.cpu_seconds = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  return result;
}

}  // namespace weft::sim
