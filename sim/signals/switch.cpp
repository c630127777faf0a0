// The switch's clock edge, as sim/TIMING.md section 14 has it. Invariant: a value's cycle of passing is known
// when it is read from its track, and nothing changes it.
#include "sim/signals/switch.hpp"

#include <algorithm>

namespace weft::sim::signals {
namespace {

constexpr int kEdge = static_cast<int>(Direction::Edge);

}  // namespace

Switch::Switch(const sc_core::sc_module_name& name, TileId tile, RouteRule& routing, Ledger& ledger)
    : Node(name, tile, routing, ledger) {}

void Switch::rising_edge(std::uint64_t cycle) {
  for (int side = 0; side < kDirections; ++side) {
    if (sides[side] != nullptr) receive(side, cycle);
  }
  pass_all(cycle);
  leave_at_port(cycle);
  const bool sent = drive();
  if (sent || !on_their_way_.empty() || !at_port_.empty()) ledger_.last_progress = cycle;
  busy.write(sent || !on_their_way_.empty() || !at_port_.empty());
}

// A value that core or port sent in cycle s passes in s + P, one that passed the switch before in s in s + K
// + P.
void Switch::receive(int side, std::uint64_t cycle) {
  const int delay = fabric_.router.pipeline_cycles + (is_link(side) ? fabric_.router.link_cycles : 0);
  for (const Flit& flit : sides[side]->tracks_in.read().values) {
    on_their_way_.emplace(cycle - 1 + static_cast<std::uint64_t>(delay), flit);
  }
}

// To all sides of the entry at once. At the port those that came together are put in the order of their keys.
void Switch::pass_all(std::uint64_t cycle) {
  const auto before = static_cast<std::ptrdiff_t>(at_port_.size());
  const auto [first, end] = on_their_way_.equal_range(cycle);
  for (auto value = first; value != end; ++value) {
    const Flit& flit = value->second;
    const unsigned entry = routing_.sides(tile_, flit);
    ledger_.copies += static_cast<std::uint64_t>(__builtin_popcount(entry)) - 1;
    for (int side = 0; side < kDirections; ++side) {
      if ((entry >> side & 1u) == 0) continue;
      if (side == kEdge) {
        at_port_.push_back(flit);
        continue;
      }
      passing_[side].values.push_back(flit);
      routing_.granted(cycle, tile_, static_cast<Direction>(side), flit);
    }
  }
  on_their_way_.erase(first, end);
  std::sort(at_port_.begin() + before, at_port_.end(),
            [](const Flit& a, const Flit& b) { return a.key < b.key; });
}

void Switch::leave_at_port(std::uint64_t cycle) {
  if (at_port_.empty() || cycle < port_free_) return;
  passing_[kEdge].values.push_back(at_port_.front());
  routing_.granted(cycle, tile_, Direction::Edge, at_port_.front());
  at_port_.pop_front();
  port_free_ = cycle + static_cast<std::uint64_t>(fabric_.ports.cycles_per_flit);
}

// Writes the wires; true if a value is on its way to another switch.
bool Switch::drive() {
  bool sent = false;
  for (int side = 0; side < kDirections; ++side) {
    if (sides[side] == nullptr) continue;
    const std::size_t values = passing_[side].values.size();
    sides[side]->tracks.write(passing_[side]);
    sides[side]->values.write(static_cast<std::uint32_t>(values));
    ledger_.tiles[tile_].flits[side] += values;
    sent = sent || (values > 0 && is_link(side));
    passing_[side].values.clear();
  }
  return sent;
}

}  // namespace weft::sim::signals
