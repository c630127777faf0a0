// The rows' popcounts, once for processors with a popcount instruction and once for those without: one body,
// inlined into both. Types without a set axon cost nothing.
#include "sim/ranc/integrate.hpp"

#include <algorithm>
#include <cstring>

namespace weft::sim {
namespace {

#define WEFT_INLINE inline __attribute__((always_inline))

struct ActiveType {
  std::size_t type;
  const std::uint64_t* axons;  // [words]
};

WEFT_INLINE void add_rows(const RancCore& core, std::size_t words, const ActiveType* types, std::size_t count,
                          std::int32_t* sums) {
  const std::uint64_t* row = core.connections.data();
  for (std::size_t n = 0; n < core.neurons.size(); ++n, row += words) {
    std::int32_t sum = sums[n];
    for (std::size_t i = 0; i < count; ++i) {
      std::int32_t set = 0;
      for (std::size_t w = 0; w < words; ++w) set += __builtin_popcountll(row[w] & types[i].axons[w]);
      sum += set * core.neurons[n].weights[types[i].type];
    }
    sums[n] = sum;
  }
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) void add_rows_popcnt(const RancCore& core, std::size_t words,
                                                       const ActiveType* types, std::size_t count,
                                                       std::int32_t* sums) {
  if (words == 4) return add_rows(core, 4, types, count, sums);  // 256 axons: unrolled
  add_rows(core, words, types, count, sums);
}
#endif

void add_rows_plain(const RancCore& core, std::size_t words, const ActiveType* types, std::size_t count,
                    std::int32_t* sums) {
  add_rows(core, words, types, count, sums);
}

}  // namespace

void ranc_integrate(const RancCore& core, const std::vector<std::uint64_t>& masks, const std::uint64_t* axons,
                    const std::vector<std::int32_t>& potentials, std::vector<std::int32_t>& sums) {
  std::copy(potentials.begin(), potentials.end(), sums.begin());
  const std::size_t words = masks.size() / 4;
  constexpr std::size_t kMostWords = kRancMostAxons / 64;
  std::uint64_t active[4 * kMostWords];
  ActiveType types[4];
  std::size_t count = 0;
  for (std::size_t type = 0; type < 4; ++type) {
    std::uint64_t any = 0;
    std::uint64_t* own = active + count * words;
    for (std::size_t w = 0; w < words; ++w) any |= own[w] = axons[w] & masks[type * words + w];
    if (any != 0) types[count++] = {type, own};
  }
  if (count == 0) return;
#if defined(__x86_64__)
  static const bool has_popcnt = __builtin_cpu_supports("popcnt");
  if (has_popcnt) return add_rows_popcnt(core, words, types, count, sums.data());
#endif
  add_rows_plain(core, words, types, count, sums.data());
}

}  // namespace weft::sim
