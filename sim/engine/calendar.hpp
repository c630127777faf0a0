// A timing wheel: which tiles are to be looked at in which cycle. Near cycles have a slot each and a bit in a
// map, far ones wait in a heap; a tile may be there twice.
#pragma once

#include <array>
#include <cstdint>
#include <queue>
#include <utility>
#include <vector>

namespace weft::sim {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

class Calendar {
 public:
  Calendar() : slots_(kSlots) {}

  // cycle > the cycle of the last take().
  void add(std::uint64_t cycle, std::uint32_t tile);
  // The earliest cycle after `now` that has an entry. `now` is the cycle of the last take().
  std::uint64_t next(std::uint64_t now) const;
  // Calls visit(tile) for the entries of cycle `now` and forgets them. No entry before `now` may be left.
  template <class Visit>
  void take(std::uint64_t now, Visit&& visit) {
    now_ = now;
    const std::size_t slot = now % kSlots;
    if ((used_[slot / 64] >> (slot % 64)) & 1u) {
      for (std::uint32_t tile : slots_[slot]) visit(tile);
      slots_[slot].clear();
      used_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    }
    while (!far_.empty() && far_.top().first <= now) {
      visit(far_.top().second);
      far_.pop();
    }
  }

 private:
  static constexpr std::size_t kSlots = 1024;
  using FarEntry = std::pair<std::uint64_t, std::uint32_t>;

  std::uint64_t now_ = 0;
  std::array<std::uint64_t, kSlots / 64> used_{};
  std::vector<std::vector<std::uint32_t>> slots_;
  std::priority_queue<FarEntry, std::vector<FarEntry>, std::greater<FarEntry>> far_;
};

}  // namespace weft::sim
