// Signals by which a module of yours stands in for the core or the router of a tile. Construct an adapter
// before the simulation starts, bind your module's ports to its signals, done: the engine leaves that part of
// that tile alone. Only such a tile costs anything. Edge by edge: TIMING.md, "Guests".
//
// "From" signals are written by your module, "to" signals by the fabric; all of both change at a rising edge
// and are read at the next one.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "model/fabric/image.hpp"

namespace weft::sim {

class OpenFabric;
class Guests;
struct CoreGuest;
struct RouterGuest;

class CoreAdapter : public sc_core::sc_module {
 public:
  // Throws InputError: no such tile, a module in its place already, the simulation has started.
  CoreAdapter(const sc_core::sc_module_name& name, OpenFabric& fabric, TileId tile);

  // From: a message, under the key of one of the core's neurons; it leaves at an edge with out_ready.
  sc_core::sc_signal<bool> out_valid{"out_valid"};
  sc_core::sc_signal<std::uint32_t> out_key{"out_key"};
  sc_core::sc_signal<std::int32_t> out_value{"out_value"};
  sc_core::sc_signal<bool> busy{"busy"};  // the step's barrier waits
  // To:
  sc_core::sc_signal<bool> out_ready{"out_ready"};
  sc_core::sc_signal<bool> step_begin{"step_begin"};  // this edge is the first of a step
  sc_core::sc_signal<std::uint64_t> step{"step"};
  sc_core::sc_signal<bool> in_valid{"in_valid"};  // a flit was delivered in the cycle before
  sc_core::sc_signal<std::uint32_t> in_key{"in_key"};
  sc_core::sc_signal<std::int32_t> in_value{"in_value"};
  sc_core::sc_signal<std::uint32_t> in_axon{"in_axon"};              // of its first delivery
  sc_core::sc_signal<std::uint32_t> in_delay{"in_delay"};            // steps, of its first delivery
  sc_core::sc_signal<std::uint32_t> in_deliveries{"in_deliveries"};  // how many: 1 in most images

  TileId tile() const { return tile_; }
  // All deliveries of a key that is delivered to this tile. Empty for others.
  std::vector<Delivery> deliveries(std::uint32_t key) const;

 private:
  friend class OpenFabric;
  void drive(const Guests& guests, const CoreGuest& guest);

  const OpenFabric& fabric_;
  TileId tile_;
};

class RouterAdapter : public sc_core::sc_module {
 public:
  // Throws InputError as CoreAdapter does.
  RouterAdapter(const sc_core::sc_module_name& name, OpenFabric& fabric, TileId tile);

  // One side of the router; a module, so that its signals have the side in their names.
  struct Link : sc_core::sc_module {
    explicit Link(const sc_core::sc_module_name& name) : sc_module(name) {}
    // From: a copy sent to that side; a flit that has left this side's input buffer.
    sc_core::sc_signal<bool> out_valid{"out_valid"};
    sc_core::sc_signal<std::uint32_t> out_key{"out_key"};
    sc_core::sc_signal<std::int32_t> out_value{"out_value"};
    sc_core::sc_signal<bool> in_credit{"in_credit"};
    // To: a flit that arrives in this side's input buffer; a slot freed in the neighbor's (mesh sides only).
    sc_core::sc_signal<bool> in_valid{"in_valid"};
    sc_core::sc_signal<std::uint32_t> in_key{"in_key"};
    sc_core::sc_signal<std::int32_t> in_value{"in_value"};
    sc_core::sc_signal<bool> out_credit{"out_credit"};
  };
  // Throws InputError where the tile has no such side.
  Link& link(Direction side);
  bool has(Direction side) const { return links_[static_cast<std::size_t>(side)] != nullptr; }

  TileId tile() const { return tile_; }
  // The sides (direction_bit()s) to which the tile's table copies a key; 0 for a key that it does not have.
  std::uint8_t sides(std::uint32_t key) const;

 private:
  friend class OpenFabric;
  void sample(RouterGuest& guest) const;
  void drive(const RouterGuest& guest);

  const OpenFabric& fabric_;
  TileId tile_;
  std::array<std::unique_ptr<Link>, kDirections> links_;
};

}  // namespace weft::sim
