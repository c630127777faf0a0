// Synthetic traffic on a fabric without a network: what the mesh carries, and how late. The rules are section
// 12 of sim/TIMING.md.
#pragma once

#include <cstdint>
#include <vector>

#include "model/base/progress.hpp"
#include "model/fabric/event.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/outcome.hpp"
#include "sim/model.hpp"
#include "sim/vcd_trace.hpp"

namespace weft::sim {

enum class TrafficPattern { Uniform, Transpose, HotSpot, Neighbor };
const char* to_string(TrafficPattern pattern);  // "uniform", ...

struct TrafficParams {
  Model model = Model::Engine;
  TrafficPattern pattern = TrafficPattern::Uniform;
  double rate = 0.01;  // flits per tile and cycle, (0, packet_flits]
  int packet_flits = 1;
  double hotspot_share = 0.1;  // HotSpot: of all packets, those that go to the hot tile
  std::uint64_t warmup_cycles = 1000;
  std::uint64_t measure_cycles = 10000;
  std::uint64_t cooldown_cycles = 1000;
  std::uint64_t seed = 1;
  double stall_share = 0;     // as in RunParams
  VcdTrace* trace = nullptr;  // likewise
  std::uint64_t stall_seed = 1;
  std::uint64_t watchdog_cycles = 100000;
};

constexpr int kMaxPacketFlits = 4096;

// Latencies in cycles: counts[l] packets took l cycles.
struct LatencyCounts {
  std::vector<std::uint64_t> counts;

  void add(std::uint64_t latency);
  std::uint64_t packets() const;
  double mean() const;  // 0 without packets
  // The smallest latency that at least `share` of the packets do not exceed; 0 without packets.
  std::uint64_t percentile(double share) const;
};

struct TrafficResult {
  std::uint64_t cycles = 0;            // until the last flit was delivered and the last credit home
  std::uint64_t packets = 0;           // created in the whole run
  std::uint64_t measured_packets = 0;  // created in the measurement window
  std::uint64_t accepted_flits = 0;    // delivered in it
  double offered = 0;                  // flits per tile and cycle, both in the measurement window
  double accepted = 0;
  LatencyCounts from_creation;
  LatencyCounts from_injection;
  IdVector<TileId, TileCounters> tiles;
  bool interrupted = false;  // stopped early: the rates are then of a window that was not finished
  double wall_seconds = 0;
  double cpu_seconds = 0;

  // The fabric carried less than 95% of what was offered to it.
  bool saturated() const { return accepted < 0.95 * offered; }
};

// Throws InputError for parameters out of range or a pattern that the fabric cannot have; conservation of
// flits and credits is checked. Sinks may be null; progress counts cycles.
TrafficResult run_traffic(const Fabric& fabric, const TrafficParams& params, EventSink* events = nullptr,
                          SignalSink* signals = nullptr, Progress* progress = nullptr);

}  // namespace weft::sim
