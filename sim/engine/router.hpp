// A router in one cycle (TIMING.md section 3): flits arrive, heads request, outputs grant by round-robin,
// granted flits go on their way, freed slots send a credit back. Reads the state of the cycle's start; all
// that crosses tiles is seen in a later cycle only, so that the order of tiles does not matter.
//
// What flits are is left to `Switching`: Messages (message.hpp) or Packets (packet.hpp). It has
//   kForks                                 a flit may leave by several sides
//   kMasks                                 what is done when a count becomes 0 or 1 is done by masks: more
//                                          instructions than by branches, but those are guessed wrong often
//                                          where many flits meet
//   requests(router, flit)                 the outputs that a packet's head requests: bit 0 of byte o
//   onward(flit, side)                     the flit as it arrives at the next router
//   ends(flit)                             the flit is the last of its packet
//   granted(tile, side, flit, cycle)       told of grants to Local and Edge, and takes what leaves there; of
//                                          all others too where the run is watched
#pragma once

#include <array>
#include <cstdint>

#include "sim/engine/context.hpp"

namespace weft::sim {

// kColumns[sides]: input 0 with the outputs `sides`.
constexpr std::array<std::uint64_t, 64> make_columns() {
  std::array<std::uint64_t, 64> columns{};
  for (unsigned sides = 0; sides < 64; ++sides) {
    for (unsigned side = 0; side < kDirections; ++side) {
      if ((sides >> side & 1u) != 0) columns[sides] |= std::uint64_t{1} << (8 * side);
    }
  }
  return columns;
}
inline constexpr auto kColumns = make_columns();

// The outputs that are requested by any input.
constexpr unsigned requested_sides(std::uint64_t requests) {
  constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7fu;
  const std::uint64_t bytes = (((requests & low) + low) | requests) >> 7 & 0x0101010101010101u;
  return static_cast<unsigned>(bytes * 0x0102040810204080u >> 56);  // bit 8 * i comes to 56 + i
}
static_assert(requested_sides(0x8000010000ff0010u) == 0b10100101);

// The first of `inputs`, which is not empty, in the order pointer, pointer + 1, ..., 5, 0, ...
constexpr std::uint32_t first_from(unsigned pointer, unsigned inputs) {
  const unsigned from_pointer = inputs & (~0u << pointer);
  return static_cast<std::uint32_t>(__builtin_ctz(from_pointer != 0 ? from_pointer : inputs));
}

// What routers read and write in a cycle, as bare pointers: the compiler then knows that writing a flit moves
// none of them. Counts are added to the state by commit().
struct RouterCycle {
  RouterCycle(Context& context_value, std::uint64_t cycle_value);
  void commit();

