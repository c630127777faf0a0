// Guests: modules of other people that take part in the fabric's cycles, at an edge port or in place of a
// tile's core or router (TIMING.md, "Guests"). This is their half in the engine, without SystemC: wires, and
// what a cycle does with them. An engine without guests pays one test of a pointer per cycle.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/fabric/image_check.hpp"
#include "sim/engine/context.hpp"

namespace weft::sim {

struct FlitWires {
  bool valid = false;
  std::uint32_t key = 0;
  std::int32_t value = 0;
};

// "From" are wires as they were at the cycle's edge, written by the guest in the cycle before; "to" are what
// the guest will find at the next edge.
struct PortGuest {
  TileId tile;
  bool enters = false;     // flits come from the guest instead of the stimulus
  bool leaves = false;     // flits leave to the guest
  FlitWires in;            // from
  bool out_ready = false;  // from
  bool in_ready = false;   // to
  FlitWires out;           // to
};

struct CoreGuest {
  TileId tile;
  FlitWires out;           // from
  bool busy = false;       // from
  bool out_ready = false;  // to
  FlitWires in;            // to: a flit granted Local
};

struct RouterGuest {
  TileId tile;
  std::array<FlitWires, kDirections> out;      // from: a copy sent to that side
  std::array<bool, kDirections> in_credit{};   // from: a flit has left that input buffer
  std::array<FlitWires, kDirections> in;       // to: a flit arrives in that input buffer
  std::array<bool, kDirections> out_credit{};  // to: the neighbor there has freed a slot
};

class Guests {
 public:
  std::vector<PortGuest> ports;
  std::vector<CoreGuest> cores;
  std::vector<RouterGuest> routers;
  bool gated = false;        // steps begin and end as `open` says
  bool open = false;         // from
  bool endless = false;      // steps go on after the last frame
  bool observed = false;     // someone watches the steps' wires
  bool step_begin = false;   // to: the next cycle is the first of a step
  bool step_active = false;  // to: a step is going on or begins in the next cycle
  std::uint64_t step = 0;    // to: its number

  bool any() const {
    return gated || endless || observed || !ports.empty() || !cores.empty() || !routers.empty();
  }
  // Checks the guests against the program and takes their ports' inputs out of it; once, before the first
  // cycle. Throws InputError: a core that the image does not use, a fabric without a barrier.
  void attach(Program& program, const Image& image);
  bool replaces(std::uint32_t core) const { return !core_owners_.empty() && core_owners_[core]; }
  // A step begins for a core that replaces() says yes to.
  static void begin_core(Context& context, std::uint32_t core);

  // The three moments of a cycle. First: what guests decided in the cycle before takes effect.
  void sample(Context& context, std::uint64_t cycle, bool in_step);
  // A step has begun if it was to: flits that were offered enter.
  void enter(Context& context, std::uint64_t cycle);
  // The cycle is over (kNever: none has been yet): what guests find at the next edge. `step_number` is of the
  // step going on or of the next one, which begins in `begin_at` unless it is postponed here.
  void drive(Context& context, std::uint64_t cycle, bool in_step, std::uint64_t step_number,
             std::uint64_t& begin_at);
  // After the last step: only what is still offered to guests is taken.
  void drain();
  // A line for each place in which a flit waits for a guest.
  std::string describe_waiting(const Fabric& fabric) const;

 private:
  struct Sender {
    std::uint32_t entry = kNone;
    TreeTotals totals;
    std::int64_t largest = 0;          // magnitude
    std::uint64_t last_step = kNever;  // in which it was sent
  };
  // One that offers flits under keys of its own, and sees those that a side of its router grants.
  struct Place {
    std::uint32_t tile = 0;
    std::uint32_t number = kNone;  // of the port or the core
    std::map<std::uint32_t, Sender> senders;
    bool taken = false;         // its offer enters in this cycle
    std::uint64_t pending = 0;  // of its router, at the cycle's start
    std::array<std::uint32_t, kDirections> head{};
  };

  void require_possible(const Fabric& fabric) const;
  void attach_port(Program& program, const ImageSenders& known, const PortGuest& guest);
  void attach_core(const Program& program, const ImageSenders& known, const CoreGuest& guest);
  const Sender& sender_of(const Context& context, Place& place, const FlitWires& flit, std::uint64_t cycle,
                          bool is_port) const;
  void sample_port(Context& context, std::size_t i, std::uint64_t cycle);
  void sample_router(Context& context, std::size_t i, std::uint64_t cycle);
  void accept_router_flit(Context& context, std::size_t i, std::uint32_t side, std::uint64_t cycle);
  void accept_router_credit(Context& context, std::size_t i, std::uint32_t side, std::uint64_t cycle);
  void drive_routers(Context& context, std::uint64_t cycle);

  std::vector<Place> port_places_, core_places_;
  std::vector<std::array<std::uint32_t, kDirections>> held_;  // per router guest: flits in its input buffers
  std::vector<std::array<std::uint64_t, kDirections>>
      link_free_;                              // per router guest: from when on a link is free
  std::vector<std::uint32_t> router_of_tile_;  // kNone: not a guest's
  std::vector<bool> core_owners_;              // per core of the program; empty: none
};

}  // namespace weft::sim
