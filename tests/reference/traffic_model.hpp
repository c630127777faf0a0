// Section 12 of sim/TIMING.md as a program: synthetic traffic a second time, from that page alone. Slow on
// purpose: in every cycle it looks at every tile and every side.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "model/fabric/event.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/outcome.hpp"
#include "sim/traffic.hpp"
#include "tests/reference/cycle_model.hpp"

namespace weft::test {

struct TrafficModelResult {
  std::uint64_t cycles = 0;
  std::uint64_t packets = 0;
  std::uint64_t measured_packets = 0;
  std::uint64_t accepted_flits = 0;
  std::map<std::uint64_t, std::uint64_t> from_creation;  // packets by latency
  std::map<std::uint64_t, std::uint64_t> from_injection;
  std::vector<TileCounters> tiles;
};

// `events` and `signals` may be null. Throws std::logic_error where the page's conservation rules are broken,
// std::runtime_error where the traffic does not come to an end.
TrafficModelResult run_traffic_model(const Fabric& fabric, const sim::TrafficParams& params,
                                     std::vector<Event>* events, SignalTrace* signals);

}  // namespace weft::test
