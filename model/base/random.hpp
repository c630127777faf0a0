// The one random number generator of Weft: equal on every machine, compiler and library.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace weft {

// xoshiro256** (Blackman and Vigna, ACM TOMS 2021), seeded through splitmix64. Seeded once per program
// from --seed; each stage works on fork("its name"), so that a new stage does not disturb the others.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  // An independent generator that depends on the seed and the name, not on what was drawn before.
  Random fork(std::string_view name) const;

  std::uint64_t bits();
  // Uniform in [0, bound), without bias. bound > 0.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [0, 1), 53 bits.
  double uniform();
  // Uniform in [low, high).
  double uniform(double low, double high);
  // Standard normal, from sums and products only (no libm), so that each compiler gives the same bits.
  double normal();

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t seed_;
  std::uint64_t state_[4];
};

}  // namespace weft
