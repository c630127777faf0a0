// The state of the second cycle model, as sim/TIMING.md names it. Private to
// tests/reference/cycle_model*.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "tests/reference/cycle_model.hpp"
#include "tests/reference/spike_model.hpp"

namespace weft::test::cycle {

using Cycle = std::uint64_t;
constexpr int kLocal = 0, kNorth = 1, kEast = 2, kSouth = 3, kWest = 4, kEdge = 5, kSides = 6;

inline bool is_link(int side) {
  return side >= kNorth && side <= kWest;
}
inline int across(int side) {
  return side == kNorth ? kSouth : side == kSouth ? kNorth : side == kEast ? kWest : kEast;
}

struct Flit {
  std::uint32_t key = 0;
  std::int32_t value = 0;
  Cycle arrived = 0;                // at the start of this cycle, in the buffer where it is
  std::array<bool, kSides> sent{};  // the sides of this router's entry to which it has been copied
};

struct OnLink {
  Cycle arrives = 0;
  int tile = 0, side = 0;  // the input buffer that it is on its way to
  Flit flit;
};

struct CreditOnWay {
  Cycle due = 0;
  int tile = 0, side = 0;  // the counter that it is on its way to
};

// A value on a circuit, on its way to the switch that it passes in cycle `passes`.
struct OnWire {
  Cycle passes = 0;
  int tile = 0;
  std::uint32_t key = 0;
  std::int32_t value = 0;
};

// A value that waits at a port's output.
struct AtPort {
  Cycle since = 0;
  std::uint32_t key = 0;
  std::int32_t value = 0;
};

struct Message {
  std::uint32_t key = 0;
  std::int32_t value = 0;
  std::uint32_t neuron = 0;  // who sends it; for the events only
  bool repeats = false;      // not the first of its value; for the events only
};

struct Row {
  Cycle begin = 0, end = 0;  // the cycles [begin, end) in which it is processed
  int axon = 0;
};

// What a core does in a cycle: the values of its signals.
struct CoreAction {
  enum State { Idle = 0, Rows = 1, Update = 2, Stall = 3 } state = Idle;
  int axon = 0;
  int neuron = 0;
};

// One of a tile's cores (section 4). It has the tile's axons and neurons [first, end); here they are
// numbered from 0.
struct Core {
  int number = 0;
  int first_axon = 0, end_axon = 0;
  std::size_t first_neuron = 0, end_neuron = 0;
  bool idle = true;
  Cycle rows_end = 0;  // T(t) + A
  std::vector<Row> rows;
  std::size_t group_begin = 0;          // first neuron of the group that was updated last
  std::size_t next_neuron = 0;          // the first one that has not been updated
  std::vector<std::int64_t> potential;  // of this step
  std::vector<SpikeMemory> memory;      // per neuron; of spiking ones
  std::vector<std::int64_t> shown;      // per neuron: its potential as section 10 has it
  std::deque<Message> left_over;        // of the group that was updated last
  std::deque<Message> queue;            // section 5
  CoreAction action;

  std::size_t neurons() const { return end_neuron - first_neuron; }
};

struct Tile {
  // Router (section 3)
  std::array<bool, kSides> exists{};
  std::array<std::deque<Flit>, kSides> input;
  std::array<int, kSides> credits{};
  std::array<int, kSides> pointer{};
  Cycle edge_free = 0;
  std::array<Cycle, kSides> link_free{};
  // Cores
  std::vector<Core> cores;                                     // the used ones
  std::size_t turn = 0;                                        // section 5: whose queue is asked first
  std::map<std::uint64_t, std::map<int, std::int32_t>> axons;  // delivered values by step and tile's axon
  std::map<std::uint64_t, std::map<int, std::int64_t>> sums;   // added values by step and tile's neuron
  // Port (section 6)
  std::deque<Message> to_inject;
  Cycle inject_free = 0;
  std::vector<AtPort> at_port;  // section 14
};

struct Grant {
  int tile = 0, output = 0, input = 0;
};

// One output side of one router in one cycle.
struct SideAction {
  bool requested = false;
  bool granted = false;
  std::uint64_t values = 0;  // section 14
};
using SideActions = std::vector<std::array<SideAction, kSides>>;  // per tile

// S: cycles in which a link carries a flit.
Cycle cycles_per_flit(const Fabric& fabric);
// The round-robin pointer after a grant to this input.
int pointer_after(const Fabric& fabric, int winner);
// The bubble rule (section 15): whether an output with so many credits takes the head of a packet of
// `flits` flits from this input. True on a mesh, where one credit will do.
bool has_room(const Fabric& fabric, int input, int output, int credits, int flits);
// The side by which dimension order leaves tile t.
int side_towards(const Fabric& fabric, int t, int destination);
// The tile there, or -1.
int neighbor_of(const Fabric& fabric, int t, int side);
// Every tile's router before the first cycle: its sides, all credits home. Cores and ports are the caller's.
std::vector<Tile> tiles_at_rest(const Fabric& fabric);

// Section 10: which signals there are, and their values in a cycle, from the tiles at its start (`before`)
// and what was decided in it (the cores' actions in `after`, `sides`).
std::vector<SignalInfo> list_signals(const Fabric& fabric, const Image& image, const std::vector<Tile>& tiles,
                                     std::uint64_t steps, std::uint64_t frames);
std::vector<std::uint64_t> signal_values(std::uint64_t step, std::uint64_t frame,
                                         const std::vector<Tile>& before, const std::vector<Tile>& after,
                                         const SideActions& sides);

std::vector<std::uint64_t> circuit_signal_values(std::uint64_t step, std::uint64_t frame,
                                                 const std::vector<Tile>& before,
                                                 const std::vector<Tile>& after, const SideActions& sides);

}  // namespace weft::test::cycle
