// A core in a step (TIMING.md section 4). Its rows and updates are computed at once when the step begins:
// nothing from outside can change them any more. What is left for later cycles is to hand over the messages.
#pragma once

#include <cstdint>

#include "sim/engine/context.hpp"

namespace weft::sim {

// Takes a duty off the core's tile, unless another core of the tile has it: other(core state).
template <class Other>
void drop_duty(Context& context, const CoreProgram& core, Duty duty, Other&& other) {
  if (context.shared_tiles) {
    const std::uint32_t first = context.program.core_of_tile[core.tile];
    for (std::uint32_t c = first; c < first + context.program.core_count[core.tile]; ++c) {
      if (other(context.state.cores[c])) return;
    }
  }
  RouterState& router = context.state.routers[core.tile];
  router.duties = static_cast<std::uint8_t>(router.duties & ~duty);
}

// Computes the step that begins in `cycle` and schedules what the core hands over. A core that still works on
// an earlier step goes on with that and does without this one.
void begin_core_step(Context& context, std::uint32_t core, std::uint64_t cycle);

// The core's cycle `state.next_push`: appends messages of the current group to the output queue, which held
// `queue_count` messages at the start of the cycle.
template <bool kWatched>
void hand_over(Context& context, std::uint32_t core, std::uint32_t queue_count, std::uint64_t cycle) {
  State& state = context.state;
  const CoreProgram& program = context.program.cores[core];
  CoreState& own = state.cores[core];
  RouterState& router = state.routers[program.tile];
  const std::uint32_t group = own.emissions[own.cursor].group;
  const auto size = static_cast<std::uint32_t>(own.queue.size());
  if constexpr (kWatched) {
    if (own.begun_group != group) {
      for (std::size_t i = own.cursor; i < own.emissions.size() && own.emissions[i].group == group; ++i) {
        if (i > 0 && own.emissions[i].neuron == own.emissions[i - 1].neuron) continue;  // one more message
        context.watch.tell(cycle, program, EventKind::Update, own.emissions[i].neuron,
                           own.emissions[i].value);
      }
    }
  }
  own.begun_group = group;
  own.stalled = false;
  state.last_progress = cycle;
  std::uint32_t free = size - queue_count;
  while (own.cursor < own.emissions.size() && own.emissions[own.cursor].group == group) {
    const Emission& emission = own.emissions[own.cursor];
    if (emission.entry != kNone) {  // without a key only when watched
      if (free == 0) {
        own.stalled = true;
        break;
      }
      --free;
      std::uint32_t tail = own.queue_head + own.queue_count;
      if (tail >= size) tail -= size;
      own.queue[tail] = {emission.entry, emission.value};
      __builtin_prefetch(&context.program.hops[emission.entry]);  // the router asks for it soon
      ++own.queue_count;
      ++state.outstanding;
    }
    ++own.cursor;
  }
  if (own.queue_count != 0) router.duties |= kQueueDuty;
  if (own.stalled) {
    ++own.first_update;
    ++state.counters[program.tile].stall_cycles;
    ++state.counters[program.tile].busy_cycles;
    own.stall_cycle = cycle;
    own.next_push = kTraced && own.observed ? cycle + 1 : kNever;
    if constexpr (kWatched) {
      context.watch.tell(cycle, program, EventKind::Stall, own.emissions[own.cursor].neuron, 0);
    }
  } else if (own.cursor < own.emissions.size()) {
    own.next_push = own.first_update + own.emissions[own.cursor].group;
    if (own.next_push != cycle + 1) state.calendar.add(own.next_push, program.tile);
  } else {
    own.handing = false;
    drop_duty(context, program, kCoreDuty, [](const CoreState& other) { return other.handing; });
    own.idle_from = own.first_update + program.groups;
    if (own.idle_from - 1 > state.last_work) state.last_work = own.idle_from - 1;
    --state.outstanding;
  }
}

// The queue's head moves to the Local input buffer.
template <bool kWatched>
void move_from_queue(Context& context, std::uint32_t core, std::uint64_t cycle) {
  State& state = context.state;
  CoreState& own = state.cores[core];
  const CoreProgram& program = context.program.cores[core];
  const std::uint32_t tile = program.tile;
  const Flit flit = own.queue[own.queue_head];
  if (++own.queue_head == own.queue.size()) own.queue_head = 0;
  if (--own.queue_count == 0)
    drop_duty(context, program, kQueueDuty, [](const CoreState& other) { return other.queue_count != 0; });
  if (own.handing && own.next_push == kNever) {
    // The core slept: each cycle since was a stall cycle, this one included.
    const std::uint64_t slept = cycle - own.stall_cycle;
    own.first_update += slept;
    state.counters[tile].stall_cycles += slept;
    state.counters[tile].busy_cycles += slept;
    own.next_push = cycle + 1;
  }
  state.put(tile, Direction::Local, flit, state.wheel.at(cycle + context.local_delay));
  ++state.counters[tile].messages;
  state.last_progress = cycle;
  if constexpr (kWatched) {
    const bool repeats = context.program.fabric.router.routing == Routing::Unicast &&
                         context.program.entries[flit.entry].repeats;
    context.watch.tell(cycle, program, EventKind::Send, context.program.keys[flit.entry], flit.value,
                       repeats ? 1 : 0);
  }
}

// Several cores of a tile in a cycle: each hands over to its own queue, and of one queue that had something
// at the start of the cycle the head moves, if there is room for it.
template <bool kWatched>
void work_at_cores(Context& context, std::uint32_t tile, std::uint64_t cycle) {
  State& state = context.state;
  const std::uint32_t first = context.program.core_of_tile[tile];
  const std::uint32_t count = context.program.core_count[tile];
  std::uint32_t& turn = state.cores[first].turn;
  std::uint32_t sender = kNone;
  for (std::uint32_t i = 0; i < count && sender == kNone; ++i) {
    const std::uint32_t core = first + (turn + i) % count;
    if (state.cores[core].queue_count != 0) sender = core;
  }
  for (std::uint32_t core = first; core < first + count; ++core) {
    const CoreState& own = state.cores[core];
    if (own.handing && own.next_push == cycle) hand_over<kWatched>(context, core, own.queue_count, cycle);
  }
  if (sender == kNone || !state.routers[tile].can_take(Direction::Local)) return;
  move_from_queue<kWatched>(context, sender, cycle);
  const bool rotates = context.program.fabric.router.arbitration == Arbitration::RoundRobin;
  if (rotates) turn = (sender - first + 1) % count;
}

// Whether a core of the tile hands over in this cycle.
inline bool hands_over(const Context& context, std::uint32_t tile, std::uint64_t cycle) {
  const std::uint32_t first = context.program.core_of_tile[tile];
  const std::uint32_t end = context.shared_tiles ? first + context.program.core_count[tile] : first + 1;
  for (std::uint32_t core = first; core < end; ++core) {
    const CoreState& own = context.state.cores[core];
    if (own.handing && own.next_push == cycle) return true;
  }
  return false;
}

}  // namespace weft::sim
