// Growth by overlap: a bucket queue over an inverted index, so that a core costs one visit per reader of the
// lines it takes in.
//
// Invariant: shared_ counts, for each waiting neuron, the lines it reads that the open core has; no core
// exceeds its limits.
#include <algorithm>

#include "mapping/pack/pack.hpp"

namespace weft::mapping {
namespace {

// Neurons by score, highest first; among equals the one that came last. Entries go stale when a neuron's
// score changes or it is taken, and are dropped when they come up.
class ScoreQueue {
 public:
  ScoreQueue(std::int64_t lowest, std::int64_t highest)
      : lowest_(lowest), buckets_(static_cast<std::size_t>(highest - lowest + 1)) {}

  void push(NodeId node, std::int64_t score) {
    const auto at = static_cast<std::size_t>(score - lowest_);
    buckets_[at].push_back(node);
    if (at >= top_) top_ = at + 1;
  }
  // The next entry and its score; false when there is none.
  bool pop(NodeId& node, std::int64_t& score) {
    while (top_ > 0 && buckets_[top_ - 1].empty()) --top_;
    if (top_ == 0) return false;
    node = buckets_[top_ - 1].back();
    buckets_[top_ - 1].pop_back();
    score = static_cast<std::int64_t>(top_ - 1) + lowest_;
    return true;
  }
  void clear() {
    for (std::size_t i = 0; i < top_; ++i) buckets_[i].clear();
    top_ = 0;
  }

 private:
  std::int64_t lowest_;
  std::vector<std::vector<NodeId>> buckets_;
  std::size_t top_ = 0;
};

class Grower {
 public:
  Grower(CoreLoads& loads, const Lines& lines, const CoreLimits& limits, const std::vector<NodeId>& neurons,
         const GrowParams& params)
      : loads_(loads),
        lines_(lines),
        limits_(limits),
        neurons_(neurons),
        params_(params),
        waiting_(lines.of_node.keys(), 0),
        shared_(lines.of_node.keys(), 0),
        has_line_(lines.lines.size(), 0),
        changed_at_(lines.of_node.keys(), kNobody),
        queue_(-params.added * longest(lines, neurons), params.shared * longest(lines, neurons)) {
    for (NodeId node : neurons) waiting_[node] = 1;
  }

  void run() {
    for (std::size_t next = 0; next < neurons_.size();) {
      if (!waiting_[neurons_[next]]) {
        ++next;
        continue;
      }
      fill(loads_.open(), next);
    }
  }

 private:
  static std::int64_t longest(const Lines& lines, const std::vector<NodeId>& neurons) {
    std::size_t most = 0;
    for (NodeId node : neurons) most = std::max(most, lines.of_node[node].size());
    return static_cast<std::int64_t>(most);
  }

  void fill(CoreId core, std::size_t first) {
    std::vector<NodeId> best;
    std::size_t best_synapses = 0;
    for (int trial = 0; trial < params_.trials; ++trial) {
      trial_ = trial;
      const std::vector<NodeId> taken = grow(core, first);
      std::size_t synapses = 0;
      for (NodeId node : taken) synapses += lines_.of_node[node].size();
      if (trial == 0 || synapses > best_synapses) {
        best = taken;
        best_synapses = synapses;
      }
      if (params_.trials == 1) return;
      for (NodeId node : taken) {
        loads_.remove(node);
        waiting_[node] = 1;
      }
    }
    for (NodeId node : best) {
      loads_.place(node, core);
      waiting_[node] = 0;
    }
  }

  std::vector<NodeId> grow(CoreId core, std::size_t first) {
    ++stamp_;
    std::vector<NodeId> taken;
    const auto take_one = [&](NodeId node) {
      take(node, core);
      taken.push_back(node);
    };
    take_one(neurons_[first]);
    for (std::size_t fresh = first;;) {
      NodeId node;
      std::int64_t score = 0;
      while (queue_.pop(node, score)) {
        if (!waiting_[node] || score != score_of(node)) continue;
        // A neuron that is too much now stays so: what it still lacks and what is free shrink alike.
        if (fits(node, core)) take_one(node);
      }
      if (loads_.load(core).neurons >= limits_.neurons) break;
      fresh = next_fitting(fresh, core);
      if (fresh == neurons_.size()) break;
      take_one(neurons_[fresh]);
    }
    for (NodeId node : touched_) shared_[node] = 0;
    touched_.clear();
    queue_.clear();
    return taken;
  }

