// What an image connects, apart from where: blocks and nets, numbered so that placing and routing anew
// changes no number.
//
// Cores come first, in the order of the first neuron (population, index, part) that each holds, then the
// inputs that somebody reads, then the outputs. Nets are ordered by their sources: cores' neurons in the
// order of cores, then inputs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"

namespace weft::mapping {

using BlockId = StrongId<struct BlockTag>;

enum class BlockKind { Core, Input, Output };
const char* to_string(BlockKind kind);  // "core", "input", "output"

struct Block {
  BlockKind kind = BlockKind::Core;
  std::string name;  // core_K, in_I, out_O
  TileId tile;       // of an input or output: the port's
  int slot = 0;      // a core's number in its tile; an input's or output's among those at its tile
  std::int64_t axons = 0, neurons = 0, synapses = 0;
};

struct BlockSink {
  BlockId block;
  std::uint32_t axon = 0;  // 0 for an output; to_sum: the neuron
  int delay = 0;           // steps; 0 for an output
  bool to_sum = false;     // it is added to a neuron's sum and takes no axon
};
inline bool operator==(const BlockSink& a, const BlockSink& b) {
  return a.block == b.block && a.axon == b.axon && a.delay == b.delay && a.to_sum == b.to_sum;
}
inline bool operator<(const BlockSink& a, const BlockSink& b) {
  if (a.block != b.block) return a.block < b.block;
  if (a.to_sum != b.to_sum) return b.to_sum;
  return a.axon != b.axon ? a.axon < b.axon : a.delay < b.delay;
}

struct Hop {
  TileId from;
  Direction direction = Direction::North;
  int track = 0;  // of a fabric of circuits: that of its link
};

struct BlockNet {
  // "fc1[3]", "fc1[3].2" for its second partial sum, "fc1[3]/2" for its third message with unicast routing;
  // without white space.
  std::string name;
  BlockId source;
  std::uint32_t neuron = 0;      // of the source core; 0 for an input
  std::vector<BlockSink> sinks;  // ascending
  std::vector<Hop> hops;         // depth first, each from a tile that was reached before
};

struct Netlist {
  IdVector<BlockId, Block> blocks;
  std::vector<BlockNet> nets;
};

// `image` must be valid for `fabric`. The names are a valid network's, so they are words; populations without
// a name are called p0, p1, ...
Netlist read_netlist(const Image& image, const Fabric& fabric,
                     const std::vector<std::string>& population_names);

// "core_3.17@2" (axon 17, delay 2), "core_3.+5@2" (the sum of neuron 5) or "out_4".
std::string sink_text(const Netlist& netlist, const BlockSink& sink);
// "core_3.5" (neuron 5) or "in_7".
std::string source_text(const Netlist& netlist, const BlockNet& net);

}  // namespace weft::mapping
