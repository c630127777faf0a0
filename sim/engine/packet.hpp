// Packets (TIMING.md section 12): how a flit of one is packed, where dimension order sends it, and which
// output it holds under wormhole switching.
#pragma once

#include <cstdint>

#include "model/fabric/way.hpp"
#include "sim/engine/router.hpp"

namespace weft::sim {

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

// The Switching of router.hpp for flits of packets. `Owner` is told of each grant, granted<kWatched>(tile,
// side, flit, cycle), and takes the flit where it leaves.
template <class Owner, Rules kRules>
class Packets {
 public:
  static constexpr bool kForks = false;
  static constexpr bool kMasks = false;

  Packets(const Fabric& fabric, Owner& owner) : fabric_(fabric), owner_(owner) {}

  // X before Y, on a mesh without a branch: the output is the entry of a list of bytes.
  std::uint64_t requests(const RouterState& router, Flit flit) const {
    const std::uint32_t here = router.place;
    const std::uint32_t there = flit.entry & 0xffff;
    if constexpr (kRules == Rules::All) {
      if (fabric_.topology == Topology::Torus) return towards(here, there);
    }
    const std::uint32_t difference = here ^ there;
    const unsigned index =
        (difference != 0 ? 1u : 0u) + (difference > 0xff ? 2u : 0u) + (there > here ? 1u : 0u);
    return std::uint64_t{1} << (kRowOfOutput >> (8 * index) & 0xff);
  }
  Flit onward(Flit flit, std::uint32_t) const { return flit; }
  static bool ends(Flit flit) { return (flit.entry & kTailBit) != 0; }
  template <bool kWatched>
  void granted(std::uint32_t tile, std::uint32_t side, Flit flit, std::uint64_t cycle) {
    owner_.template granted<kWatched>(tile, side, flit, cycle);
  }

 private:
  // On a torus, where each way is the shorter one round.
  std::uint64_t towards(std::uint32_t here, std::uint32_t there) const {
    const auto tile = [this](std::uint32_t place) {
      return fabric_.tile(static_cast<int>(place >> 8), static_cast<int>(place & 0xff));
    };
    return std::uint64_t{1} << row_of(first_side(fabric_, tile(here), tile(there)));
  }

  static constexpr std::uint64_t row_of(Direction side) { return 8 * static_cast<std::uint64_t>(side); }
  // Local where it is there; North and South along y; West and East along x.
  static constexpr std::uint64_t kRowOfOutput = row_of(Direction::Local) | row_of(Direction::North) << 8 |
                                                row_of(Direction::South) << 16 |
                                                row_of(Direction::West) << 24 | row_of(Direction::East) << 32;
  const Fabric& fabric_;
  Owner& owner_;
};

}  // namespace weft::sim
