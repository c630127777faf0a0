// A port's input side (TIMING.md section 6): the nonzero inputs of a frame, one flit each `cycles_per_flit`.
#pragma once

#include <cstdint>

#include "sim/engine/context.hpp"

namespace weft::sim {

// Moves `next` to the first binding from there on whose input is not zero. False at the end of the list.
inline bool find_next_input(const PortProgram& program, const std::int32_t* frame, PortState& port) {
  const auto size = static_cast<std::uint32_t>(program.inputs.size());
  while (port.next < size && frame[program.inputs[port.next].input] == 0) ++port.next;
  return port.next < size;
}

// Fills the port's list when a frame enters in the step that begins in `cycle`.
inline void begin_port_step(Context& context, std::uint32_t port, std::uint64_t cycle) {
  State& state = context.state;
  const PortProgram& program = context.program.ports[port];
  PortState& own = state.ports[port];
  own.next = 0;
  const bool any = find_next_input(program, state.frame, own);
  // With something left of an earlier list the port is at work already.
  if (!any || (state.routers[program.tile].duties & kPortDuty) != 0) return;
  state.routers[program.tile].duties |= kPortDuty;
  ++state.outstanding;
  if (own.input_free <= cycle) {
    state.wheel.at(cycle).activate(program.tile);
  } else {
    state.calendar.add(own.input_free, program.tile);
  }
}

// What is left of the port's list when its tick ends waits ahead of the next one.
inline void keep_port_list(Context& context, std::uint32_t port) {
  State& state = context.state;
  const PortProgram& program = context.program.ports[port];
  PortState& own = state.ports[port];
  if (state.frame != nullptr) {
    for (; find_next_input(program, state.frame, own); ++own.next)
      own.late.push_back({own.next, state.frame[program.inputs[own.next].input]});
  }
  own.next = static_cast<std::uint32_t>(program.inputs.size());
}

// Takes the head of the port's list; false if it was the last.
inline bool take_flit(const Context& context, const PortProgram& program, PortState& port, PortFlit& flit) {
  const std::int32_t* frame = context.state.frame;
  if (port.late_next < port.late.size()) {
    flit = port.late[port.late_next++];
    if (port.late_next < port.late.size()) return true;
    port.late.clear();
    port.late_next = 0;
    return port.next < program.inputs.size();
  }
  flit = {port.next, frame[program.inputs[port.next].input]};
  ++port.next;
  return find_next_input(program, frame, port);
}

template <bool kWatched>
void inject(Context& context, std::uint32_t port, std::uint64_t cycle) {
  State& state = context.state;
  const PortProgram& program = context.program.ports[port];
  PortState& own = state.ports[port];
  RouterState& router = state.routers[program.tile];
  PortFlit flit;
  const bool more = take_flit(context, program, own, flit);
  const PortInput& input = program.inputs[flit.input];
  ++state.outstanding;
  if (kChecked) state.expected += input.totals;
  state.put(program.tile, Direction::Edge, {input.entry, flit.value},
            state.wheel.at(cycle + context.local_delay));
  ++state.counters[program.tile].injected;
  state.last_progress = cycle;
  if constexpr (kWatched) {
    context.watch.tell(cycle, program.tile, EventKind::Inject, context.program.keys[input.entry], flit.value);
  }
  own.input_free = cycle + context.port_cycles;
  if (more) {
    if (context.port_cycles > 1) state.calendar.add(own.input_free, program.tile);
  } else {
    router.duties = static_cast<std::uint8_t>(router.duties & ~kPortDuty);
    --state.outstanding;
  }
}

}  // namespace weft::sim
