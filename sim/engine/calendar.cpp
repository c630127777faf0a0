// The parts of the timing wheel that are not called in each cycle. Invariant: an entry of a slot is less than
// kSlots cycles after the last take(), so that a slot never holds two different cycles.
#include "sim/engine/calendar.hpp"

#include <algorithm>

namespace weft::sim {

void Calendar::add(std::uint64_t cycle, std::uint32_t tile) {
  if (cycle - now_ < kSlots) {
    const std::size_t slot = cycle % kSlots;
    slots_[slot].push_back(tile);
    used_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  } else {
    far_.push({cycle, tile});
  }
}

std::uint64_t Calendar::next(std::uint64_t now) const {
  std::uint64_t found = far_.empty() ? kNever : far_.top().first;
  constexpr std::size_t kWords = kSlots / 64;
  const std::size_t start = (now + 1) % kSlots;
  // The word of `start` is looked at twice: first from `start` on, last up to it.
  for (std::size_t i = 0; i <= kWords; ++i) {
    const std::size_t word = (start / 64 + i) % kWords;
    std::uint64_t bits = used_[word];
    const std::uint64_t from_start = ~std::uint64_t{0} << (start % 64);
    if (i == 0) bits &= from_start;
    if (i == kWords) bits &= ~from_start;
    if (bits == 0) continue;
    const std::size_t slot = word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits));
    const std::uint64_t distance = (slot + kSlots - start) % kSlots;
    return std::min(found, now + 1 + distance);
  }
  return found;
}

}  // namespace weft::sim
