// Rounds of ruin and recreate between the busiest core and one or two others: some or all of their neurons
// go, in another order, to wherever they raise the sum of squares least. Neurons that share lines follow each
// other by themselves, since the first one pays for the lines.
//
// Invariant: the number of cores never grows, and the sum of squares never does.
#include <algorithm>

#include "mapping/pack/pack.hpp"

namespace weft::mapping {
namespace {

class Balancer {
 public:
  Balancer(const Clusters& start, const Lines& lines, const CoreLimits& limits, Random random)
      : lines_(lines), limits_(limits), random_(random), loads_(lines, limits, start.core_of) {}

  // Returns the work it took.
  std::int64_t round() {
    const std::int64_t before = sum_of_squares();
    std::vector<NodeId> victims = ruin();
    std::vector<CoreId> home;
    for (NodeId node : victims) home.push_back(loads_.core_of(node));
    for (NodeId node : victims) loads_.remove(node);
    std::vector<NodeId> order = victims;
    if (random_.below(2) == 0) random_.shuffle(order);
    if (random_.below(2) == 0) {
      std::stable_sort(order.begin(), order.end(), [&](NodeId a, NodeId b) {
        return lines_.of_node[a].size() > lines_.of_node[b].size();
      });
    }
    bool fits = true;
    for (NodeId node : order) {
      const CoreId core = loads_.calmest_core(node);
      if ((fits = core != kNoCore) == false) break;
      loads_.place(node, core);
    }
    if (!fits || sum_of_squares() > before) {
      for (NodeId node : victims) {
        if (loads_.core_of(node) != kNoCore) loads_.remove(node);
      }
      for (std::size_t i = 0; i < victims.size(); ++i) loads_.place(victims[i], home[i]);
    }
    std::int64_t work = static_cast<std::int64_t>(lines_.of_node.keys()) / 8 + 1;
    for (NodeId node : victims)
      work += static_cast<std::int64_t>(lines_.of_node[node].size() * 8 + loads_.cores());
    return work;
  }

  const CoreLoads& loads() const { return loads_; }

 private:
  std::int64_t cycles(CoreId core) const { return step_cycles(loads_.load(core), limits_); }

  std::int64_t sum_of_squares() const {
    std::int64_t sum = 0;
    for (std::uint32_t c = 0; c < loads_.cores(); ++c) sum += cycles(CoreId(c)) * cycles(CoreId(c));
    return sum;
  }

  std::vector<NodeId> ruin() {
    std::vector<CoreId> cores;
    for (std::uint32_t c = 0; c < loads_.cores(); ++c) cores.push_back(CoreId(c));
    random_.shuffle(cores);
    const auto busiest = std::max_element(cores.begin(), cores.end(),
                                          [&](CoreId a, CoreId b) { return cycles(a) < cycles(b); });
    if (random_.below(2) == 0) std::swap(*busiest, cores.front());
    cores.resize(std::min(cores.size(), std::size_t{2} + random_.below(2)));
    std::sort(cores.begin(), cores.end());
    const std::uint64_t share = 1 + random_.below(4);  // quarters of the neurons that go
    std::vector<NodeId> victims;
    for (std::uint32_t n = 0; n < lines_.of_node.keys(); ++n) {
      const CoreId core = loads_.core_of(NodeId(n));
      if (core == kNoCore || !std::binary_search(cores.begin(), cores.end(), core)) continue;
      if (random_.below(4) < share) victims.push_back(NodeId(n));
    }
    return victims;
  }

  const Lines& lines_;
  const CoreLimits& limits_;
  Random random_;
  CoreLoads loads_;
};

}  // namespace

Clusters balance(const Clusters& start, const Lines& lines, const CoreLimits& limits, Random random,
                 const RepackParams& params, Progress* progress) {
  if (start.cores < 2) return start;
  Balancer balancer(start, lines, limits, random);
  std::int64_t work = 0;
  for (int round = 0; round < params.rounds && work < params.work; ++round) {
    if (progress != nullptr) {
      progress->update(round, params.rounds);
      if (progress->stop_requested()) break;
    }
    work += balancer.round();
  }
  return clusters_of(balancer.loads(), lines);
}

}  // namespace weft::mapping
