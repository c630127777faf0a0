// Greedy search over populations, largest saving promised first. A population is tried only if partial sums
// could win: they need at least groups cores for themselves, and neurons * groups axons for the sums (or for
// the readers, where they are handed on) unless sums are native.
#include "mapping/split/plan_splits.hpp"

#include <algorithm>

#include "mapping/split/hand_on.hpp"
#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

constexpr int kSweeps = 2;
constexpr std::size_t kSmall = 50'000;  // synapses; of smaller nets all choices are tried
constexpr PopulationSplit kChoices[] = {{true, Grouping::Balanced},
                                        {true, Grouping::Full},
                                        {true, Grouping::FullDirect},
                                        {false, Grouping::Full},
                                        {false, Grouping::FullDirect},
                                        {true, Grouping::Balanced, true},
                                        {true, Grouping::Full, true},
                                        {false, Grouping::Balanced, true},
                                        {false, Grouping::Full, true},
                                        {true, Grouping::FullDirect, false, 1},
                                        {true, Grouping::FullDirect, false, 2},
                                        {true, Grouping::Full, false, 1}};

class Planner {
 public:
  Planner(const NeuronGraph& graph, const CoreSpec& core, const CoreLimits& limits,
          const std::vector<std::uint16_t>& regions)
      : graph_(graph), core_(core), limits_(limits), regions_(regions) {
    for (std::uint32_t p = 0; p < graph.populations.size(); ++p)
      can_hand_on_.push_back(core.kind != CoreKind::Units && can_hand_on(graph, p) ? 1 : 0);
  }

  // Leaves lines and clusters empty where the split has problems.
  SplitPlan evaluate(const SplitParams& params) const {
    SplitPlan plan;
    plan.params = params;
    plan.split = split(graph_, core_, params);
    if (!plan.split.problems.empty()) return plan;
    plan.lines = find_lines(plan.split.graph);
    for (std::uint32_t n = 0; !regions_.empty() && n < plan.split.graph.nodes(); ++n) {
      plan.lines.region_of.push_back(regions_[plan.split.graph.population_of(NodeId(n))]);
    }
    const NodeId first = plan.split.graph.first_neuron();
    if (!oversized(plan.lines, limits_, first).empty()) {
      plan.split.problems.push_back(describe_oversized(plan));
      return plan;
    }
    plan.clusters = pack_quickly(plan.lines, limits_, first, kPlanTrials);
    return plan;
  }

