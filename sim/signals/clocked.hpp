// A module that does its work once per clock cycle, at the rising edge. All of them read the wires as they
// were before the edge and write what the others see after it: that is the two-phase commit, and sc_signal
// does it.
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "sim/signals/ledger.hpp"
#include "sim/signals/link.hpp"

namespace weft::sim::signals {

class Clocked : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  // True if the module is not at rest at the start of the next cycle (TIMING.md section 2, "quiet").
  sc_core::sc_signal<bool> busy{"busy"};

 protected:
  SC_HAS_PROCESS(Clocked);
  Clocked(const sc_core::sc_module_name& name, Ledger& ledger);

  virtual void rising_edge(std::uint64_t cycle) = 0;
  // The edge behind the run's last cycle: who collects what leaves the fabric reads its wires once more.
  virtual void last_edge(std::uint64_t) {}

  Ledger& ledger_;

 private:
  void on_rising_edge();

  std::uint64_t cycle_ = 0;
};

// A module at a router's local or edge side: it sends flits into that side's input buffer, as long as it has
// credits, and takes what the router hands out, at once. With circuits nothing needs a credit.
class Unit : public Clocked {
 public:
  LinkEnd link{"link"};
  sc_core::sc_in<bool> begin{"begin"};  // a step begins in this cycle

  // Asked at the end of a tick: messages that have not been sent, and cores that still work.
  virtual std::size_t messages_held() const { return 0; }
  virtual std::uint64_t cores_at_work() const { return 0; }

 protected:
  Unit(const sc_core::sc_module_name& name, TileId tile, Ledger& ledger);

  // What the router granted in the cycle before; takes a credit too.
  std::vector<Flit> receive();
  bool may_send() const { return credits_ > 0; }
  void send(const Flit& flit) { outgoing_.values.push_back(flit); }
  // Puts what is to be sent in this cycle on the wires: one flit, or several where each has a track. True if
  // there is any.
  bool drive();
  TileCounters& counters() { return ledger_.tiles[tile_]; }

  const TileId tile_;
  const bool circuits_;

 private:
  int credits_;  // free slots of the router's buffer
  Tracks outgoing_;
};

}  // namespace weft::sim::signals