  Context& context;
  RouterState* routers;
  Flit* flits;
  WheelSlot now;
  WheelSlot next;                   // the next cycle
  WheelSlot links;                  // when flits granted now become leavable
  DueList<std::uint32_t>* credits;  // when slots freed now are known to their senders
  std::uint32_t* freed = nullptr;   // where the next of them is written, in `credits`
  std::uint64_t cycle;
  std::uint32_t ring_mask;
  std::uint32_t depth;
  std::uint64_t hops = 0;
  std::uint64_t gone = 0;    // flits granted Local or Edge
  std::uint64_t copies = 0;  // flits granted that stay, to be sent to other sides too
  std::uint64_t away = 0;    // credits on their way for more than this cycle
};

inline RouterCycle::RouterCycle(Context& context_value, std::uint64_t cycle_value)
    : context(context_value),
      routers(context.state.routers.data()),
      flits(context.state.flits.data()),
      now(context.state.wheel.at(cycle_value)),
      next(context.state.wheel.at(cycle_value + 1)),
      links(context.state.wheel.at(cycle_value + context.link_delay)),
      credits(&context.state.credits.at(cycle_value + context.credit_delay)),
      cycle(cycle_value),
      ring_mask(context.state.ring_mask),
      depth(context.buffer_depth) {}

inline void RouterCycle::commit() {
  State& state = context.state;
  credits->grow_to(freed);
  if (hops + gone == 0) return;
  state.last_progress = cycle;
  if (kChecked) state.done.hops += hops;
  state.outstanding += static_cast<std::int64_t>(copies + away) - static_cast<std::int64_t>(gone);
  const std::uint64_t worked = away != 0 ? cycle + context.credit_delay - 1 : cycle;
  if (worked > state.last_work) state.last_work = worked;
}

[[noreturn]] void breach(const Context& context, std::uint32_t tile, const char* what);

// All bits where a condition holds, else none.
constexpr std::uint64_t mask_if(bool condition) {
  return ~std::uint64_t{condition} + 1;
}
template <bool kMasks>
WEFT_HOT void clear_if(bool condition, std::uint64_t& set, std::uint64_t bits) {
  if constexpr (kMasks) {
    set &= ~(mask_if(condition) & bits);
  } else if (condition) {
    set &= ~bits;
  }
}

// An output that may grant again: its router has a look if anything waits.
inline void open_output(const RouterCycle& run, const WheelSlot& now, std::uint32_t output) {
  const std::uint32_t tile = output >> 3;
  RouterState& router = run.routers[tile];
  router.open_side(output & 7u);
  if (router.requests() != 0) now.activate(tile);
}

// The output that feeds a buffer: the side that feeds the neighbor is the side that it feeds.
inline std::uint32_t sender_of(const RouterCycle& run, const Buffer& buffer) {
  return run.routers[buffer.id >> 3].far[buffer.id & 7u]->id;
}

// A slot of the buffer is free for its sender. True if it had none before.
WEFT_HOT bool add_credit(const RouterCycle& run, Buffer& buffer) {
  const std::uint32_t count = ++buffer.credits;
  if (kChecked && count > run.depth)
    breach(run.context, buffer.id >> 3, "the sender to a buffer has more credits than it has slots");
  return count == 1;
}

// The credits that are due: of all freed slots, or under Rules::Plain, where a credit is home in the cycle
// after, only of those for which an output waits.
inline void accept_credits(const RouterCycle& run, DueList<std::uint32_t>& credits) {
  State& state = run.context.state;
  const WheelSlot now = state.wheel.at(run.cycle);
  const bool plain = run.context.rules == Rules::Plain;
  for (const std::uint32_t freed : credits) {
    Buffer& buffer = run.routers[freed >> 3].inputs[freed & 7u];
    // A side that was open already is no news.
    if (!plain && !add_credit(run, buffer)) continue;
    const std::uint32_t output = sender_of(run, buffer);
    if (!state.carrying.empty() && (state.carrying[output >> 3] >> (output & 7u) & 1u) != 0) continue;
    open_output(run, now, output);
  }
  if (!plain) state.outstanding -= static_cast<std::int64_t>(credits.size());
  credits.clear();
}

// Links that have carried their flit to its end are free for the next one.
inline void accept_link_ends(const RouterCycle& run, DueList<std::uint32_t>& ends) {
  State& state = run.context.state;
  const WheelSlot now = state.wheel.at(run.cycle);
  for (const std::uint32_t output : ends) {
    std::uint8_t& carrying = state.carrying[output >> 3];
    carrying = static_cast<std::uint8_t>(carrying & ~(1u << (output & 7u)));
    if (run.routers[output >> 3].far[output & 7u]->credits != 0) open_output(run, now, output);
  }
  ends.clear();
}

// The round-robin pointer moves behind the winner; fixed priority begins at Local each time.
template <Rules kRules>
WEFT_HOT void move_pointer(const RouterCycle& run, RouterState& router, std::uint32_t side,
                           std::uint32_t winner) {
  if constexpr (kRules == Rules::All) {
    if (run.context.program.fabric.router.arbitration == Arbitration::FixedPriority) return;
  }
  router.pointer[side] = static_cast<std::uint8_t>(winner + 1);
}

// The link at `output` carries a flit for S cycles, in which it can take no other.
inline void occupy_link(const RouterCycle& run, RouterState& router, std::uint32_t output) {
  if (run.context.flit_cycles == 1) return;
  State& state = run.context.state;
  router.close_side(output & 7u);
  state.carrying[output >> 3] |= static_cast<std::uint8_t>(1u << (output & 7u));
  state.link_ends.at(run.cycle + run.context.flit_cycles).push_back(output);
}

// A flit crosses the link of an output: its slot at the far end was free as long as there was a credit.
template <Rules kRules, bool kMasks>
WEFT_HOT void cross_link(RouterCycle& run, RouterState& router, [[maybe_unused]] std::uint32_t tile,
                         std::uint32_t side, Flit flit) {
  Buffer& buffer = *router.far[side];
  run.flits[buffer.tail] = flit;
  buffer.tail = State::next_slot(buffer.tail, run.ring_mask);
  run.links.arrive(buffer.id);
  ++run.hops;
  clear_if<kMasks>(--buffer.credits == 0, router.open, kRow << (8 * side));
  if constexpr (kRules == Rules::All) occupy_link(run, router, tile << 3 | side);
}

// The head of a buffer has left. A credit that an output waits for is seen in the next cycle, others are
// counted at once: they change nothing for this one.
template <Rules kRules, bool kMasks>
WEFT_HOT void leave(RouterCycle& run, RouterState& router, Buffer& buffer, std::uint32_t input) {
  buffer.head = State::next_slot(buffer.head, run.ring_mask);
  clear_if<kMasks>(--buffer.count == 0, router.waiting, kColumn << input);
  const bool mesh = input - 1 < 4u;
  if (kRules == Rules::All && mesh) {
    *run.freed++ = buffer.id;
    ++run.away;
  } else if constexpr (kMasks) {
    *run.freed = buffer.id;
    run.freed += static_cast<unsigned>(add_credit(run, buffer)) & static_cast<unsigned>(mesh);
  } else if (add_credit(run, buffer) && mesh) {
    *run.freed++ = buffer.id;
  }
}

// The outputs of a tile that no random stall blocks in this cycle. Out of line: it is a test aid.
__attribute__((noinline)) inline std::uint64_t unblocked_outputs(const StallRule& stall, std::uint64_t cycle,
                                                                 std::uint32_t tile) {
  std::uint64_t outputs = 0;
  for (std::uint32_t side = 0; side < kDirections; ++side) {
    if (!stall.blocks(cycle, tile, side)) outputs |= kRow << (8 * side);
  }
  return outputs;
}

// The bubble rule of a torus (TIMING.md section 15): of `requests` those that find the room they need. A head
// goes on in its ring where its packet fits, and into a ring where two packets do; the flits behind a head
// have their room. Out of line: a mesh has no use for it.
__attribute__((noinline)) inline std::uint64_t with_room(const RouterState& router, std::uint64_t requests,
                                                         std::uint32_t packet_flits) {
  for (std::uint32_t side = 1; side <= 4; ++side) {
    const std::uint64_t row = kRow << (8 * side);
    if ((requests & row) == 0 || (router.admitted & row) != row) continue;  // a held output: no head
    const std::uint32_t credits = router.far[side]->credits;
    if (credits >= 2 * packet_flits) continue;
    const auto ring = static_cast<std::uint32_t>(opposite(static_cast<Direction>(side)));
    const std::uint64_t goes_on = credits >= packet_flits ? std::uint64_t{1} << (8 * side + ring) : 0;
    requests &= ~row | goes_on;
  }
  return requests;
}

// What is first in an input makes its requests if it is the head of a packet. (A slot always has some flit,
// if only one that is gone.)
template <class Switching>
WEFT_HOT void request_if(bool is_head, const RouterCycle& run, RouterState& router, std::uint32_t input,
                         const Switching& switching) {
  if (!Switching::kMasks && !is_head) return;
  const Flit flit = run.flits[router.inputs[input].head];
  router.pending |= switching.requests(router, flit) << input & mask_if(is_head);
}

// In each input of `arrivals` (WheelSlot) one more flit may leave. One that finds nobody ahead of it is the
// head, of its packet too unless others of it have left already.
template <class Switching>
WEFT_HOT void accept_arrivals(const RouterCycle& run, RouterState& router, std::uint64_t arrivals,
                              const Switching& switching) {
  for (; arrivals != 0; arrivals &= arrivals - 1) {
    const auto input = static_cast<std::uint32_t>(first_flag(arrivals));
    Buffer& buffer = router.inputs[input];
    const std::uint64_t column = kColumn << input;
    const bool alone = buffer.count++ == 0;
    if (!Switching::kMasks && !alone) continue;
    router.waiting |= column;
    request_if(alone & ((router.pending & column) == 0), run, router, input, switching);
  }
}

// Every output that can grant picks one of the heads that request it. True if something of this router may be
// granted in the next cycle without news from outside.
template <bool kWatched, Rules kRules, class Switching>
WEFT_HOT bool route(RouterCycle& run, RouterState& router, std::uint32_t tile, Switching& switching) {
  // A head exposed in this cycle waits for the next one: `requests` stays as it is now.
  std::uint64_t requests = router.grantable();
  if (requests == 0) return false;
  if constexpr (kRules == Rules::All) {
    requests &= unblocked_outputs(run.context.stall, run.cycle, tile);
    if (run.context.bubble_flits != 0) requests = with_room(router, requests, run.context.bubble_flits);
  }
  while (requests != 0) {
    const auto row = static_cast<std::uint32_t>(__builtin_ctzll(requests)) & ~7u;
    const std::uint32_t side = row / 8;
    const std::uint32_t input =
        first_from(router.pointer[side], static_cast<unsigned>(requests >> row & kRow));
    const std::uint64_t output_row = kRow << row;
    const std::uint64_t grant = std::uint64_t{1} << (row + input);
    requests &= ~output_row;
    move_pointer<kRules>(run, router, side, input);

    Buffer& buffer = router.inputs[input];
    const Flit flit = run.flits[buffer.head];
    ++router.sent[side];
    // North to West are 1 to 4.
    if (side - 1 < 4u) {
      cross_link<kRules, Switching::kMasks>(run, router, tile, side, switching.onward(flit, side));
      if constexpr (kWatched) switching.template granted<kWatched>(tile, side, flit, run.cycle);
    } else {
      ++run.gone;
      switching.template granted<kWatched>(tile, side, flit, run.cycle);
    }
    if (switching.ends(flit)) {
      router.admitted |= output_row;
      router.pending ^= grant;
      if (Switching::kForks && (router.pending & kColumn << input) != 0) {
        ++run.copies;
        continue;
      }
      leave<kRules, Switching::kMasks>(run, router, buffer, input);
      request_if(buffer.count != 0, run, router, input, switching);
    } else {
      // From a packet's head to its tail the output is for this input alone.
      router.admitted &= ~output_row | grant;
      leave<kRules, Switching::kMasks>(run, router, buffer, input);
    }
  }
  return router.grantable() != 0;
}

// Runs the tiles that have something to do in this cycle: flits arrive, then run_tile(tile) says whether the
// tile is to be looked at in the next cycle too. Then what they did counts.
template <class Switching, class RunTile>
WEFT_HOT void run_active_tiles(RouterCycle& run, const Switching& switching, RunTile&& run_tile) {
  Wheel& wheel = run.context.state.wheel;
  std::uint32_t* const tiles = run.context.state.active_tiles.data();
  const std::uint32_t* const end = wheel.take_tiles(run.cycle, tiles);
  run.freed = run.credits->prepare(static_cast<std::size_t>(end - tiles) * kDirections + 1);
  for (const std::uint32_t* next_tile = tiles; next_tile != end; ++next_tile) {
    const std::uint32_t tile = *next_tile;
    accept_arrivals(run, run.routers[tile], take_flags(run.now.arrivals + std::size_t{tile} * 8), switching);
    if constexpr (Switching::kMasks) {
      run.next.activate_if(tile, run_tile(tile));
    } else if (run_tile(tile)) {
      run.next.activate(tile);
    }
  }
  run.commit();
}

// The arrivals of this cycle ahead of the tiles' turn, for who wants to look at the cycle's start.
template <class Switching>
void accept_arrivals_at(const RouterCycle& run, const std::vector<std::uint32_t>& tiles,
                        const Switching& switching) {
  for (const std::uint32_t tile : tiles) {
    accept_arrivals(run, run.routers[tile], take_flags(run.now.arrivals + std::size_t{tile} * 8), switching);
  }
}
template <class Switching>
void accept_all_arrivals(const RouterCycle& run, const Switching& switching) {
  for (std::uint32_t tile = 0; tile < run.context.state.routers.size(); ++tile) {
    accept_arrivals(run, run.routers[tile], take_flags(run.now.arrivals + std::size_t{tile} * 8), switching);
  }
}

}  // namespace weft::sim
