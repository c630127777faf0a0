// Late work is rare and an error, so it is looked for from scratch: every buffer, queue, line, list and core
// once.
#include "sim/engine/late.hpp"

#include <algorithm>

#include "sim/engine/port.hpp"

namespace weft::sim {
namespace {

using Counts = std::vector<std::uint64_t>;  // per tile

// In the tile's input buffers and on the links to them: those on links lie in the buffers already.
std::uint64_t buffered_flits(const Context& context, std::uint32_t tile, std::uint64_t cycle) {
  const std::uint64_t longest = std::max(context.link_delay, context.local_delay);
  std::uint64_t flits = 0;
  for (std::uint32_t side = 0; side < kDirections; ++side) {
    flits += context.state.routers[tile].inputs[side].count;
    for (std::uint64_t c = cycle + 1; c <= cycle + longest; ++c)
      flits += context.state.wheel.arrives(c, tile << 3 | side) ? 1 : 0;
  }
  return flits;
}

std::uint64_t port_flits(const Context& context, std::uint32_t port) {
  const PortState& own = context.state.ports[port];
  std::uint64_t flits = own.late.size() - own.late_next;
  if (context.state.frame == nullptr) return flits;
  PortState copy;
  copy.next = own.next;
  for (; find_next_input(context.program.ports[port], context.state.frame, copy); ++copy.next) ++flits;
  return flits;
}

Counts late_messages(const Context& context, std::uint64_t cycle) {
  const State& state = context.state;
  Counts messages(state.routers.size(), 0);
  for (std::uint32_t tile = 0; tile < messages.size(); ++tile)
    messages[tile] = buffered_flits(context, tile, cycle);
  for (std::size_t core = 0; core < state.cores.size(); ++core) {
    messages[context.program.cores[core].tile] += state.cores[core].queue_count;
  }
  for (std::uint32_t port = 0; port < state.ports.size(); ++port) {
    const std::uint32_t tile = context.program.ports[port].tile;
    if ((state.routers[tile].duties & kPortDuty) != 0) messages[tile] += port_flits(context, port);
  }
  return messages;
}

}  // namespace

void count_late(Context& context, std::uint64_t cycle, std::uint64_t end, std::vector<LateWork>& first) {
  State& state = context.state;
  const Counts messages = late_messages(context, cycle);
  Counts working(messages.size(), 0);  // cores
  for (std::size_t core = 0; core < state.cores.size(); ++core) {
    const CoreState& own = state.cores[core];
    if (own.handing || own.idle_from > end) ++working[context.program.cores[core].tile];
  }
  for (std::uint32_t tile = 0; tile < messages.size(); ++tile) {
    if (messages[tile] == 0 && working[tile] == 0) continue;
    state.counters[tile].late_messages += messages[tile];
    state.counters[tile].late_steps += working[tile];
    if (first.size() < kLateNamed)
      first.push_back({state.step, TileId(tile), messages[tile], working[tile] != 0});
  }
}

void settle_late(const Context& context, std::uint64_t cycles, IdVector<TileId, TileCounters>& counters) {
  const State& state = context.state;
  for (std::size_t core = 0; core < state.cores.size(); ++core) {
    const TileId tile(context.program.cores[core].tile);
    if (!state.cores[core].handing || state.cores[core].next_push != kNever) continue;
    const std::uint64_t slept = cycles - 1 - state.cores[core].stall_cycle;
    counters[tile].stall_cycles += slept;
    counters[tile].busy_cycles += slept;
  }
}

}  // namespace weft::sim
