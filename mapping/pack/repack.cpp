// Ruin and recreate (Schrimpf et al., J. Comp. Phys. 159, 2000): two to four cores lose their neurons, which
// then either go one by one to where they add fewest axons, or grow new cores among themselves. A round that
// ends with more cores, or with clearly more axons, is undone; the allowance for axons shrinks to nothing.
//
// Invariant: the best packing seen is what comes out, so the result is never worse than the start.
#include <algorithm>

#include "mapping/pack/pack.hpp"

namespace weft::mapping {
namespace {

class Repacker {
 public:
  Repacker(const Clusters& start, const Lines& lines, const CoreLimits& limits, Random random)
      : lines_(lines), limits_(limits), random_(random), loads_(lines, limits, start.core_of) {}

  // One round; returns the work it took.
  std::int64_t round(std::int64_t allowance) {
    const std::int64_t cores = loads_.used_cores(), axons = loads_.total_axons();
    const std::vector<NodeId> victims = ruin();
    std::int64_t work = 0;
    for (NodeId node : victims) work += static_cast<std::int64_t>(lines_.of_node[node].size()) * 8;
    recreate(victims);
    const bool worse = loads_.used_cores() > cores ||
                       (loads_.used_cores() == cores && loads_.total_axons() > axons + allowance);
    if (worse) undo(victims);
    return work + static_cast<std::int64_t>(lines_.of_node.keys() + lines_.lines.size()) / 8 + 1;
  }

  const CoreLoads& loads() const { return loads_; }

 private:
  std::vector<NodeId> ruin() {
    std::vector<CoreId> used;
    for (std::uint32_t c = 0; c < loads_.cores(); ++c) {
      if (loads_.load(CoreId(c)).neurons > 0) used.push_back(CoreId(c));
    }
    random_.shuffle(used);
    const std::size_t count = std::min(used.size(), std::size_t{2} + random_.below(3));
    // Every other time the emptiest core is among them: it is the one that may vanish.
    if (random_.below(2) == 0) {
      const auto emptiest = std::min_element(used.begin(), used.end(), [&](CoreId a, CoreId b) {
        return loads_.load(a).axons * limits_.neurons + loads_.load(a).neurons * limits_.axons <
               loads_.load(b).axons * limits_.neurons + loads_.load(b).neurons * limits_.axons;
      });
      std::swap(*emptiest, used.front());
    }
    used.resize(count);
    std::sort(used.begin(), used.end());
    std::vector<NodeId> victims;
    before_.clear();
    for (std::uint32_t n = 0; n < lines_.of_node.keys(); ++n) {
      const CoreId core = loads_.core_of(NodeId(n));
      if (core == kNoCore || !std::binary_search(used.begin(), used.end(), core)) continue;
      victims.push_back(NodeId(n));
      before_.push_back(core);
    }
    for (NodeId node : victims) loads_.remove(node);
    return victims;
  }

  void recreate(const std::vector<NodeId>& victims) {
    std::vector<NodeId> order = victims;
    if (random_.below(2) == 0) random_.shuffle(order);
    if (random_.below(2) == 0) {
      std::stable_sort(order.begin(), order.end(), [&](NodeId a, NodeId b) {
        return lines_.of_node[a].size() > lines_.of_node[b].size();
      });
    }
    const std::uint64_t way = random_.below(3);
    if (way == 0) {
      insert_one_by_one(order);
      return;
    }
    if (way == 1) order = insert_free(order);
    GrowParams params;
    params.shared = static_cast<int>(random_.below(3));
    params.added = 1 + static_cast<int>(random_.below(2));
    grow_cores(loads_, lines_, limits_, order, params);
  }

  void insert_one_by_one(const std::vector<NodeId>& order) {
    for (NodeId node : order) {
      CoreId core = loads_.best_core(node);
      if (core == kNoCore) core = loads_.open();
      loads_.place(node, core);
    }
  }

  // Puts what adds at most a quarter of its lines into cores that stand; returns the rest.
  std::vector<NodeId> insert_free(const std::vector<NodeId>& order) {
    std::vector<NodeId> rest;
    for (NodeId node : order) {
      const CoreId core = loads_.best_core(node);
      if (core != kNoCore &&
          loads_.cost(node, core).axons * 4 <= static_cast<std::int64_t>(lines_.of_node[node].size())) {
        loads_.place(node, core);
      } else {
        rest.push_back(node);
      }
    }
    return rest;
  }

  void undo(const std::vector<NodeId>& victims) {
    for (NodeId node : victims) loads_.remove(node);
    for (std::size_t i = 0; i < victims.size(); ++i) loads_.place(victims[i], before_[i]);
  }

  const Lines& lines_;
  const CoreLimits& limits_;
  Random random_;
  CoreLoads loads_;
  std::vector<CoreId> before_;  // where the victims were
};

}  // namespace

Clusters repack(const Clusters& start, const Lines& lines, const CoreLimits& limits, Random random,
                const RepackParams& params, Progress* progress) {
  if (start.cores < 2) return start;
  Clusters best = start;
  Repacker repacker(start, lines, limits, random);
  std::int64_t work = 0;
  for (int round = 0; round < params.rounds && work < params.work; ++round) {
    if (progress != nullptr) {
      progress->update(round, params.rounds);
      if (progress->stop_requested()) break;
    }
    work += repacker.round(start.axons / 200 * (params.rounds - round) / params.rounds);
    const Clusters now_cost{
        {}, static_cast<std::uint32_t>(repacker.loads().used_cores()), repacker.loads().total_axons()};
    if (better(now_cost, best)) best = clusters_of(repacker.loads(), lines);
  }
  return best;
}

}  // namespace weft::mapping
