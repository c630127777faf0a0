// Routers of guests. The engine's own router of such a tile never sees a flit: those on their way to it are
// taken out of their buffers in the cycle before they arrive, and what the guest decided in a cycle is put
// into them at the start of the next, as if the router had done so in its own cycle. Invariant: credits, held
// flits and totals are counted as for the engine's routers, so that conservation covers guests too.
#include <fmt/format.h>

#include <algorithm>

#include "model/base/error.hpp"
#include "sim/engine/guests.hpp"
#include "sim/engine/message.hpp"

namespace weft::sim {
namespace {

constexpr bool is_mesh(std::uint32_t side) {
  return side - 1 < 4u;
}

[[noreturn]] void refuse(const Context& context, TileId tile, std::uint32_t side, std::uint64_t cycle,
                         const std::string& what) {
  throw InputError({fmt::format("{}.router.{}", tile_name(context.program.fabric, tile),
                                to_string(static_cast<Direction>(side))),
                    0, 0},
                   fmt::format("in cycle {} the router in its place {}", cycle, what));
}

// The tile's entry for a key, or kNone. A tile's entries ascend by their keys.
std::uint32_t find_entry(const Program& program, TileId tile, std::uint32_t key) {
  const std::size_t t = tile.index();
  const std::size_t end =
      t + 1 < program.first_entry.size() ? program.first_entry[t + 1] : program.table.size();
  const auto first = program.table.begin() + program.first_entry[t];
  const auto last = program.table.begin() + static_cast<std::ptrdiff_t>(end);
  const auto found = std::lower_bound(first, last, key, [&program](std::uint32_t entry, std::uint32_t k) {
    return program.entries[entry].key < k;
  });
  return found != last && program.entries[*found].key == key ? *found : kNone;
}

}  // namespace

// A flit has left the input buffer of `side` in the cycle before.
void Guests::accept_router_credit(Context& context, std::size_t i, std::uint32_t side, std::uint64_t cycle) {
  State& state = context.state;
  const std::uint32_t tile = routers[i].tile.value();
  const std::uint64_t decided = cycle - 1;
  if (held_[i][side] == 0)
    refuse(context, routers[i].tile, side, decided, "returned a credit, but holds no flit of this side");
  --held_[i][side];
  std::uint64_t worked = decided;
  Buffer& buffer = state.routers[tile].inputs[side];
  if (is_mesh(side)) {
    // The credit is under way instead of the flit.
    worked += context.credit_delay - 1;
    if (context.credit_delay == 1) {
      DueList<std::uint32_t> now;
      now.push_back(buffer.id);
      accept_credits(RouterCycle(context, cycle), now);
    } else {
      state.credits.at(decided + context.credit_delay).push_back(buffer.id);
    }
  } else {
    --state.outstanding;
    ++buffer.credits;
    state.wheel.at(cycle).activate(tile);
  }
  state.last_work = std::max(state.last_work, worked);
  state.last_progress = cycle;
}

// A copy was granted towards `side` in the cycle before.
void Guests::accept_router_flit(Context& context, std::size_t i, std::uint32_t side, std::uint64_t cycle) {
  State& state = context.state;
  const TileId id = routers[i].tile;
  const std::uint32_t tile = id.value();
  const FlitWires& flit = routers[i].out[side];
  const std::uint64_t decided = cycle - 1;
  const std::uint32_t entry_index = find_entry(context.program, id, flit.key);
  if (entry_index == kNone ||
      (context.program.entries[entry_index].sides & direction_bit(static_cast<Direction>(side))) == 0) {
    refuse(context, id, side, decided,
           fmt::format("sent key {}, which the tile's table does not send there", flit.key));
  }
  const Entry& entry = context.program.entries[entry_index];
  ++state.routers[tile].sent[side];
  state.last_progress = cycle;
  const bool watched = context.watch.events() != nullptr;
  if (is_mesh(side)) {
    Buffer& far = *state.routers[tile].far[side];
    if (far.credits == 0) refuse(context, id, side, decided, "sent a flit without a credit");
    if (decided < link_free_[i][side])
      refuse(context, id, side, decided, "sent a flit while the link carries another");
    link_free_[i][side] = decided + context.flit_cycles;
    state.fill(far, {entry.next[side - 1], flit.value}, state.wheel.at(decided + context.link_delay));
    ++state.outstanding;
    ++state.done.hops;
    context.watch.tell(decided, tile, EventKind::Hop, entry.key, flit.value, side);
  } else if (side == static_cast<std::uint32_t>(Direction::Local)) {
    watched ? deliver<true>(context, tile, entry_index, flit.value, decided)
            : deliver<false>(context, tile, entry_index, flit.value, decided);
  } else {
    if (decided < state.ports[context.program.port_of_tile[tile]].output_free)
      refuse(context, id, side, decided, "sent a flit before the port was free");
    watched ? emit<true>(context, tile, entry, flit.value, decided)
            : emit<false>(context, tile, entry, flit.value, decided);
  }
}

void Guests::sample_router(Context& context, std::size_t i, std::uint64_t cycle) {
  if (cycle == 0) return;
  for (std::uint32_t side = 0; side < kDirections; ++side) {
    if (routers[i].out[side].valid) accept_router_flit(context, i, side, cycle);
  }
  for (std::uint32_t side = 0; side < kDirections; ++side) {
    if (routers[i].in_credit[side]) accept_router_credit(context, i, side, cycle);
  }
}

void Guests::drive_routers(Context& context, std::uint64_t cycle) {
  if (routers.empty()) return;
  State& state = context.state;
  for (RouterGuest& guest : routers) {
    guest.in = {};
    guest.out_credit = {};
  }
  const auto pipeline = static_cast<std::uint64_t>(context.program.fabric.router.pipeline_cycles);
  const WheelSlot slot = state.wheel.at(cycle + 1 + pipeline);
  for (std::size_t i = 0; i < routers.size(); ++i) {
    const std::size_t tile = routers[i].tile.index();
    for (std::size_t side = 0; side < kDirections; ++side) {
      std::uint8_t& arrives = slot.arrivals[tile * 8 + side];
      if (arrives == 0) continue;
      arrives = 0;
      Buffer& buffer = state.routers[tile].inputs[side];
      const Flit flit = state.flits[buffer.head];
      buffer.head = State::next_slot(buffer.head, state.ring_mask);
      routers[i].in[side] = {true, context.program.entries[flit.entry].key, flit.value};
      ++held_[i][side];
    }
  }
  const RouterCycle run(context, cycle + 1);
  state.credits.at(cycle + 1).take_if([&](std::uint32_t freed) {
    Buffer& buffer = state.routers[freed >> 3].inputs[freed & 7u];
    const std::uint32_t output = weft::sim::sender_of(run, buffer);
    const std::uint32_t i = router_of_tile_[output >> 3];
    if (i == kNone) return false;
    add_credit(run, buffer);
    routers[i].out_credit[output & 7u] = true;
    --state.outstanding;
    return true;
  });
}

}  // namespace weft::sim
