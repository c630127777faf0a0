// Between two steps the fabric is as it is at reset but for a few numbers: only these are kept. What the
// engine has beside them (a core's message of a silent step, the place of a ring's head) comes again by
// itself.
#include "sim/engine/snapshot.hpp"

#include <algorithm>
#include <limits>

namespace weft::sim {
namespace {

// Of all the tile's cores.
std::uint32_t axons_of(const Program& program, std::uint32_t tile) {
  return program.cores[program.core_of_tile[tile]].first_sum;
}

// The values of one tile, buffer by buffer in the order of their steps.
void save_axons(const Context& context, std::uint32_t tile, std::uint64_t steps,
                std::vector<PendingValue>& pending) {
  const AxonBuffers& own = context.state.axons[tile];
  if (own.values == nullptr) return;
  const std::uint32_t axons = axons_of(context.program, tile);
  for (std::uint64_t step = steps; step <= steps + own.mask; ++step) {
    const std::size_t buffer = step & own.mask;
    for (std::uint32_t line = 0; line < own.lines; ++line) {
      if ((own.bits[buffer * own.words + line / 64] >> (line & 63) & 1u) == 0) continue;
      std::uint32_t axon = line;
      if (line >= axons) {
        const CoreProgram& core = context.program.core_of_line(tile, line);
        axon = axons + core.first_neuron + core.sum_neurons[line - core.first_sum];
      }
      pending.push_back({TileId(tile), axon, step, own.values[buffer * own.lines + line]});
    }
  }
}

void load_axon(const Program& program, const AxonBuffers& own, const PendingValue& value) {
  const std::uint32_t tile = value.tile.value(), axons = axons_of(program, tile);
  const std::uint32_t line = value.axon < axons ? value.axon : program.line_of_sum(tile, value.axon - axons);
  const std::size_t buffer = value.step & own.mask;
  own.bits[buffer * own.words + line / 64] |= std::uint64_t{1} << (line & 63);
  own.values[buffer * own.lines + line] = value.value;
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

// Under Rules::Plain the credits that are listed only open outputs that a fabric at reset has open anyway.
bool counts_credits(const Context& context) {
  return context.rules != Rules::Plain;
}

void save_credits(const Context& context, Checkpoint& checkpoint) {
  if (!counts_credits(context)) return;
  const std::uint64_t first = checkpoint.next_cycle;
  for (std::uint64_t cycle = first; cycle < first + context.credit_delay; ++cycle) {
    const DueList<std::uint32_t>& due = context.state.credits.at(cycle);
    std::vector<std::uint32_t> freed(due.begin(), due.end());
    std::sort(freed.begin(), freed.end());
    for (const std::uint32_t buffer : freed)
      checkpoint.credits.push_back({TileId(buffer >> 3), static_cast<Direction>(buffer & 7u), cycle});
  }
}

void load_credit(Context& context, const PendingCredit& credit) {
  State& state = context.state;
  const std::uint32_t freed = side_index(credit.tile.value(), credit.side);
  const RouterState& router = state.routers[freed >> 3];
  Buffer& buffer = state.routers[freed >> 3].inputs[freed & 7u];
  const std::uint32_t sender = router.far[freed & 7u]->id;
  if (--buffer.credits == 0) state.routers[sender >> 3].close_side(sender & 7u);
  state.credits.at(credit.cycle).push_back(freed);
  ++state.outstanding;
  state.last_work = std::max(state.last_work, credit.cycle - 1);
}

}  // namespace

bool only_credits_outstanding(const Context& context) {
  const std::size_t credits = counts_credits(context) ? context.state.credits.size() : 0;
  return context.state.outstanding == static_cast<std::int64_t>(credits);
}

void save_state(const Context& context, std::uint64_t steps, Checkpoint& checkpoint) {
  const State& state = context.state;
  for (std::uint32_t tile = 0; tile < state.routers.size(); ++tile) {
    checkpoint.tiles.push_back(counters_of(state, tile));
    const auto& pointer = state.routers[tile].pointer;
    for (const std::uint8_t side : pointer)
      checkpoint.pointers.push_back(static_cast<std::uint8_t>(side % kDirections));
    const std::uint32_t core = context.program.core_of_tile[tile];
    checkpoint.turns.push_back(core == kNone ? 0 : static_cast<std::uint8_t>(state.cores[core].turn));
    save_axons(context, tile, steps, checkpoint.pending);
  }
  for (const PortState& port : state.ports) {
    checkpoint.input_free.push_back(port.input_free);
    checkpoint.output_free.push_back(port.output_free);
  }
  for (std::size_t core = 0; core < state.cores.size(); ++core) {
    const CoreState& own = state.cores[core];
    checkpoint.spike_states.insert(checkpoint.spike_states.end(), own.spike_states.begin(),
                                   own.spike_states.end());
  }
  save_credits(context, checkpoint);
}

void load_state(const Checkpoint& checkpoint, Context& context) {
  State& state = context.state;
  for (std::uint32_t tile = 0; tile < state.routers.size(); ++tile) {
    state.counters[tile] = checkpoint.tiles[TileId(tile)];
    std::copy_n(state.counters[tile].flits.begin(), kDirections, state.routers[tile].sent.begin());
    auto& pointer = state.routers[tile].pointer;
    std::copy_n(checkpoint.pointers.begin() + static_cast<std::ptrdiff_t>(tile) * kDirections, kDirections,
                pointer.begin());
    const std::uint32_t core = context.program.core_of_tile[tile];
    if (core != kNone) state.cores[core].turn = checkpoint.turns[tile];
  }
  for (std::uint32_t port = 0; port < state.ports.size(); ++port) {
    state.ports[port].input_free = checkpoint.input_free[port];
    state.ports[port].output_free = checkpoint.output_free[port];
    load_port(context, port, checkpoint.next_cycle);
  }
  for (const PendingValue& value : checkpoint.pending) {
    load_axon(context.program, state.axons[value.tile.index()], value);
  }
  for (const PendingCredit& credit : checkpoint.credits) load_credit(context, credit);
  auto next = checkpoint.spike_states.begin();
  for (CoreState& own : state.cores) {
    std::copy_n(next, own.spike_states.size(), own.spike_states.begin());
    next += static_cast<std::ptrdiff_t>(own.spike_states.size());
  }
}

}  // namespace weft::sim
