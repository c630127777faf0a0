// Population by population: choose who is split, part the union of what they read into groups, then write the
// population again as [partial sums by group | neurons left whole | sums of partial sums | sums].
//
// Invariant: the result of each neuron is the same for all inputs, since no partial sum can reach its clamps.
#include "mapping/split/split.hpp"

#include <algorithm>
#include <utility>

#include "mapping/split/hand_on.hpp"
#include "mapping/split/partial_sum.hpp"

namespace weft::mapping {
namespace {

class Splitter {
 public:
  Splitter(const NeuronGraph& graph, const CoreSpec& core, const SplitParams& params)
      : old_(graph), core_(core), params_(params), new_id_(graph.nodes()), is_split_(graph.nodes(), 0) {}

  SplitResult run() {
    NeuronGraph& graph = result_.graph;
    graph = without_nodes(old_);
    for (std::uint32_t p = 0; p < old_.populations.size(); ++p) population(p);
    for (NodeId output : old_.outputs) graph.outputs.push_back(new_id_[output]);
    align_outputs();
    assign_levels(graph);
    result_.added_steps = graph.depth_steps() - old_.depth_steps();
    check_delays();
    return std::move(result_);
  }

 private:
  // The synapses that one neuron can have.
  std::uint32_t most() const { return static_cast<std::uint32_t>(most_fan_in(core_)); }
  bool has_units() const { return core_.kind == CoreKind::Units; }

  void population(std::uint32_t p) {
    GraphPopulation& record = result_.graph.populations[p];
    record.first = static_cast<std::uint32_t>(result_.graph.nodes());
    const std::vector<NodeId> wide = choose(p);
    if (wide.empty() || has_units()) {
      for (NodeId node : wide) is_split_[node] = 1;
      for (std::uint32_t n = old_.populations[p].first; n < old_.populations[p].last; ++n) {
        if (is_split_[NodeId(n)]) {
          split_unit(NodeId(n));
        } else {
          copy(NodeId(n));
        }
      }
    } else {
      split_population(p, wide);
    }
    record.last = static_cast<std::uint32_t>(result_.graph.nodes());
  }

  std::vector<NodeId> choose(std::uint32_t p) const {
    std::vector<NodeId> wide;
    const bool all =
        p < params_.populations.size() && params_.populations[p].all && !params_.populations[p].handed_on;
    for (std::uint32_t n = old_.populations[p].first; n < old_.populations[p].last; ++n) {
      const std::size_t fan_in = old_.synapses[NodeId(n)].size();
      if (fan_in > most() || (all && fan_in > 1 && !has_units())) wide.push_back(NodeId(n));
    }
    return wide;
  }

  bool is_worth_splitting(const std::vector<std::vector<Synapse>>& by_group,
                          const SourceGroups& groups) const {
    std::size_t parts = 0, in_parts = 0, all = 0;
    for (std::uint32_t g = 0; g < groups.count; ++g) {
      all += by_group[g].size();
      if (g == groups.direct || by_group[g].empty()) continue;
      ++parts;
      in_parts += by_group[g].size();
    }
    return all > most() || (parts > 1 && 2 * parts <= in_parts);
  }

