// The compiled image: what the engine reads and never writes.
//
// A flit of the engine carries the index of its entry in the table of the tile it is in, not a key: an entry
// holds the index of the next tile's entry for each direction, so that no table is searched while the fabric
// runs. Entries lie in the order of the senders' trees (program_order.cpp).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "sim/engine/rows.hpp"
#include "sim/engine/spikes.hpp"

namespace weft::sim {

constexpr std::uint32_t kNone = 0xffffffffu;

// A route entry of one tile; entries of all tiles share one index space.
struct Entry {
  std::uint8_t sides = 0;  // direction_bit()s
  bool repeats = false;    // at its sender: a value's second or further message
  std::uint16_t delivery_count = 0;
  std::uint32_t delivery_begin = 0;                               // into Program::deliveries
  std::array<std::uint32_t, 4> next{kNone, kNone, kNone, kNone};  // north, east, south, west
  std::uint32_t output = kNone;  // the network's output that this flit is when it leaves at the tile's port
  std::uint32_t key = 0;
};

// What a router needs to know of an entry in every hop, in few bytes: many entries are used once in a while,
// and this much of them stays in the processor's cache.
struct Hop {
  std::uint32_t detail =
      0;  // forks: index in Program::forks; one delivery: itself; several: the first's index
  std::uint16_t delivery_count = 0;
  std::uint8_t sides = 0;
  bool forks = false;  // if not, the entry in the one neighbor, if any, is the next one
};
static_assert(sizeof(Hop) == 8);

constexpr std::uint32_t pack_delivery(const Delivery& delivery) {
  return delivery.axon | std::uint32_t{delivery.delay} << 16 | (delivery.to_sum ? 1u << 24 : 0u);
}
constexpr Delivery unpack_delivery(std::uint32_t packed) {
  return {static_cast<std::uint16_t>(packed), static_cast<std::uint8_t>(packed >> 16), packed >> 24 != 0};
}

// What one flit becomes by the time all its copies have arrived.
struct TreeTotals {
  std::uint64_t deliveries = 0;
  std::uint64_t emissions = 0;
  std::uint64_t hops = 0;
  TreeTotals& operator+=(const TreeTotals& other) {
    deliveries += other.deliveries;
    emissions += other.emissions;
    hops += other.hops;
    return *this;
  }
  friend bool operator==(const TreeTotals& a, const TreeTotals& b) {
    return a.deliveries == b.deliveries && a.emissions == b.emissions && a.hops == b.hops;
  }
};

// A tile buffers what is delivered to it in lines: the axons of all its cores, core by core, and behind them
// the sums that messages are delivered to. Axons and neurons of a core are numbered from 0 here, in the image
// from first_axon and first_neuron.
struct CoreProgram {
  std::uint32_t tile = 0;
  std::uint32_t number = 0;  // among the tile's cores
  std::uint32_t first_axon = 0;
  std::uint32_t first_neuron = 0;
  std::uint32_t first_sum = 0;  // the line of the first of sum_neurons
  std::uint32_t axons = 0;
  std::vector<std::uint32_t> sum_neurons;  // ascending: those whose sums some route delivers to
  std::uint32_t neurons = 0;
  std::uint32_t rows_at_once = 1;
  std::uint32_t updates_at_once = 1;
  std::uint32_t groups = 0;               // of neurons that update in one cycle
  std::uint32_t axon_buffers = 2;         // a power of two, more than the longest delay that is used
  std::vector<std::uint32_t> row_cycles;  // per axon
  std::vector<std::uint32_t> row_synapses;
  RowTable rows;
  UpdateTable updates;
  SpikeTable spikes;
  std::vector<std::uint32_t> entry;     // per neuron, of its first message; kNone without a key
  std::vector<std::uint32_t> messages;  // per neuron; empty where all are 1
  std::vector<std::uint32_t> further;   // entries of all messages but each neuron's first
  std::vector<TreeTotals> totals;       // per neuron, of all its messages

  std::uint32_t message_count(std::uint32_t neuron) const { return messages.empty() ? 1 : messages[neuron]; }
  // Behind the last one.
  std::uint32_t end_sum() const { return first_sum + static_cast<std::uint32_t>(sum_neurons.size()); }
  bool has_line(std::uint32_t line) const {
    return (line >= first_axon && line < first_axon + axons) || (line >= first_sum && line < end_sum());
  }
};

struct PortInput {
  std::uint32_t input = 0;
  std::uint32_t entry = 0;
  TreeTotals totals;
};

struct PortProgram {
  std::uint32_t tile = 0;
  std::vector<PortInput> inputs;
};

struct Program {
  Fabric fabric;
  std::uint64_t barrier_cycles = 0;  // with the levels of its tree
  int depth_steps = 1;
  std::uint32_t input_count = 0;
  std::uint32_t output_count = 0;
  ValueFormat input_format;
  std::vector<Entry> entries;
  std::vector<Hop> hops;            // index: as entries
  std::vector<std::uint32_t> keys;  // of `entries`, for who watches: they lie close together here
  std::vector<std::array<std::uint32_t, 4>> forks;  // Entry::next, by side
  std::vector<Delivery> deliveries;                 // `axon` is a line
  // The tiles' tables, one behind the other: indices of entries, a tile's by ascending key.
  std::vector<std::uint32_t> table;
  std::vector<std::uint32_t> first_entry;   // per tile, into `table`
  std::vector<CoreProgram> cores;           // used ones, ascending tiles and numbers
  std::vector<PortProgram> ports;           // index: PortId
  std::vector<std::uint32_t> core_of_tile;  // the first one; kNone without a used core
  std::vector<std::uint32_t> core_count;    // per tile: used cores, one behind the other
  std::vector<std::uint32_t> port_of_tile;  // kNone without a port

  // The line of the sum of a tile's neuron, and the core that has a line; both are there.
  std::uint32_t line_of_sum(std::uint32_t tile, std::uint32_t neuron) const;
  const CoreProgram& core_of_line(std::uint32_t tile, std::uint32_t line) const;
};

// Throws InputError for an image that no fabric could run: a route off the grid, to a tile that does not know
// the key or in a loop, a delivery to an axon or sum that is not there, a key that its own tile does not
// know.
Program compile_program(const Fabric& fabric, const Image& image);

// Puts entries, so far in the order of the tables, into that of the trees, and makes `table` and `hops`.
void order_by_trees(Program& program);

// Rows, neurons and tables of the tile's core of this number; entries and totals stay empty.
CoreProgram compile_core(const Fabric& fabric, const Image& image, TileId tile, std::size_t number);

// "core", or "core_2" where a tile has several.
std::string core_name(const Fabric& fabric, std::uint32_t number);

}  // namespace weft::sim
