// A second model of RANC, deliberately naive: every register of every unit, at every edge of every cycle. It
// shares no code with sim/ranc, only the value types; slow, and simple enough to be held beside the hardware.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "model/ranc/ranc_network.hpp"
#include "sim/ranc/event.hpp"

namespace weft::sim {

class RancRegisters {
 public:
  RancRegisters(const RancNetwork& network, const RancRunParams& params);
  RancTick run_tick(const std::vector<RancPacket>& packets);

 private:
  // A FIFO with a registered output.
  struct Fifo {
    std::deque<RancPacket> data;
    RancPacket out;
    bool unbounded = false;
  };
  struct Merge {
    std::vector<Fifo*> sources;
    std::vector<Fifo*> targets;
    int reading = -1;  // read enable of that source
    bool write = false;
    RancPacket out;
  };
  enum class State { Idle, Set, First, Spikes, Write, Check, Clear };
  struct Core {
    State state = State::Idle;
    int row = 0, address = 0, type = 0;
    bool set = false, clear = false, write_back = false, fire = false;
    bool add = false, first_add = false, add_nothing = false;
    int loaded = 0, loaded_potential = 0, integrator = 0, read = kRancSlots - 1;
    std::vector<int> memory;
    std::vector<std::vector<bool>> slots;
  };
  struct Tile {
    Fifo local_east, local_west;
    Fifo east_link, east_north, east_south, west_link, west_north, west_south;
    Fifo north_link, north_local, south_link, south_local;
    Merge east, west, north, south, local;
    Core core;
  };

  bool is_core(std::size_t t) const { return static_cast<int>(t) != network_.grid.output_tile; }
  bool full(const Fifo& fifo) const;
  int potential_sum(std::size_t t) const;
  bool fires(std::size_t t) const;
  void rising(bool pulse);
  void rising_core(std::size_t t, bool pulse, bool local_full);
  void rising_input(bool pulse);
  void falling();
  void falling_core(std::size_t t);
  void report(RancEventKind kind, std::size_t t, std::size_t index, int offset = 0);

  const RancNetwork& network_;
  RancRunParams params_;
  std::vector<Tile> tiles_;
  Fifo queue_;
  std::uint64_t cycle_ = 0, tick_ = 0;
  RancTick result_;

  // The stream that brings packets in, and the unit that fetches them.
  std::vector<RancPacket> offered_;
  std::size_t offer_next_ = 0;
  bool accepting_ = false, burst_done_ = false;
  std::vector<RancPacket> stored_;
  std::size_t stored_count_ = 0, fetch_address_ = 0;
  bool fetching_ = false, fetch_valid_ = false;
};

}  // namespace weft::sim
