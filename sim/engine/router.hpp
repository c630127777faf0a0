// A router in one cycle (TIMING.md section 3): heads request, outputs grant by round-robin or by priority,
// granted copies go on their way, freed slots send a credit back. Reads the state of the cycle's start; all
// that crosses tiles goes through the delay lines, so that the order of tiles does not matter.
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

// What routers read and write in a cycle, as bare pointers: the compiler then knows that writing a flit moves
// none of them, and keeps them in registers. Counts are added to the state by commit().
struct RouterCycle {
  RouterCycle(Context& context_value, std::uint64_t cycle_value);
  // Makes room for what `tiles` tiles may send.
  void prepare(std::size_t tiles);
  void commit();

  Context& context;
  RouterState* routers;
  Flit* flits;
  const Entry* entries;
  std::uint64_t* sent;
  const std::int32_t* far_end;
  Arrival* links = nullptr;  // the next to write
  std::uint32_t* credits = nullptr;
  std::uint64_t cycle;
  unsigned ring_shift;
  std::uint16_t ring_mask;
  bool stalls;
  Arrival* first_link = nullptr;  // of those not counted yet
  std::uint32_t* first_credit = nullptr;
  std::uint64_t hops = 0;
  std::uint64_t left_mesh = 0;  // flits that left a buffer with a credit
  std::uint64_t left_own = 0;   // and without

 private:
  void count();

 public:
  Flit& flit(std::uint32_t buffer, std::uint32_t position) const {
    return flits[(static_cast<std::size_t>(buffer) << ring_shift) + (position & ring_mask)];
  }
};

inline RouterCycle::RouterCycle(Context& context_value, std::uint64_t cycle_value)
    : context(context_value),
      routers(context.state.routers.data()),
      flits(context.state.flits.data()),
      entries(context.program.entries.data()),
      sent(context.state.sent.data()),
      far_end(context.far_end.data()),
      cycle(cycle_value),
      ring_shift(context.state.ring_shift),
      ring_mask(context.state.ring_mask),
      stalls(context.stall.threshold != 0) {}

inline void RouterCycle::count() {
  if (links == nullptr) return;
  hops += static_cast<std::uint64_t>(links - first_link);
  left_mesh += static_cast<std::uint64_t>(credits - first_credit);
  context.state.links.at(cycle + context.link_delay).grow_to(links);
  context.state.credits.at(cycle + context.credit_delay).grow_to(credits);
}

inline void RouterCycle::prepare(std::size_t tiles) {
  count();
  links = first_link = context.state.links.at(cycle + context.link_delay).prepare(4 * tiles);
  credits = first_credit = context.state.credits.at(cycle + context.credit_delay).prepare(4 * tiles);
}

inline void RouterCycle::commit() {
  count();
  State& state = context.state;
  if (hops + left_mesh + left_own == 0) return;
  state.last_progress = cycle;
  state.done.hops += hops;
  // Each hop is a copy that is under way and a credit that is away.
  state.outstanding += static_cast<std::int64_t>(2 * hops) - static_cast<std::int64_t>(left_mesh + left_own);
  const std::uint64_t worked = left_mesh != 0 ? cycle + context.credit_delay - 1 : cycle;
  if (left_mesh + left_own != 0 && worked > state.last_work) state.last_work = worked;
}

// Runs the tiles that are active, ascending: run_tile(run, tile) says whether the tile is to be looked at in
// the next cycle too. Then what they did counts.
template <class RunTile>
inline void for_each_active(State& state, RouterCycle& run, RunTile&& run_tile) {
  for (std::size_t group = 0; group < state.active_words.size(); ++group) {
    std::uint64_t words = state.active_words[group];
    state.active_words[group] = 0;
    for (; words != 0; words &= words - 1) {
      const std::size_t word = group * 64 + static_cast<std::size_t>(__builtin_ctzll(words));
      std::uint64_t again = 0;
      run.prepare(64);
      for (std::uint64_t rest = state.active[word]; rest != 0; rest &= rest - 1) {
        const auto bit = static_cast<std::uint32_t>(__builtin_ctzll(rest));
        const auto tile = static_cast<std::uint32_t>(word * 64 + bit);
        if (run_tile(run, tile)) again |= std::uint64_t{1} << bit;
      }
      state.active[word] = again;
      if (again != 0) state.active_words[group] |= std::uint64_t{1} << (word & 63);
    }
  }
  run.commit();
}

// Where flits go that carry an index into a table of entries: messages of networks.
struct TableRouting {
  unsigned sides(std::uint32_t, const Flit flit) const { return entries[flit.entry].sides; }
  const Entry* entries;
};

