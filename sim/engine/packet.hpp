// Packets (TIMING.md section 12): how a flit of one is packed, where dimension order sends it, and the router
// of wormhole switching, which works on the same state as the router of messages.
#pragma once

#include <cstdint>

#include "sim/engine/router.hpp"

namespace weft::sim {

// A tile's x in the low byte, its y above.
using Place = std::uint16_t;
constexpr Place make_place(int x, int y) {
  return static_cast<Place>(x | y << 8);
}

// Flit::entry of a packet: destination, number of the flit, and whether it is the last; Flit::value: the
// packet's index in PacketPool.
constexpr std::uint32_t kTailBit = 1u << 31;
constexpr Flit make_packet_flit(Place destination, std::uint32_t number, bool tail, std::uint32_t packet) {
  return {destination | number << 16 | (tail ? kTailBit : 0), static_cast<std::int32_t>(packet)};
}
constexpr Place destination_of(const Flit& flit) {
  return static_cast<Place>(flit.entry);
}
constexpr std::uint32_t number_of(const Flit& flit) {
  return (flit.entry & ~kTailBit) >> 16;
}

// X before Y.
struct DimensionOrder {
  unsigned sides(std::uint32_t tile, const Flit flit) const {
    const std::uint32_t here = places[tile];
    const int dx = static_cast<int>(flit.entry & 0xff) - static_cast<int>(here & 0xff);
    const int dy = static_cast<int>(flit.entry >> 8 & 0xff) - static_cast<int>(here >> 8);
    const unsigned along_x = direction_bit(dx > 0 ? Direction::East : Direction::West);
    const unsigned along_y = direction_bit(dy > 0   ? Direction::South
                                           : dy < 0 ? Direction::North
                                                    : Direction::Local);
    return dx != 0 ? along_x : along_y;
  }
  const Place* places;
};

// All inputs' bits of one output side.
constexpr std::uint64_t side_column(std::uint32_t side) {
  return 0x0000010101010101u << side;
}

// One cycle of a router of packets; `granted(side, flit)` is called for each grant. True if something may be
// granted in the next cycle without news from outside.
template <bool kWatched, class Granted>
inline bool route_packets(RouterCycle& run, RouterState& router, std::uint32_t tile,
                          const DimensionOrder& routing, Granted&& granted) {
  const std::uint64_t requests = router.pending & router.admitted;
  if (requests == 0) return false;
  unsigned sides = union_of_bytes(requests) & router.open;
  if (sides == 0) return false;
  std::uint64_t pending = router.pending;
  do {
    const auto side = static_cast<std::uint32_t>(__builtin_ctz(sides));
    sides &= sides - 1;
    if (run.stalls && run.context.stall.blocks(run.cycle, tile, side)) continue;
    const std::uint32_t input = kWinner[router.pointer[side]][gather_bits(requests >> side)];
    router.pointer[side] = kAfter[input];
    const Flit flit = run.flit(tile << 3 | input, router.head[input]);
    ++run.sent[tile << 3 | side];
    if constexpr (kWatched) {
      auto* grants = run.context.watch.grants;
      if (grants != nullptr) (*grants)[tile] |= static_cast<std::uint8_t>(1u << side);
    }
    const std::uint64_t column = side_column(side);
    if ((flit.entry & kTailBit) != 0) {
      router.admitted |= column;
    } else if (number_of(flit) == 0) {
      router.admitted &= ~column | std::uint64_t{1} << (8 * input + side);
    }
    if (side != static_cast<std::uint32_t>(Direction::Local)) {
      *run.links++ = {(tile << 3 | side) + static_cast<std::uint32_t>(run.far_end[side]), flit};
      const auto credits = static_cast<std::uint16_t>(router.credits[side] - 1);
      router.credits[side] = credits;
      if (credits == 0) router.open = static_cast<std::uint8_t>(router.open & ~(1u << side));
    }
    granted(side, flit);
    // Requests of later sides are read from `requests`: a new head exposed here waits for the next cycle.
    pending &= ~(std::uint64_t{0xff} << (8 * input));
    pending |= leave(run, router, tile, input, routing) << (8 * input);
  } while (sides != 0);
  router.pending = pending;
  return (union_of_bytes(pending & router.admitted) & router.open) != 0;
}

}  // namespace weft::sim
