// Circuits (section 14 of sim/TIMING.md): every value is followed from switch to switch.
#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "tests/reference/cycle_model_machine.hpp"

namespace weft::test::cycle {

bool CycleModel::circuits() const {
  return fabric_.router.routing == Routing::Circuit;
}

void CycleModel::work_circuits(Cycle c) {
  const std::vector<Tile> before = params_.signals == nullptr ? std::vector<Tile>() : tiles_;
  SideActions sides(tiles_.size());
  for (int t = 0; t < fabric_.tiles(); ++t) {
    Tile& tile = tiles_[index(t)];
    for (Core& own : tile.cores) {
      work_core(c, t, own, std::numeric_limits<int>::max());
      for (; !own.queue.empty(); own.queue.pop_front()) {
        const Message& message = own.queue.front();
        wires_.push_back({switch_cycle(c), t, message.key, message.value});
        count(t).messages += 1;
        tell(c, t, EventKind::Send, message.key, message.value, 0, own.number);
      }
    }
    if (!tile.to_inject.empty() && c >= tile.inject_free) {
      const Message message = tile.to_inject.front();
      tile.to_inject.pop_front();
      tile.inject_free = c + static_cast<Cycle>(fabric_.ports.cycles_per_flit);
      wires_.push_back({switch_cycle(c), t, message.key, message.value});
      count(t).injected += 1;
      tell(c, t, EventKind::Inject, message.key, message.value);
    }
  }
  std::vector<OnWire> still;
  const std::vector<OnWire> wires = std::move(wires_);
  wires_.clear();
  for (const OnWire& wire : wires) {
    if (wire.passes == c) {
      pass_switch(c, wire, sides);
    } else {
      still.push_back(wire);
    }
  }
  wires_.insert(wires_.end(), still.begin(), still.end());
  for (int t = 0; t < fabric_.tiles(); ++t) leave_at_port(c, t, sides);
  if (params_.signals != nullptr) {
    params_.signals->cycles.push_back(circuit_signal_values(step_, frame_, before, tiles_, sides));
  }
}

// The cycle in which a value that comes to a switch's input in cycle c has passed it.
Cycle CycleModel::switch_cycle(Cycle c) const {
  return c + static_cast<Cycle>(fabric_.router.pipeline_cycles);
}

void CycleModel::pass_switch(Cycle c, const OnWire& wire, SideActions& sides) {
  const RouteEntry route = entry(wire.tile, wire.key);
  std::uint64_t led = 0;
  for (int side = 0; side < kSides; ++side) {
    if (!leads(route, side)) continue;
    ++led;
    if (side == kEdge) {
      tiles_[index(wire.tile)].at_port.push_back({c, wire.key, wire.value});
      continue;
    }
    count(wire.tile).flits[index(side)] += 1;
    sides[index(wire.tile)][index(side)].values += 1;
    if (side == kLocal) {
      deliver(c, wire.tile, {wire.key, wire.value, c, {}});
    } else {
      tell(c, wire.tile, EventKind::Hop, wire.key, wire.value, side);
      wires_.push_back({switch_cycle(c + static_cast<Cycle>(fabric_.router.link_cycles)),
                        neighbor_of(fabric_, wire.tile, side), wire.key, wire.value});
    }
  }
  copies_ += led - 1;
}

void CycleModel::leave_at_port(Cycle c, int t, SideActions& sides) {
  Tile& tile = tiles_[index(t)];
  if (tile.at_port.empty() || c < tile.edge_free) return;
  const auto first = std::min_element(
      tile.at_port.begin(), tile.at_port.end(),
      [](const AtPort& a, const AtPort& b) { return std::pair(a.since, a.key) < std::pair(b.since, b.key); });
  count(t).flits[kEdge] += 1;
  sides[index(t)][kEdge].values += 1;
  tell(c, t, EventKind::Output, first->key, first->value);
  emit(c, t, {first->key, first->value, c, {}});
  tile.edge_free = c + static_cast<Cycle>(fabric_.ports.cycles_per_flit);
  tile.at_port.erase(first);
}

}  // namespace weft::test::cycle
