// The wiring. Invariant: every port of every module is bound to one wire, and every wire has one driver.
#include "sim/signals/chip.hpp"

#include <fmt/format.h>

#include <algorithm>

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
  add_signals(last_step, last_frame, sink->wants_potentials());
  scope_->choose();
}

void Chip::add_potentials(Core& core) {
  core.watch_potentials();
  for (std::size_t n = 0; n < core.image().neurons.size(); ++n) {
    scope_->add_register(fmt::format("{}.potential[{}]", core.name(), n),
                         [&core, n] { return core.potential(n); });
  }
}

void Chip::add_signals(std::uint64_t last_step, std::uint64_t last_frame, bool potentials) {
  const Fabric& fabric = ledger_.fabric;
  scope_->add(step, last_step);
  scope_->add(frame, last_frame);
  for (std::uint32_t t = 0; t < tiles.size(); ++t) {
    auto* const cores = dynamic_cast<Concentrator*>(tiles[t]->core.get());
    for (std::size_t k = 0; cores != nullptr && k < cores->cores.size(); ++k) {
      Core* const core = cores->cores[k].get();
      scope_->add(core->state, 3);
      scope_->add(core->axon, static_cast<std::uint64_t>(std::max(core->image().axons(), 1) - 1));
      scope_->add(core->neuron, core->image().neurons.size() - 1);
      if (fabric.router.routing != Routing::Circuit)
        scope_->add(core->queue, static_cast<std::uint64_t>(fabric.core.output_queue));
      if (potentials) add_potentials(*core);
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

}  // namespace weft::sim::signals
