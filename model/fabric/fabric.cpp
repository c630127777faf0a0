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
  void operator()(const FabricField& field, const CoreKind& value) {
    builder.add(field.path()).add(to_string(value));
  }
  void operator()(const FabricField& field, const bool& value) { builder.add(field.path()).add(value); }
};

bool has_port(const Fabric& fabric, TileId tile) {
  const int x = fabric.x(tile), y = fabric.y(tile);
  return (fabric.ports.north && y == 0) || (fabric.ports.south && y == fabric.height - 1) ||
         (fabric.ports.west && x == 0) || (fabric.ports.east && x == fabric.width - 1);
}

}  // namespace

const char* to_string(CoreKind kind) {
  return kind == CoreKind::Crossbar ? "crossbar" : "memory";
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
  const CoreSpec& core = fabric.core;
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
      return fabric.y(tile) > 0;
    case Direction::East:
      return fabric.x(tile) < fabric.width - 1;
    case Direction::South:
      return fabric.y(tile) < fabric.height - 1;
    case Direction::West:
      return fabric.x(tile) > 0;
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
      return fabric.tile(x, y - 1);
    case Direction::East:
      return fabric.tile(x + 1, y);
    case Direction::South:
      return fabric.tile(x, y + 1);
    case Direction::West:
      return fabric.tile(x - 1, y);
    default:
      return tile;
  }
}

int row_cycles(const CoreSpec& core, std::int64_t row_synapses) {
  if (core.kind == CoreKind::Crossbar) return core.row_cycles;
  const std::int64_t cycles = (row_synapses + core.synapse_lanes - 1) / core.synapse_lanes;
  return static_cast<int>(std::max<std::int64_t>(1, cycles));
}

std::int64_t row_memory_bits(const CoreSpec& core, std::int64_t row_synapses) {
  if (core.kind == CoreKind::Crossbar || row_synapses == 0) return 0;
  const std::int64_t bits = core.row_overhead_bits + row_synapses * (core.weight_bits + core.index_bits);
  const std::int64_t words = (bits + core.memory_word_bits - 1) / core.memory_word_bits;
  return words * core.memory_word_bits;
}

std::string tile_name(const Fabric& fabric, TileId tile) {
  return "tile_" + std::to_string(fabric.x(tile)) + "_" + std::to_string(fabric.y(tile));
}

}  // namespace weft