// Flits become leavable at the start of a cycle.
template <class Routing>
inline void accept_arrivals(const RouterCycle& run, DueList<Arrival>& arrivals, const Routing& routing) {
  State& state = run.context.state;
  for (const Arrival& arrival : arrivals) {
    const std::uint32_t tile = arrival.buffer >> 3;
    const std::uint32_t input = arrival.buffer & 7u;
    RouterState& router = run.routers[tile];
    const std::uint32_t count = router.count[input];
    run.flit(arrival.buffer, router.head[input] + count) = arrival.flit;
    router.count[input] = static_cast<std::uint16_t>(count + 1);
    // Behind another flit it changes nothing: the tile is active, or waits for a credit.
    if (count != 0) continue;
    router.pending |= std::uint64_t{routing.sides(tile, arrival.flit)} << (8 * input);
    state.activate(tile);
  }
  arrivals.clear();
}

[[noreturn]] void breach(const Context& context, std::uint32_t tile, const char* what);

inline void accept_credits(const RouterCycle& run, DueList<std::uint32_t>& credits) {
  State& state = run.context.state;
  const std::uint32_t depth = run.context.buffer_depth;
  for (const std::uint32_t output : credits) {
    const std::uint32_t tile = output >> 3;
    const std::uint32_t side = output & 7u;
    RouterState& router = run.routers[tile];
    const auto count = static_cast<std::uint16_t>(router.credits[side] + 1);
    router.credits[side] = count;
    if (count > depth) breach(run.context, tile, "an output has more credits than its buffer has slots");
    // A side that was open already is no news.
    if (count != 1) continue;
    if (!state.carrying.empty() && (state.carrying[tile] >> side & 1u) != 0) continue;
    router.open = static_cast<std::uint8_t>(router.open | 1u << side);
    if (router.pending != 0) state.activate(tile);
  }
  state.outstanding -= static_cast<std::int64_t>(credits.size());
  credits.clear();
}

// Links that have carried their flit to its end are free for the next one.
inline void accept_link_ends(const RouterCycle& run, DueList<std::uint32_t>& ends) {
  State& state = run.context.state;
  for (const std::uint32_t output : ends) {
    const std::uint32_t tile = output >> 3;
    const std::uint32_t side = output & 7u;
    RouterState& router = run.routers[tile];
    state.carrying[tile] = static_cast<std::uint8_t>(state.carrying[tile] & ~(1u << side));
    if (router.credits[side] == 0) continue;
    router.open = static_cast<std::uint8_t>(router.open | 1u << side);
    if (router.pending != 0) state.activate(tile);
  }
  ends.clear();
}

