// Compiles an image: tables of keys become one array of entries that know each other's index, and each
// sender's tree is followed once to its leaves, which proves that it ends and gives the totals that the
// conservation check compares with. Invariant: every index in a finished program is valid.
#include "sim/engine/program.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "model/base/error.hpp"

namespace weft::sim {
namespace {

[[noreturn]] void refuse(const Fabric& fabric, TileId tile, const std::string& detail) {
  throw InputError({"image", 0, 0}, fmt::format("{}: {}", tile_name(fabric, tile), detail));
}

// The index of a key's entry in a tile's table, or kNone.
std::uint32_t find_entry(const Image& image, const Program& program, TileId tile, MessageKey key) {
  const auto& routes = image.tiles[tile].routes;
  const auto found = std::lower_bound(routes.begin(), routes.end(), key,
                                      [](const RouteEntry& entry, MessageKey k) { return entry.key < k; });
  if (found == routes.end() || found->key != key) return kNone;
  return program.first_entry[tile.index()] + static_cast<std::uint32_t>(found - routes.begin());
}

// What the router's table says: the key's range, where the table has ranges.
std::uint8_t sides_of(const TileImage& tile, const RouteEntry& route) {
  if (tile.ranges.empty()) return route.directions;
  const RouteRange* range = find_range(tile, route.key);
  return range == nullptr ? std::uint8_t{0} : range->directions;
}

void copy_entry(const Fabric& fabric, const TileImage& tile_image, TileId tile, const RouteEntry& route,
                Program& program) {
  Entry entry;
  entry.sides = sides_of(tile_image, route);
  entry.key = route.key.value();
  entry.delivery_begin = static_cast<std::uint32_t>(program.deliveries.size());
  if (route.delivery_begin > route.delivery_end || route.delivery_end > tile_image.deliveries.size()) {
    refuse(fabric, tile, fmt::format("the deliveries of key {} are outside the table", entry.key));
  }
  const bool local = (entry.sides & direction_bit(Direction::Local)) != 0;
  if (entry.sides == 0 || entry.sides >> kDirections != 0 ||
      local != (route.delivery_end > route.delivery_begin)) {
    refuse(fabric, tile, fmt::format("the sides of key {} do not fit its deliveries", entry.key));
  }
  for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
    Delivery delivery = tile_image.deliveries[d];
    const CoreImage& core = tile_image.core;
    const std::size_t there = delivery.to_sum ? core.neurons.size() : static_cast<std::size_t>(core.axons());
    if (delivery.axon >= there || !core.used() || delivery.delay < 1 ||
        delivery.delay > fabric.core.max_delay || (delivery.to_sum && !fabric.core.native_sums)) {
      refuse(
          fabric, tile,
          fmt::format("key {} is delivered to {} {} with delay {}, which the core does not have", entry.key,
                      delivery.to_sum ? "the sum of neuron" : "axon", delivery.axon, delivery.delay));
    }
    if (delivery.to_sum)
      delivery.axon = static_cast<std::uint16_t>(program.line_of_sum(tile.value(), delivery.axon));
    program.deliveries.push_back(delivery);
  }
  entry.delivery_count = static_cast<std::uint16_t>(route.delivery_end - route.delivery_begin);
  program.entries.push_back(entry);
}

void link_entries(const Fabric& fabric, const Image& image, Program& program) {
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    const TileId tile(t);
    for (std::size_t i = 0; i < image.tiles[tile].routes.size(); ++i) {
      Entry& entry = program.entries[program.first_entry[t] + i];
      for (int side = 1; side < kDirections; ++side) {
        const auto direction = static_cast<Direction>(side);
        if ((entry.sides & direction_bit(direction)) == 0) continue;
        if (!has_neighbor(fabric, tile, direction)) {
          refuse(fabric, tile,
                 fmt::format("key {} leaves to the {}, where nothing is", entry.key, to_string(direction)));
        }
        if (direction == Direction::Edge) continue;
        const TileId next = neighbor(fabric, tile, direction);
        const std::uint32_t next_entry = find_entry(image, program, next, MessageKey(entry.key));
        if (next_entry == kNone) refuse(fabric, next, fmt::format("no route for key {}", entry.key));
        entry.next[static_cast<std::size_t>(side - 1)] = next_entry;
      }
    }
  }
}

// Totals of every entry, children first, without recursion: a snake through the grid may be long.
std::vector<TreeTotals> follow_trees(const Fabric& fabric, const Program& program) {
  enum class Mark : std::uint8_t { New, Open, Done };
  std::vector<TreeTotals> totals(program.entries.size());
  std::vector<Mark> marks(program.entries.size(), Mark::New);
  std::vector<std::uint32_t> stack;
  for (std::uint32_t root = 0; root < program.entries.size(); ++root) {
    if (marks[root] == Mark::New) stack.push_back(root);
    while (!stack.empty()) {
      const std::uint32_t index = stack.back();
      const Entry& entry = program.entries[index];
      if (marks[index] == Mark::New) {
        marks[index] = Mark::Open;
        for (std::uint32_t next : entry.next) {
          if (next == kNone || marks[next] == Mark::Done) continue;
          if (marks[next] == Mark::Open) {
            const auto after = std::upper_bound(program.first_entry.begin(), program.first_entry.end(), next);
            refuse(fabric, TileId(static_cast<std::uint32_t>(after - program.first_entry.begin() - 1)),
                   fmt::format("the route of key {} is a loop", entry.key));
          }
          stack.push_back(next);
        }
        continue;
      }
      stack.pop_back();
      if (marks[index] == Mark::Done) continue;
      TreeTotals sum;
      sum.deliveries = entry.delivery_count;
      sum.emissions = (entry.sides & direction_bit(Direction::Edge)) != 0 ? 1 : 0;
      for (std::uint32_t next : entry.next) {
        if (next == kNone) continue;
        sum += totals[next];
        ++sum.hops;
      }
      totals[index] = sum;
      marks[index] = Mark::Done;
    }
  }
  return totals;
}

