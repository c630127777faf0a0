// A tile in a cycle: cores, queues, port and router, each on the state of the cycle's start.
#pragma once

#include "sim/engine/core.hpp"
#include "sim/engine/message.hpp"
#include "sim/engine/port.hpp"

namespace weft::sim {

// Core, queue and port, ahead of the router, whose grants free slots that they may see in the next cycle
// only.
template <bool kWatched>
void work_at_ends(Context& context, RouterState& router, std::uint32_t tile, std::uint64_t cycle) {
  State& state = context.state;
  const std::uint8_t duties = router.duties;
  if ((duties & (kCoreDuty | kQueueDuty)) != 0 && context.shared_tiles) {
    work_at_cores<kWatched>(context, tile, cycle);
  } else if ((duties & (kCoreDuty | kQueueDuty)) != 0) {
    const std::uint32_t core = context.program.core_of_tile[tile];
    CoreState& own = state.cores[core];
    const std::uint32_t queue_count = own.queue_count;
    if ((duties & kCoreDuty) != 0 && own.next_push == cycle)
      hand_over<kWatched>(context, core, queue_count, cycle);
    if (queue_count != 0 && router.can_take(Direction::Local))
      move_from_queue<kWatched>(context, core, cycle);
  }
  if ((duties & (kPortDuty | kEdgeDuty)) != 0) {
    const std::uint32_t port = context.program.port_of_tile[tile];
    const PortState& own = state.ports[port];
    if ((duties & kEdgeDuty) != 0 && own.output_free <= cycle) {
      router.open_side(static_cast<std::uint32_t>(Direction::Edge));
      router.duties = static_cast<std::uint8_t>(router.duties & ~kEdgeDuty);
    }
    if ((duties & kPortDuty) != 0 && own.input_free <= cycle && router.can_take(Direction::Edge)) {
      inject<kWatched>(context, port, cycle);
    }
  }
}

// True if core, queue or port may act in the next cycle. What acts later is in the calendar, what waits for a
// slot is looked at again when the router frees one.
inline bool ends_continue(const Context& context, const RouterState& router, std::uint32_t tile,
                          std::uint64_t cycle) {
  const State& state = context.state;
  if ((router.duties & kQueueDuty) != 0 && router.can_take(Direction::Local)) return true;
  if ((router.duties & kCoreDuty) != 0 && hands_over(context, tile, cycle + 1)) return true;
  return (router.duties & kPortDuty) != 0 && router.can_take(Direction::Edge) &&
         state.ports[context.program.port_of_tile[tile]].input_free <= cycle + 1;
}

// True if the tile is to be looked at in the next cycle.
template <bool kWatched, Rules kRules>
WEFT_HOT bool run_tile(RouterCycle& run, std::uint32_t tile, Messages& messages) {
  RouterState& router = run.routers[tile];
  if (router.duties == 0) return route<kWatched, kRules>(run, router, tile, messages);
  work_at_ends<kWatched>(run.context, router, tile, run.cycle);
  const bool again = route<kWatched, kRules>(run, router, tile, messages);
  return ends_continue(run.context, router, tile, run.cycle) || again;
}

}  // namespace weft::sim
