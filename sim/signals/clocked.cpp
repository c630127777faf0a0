// What all modules share. Invariant: an exception never crosses SystemC, which would make a report of it; it
// is kept, and the simulation stops.
#include "sim/signals/clocked.hpp"

#include "model/base/error.hpp"

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
    rising_edge(cycle_++);
  } catch (...) {
    if (ledger_.failure == nullptr) ledger_.failure = std::current_exception();
    sc_core::sc_pause();
  }
}

Unit::Unit(const sc_core::sc_module_name& name, TileId tile, Ledger& ledger)
    : Clocked(name, ledger), tile_(tile), credits_(ledger.fabric.router.buffer_depth) {}

void Unit::take_credit() {
  if (link.credit_in.read()) ++credits_;
  if (credits_ > ledger_.fabric.router.buffer_depth) {
    breach(ledger_.fabric, tile_, "a core or port has more credits than its buffer has slots");
  }
}

void Unit::send(const Flit& flit) {
  --credits_;
  link.valid.write(true);
  link.flit.write(flit);
}

void Unit::send_nothing() {
  link.valid.write(false);
}

}  // namespace weft::sim::signals
