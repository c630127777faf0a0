// Synthetic traffic of which every packet is measured, and what adds up over it.
#pragma once

#include "sim/traffic.hpp"

namespace weft::sim {

inline TrafficParams whole_run(TrafficPattern pattern, double rate, int packet_flits, std::uint64_t cycles) {
  TrafficParams params;
  params.pattern = pattern;
  params.rate = rate;
  params.packet_flits = packet_flits;
  params.warmup_cycles = 0;
  params.measure_cycles = cycles;
  params.cooldown_cycles = 0;
  return params;
}

// Of all packets, in cycles.
inline std::uint64_t sum(const LatencyCounts& latencies) {
  std::uint64_t cycles = 0;
  for (std::size_t l = 0; l < latencies.counts.size(); ++l) cycles += l * latencies.counts[l];
  return cycles;
}

// Of all flits, links only.
inline std::uint64_t hops(const TrafficResult& result) {
  std::uint64_t flits = 0;
  for (const TileCounters& tile : result.tiles)
    for (std::size_t side = 1; side <= 4; ++side) flits += tile.flits[side];
  return flits;
}

}  // namespace weft::sim
