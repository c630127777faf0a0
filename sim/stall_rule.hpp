// Random stalls (TIMING.md section 8): which output is blocked in which cycle.
#pragma once

#include <cstdint>

namespace weft::sim {

// splitmix64's step (Steele, Lea and Flood, OOPSLA 2014).
constexpr std::uint64_t mix(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

struct StallRule {
  std::uint64_t threshold = 0;  // of 2^32; 0: no stalls
  std::uint64_t seed_mix = 0;

  static StallRule make(double share, std::uint64_t seed) {
    return {static_cast<std::uint64_t>(share * 4294967296.0), mix(seed)};
  }
  // Out of line, or the compiler computes parts of it in every cycle, asked or not.
  __attribute__((noinline)) bool blocks(std::uint64_t cycle, std::uint32_t tile, std::uint32_t side) const {
    return mix(seed_mix ^ ((cycle << 19) + (std::uint64_t{tile} << 3) + side)) >> 32 < threshold;
  }
};

}  // namespace weft::sim
