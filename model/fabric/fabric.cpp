// The fabric as a value: its rules, its digest, and its geometry. Tiles count row by row from the north-west
// corner.
#include "model/fabric/fabric.hpp"

#include <algorithm>
#include <type_traits>

#include "model/base/config.hpp"
#include "model/fabric/fabric_fields.hpp"

namespace weft {
namespace {

struct FindOutOfRange {
  std::vector<Violation>& violations;

  template <class T>
  void operator()(const FabricField& field, const T& value, T minimum, T maximum) {
    if (value >= minimum && value <= maximum) return;  // false for a value that is no number
    const auto text = [](T number) {
      if constexpr (std::is_integral_v<T>) return std::to_string(number);
      return yaml_number(static_cast<double>(number));
    };
    violations.push_back(
        {"range", field.path(), text(value) + ", it must be " + text(minimum) + " to " + text(maximum)});
  }
  template <class T>
  void operator()(const FabricField&, const T&) {}
};

struct FeedDigest {
  DigestBuilder& builder;

  template <class T>
  void operator()(const FabricField& field, const T& value, T, T) {
    builder.add(field.path()).add(value);
  }
  template <class Choice>
  void operator()(const FabricField& field, const Choice& value) {
    builder.add(field.path()).add(choice_name(value));
  }
  void operator()(const FabricField& field, const bool& value) { builder.add(field.path()).add(value); }
};

constexpr int kMostInTile = 0xffff;  // axons and neurons of all its cores together, numbered with 16 bits

template <class Choice>
using Names = std::vector<std::pair<std::string, Choice>>;

// A side of the grid whose ends are linked; with a single tile along it there is nothing to link.
bool wraps(const Fabric& fabric, int size) {
  return fabric.topology == Topology::Torus && size > 1;
}

// A torus needs the bubble rule (sim/TIMING.md section 15) and what that needs; a mesh has no use for it.
void check_torus(const Fabric& fabric, std::vector<Violation>& violations) {
  const RouterSpec& router = fabric.router;
  const bool bubble = router.deadlock_rule == DeadlockRule::Bubble;
  if (fabric.topology == Topology::Mesh) {
    if (bubble)
      violations.push_back(
          {"bubble-of-torus", "router.deadlock_rule", "bubble, but a mesh has no rings to enter"});
    return;
  }
  if (router.routing == Routing::Circuit) {
    violations.push_back(
        {"circuits-on-mesh", "topology", "torus, but circuits are simulated on a mesh alone"});
  } else if (!bubble) {
    violations.push_back(
        {"torus-needs-bubble", "router.deadlock_rule",
         "none, but the flits in a ring of a torus can wait for each other: it needs bubble"});
  } else if (router.buffer_depth < 2) {
    violations.push_back({"bubble-fits", "router.buffer_depth",
                          std::to_string(router.buffer_depth) + ", but the bubble rule needs at least 2"});
  }
  const auto check_size = [&](int size, const char* where) {
    if (size == 2)
      violations.push_back(
          {"ring-of-tiles", where,
           "2, but a ring of a torus has at least 3 tiles: two would be linked twice (1 makes no ring)"});
  };
  check_size(fabric.width, "width");
  check_size(fabric.height, "height");
}

bool has_port(const Fabric& fabric, TileId tile) {
  const int x = fabric.x(tile), y = fabric.y(tile);
  return (fabric.ports.north && y == 0) || (fabric.ports.south && y == fabric.height - 1) ||
         (fabric.ports.west && x == 0) || (fabric.ports.east && x == fabric.width - 1);
}

}  // namespace

template <>
const Names<Topology>& fabric_choices() {
  static const Names<Topology> names = {{"mesh", Topology::Mesh}, {"torus", Topology::Torus}};
  return names;
}

template <>
const Names<CoreKind>& fabric_choices() {
  static const Names<CoreKind> names = {
      {"crossbar", CoreKind::Crossbar}, {"memory", CoreKind::Memory}, {"units", CoreKind::Units}};
  return names;
}

template <>
const Names<Routing>& fabric_choices() {
  static const Names<Routing> names = {
      {"multicast", Routing::Multicast}, {"unicast", Routing::Unicast}, {"circuit", Routing::Circuit}};
  return names;
}

template <>
const Names<Arbitration>& fabric_choices() {
  static const Names<Arbitration> names = {{"round_robin", Arbitration::RoundRobin},
                                           {"fixed_priority", Arbitration::FixedPriority}};
  return names;
}

template <>
const Names<DeadlockRule>& fabric_choices() {
  static const Names<DeadlockRule> names = {{"none", DeadlockRule::None}, {"bubble", DeadlockRule::Bubble}};
  return names;
}

template <>
const Names<Synchronization>& fabric_choices() {
  static const Names<Synchronization> names = {{"barrier", Synchronization::Barrier},
                                               {"tick", Synchronization::Tick}};
  return names;
}

const char* to_string(Topology topology) {
  return choice_name(topology).c_str();
}
const char* to_string(CoreKind kind) {
  return choice_name(kind).c_str();
}
const char* to_string(Routing routing) {
  return choice_name(routing).c_str();
}
const char* to_string(Arbitration arbitration) {
  return choice_name(arbitration).c_str();
}
const char* to_string(DeadlockRule rule) {
  return choice_name(rule).c_str();
}
const char* to_string(Synchronization synchronization) {
  return choice_name(synchronization).c_str();
}

const char* to_string(Direction direction) {
  switch (direction) {
    case Direction::Local:
      return "local";
    case Direction::North:
      return "north";
    case Direction::East:
      return "east";
    case Direction::South:
      return "south";
    case Direction::West:
      return "west";
    case Direction::Edge:
      return "edge";
  }
  return "unknown";
}

std::vector<Violation> validate(const Fabric& fabric) {
  std::vector<Violation> violations;
  visit_fabric_fields(fabric, FindOutOfRange{violations});
  if (!violations.empty()) return violations;  // the rules below calculate with what is in range

  check_torus(fabric, violations);
  const int message_bits = fabric.router.key_bits + fabric.core.value_bits;
  if (fabric.router.flit_bits < message_bits) {
    violations.push_back({"flit-holds-message", "router.flit_bits",
                          std::to_string(fabric.router.flit_bits) + ", but router.key_bits " +
                              std::to_string(fabric.router.key_bits) + " and core.value_bits " +
                              std::to_string(fabric.core.value_bits) + " need " +
                              std::to_string(message_bits)});
  }
  const PortSpec& ports = fabric.ports;
  if (!ports.north && !ports.east && !ports.south && !ports.west) {
    violations.push_back({"some-port", "ports", "no side has ports, at least one must"});
  }
  if (fabric.router.routing == Routing::Circuit && fabric.router.link_bits > 0) {
    violations.push_back(
        {"track-holds-value", "router.link_bits",
         std::to_string(fabric.router.link_bits) + ", but a circuit's track holds a whole value"});
  }
  if (fabric.router.routing == Routing::Circuit && fabric.step.synchronization == Synchronization::Tick) {
    violations.push_back({"circuits-arrive", "step.synchronization",
                          "tick, but a step of circuits ends when its last value has arrived"});
  }
  const CoreSpec& core = fabric.core;
  if (fabric.cores_per_tile * (core.axons + core.neurons) > kMostInTile) {
    violations.push_back({"numbers-in-tile", "cores_per_tile",
                          std::to_string(fabric.cores_per_tile) + " cores of " + std::to_string(core.axons) +
                              " axons and " + std::to_string(core.neurons) + " neurons, but a tile has " +
                              std::to_string(kMostInTile) + " of both at most"});
  }
  if (core.kind == CoreKind::Units && core.native_sums) {
    violations.push_back({"units-add-up", "core.native_sums",
                          "true, but a neuron of a units core adds up its synapses alone"});
  }
  if (core.row_lanes > 1 && core.kind != CoreKind::Crossbar) {
    violations.push_back(
        {"lanes-of-crossbar", "core.row_lanes",
         std::to_string(core.row_lanes) + ", but only a crossbar processes several rows at once"});
  }
  if (core.kind == CoreKind::Memory) {
    const std::int64_t row_bits = row_memory_bits(core, 1);
    if (row_bits > core.synapse_memory_bits) {
      violations.push_back({"memory-holds-row", "core.synapse_memory_bits",
                            std::to_string(core.synapse_memory_bits) + ", but a row of one synapse takes " +
                                std::to_string(row_bits)});
    }
    if ((std::int64_t{1} << core.index_bits) < core.neurons) {
      violations.push_back({"index-reaches-neurons", "core.index_bits",
                            std::to_string(core.index_bits) + ", too few to tell " +
                                std::to_string(core.neurons) + " neurons apart"});
    }
  }
  return violations;
}

Digest digest(const Fabric& fabric) {
  DigestBuilder builder;
  visit_fabric_fields(fabric, FeedDigest{builder});
  return builder.finish();
}

std::vector<TileId> port_tiles(const Fabric& fabric) {
  std::vector<TileId> tiles;
  for (int i = 0; i < fabric.tiles(); ++i) {
    const TileId tile(static_cast<std::uint32_t>(i));
    if (has_port(fabric, tile)) tiles.push_back(tile);
  }
  return tiles;
}

bool has_neighbor(const Fabric& fabric, TileId tile, Direction direction) {
  switch (direction) {
    case Direction::Local:
      return true;
    case Direction::North:
      return fabric.y(tile) > 0 || wraps(fabric, fabric.height);
    case Direction::East:
      return fabric.x(tile) < fabric.width - 1 || wraps(fabric, fabric.width);
    case Direction::South:
      return fabric.y(tile) < fabric.height - 1 || wraps(fabric, fabric.height);
    case Direction::West:
      return fabric.x(tile) > 0 || wraps(fabric, fabric.width);
    case Direction::Edge:
      return has_port(fabric, tile);
  }
  return false;
}

TileId neighbor(const Fabric& fabric, TileId tile, Direction direction) {
  if (!has_neighbor(fabric, tile, direction)) {
    internal_error(tile_name(fabric, tile) + " has no neighbor to the " + to_string(direction));
  }
  const int x = fabric.x(tile), y = fabric.y(tile);
  switch (direction) {
    case Direction::North:
      return fabric.tile(x, y > 0 ? y - 1 : fabric.height - 1);
    case Direction::East:
      return fabric.tile(x < fabric.width - 1 ? x + 1 : 0, y);
    case Direction::South:
      return fabric.tile(x, y < fabric.height - 1 ? y + 1 : 0);
    case Direction::West:
      return fabric.tile(x > 0 ? x - 1 : fabric.width - 1, y);
    default:
      return tile;
  }
}

int row_cycles(const CoreSpec& core, std::int64_t row_synapses) {
  if (core.kind != CoreKind::Memory) return core.row_cycles;
  const std::int64_t cycles = (row_synapses + core.synapse_lanes - 1) / core.synapse_lanes;
  return static_cast<int>(std::max<std::int64_t>(1, cycles));
}

int rows_at_once(const CoreSpec& core) {
  switch (core.kind) {
    case CoreKind::Crossbar:
      return core.row_lanes;
    case CoreKind::Memory:
      return 1;
    case CoreKind::Units:
      return core.axons;
  }
  return 1;
}

int updates_at_once(const CoreSpec& core) {
  return core.kind == CoreKind::Units ? core.neurons : core.neuron_lanes;
}

int most_fan_in(const CoreSpec& core) {
  return core.kind == CoreKind::Units ? std::min(core.axons, core.unit_synapses) : core.axons;
}

std::int64_t row_memory_bits(const CoreSpec& core, std::int64_t row_synapses) {
  if (core.kind != CoreKind::Memory || row_synapses == 0) return 0;
  const std::int64_t bits = core.row_overhead_bits + row_synapses * (core.weight_bits + core.index_bits);
  const std::int64_t words = (bits + core.memory_word_bits - 1) / core.memory_word_bits;
  return words * core.memory_word_bits;
}

std::string tile_name(const Fabric& fabric, TileId tile) {
  return "tile_" + std::to_string(fabric.x(tile)) + "_" + std::to_string(fabric.y(tile));
}

}  // namespace weft
