// All pairs' overlaps from an inverted index, then row sums of the largest ones, n by n.
//
// Invariant: integers only, and each rounding makes `most` larger.
#include "mapping/bounds/together.hpp"

#include <algorithm>
#include <functional>

namespace weft::mapping {
namespace {

constexpr std::size_t kMostNeurons = 1024;
constexpr std::int64_t kMostWork = 100'000'000;  // overlaps counted one by one
constexpr std::int64_t kUnit = std::int64_t{1} << 20;
constexpr std::size_t kSets = 8;

using Reads = std::vector<std::vector<std::uint32_t>>;

std::vector<std::vector<std::uint32_t>> readers_of(const Reads& reads) {
  std::uint32_t sources = 0;
  for (const auto& list : reads) sources = std::max(sources, list.back() + 1);
  std::vector<std::vector<std::uint32_t>> readers(sources);
  for (std::uint32_t t = 0; t < reads.size(); ++t) {
    for (const std::uint32_t source : reads[t]) readers[source].push_back(t);
  }
  return readers;
}

std::int64_t work_of(const Reads& reads) {
  std::int64_t work = 0;
  for (const auto& list : readers_of(reads)) work += static_cast<std::int64_t>(list.size() * list.size());
  return work;
}

class Overlaps {
 public:
  explicit Overlaps(const Reads& reads) : size_(reads.size()), common_(size_ * size_, 0) {
    for (const auto& readers : readers_of(reads)) {
      for (const std::uint32_t t : readers) {
        for (const std::uint32_t u : readers) ++common_[t * size_ + u];
      }
    }
  }

  // The bound for the first `count` neurons.
  std::int64_t most(std::size_t count, std::int64_t axons, std::int64_t neurons) const {
    std::vector<std::int64_t> weight, sum;         // sum: of a neuron and its n - 1 largest overlaps
    std::vector<std::vector<std::int64_t>> pairs;  // weighted, largest first
    for (std::size_t t = 0; t < count; ++t) weight.push_back(kUnit / common(t, t));
    for (std::size_t t = 0; t < count; ++t) {
      sum.push_back(weight[t] * weight[t] * common(t, t));
      pairs.emplace_back();
      for (std::size_t u = 0; u < count; ++u) {
        if (u != t) pairs[t].push_back(weight[t] * weight[u] * common(t, u));
      }
      std::sort(pairs[t].begin(), pairs[t].end(), std::greater<>());
    }
    std::vector<std::int64_t> left;  // weight times fan-in, smallest first
    for (std::size_t t = 0; t < count; ++t) left.push_back(weight[t] * common(t, t));
    std::sort(left.begin(), left.end());
    const std::size_t end = std::min(count, static_cast<std::size_t>(neurons));
    std::int64_t root = 0;
    std::vector<std::int64_t> largest;
    for (std::size_t n = 1; n <= end; ++n) {
      root += left[n - 1];
      for (std::size_t t = 0; n > 1 && t < count; ++t) sum[t] += pairs[t][n - 2];
      largest = sum;
      const auto nth = largest.begin() + static_cast<std::ptrdiff_t>(n);
      std::nth_element(largest.begin(), nth - 1, largest.end(), std::greater<>());
      std::int64_t right = 0;
      for (auto at = largest.begin(); at != nth; ++at) right += *at;
      if (root * root / axons > right) return static_cast<std::int64_t>(n) - 1;
    }
    return static_cast<std::int64_t>(end);
  }

 private:
  std::int64_t common(std::size_t t, std::size_t u) const { return common_[t * size_ + u]; }

  std::size_t size_;
  std::vector<std::uint16_t> common_;  // sources that two neurons both read
};

}  // namespace

std::vector<Together> together_by_overlap(Reads reads, std::int64_t axons, std::int64_t neurons) {
  constexpr std::int64_t kMostAxons = 0xffff;  // what Overlaps counts to
  const auto is_left_out = [&](const std::vector<std::uint32_t>& list) {
    const auto fan_in = static_cast<std::int64_t>(list.size());
    return fan_in == 0 || fan_in > std::min(axons, kMostAxons);
  };
  reads.erase(std::remove_if(reads.begin(), reads.end(), is_left_out), reads.end());
  std::stable_sort(reads.begin(), reads.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  if (reads.size() > kMostNeurons) reads.resize(kMostNeurons);
  while (!reads.empty() && work_of(reads) > kMostWork) reads.resize(reads.size() / 2);
  std::vector<Together> result;
  if (reads.empty()) return result;
  const Overlaps overlaps(reads);
  for (std::size_t i = 1; i <= kSets; ++i) {
    const std::size_t count = reads.size() * i / kSets;
    if (count > 0) result.push_back({static_cast<std::int64_t>(count), overlaps.most(count, axons, neurons)});
  }
  return result;
}

}  // namespace weft::mapping
