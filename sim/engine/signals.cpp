// Sampling. A value is recomputed from the engine's state by the page's definition, also where the engine
// keeps it in another form: flits still in a buffer's pipeline are in the delay line, a core's phase follows
// from its schedule.
#include "sim/engine/signals.hpp"

#include <algorithm>

#include "sim/engine/router.hpp"

namespace weft::sim {
namespace {

int width_of(std::uint64_t largest) {
  int width = 1;
  while (width < 64 && (largest >> width) != 0) ++width;
  return width;
}

// The most values that can leave towards a side in one cycle: one per circuit, and one by a port.
std::uint64_t most_values(const Program& program, std::uint32_t tile, Direction side) {
  if (side == Direction::Edge) return 1;
  const auto end = tile + 1 < program.first_entry.size() ? program.first_entry[tile + 1]
                                                         : static_cast<std::uint32_t>(program.table.size());
  std::uint64_t count = 0;
  for (std::uint32_t i = program.first_entry[tile]; i < end; ++i) {
    count += (program.entries[program.table[i]].sides & direction_bit(side)) != 0 ? 1u : 0u;
  }
  return count;
}

}  // namespace

SignalList list_signals(const Program& program, std::uint64_t steps, std::uint64_t frames, bool potentials) {
  SignalList list;
  const Fabric& fabric = program.fabric;
  auto add = [&list](std::string name, std::uint64_t largest, Signal signal) {
    list.infos.push_back({std::move(name), width_of(largest), false});
    list.signals.push_back(signal);
  };
  add("fabric.step", steps > 0 ? steps - 1 : 0, {SignalKind::Step, 0, 0});
  add("fabric.frame", frames > 0 ? frames - 1 : 0, {SignalKind::Frame, 0, 0});
  const auto depth = static_cast<std::uint64_t>(fabric.router.buffer_depth);
  const bool circuits = fabric.router.routing == Routing::Circuit;
  for (std::uint32_t tile = 0; tile < program.core_of_tile.size(); ++tile) {
    const std::string base = "fabric." + tile_name(fabric, TileId(tile));
    for (std::uint32_t k = 0; k < program.core_count[tile]; ++k) {
      const std::uint32_t core = program.core_of_tile[tile] + k;
      const CoreProgram& own = program.cores[core];
      const std::string name = base + "." + core_name(fabric, k);
      add(name + ".state", 3, {SignalKind::CoreState, core, 0});
      add(name + ".axon", own.axons > 0 ? own.axons - 1 : 0, {SignalKind::CoreAxon, core, 0});
      add(name + ".neuron", own.neurons - 1, {SignalKind::CoreNeuron, core, 0});
      if (!circuits) {
        add(name + ".queue", static_cast<std::uint64_t>(fabric.core.output_queue),
            {SignalKind::CoreQueue, core, 0});
      }
      for (std::uint32_t n = 0; potentials && n < own.neurons; ++n) {
        list.infos.push_back({name + ".potential[" + std::to_string(n) + "]", 32, true});
        list.signals.push_back({SignalKind::CorePotential, core, 0, n});
      }
    }
    for (int s = 0; s < kDirections; ++s) {
      const auto direction = static_cast<Direction>(s);
      if (!has_neighbor(fabric, TileId(tile), direction)) continue;
      const std::uint32_t side = side_index(tile, direction);
      const std::string name = base + ".router." + to_string(direction);
      if (circuits) {
        add(name + ".values", most_values(program, tile, direction), {SignalKind::Values, 0, side});
        continue;
      }
      add(name + ".occupancy", depth, {SignalKind::Occupancy, 0, side});
      add(name + ".valid", 1, {SignalKind::Valid, 0, side});
      add(name + ".stalled", 1, {SignalKind::Stalled, 0, side});
      if (direction != Direction::Local && direction != Direction::Edge) {
        add(name + ".credits", depth, {SignalKind::Credits, 0, side});
      }
    }
  }
  return list;
}

CorePhase core_phase(const Context& context, std::uint32_t core, std::uint64_t cycle) {
  const CoreState& own = context.state.cores[core];
  if (!own.handing && cycle >= own.idle_from) return CorePhase::Idle;
  if (own.handing && own.stalled && (own.next_push == cycle + 1 || own.next_push == kNever))
    return CorePhase::Stall;
  return cycle < own.first_update ? CorePhase::Rows : CorePhase::Update;
}

std::uint32_t core_axon(const Context& context, std::uint32_t core, std::uint64_t cycle) {
  if (core_phase(context, core, cycle) != CorePhase::Rows) return 0;
  const auto& starts = context.state.cores[core].row_starts;
  const auto after = std::upper_bound(starts.begin(), starts.end(), cycle,
                                      [](std::uint64_t c, const auto& row) { return c < row.second; });
  return after == starts.begin() ? 0 : std::prev(after)->first;
}

std::uint32_t core_neuron(const Context& context, std::uint32_t core, std::uint64_t cycle) {
  const CoreState& own = context.state.cores[core];
  const auto lanes = context.program.cores[core].updates_at_once;
  switch (core_phase(context, core, cycle)) {
    case CorePhase::Update:
      return static_cast<std::uint32_t>(cycle - own.first_update) * lanes;
    case CorePhase::Stall:
      return own.emissions[own.cursor].neuron / lanes * lanes;
    default:
      return 0;
  }
}

bool core_has_updated(const Context& context, std::uint32_t core, std::uint32_t group, std::uint64_t cycle) {
  const CoreState& own = context.state.cores[core];
  // A group that stalls has been updated, though by now its place in the schedule is a later cycle.
  return (own.begun_group != kNone && group <= own.begun_group) || cycle > own.first_update + group;
}

std::uint32_t occupancy(const Context& context, std::uint32_t buffer, std::uint64_t cycle) {
  std::uint32_t flits = context.state.routers[buffer >> 3].inputs[buffer & 7u].count;
  const auto pipeline = static_cast<std::uint64_t>(context.program.fabric.router.pipeline_cycles);
  for (std::uint64_t c = cycle + 1; c <= cycle + pipeline; ++c) {
    flits += context.state.wheel.arrives(c, buffer) ? 1u : 0u;
  }
  return flits;
}

}  // namespace weft::sim
