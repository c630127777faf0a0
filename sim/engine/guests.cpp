// Ports and cores of guests: a cycle's offers enter the router's buffers as the part's own flits do, and what
// the router grants towards the part is found by looking at the router before and after it ran, so that the
// router itself knows of no guest. Invariant: `outstanding` and `expected` count a guest's flit from the
// cycle in which it enters.
#include "sim/engine/guests.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/base/error.hpp"
#include "sim/engine/router.hpp"

namespace weft::sim {
namespace {

constexpr auto kLocalSide = static_cast<std::uint32_t>(Direction::Local);
constexpr auto kEdgeSide = static_cast<std::uint32_t>(Direction::Edge);

// The flit that output `side` has granted since `pending` and `head` were noted, if any.
FlitWires granted(const Context& context, std::uint32_t tile, std::uint64_t pending,
                  const std::array<std::uint32_t, kDirections>& head, std::uint32_t side) {
  const State& state = context.state;
  const RouterState& router = state.routers[tile];
  for (std::uint32_t input = 0; input < kDirections; ++input) {
    const std::uint64_t request = std::uint64_t{1} << (8 * side + input);
    if ((pending & request) == 0) continue;
    if (router.inputs[input].head == head[input] && (router.pending & request) != 0) continue;
    const Flit& flit = state.flits[head[input]];
    return {true, context.program.entries[flit.entry].key, flit.value};
  }
  return {};
}

}  // namespace

void Guests::sample_port(Context& context, std::size_t i, std::uint64_t cycle) {
  State& state = context.state;
  PortGuest& guest = ports[i];
  const Place& place = port_places_[i];
  RouterState& router = state.routers[place.tile];
  if (!guest.leaves) return;
  if (guest.out_ready) guest.out.valid = false;
  const bool can_leave = !guest.out.valid && state.ports[place.number].output_free <= cycle;
  can_leave ? router.open_side(kEdgeSide) : router.close_side(kEdgeSide);
  if (can_leave && router.requests() != 0) state.wheel.at(cycle).activate(place.tile);
}

void Guests::sample(Context& context, std::uint64_t cycle, bool in_step) {
  State& state = context.state;
  bool at_work = in_step && gated && open;
  for (std::size_t i = 0; i < routers.size(); ++i) sample_router(context, i, cycle);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    sample_port(context, i, cycle);
    port_places_[i].taken = ports[i].enters && ports[i].in.valid && ports[i].in_ready;
    at_work = at_work || port_places_[i].taken;
  }
  for (std::size_t i = 0; i < cores.size(); ++i) {
    core_places_[i].taken = cores[i].out.valid && cores[i].out_ready;
    at_work = at_work || (in_step && (cores[i].busy || cores[i].out.valid));
  }
  if (!at_work) return;
  state.last_work = cycle;
  state.last_progress = cycle;
}

void Guests::enter(Context& context, std::uint64_t cycle) {
  State& state = context.state;
  const auto send = [&](Place& place, const FlitWires& flit, Direction side) {
    const bool is_port = side == Direction::Edge;
    const Sender& sender = sender_of(context, place, flit, cycle, is_port);
    ++(is_port ? state.counters[place.tile].injected : state.counters[place.tile].messages);
    ++state.outstanding;
    state.expected += sender.totals;
    state.put(place.tile, side, {sender.entry, flit.value}, state.wheel.at(cycle + context.local_delay));
    context.watch.tell(cycle, place.tile, is_port ? EventKind::Inject : EventKind::Send, flit.key,
                       flit.value);
  };
  for (std::size_t i = 0; i < ports.size(); ++i) {
    Place& place = port_places_[i];
    if (!place.taken) continue;
    send(place, ports[i].in, Direction::Edge);
    state.ports[place.number].input_free = cycle + context.port_cycles;
  }
  for (std::size_t i = 0; i < cores.size(); ++i) {
    if (core_places_[i].taken) send(core_places_[i], cores[i].out, Direction::Local);
  }
  for (auto* places : {&port_places_, &core_places_}) {
    for (Place& place : *places) {
      const RouterState& router = state.routers[place.tile];
      place.pending = router.requests();
      for (std::size_t input = 0; input < kDirections; ++input) place.head[input] = router.inputs[input].head;
    }
  }
}

void Guests::begin_core(Context& context, std::uint32_t core) {
  // Its own buffer of the step is the guest's; the engine's only notices two values for one axon.
  State& state = context.state;
  const CoreProgram& program = context.program.cores[core];
  const AxonBuffers axons = state.axons[program.tile];
  std::fill_n(axons.bits + (state.step & axons.mask) * axons.words, axons.words, std::uint64_t{0});
}

void Guests::drive(Context& context, std::uint64_t cycle, bool in_step, std::uint64_t step_number,
                   std::uint64_t& begin_at) {
  State& state = context.state;
  if (gated && !open && begin_at == cycle + 1) ++begin_at;
  step_begin = begin_at == cycle + 1;
  step_active = in_step || step_begin;
  step = step_number;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    PortGuest& guest = ports[i];
    const Place& place = port_places_[i];
    RouterState& router = state.routers[place.tile];
    guest.in_ready =
        step_active && router.can_take(Direction::Edge) && state.ports[place.number].input_free <= cycle + 1;
    if (!guest.leaves) continue;
    const FlitWires left = granted(context, place.tile, place.pending, place.head, kEdgeSide);
    if (!left.valid) continue;
    guest.out = left;
    router.close_side(kEdgeSide);
    router.duties = static_cast<std::uint8_t>(router.duties & ~kEdgeDuty);
  }
  for (std::size_t i = 0; i < cores.size(); ++i) {
    const Place& place = core_places_[i];
    const RouterState& router = state.routers[place.tile];
    cores[i].out_ready = step_active && router.can_take(Direction::Local);
    cores[i].in = granted(context, place.tile, place.pending, place.head, kLocalSide);
  }
  drive_routers(context, cycle);
}

void Guests::drain() {
  step_active = step_begin = false;
  for (PortGuest& guest : ports) {
    if (guest.out_ready) guest.out.valid = false;
    guest.in_ready = false;
  }
  for (CoreGuest& guest : cores) {
    guest.out_ready = false;
    guest.in = {};
  }
  for (RouterGuest& guest : routers) {
    guest.in = {};
    guest.out_credit = {};
  }
}

std::string Guests::describe_waiting(const Fabric& fabric) const {
  std::string text;
  for (const PortGuest& guest : ports) {
    if (guest.out.valid)
      text += fmt::format("\n  {}: a flit (key {}) waits at the port's pins for out_ready",
                          tile_name(fabric, guest.tile), guest.out.key);
  }
  for (std::size_t i = 0; i < routers.size(); ++i) {
    for (std::size_t side = 0; side < kDirections; ++side) {
      if (held_[i][side] == 0) continue;
      text += fmt::format("\n  {}: the module in the router's place holds {} flits of its {} input",
                          tile_name(fabric, routers[i].tile), held_[i][side],
                          to_string(static_cast<Direction>(side)));
    }
  }
  return text;
}

}  // namespace weft::sim
