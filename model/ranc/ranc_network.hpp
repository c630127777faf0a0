// A network for a RANC grid (UA-RCL, MIT: an open emulation of TrueNorth-like cores): per core a binary
// crossbar of axons by neurons, four weights per neuron chosen by the axon's type, and one destination per
// neuron, relative to its tile. How such a grid spends its cycles: sim/ranc/TIMING.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/base/digest.hpp"
#include "model/base/error.hpp"

namespace weft {

constexpr int kRancSlots = 16;           // of a scheduler: a tick offset has four bits
constexpr int kRancNumberBits = 9;       // potentials, weights, thresholds, distances: two's complement
constexpr int kRancMostAxons = 1 << 12;  // and neurons, of one core
constexpr int kRancMostTiles = 999;      // three digits in the file names

struct RancPacket {
  std::int16_t dx = 0;  // tiles to the east; negative: to the west
  std::int16_t dy = 0;  // tiles to the north
  std::uint16_t axon = 0;
  std::uint8_t offset = 0;  // ticks, in [0, kRancSlots): 0 is for the next tick
  friend bool operator==(const RancPacket& a, const RancPacket& b) {
    return a.dx == b.dx && a.dy == b.dy && a.axon == b.axon && a.offset == b.offset;
  }
};

// Numbers in [-256, 255].
struct RancNeuron {
  std::int16_t potential = 0;  // at power-up
  std::int16_t reset_potential = 0;
  std::array<std::int16_t, 4> weights{};  // by axon type
  std::int16_t leak = 0;
  std::int16_t positive_threshold = 0;
  std::int16_t negative_threshold = 0;
  bool linear_reset = false;  // subtract the threshold, instead of setting the reset potential
  RancPacket destination;
};

struct RancCore {
  std::vector<std::uint8_t> axon_types;    // [axons], 0 to 3
  std::vector<RancNeuron> neurons;         // [neurons]
  std::vector<std::uint64_t> connections;  // [neurons][words]: bit a % 64 of word a / 64 is axon a
};

// The grid that the files are for; they do not say it themselves.
struct RancGrid {
  int width = 0, height = 0;
  int output_tile = 0;  // x + width * y: the output bus, a router without a core
  int fifo_depth = 4;   // of every FIFO, a power of two
  int tiles() const { return width * height; }
};

struct RancNetwork {
  RancGrid grid;
  int axons = 0, neurons = 0;   // of each core
  std::vector<RancCore> cores;  // [tiles]; the output bus has an empty one
  int words() const { return (axons + 63) / 64; }
};

// What enters at tile 0: the packets of tick t, in order. Distances count from tile 0.
struct RancStimulus {
  std::vector<std::vector<RancPacket>> ticks;
};

std::vector<Violation> validate(const RancGrid& grid);
std::vector<Violation> validate(const RancNetwork& network);
std::vector<Violation> validate(const RancStimulus& stimulus, const RancNetwork& network);
Digest digest(const RancNetwork& network);

}  // namespace weft
