// The wiring. Invariant: every port of every module is bound to one wire, and every wire has one driver.
#include "sim/signals/chip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/base/error.hpp"

namespace weft::sim::signals {
namespace {

constexpr int kTilesNamed = 8;

// A cycle in SystemC's time; two of its smallest units at least, for the two edges.
sc_core::sc_time period_of(const Fabric& fabric) {
  const sc_core::sc_time exact(1.0 / fabric.clock_hz, sc_core::SC_SEC);
  return std::max(exact, sc_core::sc_get_time_resolution() * 2);
}

}  // namespace

Tile::Tile(const sc_core::sc_module_name& name, TileId id, RouteRule& routing, const StallRule& stalls,
           const Furnish& furnish, Ledger& ledger)
    : sc_module(name) {
  if (ledger.fabric.router.routing == Routing::Circuit) {
    router = std::make_unique<Switch>("router", id, routing, ledger);
  } else {
    router = std::make_unique<Router>("router", id, routing, stalls, ledger);
  }
  furnish(*this, id);
}

Chip::Chip(const sc_core::sc_module_name& name, RouteRule& routing, const StallRule& stalls,
           const Tile::Furnish& furnish, Ledger& ledger)
    : sc_module(name), clock("clock", period_of(ledger.fabric)), ledger_(ledger) {
  for (std::uint32_t t = 0; t < ledger.tiles.size(); ++t) {
    const std::string tile = tile_name(ledger.fabric, TileId(t));
    tiles.push_back(std::make_unique<Tile>(tile.c_str(), TileId(t), routing, stalls, furnish, ledger));
  }
}

Chip::~Chip() {
  // The library finds a dying module by a search from the front of its list: in this order it is short.
  while (!tiles.empty()) tiles.pop_back();
}

void Chip::wire(Control& control, SignalSink* sink, std::uint64_t last_step, std::uint64_t last_frame) {
  control.clock(clock);
  const auto attach = [&](Clocked& module) {
    module.clock(clock);
    control.busy(module.busy);
  };
  for (std::uint32_t t = 0; t < tiles.size(); ++t) {
    Tile& tile = *tiles[t];
    auto& sides = tile.router->sides;
    attach(*tile.router);
    attach(*tile.core);
    join(*sides[static_cast<std::size_t>(Direction::Local)], tile.core->link);
    if (tile.port != nullptr) attach(*tile.port);
    LinkEnd* const edge = sides[static_cast<std::size_t>(Direction::Edge)].get();
    if (edge != nullptr) join(*edge, tile.port != nullptr ? tile.port->link : *tile.open_port);
    for (const Direction side : {Direction::East, Direction::South}) {
      if (!has_neighbor(ledger_.fabric, TileId(t), side)) continue;
      Tile& next = *tiles[neighbor(ledger_.fabric, TileId(t), side).index()];
      join(*sides[static_cast<std::size_t>(side)],
           *next.router->sides[static_cast<std::size_t>(opposite(side))]);
    }
  }
  if (sink == nullptr) return;
  scope_ = std::make_unique<Scope>("scope", *sink, control, ledger_);
  scope_->clock(clock);
  add_signals(last_step, last_frame);
  scope_->choose();
}

void Chip::add_signals(std::uint64_t last_step, std::uint64_t last_frame) {
  const Fabric& fabric = ledger_.fabric;
  scope_->add(step, last_step);
  scope_->add(frame, last_frame);
  for (std::uint32_t t = 0; t < tiles.size(); ++t) {
    const auto* core = dynamic_cast<const Core*>(tiles[t]->core.get());
    if (core != nullptr && core->used()) {
      scope_->add(core->state, 3);
      scope_->add(core->axon, static_cast<std::uint64_t>(std::max(core->image().axons(), 1) - 1));
      scope_->add(core->neuron, core->image().neurons.size() - 1);
      if (fabric.router.routing != Routing::Circuit)
        scope_->add(core->queue, static_cast<std::uint64_t>(fabric.core.output_queue));
    }
    add_sides(*tiles[t], TileId(t));
  }
}

void Chip::add_sides(const Tile& tile, TileId id) {
  const auto depth = static_cast<std::uint64_t>(ledger_.fabric.router.buffer_depth);
  for (int side = 0; side < kDirections; ++side) {
    const Side* const wires = tile.router->sides[side].get();
    if (wires == nullptr) continue;
    if (ledger_.fabric.router.routing == Routing::Circuit) {
      scope_->add(wires->values, most_values(id, static_cast<Direction>(side)));
      continue;
    }
    scope_->add(wires->occupancy, depth);
    scope_->add(wires->valid, 1);
    scope_->add(wires->stalled, 1);
    if (is_link(side)) scope_->add(wires->credits, depth);
  }
}

void Chip::check_credits() const {
  for (std::uint32_t t = 0; t < tiles.size(); ++t) {
    if (!tiles[t]->router->credits_home()) breach(ledger_.fabric, TileId(t), "a credit is lost");
  }
}

std::string Chip::waiting() const {
  std::string text;
  int named = 0;
  for (std::uint32_t t = 0; t < tiles.size() && named < kTilesNamed; ++t) {
    const std::string inputs = tiles[t]->router->describe();
    if (inputs.empty()) continue;
    text += fmt::format("\n  {}; {}", tile_name(ledger_.fabric, TileId(t)), inputs);
    ++named;
  }
  return text;
}

NetworkChip::NetworkChip(const sc_core::sc_module_name& name, const NetworkParts& parts, Ledger& ledger)
    : Chip(
          name, parts.routing, StallRule::make(parts.params.stall_share, parts.params.stall_seed),
          [&](Tile& tile, TileId id) {
            tile.core = std::make_unique<Core>("core", id, parts.image, parts.routing,
                                               parts.schedule.interval, ledger);
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
    LateWork late{number, TileId(t), tile.router->flits_held() + tile.core->messages_held(),
                  tile.core->works()};
    if (tile.port != nullptr) late.messages += tile.port->messages_held();
    if (late.messages == 0 && !late.core) continue;
    ledger_.tiles[late.tile].late_messages += late.messages;
    ledger_.tiles[late.tile].late_steps += late.core ? 1 : 0;
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
