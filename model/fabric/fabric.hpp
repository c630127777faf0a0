// The virtual chip: a grid of tiles, each a router and one or more cores, with ports at its edge.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/base/digest.hpp"
#include "model/base/error.hpp"
#include "model/base/strong_id.hpp"

namespace weft {

using TileId = StrongId<struct TileTag>;  // x + width * y; x grows to the east, y to the south
using PortId = StrongId<struct PortTag>;  // index into port_tiles()

// The six sides of a router. Local leads to the tile's cores, Edge to the tile's port where it has one.
enum class Direction : std::uint8_t { Local = 0, North = 1, East = 2, South = 3, West = 4, Edge = 5 };
constexpr int kDirections = 6;
constexpr std::uint8_t direction_bit(Direction d) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(d));
}
constexpr Direction opposite(Direction d) {
  switch (d) {
    case Direction::North:
      return Direction::South;
    case Direction::East:
      return Direction::West;
    case Direction::South:
      return Direction::North;
    case Direction::West:
      return Direction::East;
    default:
      return d;
  }
}
const char* to_string(Direction direction);  // "local", "north", ...

enum class Topology {
  Mesh,
  Torus  // the rows' and columns' ends are linked; needs a rule against deadlock
};

enum class CoreKind {
  Crossbar,  // axons x neurons crosspoints, each a physical synapse; active axons' rows take row_cycles
  Memory,    // synapse_memory_bits hold the nonzero synapses of each row, as in Loihi
  Units      // FPGA-like: each neuron has unit_synapses private synapses, all neurons compute at once
};

enum class Routing {
  Multicast,  // a tree per sender: the router's table copies a flit to several sides
  Unicast,    // the sender sends a flit to each core that listens; dimension order, x then y
  Circuit     // FPGA-like: each sender has configured tracks of its own, nothing is shared
};

enum class Arbitration {
  RoundRobin,
  FixedPriority  // the side with the lower number wins
};

enum class DeadlockRule {
  None,   // routes that cannot wait for each other in a circle
  Bubble  // a ring of a torus is entered only where a free slot is left in it
};

enum class Synchronization {
  Barrier,  // a step ends when all work is done
  Tick      // a step takes tick_cycles; what comes later is counted as late
};

struct CoreSpec {
  CoreKind kind = CoreKind::Crossbar;
  int axons = 256;
  int neurons = 256;
  int weight_bits = 8;
  int value_bits = 24;     // the widest value that an axon takes; at least what partial sums need
  int max_delay = 4;       // axon buffers per core: a message arrives 1 to max_delay steps after it was sent
  int row_cycles = 1;      // Crossbar: cycles per group of active axons; Units: of all that are active
  int row_lanes = 1;       // Crossbar: active axons processed at once
  int unit_synapses = 64;  // Units: synapses of each neuron
  int axon_types = 0;  // 0: each synapse has its weight; else the neuron has a weight for each type of axon,
                       // as in TrueNorth
  int fan_out = 0;     // most axons that a neuron reaches; 0: no limit
  bool native_sums = false;                    // values can be delivered to a neuron's sum, without an axon
  int synapse_lanes = 4;                       // Memory: synapses of a row processed per cycle
  std::int64_t synapse_memory_bits = 1 << 20;  // Memory: weights and indices of all rows
  int index_bits = 10;                         // Memory: per synapse, beside its weight
  int row_overhead_bits = 10;                  // Memory: per used axon
  int memory_word_bits = 1;                    // Memory: a row takes whole words of so many bits
  int neuron_lanes = 1;                        // neurons updated per cycle
  int output_queue = 8;                        // messages between the core and its router
};

struct RouterSpec {
  Routing routing = Routing::Multicast;
  Arbitration arbitration = Arbitration::RoundRobin;
  DeadlockRule deadlock_rule = DeadlockRule::None;
  int buffer_depth = 4;     // flits per input
  int pipeline_cycles = 1;  // from the head of an input buffer to the link
  int link_cycles = 1;      // from router to router
  int credit_cycles = 1;    // until a freed slot is known upstream
  int flit_bits = 48;       // one message is one flit: key_bits + core.value_bits must fit
  int link_bits = 0;        // sent per cycle over a link; 0: a whole flit
  int tracks = 16;          // Circuit: per link and direction
  int key_bits = 20;
  int table_entries = 4096;  // per router; each is for a range of keys that go the same way
};

