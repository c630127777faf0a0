// What tiles have to do in which cycle: a ring of slots, one per cycle to come. A slot says which tiles are
// to be looked at in that cycle, and in which of their input buffers a flit becomes leavable then; the flit
// itself lies in its buffer already. All are bytes that are 0 or 1, so that setting one is a single store;
// they are read eight at a time.
//
// Invariant: a slot is empty again once its cycle has been run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

// What runs in every cycle is made one function: its variables stay in registers then.
#define WEFT_HOT __attribute__((always_inline)) inline
#define WEFT_HOT_LAMBDA __attribute__((always_inline))
// The same once more for processors whose shifts and bit scans need no detours (any with AVX2).
#if defined(__x86_64__)
#define WEFT_QUICK_BITS __attribute__((target("bmi,bmi2")))
#else
#define WEFT_QUICK_BITS
#endif

namespace weft::sim {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "flags are read eight at a time, the first lowest");

// Takes eight flags and clears them: bit 8 * i of the result is the flag i.
WEFT_HOT std::uint64_t take_flags(std::uint8_t* flags) {
  std::uint64_t taken;
  std::memcpy(&taken, flags, sizeof taken);
  std::memset(flags, 0, sizeof taken);
  return taken;
}

WEFT_HOT std::size_t first_flag(std::uint64_t flags) {
  return static_cast<std::size_t>(__builtin_ctzll(flags)) / 8;
}

// A slot as bare pointers: the compiler then knows that writing one thing moves no other.
struct WheelSlot {
  std::uint8_t* arrivals;  // per input buffer (side_index)
  std::uint8_t* tiles;     // per tile
  std::uint8_t* groups;    // per 8 tiles, whether any of them is to be looked at

  void activate(std::uint32_t tile) const {
    tiles[tile] = 1;
    groups[tile >> 3] = 1;
  }
  void activate_if(std::uint32_t tile, bool needed) const {
    tiles[tile] = static_cast<std::uint8_t>(tiles[tile] | static_cast<std::uint8_t>(needed));
    groups[tile >> 3] = static_cast<std::uint8_t>(groups[tile >> 3] | static_cast<std::uint8_t>(needed));
  }
  // A flit becomes leavable in the buffer.
  void arrive(std::uint32_t buffer) const {
    arrivals[buffer] = 1;
    activate(buffer >> 3);
  }
};

class Wheel {
 public:
  // For things that are due at most `longest` cycles later.
  Wheel(std::size_t tiles, std::uint64_t longest) : tiles_((tiles + 63) / 64 * 64), groups_(tiles_ / 8) {
    std::uint64_t slots = 2;
    while (slots <= longest) slots *= 2;
    mask_ = slots - 1;
    arrivals_.resize(slots * tiles_ * 8);
    tile_flags_.resize(slots * tiles_);
    group_flags_.resize(slots * groups_);
  }

  WheelSlot at(std::uint64_t cycle) {
    const std::size_t slot = cycle & mask_;
    return {arrivals_.data() + slot * tiles_ * 8, tile_flags_.data() + slot * tiles_,
            group_flags_.data() + slot * groups_};
  }
  // Whether a flit becomes leavable in the buffer in `cycle`.
  bool arrives(std::uint64_t cycle, std::uint32_t buffer) const {
    return arrivals_[(cycle & mask_) * tiles_ * 8 + buffer] != 0;
  }
  // Whether one does in any buffer of the tile.
  bool arrives_at(std::uint64_t cycle, std::uint32_t tile) const {
    std::uint64_t flags;
    std::memcpy(&flags, &arrivals_[((cycle & mask_) * tiles_ + tile) * 8], sizeof flags);
    return flags != 0;
  }
  // Writes the tiles to be looked at in `cycle` to `tiles`, ascending, and returns the end of them; there is
  // room for all. Their flags are cleared, `arrivals` left as they are.
  std::uint32_t* take_tiles(std::uint64_t cycle, std::uint32_t* tiles) {
    const WheelSlot now = at(cycle);
    for (std::size_t eight = 0; eight < groups_; eight += 8) {
      for (std::uint64_t groups = take_flags(now.groups + eight); groups != 0; groups &= groups - 1) {
        const std::size_t first = (eight + first_flag(groups)) * 8;
        for (std::uint64_t some = take_flags(now.tiles + first); some != 0; some &= some - 1)
          *tiles++ = static_cast<std::uint32_t>(first + first_flag(some));
      }
    }
    return tiles;
  }
  // The earliest cycle after `now` in which a tile is to be looked at; `never` if there is none.
  std::uint64_t next(std::uint64_t now, std::uint64_t never) const {
    for (std::uint64_t cycle = now + 1; cycle <= now + mask_; ++cycle) {
      const std::uint8_t* const flags = group_flags_.data() + (cycle & mask_) * groups_;
      for (std::size_t group = 0; group < groups_; group += 8) {
        std::uint64_t some;
        std::memcpy(&some, flags + group, sizeof some);
        if (some != 0) return cycle;
      }
    }
    return never;
  }

 private:
  std::size_t tiles_;  // rounded up, so that groups_ is a multiple of 8
  std::size_t groups_;
  std::uint64_t mask_ = 0;
  std::vector<std::uint8_t> arrivals_;
  std::vector<std::uint8_t> tile_flags_;
  std::vector<std::uint8_t> group_flags_;
};

}  // namespace weft::sim
