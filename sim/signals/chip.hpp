// The fabric as a textbook draws it: each router, port and tile's cores are a module with one process, and
// wires join them.
//
//   fabric                    Chip: the clock and the wiring
//   fabric.control            Barrier or Curfew: when a step begins, when the run is over
//   fabric.tile_X_Y           Tile
//   fabric.tile_X_Y.router    Router, with circuits a Switch; .local, .north, ... are its Sides
//   fabric.tile_X_Y.cores     Concentrator of the tile's Cores, beside it: .core, or .core_0, ... of several
//   fabric.tile_X_Y.core      Source of synthetic traffic
//   fabric.tile_X_Y.port      Port, at the edge
//
// Read clocked.hpp and link.hpp, then router.cpp, core.cpp, port.cpp, control.cpp beside sim/TIMING.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "sim/run.hpp"
#include "sim/signals/concentrator.hpp"
#include "sim/signals/control.hpp"
#include "sim/signals/port.hpp"
#include "sim/signals/router.hpp"
#include "sim/signals/scope.hpp"
#include "sim/signals/source.hpp"
#include "sim/signals/switch.hpp"

namespace weft::sim::signals {

struct Tile : sc_core::sc_module {
  // Puts core and port into a tile, as its children: called while the tile is under construction.
  using Furnish = std::function<void(Tile& tile, TileId id)>;
  Tile(const sc_core::sc_module_name& name, TileId id, RouteRule& routing, const StallRule& stalls,
       const Furnish& furnish, Ledger& ledger);

  std::unique_ptr<Node> router;        // Router, or with circuits a Switch
  std::unique_ptr<Unit> core;          // Concentrator or Source
  std::unique_ptr<Unit> port;          // null inside the grid, and with traffic, which uses no port:
  std::unique_ptr<LinkEnd> open_port;  // then this is at the other end of the edge's wires
};

class Chip : public sc_core::sc_module, public Inspection {
 public:
  ~Chip() override;

  sc_core::sc_clock clock;
  sc_core::sc_signal<std::uint64_t> step{"step"};
  sc_core::sc_signal<std::uint64_t> frame{"frame"};
  std::vector<std::unique_ptr<Tile>> tiles;

  void check_credits() const override;
  std::string waiting() const override;

 protected:
  Chip(const sc_core::sc_module_name& name, RouteRule& routing, const StallRule& stalls,
       const Tile::Furnish& furnish, Ledger& ledger);

  // All modules are there: binds clock, links and busy wires, and the waveform, if one is wanted.
  void wire(Control& control, SignalSink* sink, std::uint64_t last_step, std::uint64_t last_frame);
  // Most values that can pass to a side in a cycle, with circuits.
  virtual std::uint64_t most_values(TileId, Direction) const { return 0; }

  Ledger& ledger_;

 private:
  void add_signals(std::uint64_t last_step, std::uint64_t last_frame, bool potentials);
  void add_potentials(Core& core);
  void add_sides(const Tile& tile, TileId id);

  std::unique_ptr<Scope> scope_;
};

// What the parts of a network's fabric are made from; all of it outlives the chip.
struct NetworkParts {
  const Image& image;
  const Stimulus& stimulus;
  const Schedule& schedule;
  const RunParams& params;
  TableRouting& routing;
  Results& results;
  SignalSink* sink;    // may be null
  Progress* progress;  // may be null
};

class NetworkChip final : public Chip {
 public:
  NetworkChip(const sc_core::sc_module_name& name, const NetworkParts& parts, Ledger& ledger);
  void check_flits() const override;
  void count_late(std::uint64_t step) const override;
  std::uint64_t barrier_cycles() const override;

  Barrier control;

 private:
  std::uint64_t most_values(TileId tile, Direction side) const override;

  const Image& image_;
};

struct TrafficParts {
  const TrafficParams& params;
  const GapTable& gaps;
  const Destinations& destinations;
  PacketRouting& packets;
  SignalSink* sink;    // may be null
  Progress* progress;  // may be null
};

class TrafficChip final : public Chip {
 public:
  TrafficChip(const sc_core::sc_module_name& name, const TrafficParts& parts, Ledger& ledger);
  void check_flits() const override;

  Curfew control;

 private:
  const PacketRouting& packets_;
  sc_core::sc_signal<bool> never_{"never"};  // traffic has no steps
};

}  // namespace weft::sim::signals