struct PortSpec {
  bool north = false, east = true, south = false, west = true;  // the sides whose edge tiles have a port
  int cycles_per_flit = 1;                                      // in each direction
};

struct StepSpec {
  Synchronization synchronization = Synchronization::Barrier;
  int barrier_cycles = 8;              // from the last tile's idle cycle to the next step's first
  int barrier_level_cycles = 0;        // more for each level of a binary tree over the used tiles
  std::int64_t tick_cycles = 1 << 20;  // Tick: length of each step
};

const char* to_string(Topology topology);  // the words of the YAML file
const char* to_string(CoreKind kind);
const char* to_string(Routing routing);
const char* to_string(Arbitration arbitration);
const char* to_string(DeadlockRule rule);
const char* to_string(Synchronization synchronization);

// Joule per event and watt; 0 means not modelled. Filled from the preset, with the source in the YAML.
struct EnergySpec {
  double row_joule = 0;            // an active axon's row access
  double synapse_joule = 0;        // one synaptic addition
  double neuron_update_joule = 0;  // one neuron updated
  double message_joule = 0;        // one message handed to the router
  double hop_joule = 0;            // one flit through one router and link
  double port_joule = 0;           // one flit through an edge port
  double static_watt_per_tile = 0;
};

struct AreaSpec {
  double core_mm2 = 0;  // each of a tile's cores
  double router_mm2 = 0;
  double port_mm2 = 0;
};

struct Fabric {
  std::string name;
  std::string constants;  // where its energies and areas are from, in words; empty: not said
  int width = 8;
  int height = 8;
  Topology topology = Topology::Mesh;
  int cores_per_tile = 1;  // cores that share a router
  double clock_hz = 1e8;
  CoreSpec core;
  RouterSpec router;
  PortSpec ports;
  StepSpec step;
  EnergySpec energy;
  AreaSpec area;

  int tiles() const { return width * height; }
  TileId tile(int x, int y) const { return TileId(static_cast<std::uint32_t>(x + width * y)); }
  int x(TileId t) const { return static_cast<int>(t.value()) % width; }
  int y(TileId t) const { return static_cast<int>(t.value()) / width; }
};

// Each value within its range (up to 256 x 256 tiles, 4096 axons), a flit that holds a message, at least one
// port, a synapse memory that holds a row. A tile's axons and neurons are at most 65,535 together. `where` is
// the dotted YAML key.
std::vector<Violation> validate(const Fabric& fabric);
Digest digest(const Fabric& fabric);  // of everything but the name and the words

// The tiles that have a port, in ascending order; PortId indexes this. A tile has one port at most, also in a
// corner.
std::vector<TileId> port_tiles(const Fabric& fabric);
// True if the router has a neighbor in that direction (Local: true; Edge: a port).
bool has_neighbor(const Fabric& fabric, TileId tile, Direction direction);
// The tile there; the tile itself for Local and Edge. Only where has_neighbor().
TileId neighbor(const Fabric& fabric, TileId tile, Direction direction);
// Cycles of one active axon whose row holds this many synapses; of a group of them that is taken at once.
int row_cycles(const CoreSpec& core, std::int64_t row_synapses);
// Active axons that are taken at once, and neurons that update in one cycle (Units: all of them).
int rows_at_once(const CoreSpec& core);
int updates_at_once(const CoreSpec& core);
// Synapses that one neuron can have: one for each axon, or those that are its own (Units).
int most_fan_in(const CoreSpec& core);
// Bits of synapse memory that a row takes (Memory; 0 without synapses), or 0 (Crossbar, Units).
std::int64_t row_memory_bits(const CoreSpec& core, std::int64_t row_synapses);
std::string tile_name(const Fabric& fabric, TileId tile);  // "tile_X_Y"

// YAML. Unknown, duplicate and ill-typed keys, and values out of range, are InputErrors with line and column.
// `overrides` are "key=value" with dotted keys relative to the fabric ("core.axons=128"). An absent key has
// its default from above, an absent name is the file's. presets.hpp knows the fabrics that come with Weft.
Fabric parse_fabric(const std::string& yaml, const std::string& file,
                    const std::vector<std::string>& overrides = {});
Fabric read_fabric(const std::filesystem::path& path, const std::vector<std::string>& overrides = {});
std::string format_fabric(const Fabric& fabric);  // every key; parse_fabric(format_fabric(f)) equals f

}  // namespace weft
