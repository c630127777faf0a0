// What is at the crossing of a tile's links: a Router, or with circuits a Switch.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "sim/signals/clocked.hpp"
#include "sim/signals/routing.hpp"

namespace weft::sim::signals {

// One side: the end of its link, and what a waveform shows of it beside `valid` (sections 10 and 14).
struct Side : LinkEnd {
  explicit Side(const sc_core::sc_module_name& name) : LinkEnd(name) {}
  sc_core::sc_signal<std::uint32_t> occupancy{"occupancy"};
  sc_core::sc_signal<bool> stalled{"stalled"};
  sc_core::sc_signal<std::uint32_t> credits{"credits"};
  sc_core::sc_signal<std::uint32_t> values{"values"};  // circuits: in place of the others
};

constexpr bool is_link(int side) {
  return side != static_cast<int>(Direction::Local) && side != static_cast<int>(Direction::Edge);
}

class Node : public Clocked {
 public:
  std::array<std::unique_ptr<Side>, kDirections> sides;  // null where nothing is

  // Asked between two edges of a fabric at rest: every credit is at home or arrives there with the next edge.
  virtual bool credits_home() const { return true; }
  // Flits in the buffers and on the links that lead here, and the sides to which they are still to be sent.
  virtual std::size_t flits_held() const { return 0; }
  virtual std::size_t sends_due() const { return 0; }
  // "east input: 3 flits"; empty if no input holds a flit.
  virtual std::string describe() const { return ""; }

 protected:
  Node(const sc_core::sc_module_name& name, TileId tile, RouteRule& routing, Ledger& ledger);

  const TileId tile_;
  const Fabric& fabric_;
  RouteRule& routing_;
};

}  // namespace weft::sim::signals
