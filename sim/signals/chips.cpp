// The two chips: what is in their tiles, and what must hold of all tiles together.
#include <fmt/format.h>

#include <algorithm>

#include "model/base/error.hpp"
#include "sim/signals/chip.hpp"

namespace weft::sim::signals {

NetworkChip::NetworkChip(const sc_core::sc_module_name& name, const NetworkParts& parts, Ledger& ledger)
    : Chip(
          name, parts.routing, StallRule::make(parts.params.stall_share, parts.params.stall_seed),
          [&](Tile& tile, TileId id) {
            tile.core = std::make_unique<Concentrator>(
                "cores", id, make_cores(id, parts.image, parts.schedule.interval, ledger), parts.image,
                parts.routing, ledger);
            const std::vector<TileId> ports = port_tiles(ledger.fabric);
            const auto found = std::lower_bound(ports.begin(), ports.end(), id);
            if (found == ports.end() || *found != id) return;
            const PortId port(static_cast<std::uint32_t>(found - ports.begin()));
            tile.port = std::make_unique<Port>("port", id, port, parts.image, parts.stimulus, parts.schedule,
                                               parts.results, ledger);
          },
          ledger),
      control("control", parts.schedule, *this, parts.params.watchdog_cycles, parts.progress, ledger),
      image_(parts.image) {
  control.step(step);
  control.frame(frame);
  for (const auto& tile : tiles) {
    tile->core->begin(control.begin);
    if (tile->port != nullptr) tile->port->begin(control.begin);
  }
  const Schedule& schedule = parts.schedule;
  wire(control, parts.sink, std::max<std::uint64_t>(schedule.steps(), 1) - 1,
       std::max<std::uint64_t>(schedule.frames, 1) - 1);
}

std::uint64_t NetworkChip::most_values(TileId tile, Direction side) const {
  if (side == Direction::Edge) return 1;
  const auto& routes = image_.tiles[tile].routes;
  const auto leads = [side](const RouteEntry& route) {
    return (route.directions & direction_bit(side)) != 0;
  };
  return static_cast<std::uint64_t>(std::count_if(routes.begin(), routes.end(), leads));
}

// Section 7.
void NetworkChip::check_flits() const {
  std::uint64_t in = ledger_.copies, out = 0;
  for (const TileCounters& tile : ledger_.tiles) {
    in += tile.injected + tile.messages;
    out += tile.flits[static_cast<std::size_t>(Direction::Local)] +
           tile.flits[static_cast<std::size_t>(Direction::Edge)];
  }
  for (const auto& tile : tiles) out += tile->router->sends_due();
  if (in != out) internal_error(fmt::format("{} flits came in and were copied, {} came out", in, out));
}

void NetworkChip::count_late(std::uint64_t number) const {
  for (std::uint32_t t = 0; t < tiles.size(); ++t) {
    const Tile& tile = *tiles[t];
    const std::uint64_t at_work = tile.core->cores_at_work();
    LateWork late{number, TileId(t), tile.router->flits_held() + tile.core->messages_held(), at_work > 0};
    if (tile.port != nullptr) late.messages += tile.port->messages_held();
    if (late.messages == 0 && !late.core) continue;
    ledger_.tiles[late.tile].late_messages += late.messages;
    ledger_.tiles[late.tile].late_steps += at_work;
    if (ledger_.first_late.size() < kLateNamed) ledger_.first_late.push_back(late);
  }
}

// A binary tree over the used tiles takes some cycles for each of its levels.
std::uint64_t NetworkChip::barrier_cycles() const {
  int used = 0, levels = 0;
  for (const TileImage& tile : image_.tiles) used += tile.core.used() ? 1 : 0;
  for (int reached = 1; reached < used; reached *= 2) ++levels;
  const StepSpec& spec = ledger_.fabric.step;
  return static_cast<std::uint64_t>(spec.barrier_cycles + levels * spec.barrier_level_cycles);
}

TrafficChip::TrafficChip(const sc_core::sc_module_name& name, const TrafficParts& parts, Ledger& ledger)
    : Chip(
          name, parts.packets, StallRule::make(parts.params.stall_share, parts.params.stall_seed),
          [&](Tile& tile, TileId id) {
            tile.core = std::make_unique<Source>("core", id, parts.params, parts.gaps, parts.destinations,
                                                 parts.packets, ledger);
            const bool edge = has_neighbor(ledger.fabric, id, Direction::Edge);
            if (edge) tile.open_port = std::make_unique<LinkEnd>("port");
          },
          ledger),
      control("control", parts.params, *this, parts.progress, ledger),
      packets_(parts.packets) {
  for (const auto& tile : tiles) tile->core->begin(never_);
  wire(control, parts.sink, 0, 0);
}

// Section 12.
void TrafficChip::check_flits() const {
  std::uint64_t in = 0, out = 0, hops = 0;
  for (const TileCounters& tile : ledger_.tiles) {
    in += tile.messages;
    out += tile.deliveries;
    for (std::size_t side = 0; side < kDirections; ++side) hops += tile.flits[side];
    hops -= tile.flits[static_cast<std::size_t>(Direction::Local)];
  }
  const std::uint64_t due = packets_.flits_due();
  if (in != due || out != due || hops != packets_.hops_due())
    internal_error(fmt::format("{} flits were created, {} sent, {} delivered, over {} hops instead of {}",
                               due, in, out, hops, packets_.hops_due()));
}

}  // namespace weft::sim::signals