  void split_population(std::uint32_t p, const std::vector<NodeId>& wide) {
    const Grouping grouping =
        p < params_.populations.size() ? params_.populations[p].grouping : Grouping::Balanced;
    const std::uint32_t room = p < params_.populations.size()
                                   ? most() * static_cast<std::uint32_t>(params_.populations[p].room) / 8
                                   : 0;
    const SourceGroups groups = make_groups(old_, wide, most() - room, grouping, core_.native_sums);
    struct Whole {
      NodeId node;
      std::vector<std::vector<Synapse>> by_group;
      std::vector<NodeId> parts;
    };
    std::vector<Whole> wholes;
    for (NodeId node : wide) {
      std::vector<std::vector<Synapse>> by_group = groups.sorted_out(old_.synapses[node]);
      if (!is_worth_splitting(by_group, groups)) continue;
      is_split_[node] = 1;
      wholes.push_back({node, std::move(by_group), {}});
    }
    for (std::uint32_t g = 0; g < groups.count; ++g) {
      for (Whole& whole : wholes) {
        if (g == groups.direct || whole.by_group[g].empty()) continue;
        whole.parts.push_back(add_partial(whole.node, renamed(whole.by_group[g]), 0, whole.parts.size() + 1));
      }
    }
    for (std::uint32_t n = old_.populations[p].first; n < old_.populations[p].last; ++n) {
      if (!is_split_[NodeId(n)]) copy(NodeId(n));
    }
    for (Whole& whole : wholes) {
      std::vector<Synapse> direct;
      if (groups.direct != SourceGroups::kNone) direct = renamed(whole.by_group[groups.direct]);
      add_sum(whole.node, std::move(whole.parts), std::move(direct));
    }
  }

  // A unit's synapses are its own, so that nothing is gained by groups in common: each partial sum is full,
  // and the sum reads as many sources itself as it has synapses left. With one level of partial sums (up to F
  // * F synapses) no tree has fewer neurons: n of them have n * F synapses, of which n - 1 add up the others.
  void split_unit(NodeId node) {
    const std::vector<Synapse> synapses = renamed({old_.synapses[node].begin(), old_.synapses[node].end()});
    const std::size_t all = synapses.size(), gain = std::max(1u, most() - 1);
    const std::size_t tree = (all - most() + gain - 1) / gain;
    const std::size_t summed = tree <= most() ? std::min<std::size_t>(tree * most(), all) : all;
    const auto at = [&](std::size_t i) { return synapses.begin() + static_cast<std::ptrdiff_t>(i); };
    std::vector<NodeId> parts;
    for (std::size_t i = 0; i < summed; i += most()) {
      const std::size_t end = std::min<std::size_t>(i + most(), summed);
      parts.push_back(add_partial(node, {at(i), at(end)}, 0, parts.size() + 1));
    }
    add_sum(node, std::move(parts), {at(summed), at(all)});
  }

  std::vector<Synapse> renamed(std::vector<Synapse> synapses) const {
    for (Synapse& synapse : synapses) synapse.source = new_id_[synapse.source];
    std::sort(synapses.begin(), synapses.end(),
              [](const Synapse& a, const Synapse& b) { return a.source < b.source; });
    return synapses;
  }

  NodeId add(const NeuronConfig& config, const std::vector<Synapse>& synapses, int stage,
             const std::vector<NodeId>& added = {}) {
    NeuronGraph& graph = result_.graph;
    for (NodeId part : added) graph.added.add(part);
    graph.added.close();
    for (const Synapse& synapse : synapses) graph.synapses.add(synapse);
    const NodeId id = graph.synapses.close();
    graph.configs.push_back(config);
    graph.stages.push_back(stage);
    return id;
  }

  void copy(NodeId node) {
    const Range<Synapse> synapses = old_.synapses[node];
    new_id_[node] = add(old_.configs[node], renamed({synapses.begin(), synapses.end()}), old_.stages[node]);
  }

  NodeId add_partial(NodeId whole, const std::vector<Synapse>& synapses, int stage, std::size_t part) {
    PartialSum sum = make_partial_sum(synapses, result_.graph.configs, core_);
    sum.config.origin = old_.configs[whole].origin;
    sum.config.origin.part = static_cast<std::uint32_t>(part);
    ++result_.partial_sums;
    if (sum.missing_bits > 0) {
      result_.problems.push_back(
          "neuron " + node_name(old_, whole) + " needs " + std::to_string(sum.missing_bits) +
          " bits of partial sum, core.value_bits is " + std::to_string(core_.value_bits));
    }
    return add(sum.config, synapses, stage);
  }

