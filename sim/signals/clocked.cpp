// What all modules share. Invariant: an exception never crosses SystemC, which would make a report of it; it
// is kept, and the simulation stops.
#include "model/base/error.hpp"
#include "sim/signals/node.hpp"

namespace weft::sim::signals {

void breach(const Fabric& fabric, TileId tile, const char* what) {
  internal_error(tile_name(fabric, tile) + ": " + what);
}

Clocked::Clocked(const sc_core::sc_module_name& name, Ledger& ledger) : sc_module(name), ledger_(ledger) {
  SC_METHOD(on_rising_edge);
  sensitive << clock.pos();
  dont_initialize();
}

void Clocked::on_rising_edge() {
  try {
    if (ledger_.over) {
      last_edge(cycle_);
    } else {
      rising_edge(cycle_++);
    }
  } catch (...) {
    if (ledger_.failure == nullptr) ledger_.failure = std::current_exception();
    sc_core::sc_pause();
  }
}

Unit::Unit(const sc_core::sc_module_name& name, TileId tile, Ledger& ledger)
    : Clocked(name, ledger),
      tile_(tile),
      circuits_(ledger.fabric.router.routing == Routing::Circuit),
      credits_(ledger.fabric.router.buffer_depth) {}

std::vector<Flit> Unit::receive() {
  if (circuits_) return link.tracks_in.read().values;
  if (link.credit_in.read()) ++credits_;
  if (credits_ > ledger_.fabric.router.buffer_depth) {
    breach(ledger_.fabric, tile_, "a core or port has more credits than its buffer has slots");
  }
  if (!link.valid_in.read()) return {};
  return {link.flit_in.read()};
}

bool Unit::drive() {
  const bool any = !outgoing_.values.empty();
  if (circuits_) {
    link.tracks.write(outgoing_);
  } else {
    link.valid.write(any);
    if (any) link.flit.write(outgoing_.values.front());
    credits_ -= any ? 1 : 0;
  }
  outgoing_.values.clear();
  return any;
}

Node::Node(const sc_core::sc_module_name& name, TileId tile, RouteRule& routing, Ledger& ledger)
    : Clocked(name, ledger), tile_(tile), fabric_(ledger.fabric), routing_(routing) {
  for (int side = 0; side < kDirections; ++side) {
    const auto direction = static_cast<Direction>(side);
    if (has_neighbor(fabric_, tile, direction)) sides[side] = std::make_unique<Side>(to_string(direction));
  }
}

}  // namespace weft::sim::signals
