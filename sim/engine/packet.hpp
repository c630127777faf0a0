// Packets (TIMING.md section 12): how a flit of one is packed, where dimension order sends it, and the router
// of wormhole switching, which works on the same state as the router of messages.
#pragma once

#include <cstdint>

#include "sim/engine/router.hpp"

namespace weft::sim {

// A tile's y in the low byte, its x above: compared as numbers, x decides before y, as in dimension order.
using Place = std::uint16_t;
constexpr Place make_place(int x, int y) {
  return static_cast<Place>(x << 8 | y);
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

// X before Y, without a branch: the side is the entry of a list of bytes.
struct DimensionOrder {
  unsigned sides(std::uint32_t tile, const Flit flit) const {
    const std::uint32_t here = places[tile];
    const std::uint32_t there = flit.entry & 0xffff;
    const std::uint32_t difference = here ^ there;
    const unsigned index =
        (difference != 0 ? 1u : 0u) + (difference > 0xff ? 2u : 0u) + (there > here ? 1u : 0u);
    return static_cast<unsigned>(kSides >> (8 * index)) & 0xff;
  }
  // Local where it is there; North and South along y; West and East along x.
  static constexpr std::uint64_t kSides = std::uint64_t{direction_bit(Direction::Local)} |
                                          std::uint64_t{direction_bit(Direction::North)} << 8 |
                                          std::uint64_t{direction_bit(Direction::South)} << 16 |
                                          std::uint64_t{direction_bit(Direction::West)} << 24 |
                                          std::uint64_t{direction_bit(Direction::East)} << 32;
  const Place* places;
};

// All inputs' bits of one output side.
constexpr std::uint64_t side_column(std::uint32_t side) {
  return 0x0000010101010101u << side;
}

// Output `side` grants the head of `input`; returns the router's requests after that. `granted(side, flit)`
// is told.
template <bool kWatched, Rules kRules, class Granted>
inline std::uint64_t grant_packet(RouterCycle& run, RouterState& router, std::uint32_t tile,
                                  std::uint32_t side, std::uint32_t input, std::uint64_t pending,
                                  const DimensionOrder& routing, Granted&& granted) {
  const std::uint32_t first_side = tile << 3;
  const Flit* const ring = run.flits + (std::size_t{first_side | input} << run.ring_shift);
  const std::uint32_t head = router.head[input];
  const Flit flit = ring[head & run.ring_mask];
  const auto count = static_cast<std::uint16_t>(router.count[input] - 1);
  move_pointer<kRules>(run, router, side, input);
  router.head[input] = static_cast<std::uint16_t>(head + 1);
  router.count[input] = count;
  ++run.sent[first_side | side];
  if constexpr (kWatched) {
    auto* grants = run.context.watch.grants;
    if (grants != nullptr) (*grants)[tile] |= static_cast<std::uint8_t>(1u << side);
  }
  // Behind a flit that is not the tail comes one of the same packet, which requests the same side.
  const std::uint64_t request = std::uint64_t{1} << (8 * input + side);
  if ((flit.entry & kTailBit) != 0) {
    router.admitted |= side_column(side);
    pending ^= request;
    if (count != 0) {
      pending |= std::uint64_t{routing.sides(tile, ring[(head + 1) & run.ring_mask])} << (8 * input);
    }
  } else {
    if (number_of(flit) == 0) router.admitted &= ~side_column(side) | request;
    if (count == 0) pending ^= request;
  }
  if (side != static_cast<std::uint32_t>(Direction::Local)) {
    *run.links++ = {first_side + side + static_cast<std::uint32_t>(run.far_end[side]), flit};
    const auto left = static_cast<std::uint16_t>(router.credits[side] - 1);
    router.credits[side] = left;
    if (left == 0) router.open = static_cast<std::uint8_t>(router.open & ~(1u << side));
    if constexpr (kRules == Rules::All) occupy_link(run, router, tile, side);
  }
  if (input != static_cast<std::uint32_t>(Direction::Local)) {
    *run.credits++ = first_side + input + static_cast<std::uint32_t>(run.far_end[input]);
  } else {
    ++run.left_own;
    --router.local_used;
  }
  granted(side, flit);
  return pending;
}

// One cycle of a router of packets. True if something may be granted in the next cycle without news from
// outside.
template <bool kWatched, Rules kRules, class Granted>
inline bool route_packets(RouterCycle& run, RouterState& router, std::uint32_t tile,
                          const DimensionOrder& routing, Granted&& granted) {
  std::uint64_t pending = router.pending;
  const std::uint64_t requests = pending & router.admitted;
  if ((requests & (requests - 1)) == 0 && !run.stalls) {
    // Most routers have one request at a time, or none.
    if (requests == 0) return false;
    const auto request = static_cast<std::uint32_t>(__builtin_ctzll(requests));
    const std::uint32_t side = request & 7u;
    if ((router.open >> side & 1u) == 0) return false;
    pending =
        grant_packet<kWatched, kRules>(run, router, tile, side, request >> 3, pending, routing, granted);
  } else {
    unsigned sides = union_of_bytes(requests) & router.open;
    if (sides == 0) return false;
    do {
      const auto side = static_cast<std::uint32_t>(__builtin_ctz(sides));
      sides &= sides - 1;
      if (run.stalls && run.context.stall.blocks(run.cycle, tile, side)) continue;
      // Requests are read from `requests`: a head exposed in this cycle waits for the next one.
      const std::uint32_t input = kWinner[router.pointer[side]][gather_bits(requests >> side)];
      pending = grant_packet<kWatched, kRules>(run, router, tile, side, input, pending, routing, granted);
    } while (sides != 0);
  }
  router.pending = pending;
  return pending != 0 && (union_of_bytes(pending & router.admitted) & router.open) != 0;
}

}  // namespace weft::sim