template <bool kWatched>
void deliver(Context& context, std::uint32_t tile, const Entry& entry, std::int32_t value,
             std::uint64_t cycle) {
  State& state = context.state;
  const AxonBuffers axons = state.axons[tile];
  const std::uint64_t step = state.step;
  if constexpr (kWatched) context.watch.tell(cycle, tile, EventKind::Arrive, entry.key, value);
  const Delivery* delivery = context.program.deliveries.data() + entry.delivery_begin;
  for (const Delivery* end = delivery + entry.delivery_count; delivery != end; ++delivery) {
    const std::size_t buffer = (step + delivery->delay) & axons.mask;
    std::uint64_t& bits = axons.bits[buffer * axons.words + delivery->axon / 64u];
    const std::uint64_t bit = std::uint64_t{1} << (delivery->axon & 63u);
    if ((bits & bit) != 0) breach(context, tile, "an axon got two values for one step");
    bits |= bit;
    axons.values[buffer * axons.axons + delivery->axon] = value;
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
    state.outputs[entry.output] = saturate(std::int64_t{state.outputs[entry.output]} + value);
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

// The round-robin pointer moves behind the winner; fixed priority begins at Local each time.
template <Rules kRules>
inline void move_pointer(const RouterCycle& run, RouterState& router, std::uint32_t side,
                         std::uint32_t winner) {
  if constexpr (kRules == Rules::All) {
    if (run.context.program.fabric.router.arbitration == Arbitration::FixedPriority) return;
  }
  router.pointer[side] = kAfter[winner];
}

// The link at output `side` carries a flit for S cycles, in which it can take no other.
inline void occupy_link(const RouterCycle& run, RouterState& router, std::uint32_t tile, std::uint32_t side) {
  if (run.context.flit_cycles == 1) return;
  State& state = run.context.state;
  router.open = static_cast<std::uint8_t>(router.open & ~(1u << side));
  state.carrying[tile] = static_cast<std::uint8_t>(state.carrying[tile] | 1u << side);
  state.link_ends.at(run.cycle + run.context.flit_cycles).push_back(tile << 3 | side);
}

// The copy of a flit that output `side` has granted goes on its way.
template <bool kWatched, Rules kRules>
inline void send_copy(RouterCycle& run, RouterState& router, std::uint32_t tile, std::uint32_t side,
                      const Flit flit) {
  const Entry& entry = run.entries[flit.entry];
  ++run.sent[tile << 3 | side];
  if constexpr (kWatched) {
    auto* grants = run.context.watch.grants;
    if (grants != nullptr) (*grants)[tile] |= static_cast<std::uint8_t>(1u << side);
  }
  // North to West are 1 to 4.
  if (side - 1 < 4u) {
    const std::uint32_t buffer = (tile << 3 | side) + static_cast<std::uint32_t>(run.far_end[side]);
    *run.links++ = {buffer, {entry.next[side - 1], flit.value}};
    const auto credits = static_cast<std::uint16_t>(router.credits[side] - 1);
    router.credits[side] = credits;
    if (credits == 0) router.open = static_cast<std::uint8_t>(router.open & ~(1u << side));
    if constexpr (kRules == Rules::All) occupy_link(run, router, tile, side);
    if constexpr (kWatched) {
      run.context.watch.tell(run.cycle, tile, EventKind::Hop, entry.key, flit.value, side);
    }
  } else if (side == static_cast<std::uint32_t>(Direction::Local)) {
    deliver<kWatched>(run.context, tile, entry, flit.value, run.cycle);
  } else {
    emit<kWatched>(run.context, tile, entry, flit.value, run.cycle);
  }
}

// The head of `input` has been sent to all its sides; returns the sides of the next head, 0 if there is none.
inline std::uint64_t leave(RouterCycle& run, RouterState& router, std::uint32_t tile, std::uint32_t input) {
  const auto head = static_cast<std::uint16_t>(router.head[input] + 1);
  const auto count = static_cast<std::uint16_t>(router.count[input] - 1);
  router.head[input] = head;
  router.count[input] = count;
  if (input - 1 < 4u) {
    *run.credits++ = (tile << 3 | input) + static_cast<std::uint32_t>(run.far_end[input]);
  } else {
    ++run.left_own;
    --(input == static_cast<std::uint32_t>(Direction::Local) ? router.local_used : router.edge_used);
  }
  return count == 0 ? 0 : run.entries[run.flit(tile << 3 | input, head).entry].sides;
}

// Only one input has a flit that may leave: it wins whatever it requests.
template <bool kWatched, Rules kRules>
inline bool route_alone(RouterCycle& run, RouterState& router, std::uint32_t tile, std::uint32_t input,
                        unsigned requested) {
  unsigned sides = requested & router.open;
  if (sides == 0) return false;
  const Flit flit = run.flit(tile << 3 | input, router.head[input]);
  std::uint64_t rest = requested & ~sides;
  do {
    const auto side = static_cast<std::uint32_t>(__builtin_ctz(sides));
    sides &= sides - 1;
    move_pointer<kRules>(run, router, side, input);
    send_copy<kWatched, kRules>(run, router, tile, side, flit);
  } while (sides != 0);
  if (rest == 0) rest = leave(run, router, tile, input);
  router.pending = rest << (8 * input);
  return (rest & router.open) != 0;
}

// True if something of this router may be granted in the next cycle without news from outside.
template <bool kWatched, Rules kRules>
inline bool route(RouterCycle& run, RouterState& router, std::uint32_t tile) {
  const std::uint64_t requests = router.pending;
  if (requests == 0) return false;
  const auto first = static_cast<std::uint32_t>(__builtin_ctzll(requests)) >> 3;
  if (requests >> (8 * first) <= 0xff && !run.stalls) {
    return route_alone<kWatched, kRules>(run, router, tile, first,
                                         static_cast<unsigned>(requests >> (8 * first)));
  }
  unsigned sides = union_of_bytes(requests) & router.open;
  if (sides == 0) return false;
  std::uint64_t pending = requests;
  do {
    const auto side = static_cast<std::uint32_t>(__builtin_ctz(sides));
    sides &= sides - 1;
    if (run.stalls && run.context.stall.blocks(run.cycle, tile, side)) continue;
    const std::uint32_t input = kWinner[router.pointer[side]][gather_bits(requests >> side)];
    move_pointer<kRules>(run, router, side, input);
    send_copy<kWatched, kRules>(run, router, tile, side, run.flit(tile << 3 | input, router.head[input]));
    pending ^= std::uint64_t{1} << (8 * input + side);
    // Requests of later sides are read from `requests`: a new head exposed here waits for the next cycle.
    if ((pending >> (8 * input) & 0xff) == 0) pending |= leave(run, router, tile, input) << (8 * input);
  } while (sides != 0);
  router.pending = pending;
  return (union_of_bytes(pending) & router.open) != 0;
}

}  // namespace weft::sim