  // Cores that hold the population's neurons now, minus what its partial sums and sums would fill at least.
  std::int64_t promise(const SplitPlan& plan, std::uint32_t population) const {
    const SplitForecast forecast = forecast_split(graph_, core_, population);
    if (forecast.groups < 1 || forecast.neurons < 2) return 0;
    const NeuronGraph& graph = plan.split.graph;
    std::vector<std::int64_t> inside(plan.clusters.cores, 0), all(plan.clusters.cores, 0);
    for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
      const CoreId core = plan.clusters.core_of[NodeId(n)];
      ++all[core.index()];
      if (graph.population_of(NodeId(n)) == population) ++inside[core.index()];
    }
    std::int64_t share = 0;  // in hundredths of a core
    for (std::size_t c = 0; c < all.size(); ++c) share += 100 * inside[c] / all[c];
    const std::int64_t partial = forecast.neurons * forecast.groups;
    const std::int64_t cost = std::max(100 * forecast.groups, 100 * partial / limits_.neurons) * 3 / 4 +
                              (core_.native_sums ? 0 : 100 * partial / limits_.axons / 2);
    return share - cost;
  }

  // Tries all ways to split a population and keeps what needs fewer cores, or as many and fewer axons: they
  // may be what lets the next population save a core.
  bool improve(SplitPlan& best, std::uint32_t population, std::int64_t promised) const {
    bool improved = false;
    const bool small = graph_.synapses.items() <= kSmall;
    for (const PopulationSplit& choice : kChoices) {
      if (choice.all && promised <= 0 && !small) continue;
      if (choice.room > 0 && !small) continue;
      if (!choice.all && best.split.partial_sums == 0) continue;
      if (choice.handed_on && !can_hand_on_[population]) continue;
      if (choice == best.params.populations[population]) continue;
      SplitParams changed = best.params;
      changed.populations[population] = choice;
      SplitPlan plan = evaluate(changed);
      if (!plan.split.problems.empty() || !better(plan.clusters, best.clusters)) continue;
      best = std::move(plan);
      improved = true;
    }
    return improved;
  }

  // Takes back what costs a step and saves no core, or hands it on.
  void simplify(SplitPlan& best) const {
    const auto try_instead = [&](std::size_t p, const PopulationSplit& choice) {
      SplitParams changed = best.params;
      changed.populations[p] = choice;
      SplitPlan plan = evaluate(changed);
      if (!plan.split.problems.empty() || plan.clusters.cores > best.clusters.cores ||
          plan.split.added_steps >= best.split.added_steps)
        return;
      best = std::move(plan);
    };
    for (std::size_t p = 0; p < best.params.populations.size() && best.split.added_steps > 0; ++p) {
      const PopulationSplit now = best.params.populations[p];
      if (can_hand_on_[p] && !now.handed_on) {
        try_instead(p, {now.all, Grouping::Balanced, true});
        try_instead(p, {now.all, Grouping::Full, true});
      }
      if (best.params.populations[p].all) try_instead(p, {});
    }
  }

 private:
  std::string describe_oversized(const SplitPlan& plan) const {
    const NodeId node = oversized(plan.lines, limits_, plan.split.graph.first_neuron()).front();
    const auto lines = static_cast<std::int64_t>(plan.lines.of_node[node].size());
    return "neuron " + node_name(plan.split.graph, node) + " needs " +
           std::to_string(lines * limits_.bits(1)) + " bits of synapse memory for its " +
           std::to_string(lines) + " synapses, core.synapse_memory_bits is " +
           std::to_string(limits_.memory_bits);
  }

  const NeuronGraph& graph_;
  const CoreSpec& core_;
  const CoreLimits& limits_;
  const std::vector<std::uint16_t>& regions_;
  std::vector<char> can_hand_on_;  // by population
};

}  // namespace

Clusters pack_quickly(const Lines& lines, const CoreLimits& limits, NodeId first_neuron, int trials) {
  Clusters best = pack_sequential(lines, limits, first_neuron);
  for (const GrowParams& params : {GrowParams{1, 1, trials}, GrowParams{0, 1, 1}, GrowParams{1, 0, 1}}) {
    Clusters grown = pack_by_growth(lines, limits, first_neuron, params);
    if (better(grown, best)) best = std::move(grown);
  }
  return best;
}

SplitPlan plan_splits(const NeuronGraph& graph, const CoreSpec& core, const CoreLimits& limits,
                      const std::vector<std::uint16_t>& regions, Progress* progress) {
  const Planner planner(graph, core, limits, regions);
  const auto populations = static_cast<std::uint32_t>(graph.populations.size());
  SplitParams params;
  params.populations.resize(populations);
  SplitPlan best = planner.evaluate(params);
  if (!best.split.problems.empty()) {
    std::string text = best.split.problems.front();
    if (best.split.problems.size() > 1) {
      text += " (and " + std::to_string(best.split.problems.size() - 1) + " more of this kind)";
    }
    throw Error(ErrorKind::Unacceptable, text);
  }
  bool improved = core.kind != CoreKind::Units;  // their partial sums have no axons in common
  for (int sweep = 0; improved && sweep < kSweeps; ++sweep) {
    improved = false;
    std::vector<std::pair<std::int64_t, std::uint32_t>> order;  // largest promise first
    for (std::uint32_t p = 1; p < populations; ++p) order.push_back({-planner.promise(best, p), p});
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (progress != nullptr) {
        progress->update(static_cast<std::int64_t>(sweep * order.size() + i),
                         static_cast<std::int64_t>(kSweeps * order.size()));
        if (progress->stop_requested()) return best;
      }
      improved = planner.improve(best, order[i].second, -order[i].first) || improved;
    }
  }
  return best;
}

SplitPlan with_fewer_steps(const NeuronGraph& graph, const CoreSpec& core, const CoreLimits& limits,
                           const std::vector<std::uint16_t>& regions, const SplitPlan& plan) {
  SplitPlan simpler = plan;
  Planner(graph, core, limits, regions).simplify(simpler);
  return simpler;
}

}  // namespace weft::mapping