  // Adds up in stages until what is left fits into one neuron's synapses beside the sources that the sum
  // reads itself.
  void add_sum(NodeId whole, std::vector<NodeId> parts, std::vector<Synapse> direct) {
    if (core_.native_sums) {
      new_id_[whole] = add(old_.configs[whole], direct, 1, parts);
      return;
    }
    std::size_t part = parts.size();
    int stage = 1;
    for (; parts.size() + direct.size() > most() && parts.size() > 1 && most() > 1; ++stage) {
      std::vector<NodeId> fewer;
      for (std::size_t i = 0; i < parts.size(); i += most()) {
        const std::size_t end = std::min(parts.size(), i + most());
        fewer.push_back(add_partial(whole, ones(parts, i, end), stage, ++part));
      }
      parts = std::move(fewer);
    }
    if (parts.size() + direct.size() > most()) {
      result_.problems.push_back("neuron " + node_name(old_, whole) + " reads " +
                                 std::to_string(old_.synapses[whole].size()) +
                                 " sources, which no tree of neurons with 1 synapse can add up");
    }
    const std::vector<Synapse> sums = ones(parts, 0, parts.size());
    direct.insert(direct.end(), sums.begin(), sums.end());  // nodes of this population come last
    new_id_[whole] = add(old_.configs[whole], direct, stage);
  }

  static std::vector<Synapse> ones(const std::vector<NodeId>& parts, std::size_t begin, std::size_t end) {
    std::vector<Synapse> synapses;
    for (std::size_t i = begin; i < end; ++i) synapses.push_back({parts[i], 1});
    return synapses;
  }

  // All outputs leave in the same step: those that were left whole wait for the others.
  void align_outputs() {
    int last = 0;
    for (NodeId output : result_.graph.outputs) last = std::max(last, result_.graph.stages[output]);
    for (NodeId output : result_.graph.outputs) result_.graph.stages[output] = last;
  }

  void check_delays() {
    const NeuronGraph& graph = result_.graph;
    for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
      for (const Synapse& synapse : graph.synapses[NodeId(n)]) {
        const int delay = graph.delay(synapse.source, NodeId(n));
        if (delay <= core_.max_delay) continue;
        result_.problems.push_back("the synapse from " + node_name(graph, synapse.source) + " to " +
                                   node_name(graph, NodeId(n)) + " needs a delay of " +
                                   std::to_string(delay) + " steps, core.max_delay is " +
                                   std::to_string(core_.max_delay));
        return;  // one says it; the others would say the same of their layers
      }
    }
  }

  const NeuronGraph& old_;
  const CoreSpec& core_;
  const SplitParams& params_;
  IdVector<NodeId, NodeId> new_id_;
  IdVector<NodeId, char> is_split_;
  SplitResult result_;
};

}  // namespace

SplitResult split(const NeuronGraph& graph, const CoreSpec& core, const SplitParams& params) {
  std::vector<HandOn> handed;
  bool any = false;
  for (const PopulationSplit& population : params.populations) {
    handed.push_back({population.handed_on, population.all, population.grouping});
    any = any || population.handed_on;
  }
  if (!any) return Splitter(graph, core, params).run();
  HandedOn first = hand_on(graph, core, handed);
  SplitResult result = Splitter(first.graph, core, params).run();
  result.partial_sums += first.partial_sums;
  result.problems.insert(result.problems.begin(), first.problems.begin(), first.problems.end());
  return result;
}

SplitForecast forecast_split(const NeuronGraph& graph, const CoreSpec& core, std::uint32_t population) {
  SplitForecast forecast;
  std::vector<NodeId> sources;
  for (std::uint32_t n = graph.populations[population].first; n < graph.populations[population].last; ++n) {
    const Range<Synapse> synapses = graph.synapses[NodeId(n)];
    for (const Synapse& synapse : synapses) sources.push_back(synapse.source);
    forecast.neurons += synapses.size() > 1 ? 1 : 0;
  }
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  const auto axons = static_cast<std::size_t>(core.axons);
  forecast.groups = static_cast<std::int64_t>((sources.size() + axons - 1) / axons);
  return forecast;
}

}  // namespace weft::mapping
