// Routers of guests. The engine's own router of such a tile never sees a flit: those on their way to it are
// taken out of the delay lines in the cycle before they arrive, and what the guest decided in a cycle is put
// into them at the start of the next, as if the router had done so in its own cycle. Invariant: credits, held
// flits and totals are counted as for the engine's routers, so that conservation covers guests too.
#include <fmt/format.h>

#include <algorithm>

#include "model/base/error.hpp"
#include "sim/engine/guests.hpp"
#include "sim/engine/router.hpp"

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
      t + 1 < program.first_entry.size() ? program.first_entry[t + 1] : program.entries.size();
  const auto first = program.entries.begin() + program.first_entry[t];
  const auto last = program.entries.begin() + static_cast<std::ptrdiff_t>(end);
  const auto found =
      std::lower_bound(first, last, key, [](const Entry& entry, std::uint32_t k) { return entry.key < k; });
  return found != last && found->key == key ? static_cast<std::uint32_t>(found - program.entries.begin())
                                            : kNone;
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
  --state.outstanding;
  std::uint64_t worked = decided;
  if (is_mesh(side)) {
    const std::uint32_t upstream = (tile << 3 | side) + static_cast<std::uint32_t>(context.far_end[side]);
    worked += context.credit_delay - 1;
    if (context.credit_delay == 1) {
      DueList<std::uint32_t> now;
      now.push_back(upstream);
      accept_credits(RouterCycle(context, cycle), now);
    } else {
      state.credits.at(decided + context.credit_delay).push_back(upstream);
    }
  } else {
    RouterState& router = state.routers[tile];
    --(side == static_cast<std::uint32_t>(Direction::Local) ? router.local_used : router.edge_used);
    state.activate(tile);
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
  ++state.sent[tile << 3 | side];
  state.last_progress = cycle;
  const bool watched = context.watch.events != nullptr;
  if (is_mesh(side)) {
    RouterState& router = state.routers[tile];
    if (router.credits[side] == 0) refuse(context, id, side, decided, "sent a flit without a credit");
    if (decided < link_free_[i][side])
      refuse(context, id, side, decided, "sent a flit while the link carries another");
    link_free_[i][side] = decided + context.flit_cycles;
    --router.credits[side];
    const std::uint32_t buffer = (tile << 3 | side) + static_cast<std::uint32_t>(context.far_end[side]);
    state.links.at(decided + context.link_delay).push_back({buffer, {entry.next[side - 1], flit.value}});
    state.outstanding += 2;
    ++state.done.hops;
    context.watch.tell(decided, tile, EventKind::Hop, entry.key, flit.value, side);
  } else if (side == static_cast<std::uint32_t>(Direction::Local)) {
    watched ? deliver<true>(context, tile, entry, flit.value, decided)
            : deliver<false>(context, tile, entry, flit.value, decided);
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
  const auto arrive = [&](const Arrival& arrival) {
    const std::uint32_t i = router_of_tile_[arrival.buffer >> 3];
    if (i == kNone) return false;
    const std::uint32_t side = arrival.buffer & 7u;
    routers[i].in[side] = {true, context.program.entries[arrival.flit.entry].key, arrival.flit.value};
    ++held_[i][side];
    return true;
  };
  const auto pipeline = static_cast<std::uint64_t>(context.program.fabric.router.pipeline_cycles);
  state.links.at(cycle + 1 + pipeline).take_if(arrive);
  state.own.at(cycle + 1 + pipeline).take_if(arrive);
  state.credits.at(cycle + 1).take_if([&](std::uint32_t output) {
    const std::uint32_t i = router_of_tile_[output >> 3];
    if (i == kNone) return false;
    const std::uint32_t side = output & 7u;
    const auto count = static_cast<std::uint16_t>(state.routers[output >> 3].credits[side] + 1);
    state.routers[output >> 3].credits[side] = count;
    if (count > context.buffer_depth)
      breach(context, output >> 3, "an output has more credits than its buffer has slots");
    routers[i].out_credit[side] = true;
    --state.outstanding;
    return true;
  });
}

}  // namespace weft::sim