  // Memory is counted exactly only where a rough count does not tell.
  bool fits(NodeId node, CoreId core) const {
    const auto all = static_cast<std::int64_t>(lines_.of_node[node].size());
    CoreLoad cost{all - shared_[node], 1, all * limits_.most_added_bits, lines_.region(node)};
    if (loads_.fits(cost, core)) return true;
    cost.bits = 0;
    return !limits_.row_bits.empty() && loads_.fits(cost, core) && loads_.fits(loads_.cost(node, core), core);
  }

  // The first neuron from `from` on that shares nothing with the core and fits.
  std::size_t next_fitting(std::size_t from, CoreId core) const {
    for (; from < neurons_.size(); ++from) {
      const NodeId node = neurons_[from];
      if (!waiting_[node] || shared_[node] > 0) continue;
      const auto axons = static_cast<std::int64_t>(lines_.of_node[node].size());
      if (loads_.fits({axons, 1, axons * limits_.bits(1), lines_.region(node)}, core)) break;
    }
    return from;
  }

  std::int64_t score_of(NodeId node) const {
    const auto all = static_cast<std::int64_t>(lines_.of_node[node].size());
    return params_.shared * shared_[node] - params_.added * (all - shared_[node]);
  }

  void take(NodeId node, CoreId core) {
    loads_.place(node, core);
    waiting_[node] = 0;
    for (LineId line : lines_.of_node[node]) {
      if (has_line_[line] == stamp_) continue;
      has_line_[line] = stamp_;
      for (NodeId reader : lines_.readers[line]) {
        if (!waiting_[reader]) continue;
        if (shared_[reader]++ == 0) touched_.push_back(reader);
        if (changed_at_[reader] == node) continue;
        changed_at_[reader] = node;
        changed_.push_back(reader);
      }
    }
    // The last one pushed comes up first among equals: in the first trial that with the lowest id.
    std::sort(changed_.begin(), changed_.end(), [&](NodeId a, NodeId b) {
      const std::uint32_t rank_a = rank(a), rank_b = rank(b);
      return rank_a != rank_b ? rank_a > rank_b : b < a;
    });
    for (NodeId reader : changed_) queue_.push(reader, score_of(reader));
    for (NodeId reader : changed_) changed_at_[reader] = kNobody;
    changed_.clear();
  }

  // The order of equals: by id, or by a hash of it in later trials.
  std::uint32_t rank(NodeId node) const {
    if (trial_ == 0) return node.value();
    std::uint32_t hash = (node.value() + static_cast<std::uint32_t>(trial_) * 0x9e3779b9u) * 0x85ebca6bu;
    hash = (hash ^ (hash >> 15)) * 0xc2b2ae35u;
    return hash ^ (hash >> 13);
  }

  static constexpr NodeId kNobody = NodeId(0xffffffffu);

  CoreLoads& loads_;
  const Lines& lines_;
  const CoreLimits& limits_;
  const std::vector<NodeId>& neurons_;
  const GrowParams& params_;
  IdVector<NodeId, char> waiting_;
  IdVector<NodeId, std::int64_t> shared_;     // lines that the open core has already
  IdVector<LineId, std::uint32_t> has_line_;  // the last growth that took it in
  IdVector<NodeId, NodeId> changed_at_;       // scratch of take(): seen for this neuron
  ScoreQueue queue_;
  std::vector<NodeId> touched_;
  std::vector<NodeId> changed_;
  std::uint32_t stamp_ = 0;  // growths so far
  int trial_ = 0;
};

}  // namespace

void grow_cores(CoreLoads& loads, const Lines& lines, const CoreLimits& limits,
                const std::vector<NodeId>& neurons, const GrowParams& params) {
  Grower(loads, lines, limits, neurons, params).run();
}

}  // namespace weft::mapping
