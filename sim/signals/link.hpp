// A link as three wires each way: `valid` and `flit` run forward, `credit` runs back and says that a slot of
// the buffer at the far end is free again. What an end writes at a clock edge the other end reads at the
// next. Circuits (TIMING.md section 14) need none of the three: their values run side by side on `tracks`.
#pragma once

#include <systemc>

#include "sim/signals/flit.hpp"

namespace weft::sim::signals {

// One end of a link: the wires that it drives, and ports to those that the other end drives.
struct LinkEnd : sc_core::sc_module {
  explicit LinkEnd(const sc_core::sc_module_name& name) : sc_module(name) {}

  sc_core::sc_signal<bool> valid{"valid"};    // `flit` leaves in this cycle
  sc_core::sc_signal<Flit> flit{"flit"};      // means something while `valid` is true
  sc_core::sc_signal<bool> credit{"credit"};  // a flit has left this end's input buffer
  sc_core::sc_signal<Tracks> tracks{"tracks"};

  sc_core::sc_in<bool> valid_in{"valid_in"};
  sc_core::sc_in<Flit> flit_in{"flit_in"};
  sc_core::sc_in<bool> credit_in{"credit_in"};
  sc_core::sc_in<Tracks> tracks_in{"tracks_in"};
};

inline void join(LinkEnd& a, LinkEnd& b) {
  a.valid_in(b.valid);
  a.flit_in(b.flit);
  a.credit_in(b.credit);
  a.tracks_in(b.tracks);
  b.valid_in(a.valid);
  b.flit_in(a.flit);
  b.credit_in(a.credit);
  b.tracks_in(a.tracks);
}

}  // namespace weft::sim::signals
