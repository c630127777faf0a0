// A router in one cycle (TIMING.md section 3): heads request, outputs grant by round-robin, granted copies go
// on their way, freed slots send a credit back. Reads the state of the cycle's start; all that crosses tiles
// goes through the delay lines, so that the order of tiles does not matter.
#pragma once

#include <array>
#include <cstdint>

#include "model/base/error.hpp"
#include "sim/engine/context.hpp"

namespace weft::sim {

// kWinner[p][requests]: the first requesting input in the order p, p + 1, ..., 5, 0, ...
constexpr std::array<std::array<std::uint8_t, 64>, kDirections> make_winner_table() {
  std::array<std::array<std::uint8_t, 64>, kDirections> table{};
  for (unsigned pointer = 0; pointer < kDirections; ++pointer) {
    for (unsigned requests = 1; requests < 64; ++requests) {
      unsigned input = pointer;
      while ((requests >> input & 1u) == 0) input = (input + 1) % kDirections;
      table[pointer][requests] = static_cast<std::uint8_t>(input);
    }
  }
  return table;
}
inline constexpr auto kWinner = make_winner_table();
inline constexpr std::array<std::uint8_t, kDirections> kAfter{1, 2, 3, 4, 5, 0};

// Bit i of the result: bit 0 of byte i.
constexpr unsigned gather_bits(std::uint64_t bytes) {
  return static_cast<unsigned>(((bytes & 0x0101010101010101u) * 0x0102040810204080u) >> 56);
}
// Or of all bytes.
constexpr unsigned union_of_bytes(std::uint64_t bytes) {
  bytes |= bytes >> 32;
  bytes |= bytes >> 16;
  bytes |= bytes >> 8;
  return static_cast<unsigned>(bytes & 0xff);
}

// A flit becomes leavable at the start of a cycle.
inline void accept_arrival(Context& context, const Arrival& arrival) {
  State& state = context.state;
  const std::uint32_t tile = arrival.buffer >> 3;
  const std::uint32_t input = arrival.buffer & 7u;
  RouterState& router = state.routers[tile];
  state.flit(arrival.buffer, static_cast<std::uint16_t>(router.head[input] + router.count[input])) =
      arrival.flit;
  if (router.count[input]++ == 0) {
    router.pending |= std::uint64_t{context.program.entries[arrival.flit.entry].sides} << (8 * input);
  }
  state.activate(tile);
}

[[noreturn]] void breach(const Context& context, std::uint32_t tile, const char* what);

inline void accept_credit(Context& context, std::uint32_t output) {
  State& state = context.state;
  const std::uint32_t tile = output >> 3;
  const std::uint32_t side = output & 7u;
  RouterState& router = state.routers[tile];
  if (++router.credits[side] > context.buffer_depth)
    breach(context, tile, "an output has more credits than its buffer has slots");
  router.open = static_cast<std::uint8_t>(router.open | 1u << side);
  --state.outstanding;
  if (router.pending != 0) state.activate(tile);
}

template <bool kWatched>
void deliver(Context& context, std::uint32_t tile, const Entry& entry, std::int32_t value,
             std::uint64_t cycle) {
  State& state = context.state;
  const std::uint32_t core = context.program.core_of_tile[tile];
  CoreState& core_state = state.cores[core];
  const std::size_t axons = context.program.cores[core].axons;
  const std::size_t buffer_mask = context.program.cores[core].axon_buffers - 1;
  const std::size_t words = (axons + 63) / 64;
  const Delivery* delivery = context.program.deliveries.data() + entry.delivery_begin;
  for (const Delivery* end = delivery + entry.delivery_count; delivery != end; ++delivery) {
    const std::size_t buffer = (state.step + delivery->delay) & buffer_mask;
    std::uint64_t& bits = core_state.axon_bits[buffer * words + delivery->axon / 64u];
    const std::uint64_t bit = std::uint64_t{1} << (delivery->axon & 63u);
    if ((bits & bit) != 0) breach(context, tile, "an axon got two values for one step");
    bits |= bit;
    core_state.axon_values[buffer * axons + delivery->axon] = value;
    if constexpr (kWatched) {
      context.watch.tell(cycle, tile, EventKind::Deliver, delivery->axon, value, delivery->delay);
    }
  }
  state.counters[tile].deliveries += entry.delivery_count;
  state.done.deliveries += entry.delivery_count;
}

template <bool kWatched>
void emit(Context& context, std::uint32_t tile, const Entry& entry, std::int32_t value, std::uint64_t cycle) {
  State& state = context.state;
  ++state.done.emissions;
  if (entry.output != kNone && state.outputs != nullptr) {
    state.outputs[entry.output] = value;
    state.last_output = cycle;
    state.any_output = true;
  }
  if (context.port_cycles > 1) {
    RouterState& router = state.routers[tile];
    router.open = static_cast<std::uint8_t>(router.open & ~direction_bit(Direction::Edge));
    router.duties |= kEdgeDuty;
    const std::uint64_t free = cycle + context.port_cycles;
    state.ports[context.program.port_of_tile[tile]].output_free = free;
    state.calendar.add(free, tile);
  }
  if constexpr (kWatched) context.watch.tell(cycle, tile, EventKind::Output, entry.key, value);
}

// The copy of a flit that output `side` has granted goes on its way.
template <bool kWatched>
inline void send_copy(Context& context, RouterState& router, std::uint32_t tile, std::uint32_t side,
                      const Flit& flit, std::uint64_t cycle) {
  State& state = context.state;
  const Entry& entry = context.program.entries[flit.entry];
  ++state.counters[tile].flits[side];
  if constexpr (kWatched) {
    if (context.watch.grants != nullptr)
      (*context.watch.grants)[tile] |= static_cast<std::uint8_t>(1u << side);
  }
  // North to West are 1 to 4.
  if (side - 1 < 4u) {
    const std::uint32_t buffer = (tile << 3 | side) + static_cast<std::uint32_t>(context.far_end[side]);
    state.arrivals.at(cycle + context.link_delay).push_back({buffer, {entry.next[side - 1], flit.value}});
    if (--router.credits[side] == 0) router.open = static_cast<std::uint8_t>(router.open & ~(1u << side));
    state.outstanding += 2;  // the copy, and the credit that is away
    ++state.done.hops;
    if constexpr (kWatched) context.watch.tell(cycle, tile, EventKind::Hop, entry.key, flit.value, side);
  } else if (side == static_cast<std::uint32_t>(Direction::Local)) {
    deliver<kWatched>(context, tile, entry, flit.value, cycle);
  } else {
    emit<kWatched>(context, tile, entry, flit.value, cycle);
  }
}

// The head of `input` has been sent to all its sides.
inline void leave(Context& context, RouterState& router, std::uint32_t tile, std::uint32_t input,
                  std::uint64_t cycle) {
  State& state = context.state;
  ++router.head[input];
  --state.outstanding;
  if (--router.count[input] != 0) {
    const Flit& next = state.flit(tile << 3 | input, router.head[input]);
    router.pending |= std::uint64_t{context.program.entries[next.entry].sides} << (8 * input);
  }
  std::uint64_t worked = cycle;
  if (input - 1 < 4u) {
    const std::uint32_t output = (tile << 3 | input) + static_cast<std::uint32_t>(context.far_end[input]);
    state.credits.at(cycle + context.credit_delay).push_back(output);
    worked += context.credit_delay - 1;
  } else if (input == static_cast<std::uint32_t>(Direction::Local)) {
    --router.local_used;
  } else {
    --router.edge_used;
  }
  if (worked > state.last_work) state.last_work = worked;
}

// True if something of this router may be granted in the next cycle without news from outside.
template <bool kWatched>
inline bool route(Context& context, RouterState& router, std::uint32_t tile, std::uint64_t cycle) {
  const std::uint64_t requests = router.pending;
  unsigned sides = union_of_bytes(requests) & router.open;
  if (sides == 0) return false;
  bool granted = false;
  do {
    const auto side = static_cast<std::uint32_t>(__builtin_ctz(sides));
    sides &= sides - 1;
    if (context.stall.threshold != 0 && context.stall.blocks(cycle, tile, side)) continue;
    const std::uint32_t input = kWinner[router.pointer[side]][gather_bits(requests >> side)];
    router.pointer[side] = kAfter[input];
    const Flit flit = context.state.flit(tile << 3 | input, router.head[input]);
    send_copy<kWatched>(context, router, tile, side, flit, cycle);
    const std::uint64_t mine = std::uint64_t{0xff} << (8 * input);
    router.pending &= ~(std::uint64_t{1} << (8 * input + side));
    // Requests of later sides are read from `requests`: a new head exposed here waits for the next cycle.
    if ((router.pending & mine) == 0) leave(context, router, tile, input, cycle);
    granted = true;
  } while (sides != 0);
  if (granted) context.state.last_progress = cycle;
  return (union_of_bytes(router.pending) & router.open) != 0;
}

}  // namespace weft::sim