void attach_senders(const Fabric& fabric, const Image& image, const std::vector<TreeTotals>& totals,
                    Program& program) {
  for (CoreProgram& core : program.cores) {
    const TileId tile(core.tile);
    for (std::uint32_t n = 0; n < core.neurons; ++n) {
      const NeuronConfig& neuron = image.tiles[tile].core.neurons[core.first_neuron + n];
      if (neuron.key == kNoKey) continue;
      for (std::uint32_t m = 0; m < neuron.messages; ++m) {
        const MessageKey key(neuron.key.value() + m);
        const std::uint32_t entry = find_entry(image, program, tile, key);
        if (entry == kNone)
          refuse(fabric, tile,
                 fmt::format("no route for key {} of neuron {}", key.value(), core.first_neuron + n));
        if (m == 0) {
          core.entry[n] = entry;
        } else {
          core.further.push_back(entry);
        }
        program.entries[entry].repeats = m > 0;
        core.totals[n] += totals[entry];
      }
      if (neuron.messages == 1) continue;
      core.messages.resize(core.neurons, 1);
      core.messages[n] = neuron.messages;
    }
  }
  for (const InputBinding& binding : image.inputs) {
    if (binding.port.index() >= program.ports.size() || binding.input >= image.input_count) {
      throw InputError({"image", 0, 0}, fmt::format("input {} enters at port {}, which does not exist",
                                                    binding.input, binding.port.value()));
    }
    PortProgram& port = program.ports[binding.port.index()];
    const std::uint32_t entry = find_entry(image, program, TileId(port.tile), binding.key);
    if (entry == kNone) {
      refuse(fabric, TileId(port.tile),
             fmt::format("no route for key {} of input {}", binding.key.value(), binding.input));
    }
    port.inputs.push_back({binding.input, entry, totals[entry]});
  }
  for (const OutputBinding& binding : image.outputs) {
    if (binding.port.index() >= program.ports.size() || binding.output >= image.output_count) {
      throw InputError({"image", 0, 0}, fmt::format("output {} leaves at port {}, which does not exist",
                                                    binding.output, binding.port.value()));
    }
    const TileId tile(program.ports[binding.port.index()].tile);
    const std::uint32_t entry = find_entry(image, program, tile, binding.key);
    // An output whose neuron is always zero may have no route.
    if (entry == kNone) continue;
    std::uint32_t& output = program.entries[entry].output;
    if (output != kNone)
      refuse(fabric, tile,
             fmt::format("key {} is both output {} and {}", binding.key.value(), output, binding.output));
    output = binding.output;
  }
}

void add_cores(const Fabric& fabric, const Image& image, TileId tile, Program& program) {
  const CoreImage& cores = image.tiles[tile].core;
  const auto first = static_cast<std::uint32_t>(program.cores.size());
  program.core_of_tile[tile.index()] = first;
  program.core_count[tile.index()] = static_cast<std::uint32_t>(cores.cores());
  auto line = static_cast<std::uint32_t>(cores.axons());
  for (std::uint32_t k = 0; k < program.core_count[tile.index()]; ++k) {
    program.cores.push_back(compile_core(fabric, image, tile, k));
    program.cores.back().first_sum = line;
    line = program.cores.back().end_sum();
  }
}

// B: a binary tree over n tiles has ceil(log2(n)) levels.
std::uint64_t barrier_of(const StepSpec& step, std::size_t tiles) {
  std::uint64_t levels = 0;
  while (std::uint64_t{1} << levels < tiles) ++levels;
  return static_cast<std::uint64_t>(step.barrier_cycles) +
         levels * static_cast<std::uint64_t>(step.barrier_level_cycles);
}

}  // namespace

Program compile_program(const Fabric& fabric, const Image& image) {
  Program program;
  program.fabric = fabric;
  program.depth_steps = image.depth_steps;
  program.input_count = image.input_count;
  program.output_count = image.output_count;
  program.input_format = image.input_format;
  const auto tiles = static_cast<std::uint32_t>(fabric.tiles());
  if (image.tiles.size() != tiles) {
    throw InputError({"image", 0, 0}, fmt::format("{} tiles", image.tiles.size()),
                     fmt::format("{} tiles", tiles));
  }
  program.core_of_tile.assign(tiles, kNone);
  program.core_count.assign(tiles, 0);
  program.port_of_tile.assign(tiles, kNone);
  std::size_t used_tiles = 0;
  for (std::uint32_t t = 0; t < tiles; ++t) {
    const TileImage& tile = image.tiles[TileId(t)];
    program.first_entry.push_back(static_cast<std::uint32_t>(program.entries.size()));
    if (tile.core.used()) {
      ++used_tiles;
      add_cores(fabric, image, TileId(t), program);
    }
    for (const RouteEntry& route : tile.routes) copy_entry(fabric, tile, TileId(t), route, program);
  }
  program.barrier_cycles = barrier_of(fabric.step, used_tiles);
  for (TileId tile : port_tiles(fabric)) {
    program.port_of_tile[tile.index()] = static_cast<std::uint32_t>(program.ports.size());
    program.ports.push_back({tile.value(), {}});
  }
  link_entries(fabric, image, program);
  attach_senders(fabric, image, follow_trees(fabric, program), program);
  order_by_trees(program);
  return program;
}

}  // namespace weft::sim
