// Depth first, from the lower bound on cores upwards: the neuron with fewest cores that could take it comes
// next, and of empty cores only the first is tried. Sets of lines are bits of a word.
#include "tests/mapping/exact_packing.hpp"

#include <algorithm>
#include <vector>

namespace weft::mapping {
namespace {

int count(std::uint64_t bits) {
  int ones = 0;
  for (; bits != 0; bits &= bits - 1) ++ones;
  return ones;
}

class Search {
 public:
  Search(std::vector<std::uint64_t> reads, int axons, int neurons, std::int64_t most_visits)
      : waiting_(std::move(reads)), axons_(axons), neurons_(neurons), visits_left_(most_visits) {}

  bool fits(int cores) {
    cores_.assign(static_cast<std::size_t>(cores), {});
    return place_rest();
  }
  bool gave_up() const { return visits_left_ < 0; }

 private:
  struct Core {
    std::uint64_t lines = 0;
    int neurons = 0;
  };

  bool takes(const Core& core, std::uint64_t reads) const {
    return core.neurons < neurons_ && count(core.lines | reads) <= axons_;
  }

  bool place_rest() {
    if (--visits_left_ < 0) return false;
    if (waiting_.empty()) return true;
    std::size_t tightest = 0, fewest = cores_.size() + 1;
    for (std::size_t n = 0; n < waiting_.size(); ++n) {
      const auto choices = static_cast<std::size_t>(std::count_if(
          cores_.begin(), cores_.end(), [&](const Core& core) { return takes(core, waiting_[n]); }));
      if (choices < fewest) {
        fewest = choices;
        tightest = n;
      }
    }
    if (fewest == 0) return false;
    const std::uint64_t reads = waiting_[tightest];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(tightest));
    bool placed = false, tried_empty = false;
    for (std::size_t c = 0; c < cores_.size() && !placed; ++c) {
      const Core before = cores_[c];
      if (!takes(before, reads) || (before.neurons == 0 && tried_empty)) continue;
      tried_empty = tried_empty || before.neurons == 0;
      cores_[c] = {before.lines | reads, before.neurons + 1};
      placed = place_rest();
      cores_[c] = before;
    }
    waiting_.insert(waiting_.begin() + static_cast<std::ptrdiff_t>(tightest), reads);
    return placed;
  }

  std::vector<std::uint64_t> waiting_;
  const int axons_, neurons_;
  std::int64_t visits_left_;
  std::vector<Core> cores_;
};

}  // namespace

std::optional<int> fewest_cores(const Lines& lines, NodeId first_neuron, int axons, int neurons,
                                std::int64_t most_visits) {
  std::vector<std::uint64_t> reads;
  for (std::uint32_t n = first_neuron.value(); n < lines.of_node.keys(); ++n) {
    std::uint64_t bits = 0;
    for (LineId line : lines.of_node[NodeId(n)]) bits |= std::uint64_t{1} << line.value();
    reads.push_back(bits);
  }
  const auto ceil_div = [](std::size_t a, int b) {
    return static_cast<int>((a + static_cast<std::size_t>(b) - 1) / static_cast<std::size_t>(b));
  };
  Search search(reads, axons, neurons, most_visits);
  int cores = std::max(ceil_div(reads.size(), neurons), ceil_div(lines.lines.size(), axons));
  while (!search.fits(cores)) {
    if (search.gave_up()) return std::nullopt;
    ++cores;
  }
  return cores;
}

}  // namespace weft::mapping
