// A switch of circuits (sim/TIMING.md section 14): it passes each value on to all sides of its entry, and
// none waits for another but at the port.
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "sim/signals/node.hpp"

namespace weft::sim::signals {

class Switch final : public Node {
 public:
  Switch(const sc_core::sc_module_name& name, TileId tile, RouteRule& routing, Ledger& ledger);

 private:
  void rising_edge(std::uint64_t cycle) override;
  void receive(int side, std::uint64_t cycle);
  void pass_all(std::uint64_t cycle);
  void leave_at_port(std::uint64_t cycle);
  bool drive();

  std::multimap<std::uint64_t, Flit> on_their_way_;  // by the cycle in which they pass
  std::array<Tracks, kDirections> passing_;          // in this cycle, by the side to which they go
  std::deque<Flit> at_port_;                         // the first is the next to leave
  std::uint64_t port_free_ = 0;                      // the first cycle in which it may
};

}  // namespace weft::sim::signals
