// A quiet fabric is a fabric at reset but for a few numbers: only these are kept. What the engine has beside
// them (a core's message of a silent step, the place of a ring's head) comes again by itself.
#include "sim/engine/snapshot.hpp"

#include <algorithm>
#include <limits>

namespace weft::sim {
namespace {

// The values of one core, buffer by buffer in the order of their steps.
void save_axons(const CoreProgram& program, const CoreState& own, std::uint64_t steps,
                std::vector<PendingValue>& pending) {
  const std::size_t words = (program.lines() + 63) / 64;
  for (std::uint64_t step = steps; step < steps + program.axon_buffers; ++step) {
    const std::size_t buffer = step & (program.axon_buffers - 1);
    for (std::uint32_t line = 0; line < program.lines(); ++line) {
      if ((own.axon_bits[buffer * words + line / 64] >> (line & 63) & 1u) == 0) continue;
      const std::uint32_t axon =
          line < program.axons ? line : program.axons + program.sum_neurons[line - program.axons];
      pending.push_back({TileId(program.tile), axon, step, own.axon_values[buffer * program.lines() + line]});
    }
  }
}

void load_axon(const CoreProgram& program, CoreState& own, const PendingValue& value) {
  const std::size_t words = (program.lines() + 63) / 64;
  const std::uint32_t line =
      value.axon < program.axons ? value.axon : program.line_of_sum(value.axon - program.axons);
  const std::size_t buffer = value.step & (program.axon_buffers - 1);
  own.axon_bits[buffer * words + line / 64] |= std::uint64_t{1} << (line & 63);
  own.axon_values[buffer * program.lines() + line] = value.value;
}

// An output that is still closed opens in the cycle in which it is free.
void load_port(Context& context, std::uint32_t port, std::uint64_t cycle) {
  State& state = context.state;
  const std::uint64_t free = state.ports[port].output_free;
  if (free <= cycle) return;
  const std::uint32_t tile = context.program.ports[port].tile;
  RouterState& router = state.routers[tile];
  router.close_side(static_cast<std::uint32_t>(Direction::Edge));
  router.duties |= kEdgeDuty;
  state.calendar.add(free, tile);
}

}  // namespace

void save_state(const Context& context, std::uint64_t steps, Checkpoint& checkpoint) {
  const State& state = context.state;
  for (std::uint32_t tile = 0; tile < state.routers.size(); ++tile) {
    checkpoint.tiles.push_back(counters_of(state, tile));
    const auto& pointer = state.routers[tile].pointer;
    for (const std::uint8_t side : pointer)
      checkpoint.pointers.push_back(static_cast<std::uint8_t>(side % kDirections));
  }
  for (const PortState& port : state.ports) {
    checkpoint.input_free.push_back(port.input_free);
    checkpoint.output_free.push_back(port.output_free);
  }
  for (std::size_t core = 0; core < state.cores.size(); ++core) {
    const CoreState& own = state.cores[core];
    save_axons(context.program.cores[core], own, steps, checkpoint.pending);
    checkpoint.spike_states.insert(checkpoint.spike_states.end(), own.spike_states.begin(),
                                   own.spike_states.end());
  }
}

void load_state(const Checkpoint& checkpoint, Context& context) {
  State& state = context.state;
  for (std::uint32_t tile = 0; tile < state.routers.size(); ++tile) {
    state.counters[tile] = checkpoint.tiles[TileId(tile)];
    std::copy_n(state.counters[tile].flits.begin(), kDirections, state.routers[tile].sent.begin());
    auto& pointer = state.routers[tile].pointer;
    std::copy_n(checkpoint.pointers.begin() + static_cast<std::ptrdiff_t>(tile) * kDirections, kDirections,
                pointer.begin());
  }
  for (std::uint32_t port = 0; port < state.ports.size(); ++port) {
    state.ports[port].input_free = checkpoint.input_free[port];
    state.ports[port].output_free = checkpoint.output_free[port];
    load_port(context, port, checkpoint.next_cycle);
  }
  for (const PendingValue& value : checkpoint.pending) {
    const std::uint32_t core = context.program.core_of_tile[value.tile.index()];
    load_axon(context.program.cores[core], state.cores[core], value);
  }
  auto next = checkpoint.spike_states.begin();
  for (CoreState& own : state.cores) {
    std::copy_n(next, own.spike_states.size(), own.spike_states.begin());
    next += static_cast<std::ptrdiff_t>(own.spike_states.size());
  }
}

}  // namespace weft::sim
