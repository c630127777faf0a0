// Population by population: choose who is split, part the union of what they read into groups, then write the
// population again as [partial sums by group | neurons left whole | sums of partial sums | sums].
//
// Invariant: the result of each neuron is the same for all inputs, since no partial sum can reach its clamps:
// with B = sum of |weight| * largest |source value|, they lie at -B and B (or at the ends of core.value_bits,
// when the exact range of the sum is proved to lie within). Sums of the clamps then never exceed the bound
// that the whole neuron's potential was proved for.
#include "mapping/split.hpp"

#include <algorithm>
#include <utility>

#include "mapping/partition.hpp"

namespace weft::mapping {
namespace {

struct Interval {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// The bits of the narrowest signed number that holds the interval.
int signed_bits(const Interval& range) {
  int bits = 1;
  while (range.low < -(std::int64_t{1} << (bits - 1)) || range.high > (std::int64_t{1} << (bits - 1)) - 1)
    ++bits;
  return bits;
}

class Splitter {
 public:
  Splitter(const NeuronGraph& graph, const CoreSpec& core, const SplitParams& params)
      : old_(graph), core_(core), params_(params), new_id_(graph.nodes()) {}

  SplitResult run() {
    NeuronGraph& graph = result_.graph;
    graph.inputs = old_.inputs;
    graph.tables = old_.tables;
    graph.input_format = old_.input_format;
    graph.populations = old_.populations;
    for (std::uint32_t p = 0; p < old_.populations.size(); ++p) population(p);
    for (NodeId output : old_.outputs) graph.outputs.push_back(new_id_[output]);
    align_outputs();
    assign_levels(graph);
    result_.added_steps = graph.depth_steps() - old_.depth_steps();
    check_delays();
    return std::move(result_);
  }

 private:
  std::uint32_t axons() const { return static_cast<std::uint32_t>(core_.axons); }

  void population(std::uint32_t p) {
    GraphPopulation& record = result_.graph.populations[p];
    record.first = static_cast<std::uint32_t>(result_.graph.nodes());
    const std::vector<NodeId> wide = choose(p);
    if (wide.empty()) {
      for (std::uint32_t n = old_.populations[p].first; n < old_.populations[p].last; ++n) copy(NodeId(n));
    } else {
      split_population(p, wide);
    }
    record.last = static_cast<std::uint32_t>(result_.graph.nodes());
  }

  std::vector<NodeId> choose(std::uint32_t p) const {
    std::vector<NodeId> wide;
    const bool all = p < params_.populations.size() && params_.populations[p].all;
    for (std::uint32_t n = old_.populations[p].first; n < old_.populations[p].last; ++n) {
      const std::size_t fan_in = old_.synapses[NodeId(n)].size();
      if (fan_in > axons() || (all && fan_in > 1)) wide.push_back(NodeId(n));
    }
    return wide;
  }

  // The group of each source that the wide neurons read; `sources` ascending.
  std::vector<std::uint32_t> groups_of(std::uint32_t p, const std::vector<NodeId>& wide,
                                       std::vector<NodeId>& sources, std::uint32_t& groups) const {
    for (NodeId node : wide) {
      for (const Synapse& synapse : old_.synapses[node]) sources.push_back(synapse.source);
    }
    std::sort(sources.begin(), sources.end());
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
    Csr<ReaderId, ItemId> reads;
    for (NodeId node : wide) {
      for (const Synapse& synapse : old_.synapses[node]) reads.add(item_of(sources, synapse.source));
      reads.close();
    }
    PartitionParams params;
    params.capacity = axons();
    params.groups = groups = static_cast<std::uint32_t>((sources.size() + axons() - 1) / axons());
    params.balanced = p >= params_.populations.size() || params_.populations[p].balanced;
    return partition_items(reads, sources.size(), params);
  }

  static ItemId item_of(const std::vector<NodeId>& sources, NodeId source) {
    return ItemId(static_cast<std::uint32_t>(std::lower_bound(sources.begin(), sources.end(), source) -
                                             sources.begin()));
  }

  void split_population(std::uint32_t p, const std::vector<NodeId>& wide) {
    std::vector<NodeId> sources;
    std::uint32_t groups = 0;
    const std::vector<std::uint32_t> group_of = groups_of(p, wide, sources, groups);
    const std::uint32_t first = old_.populations[p].first;
    std::vector<char> is_split(old_.populations[p].last - first, 0);
    // Synapses of each wide neuron by group.
    std::vector<std::vector<std::vector<Synapse>>> by_group(wide.size());
    for (std::size_t w = 0; w < wide.size(); ++w) {
      by_group[w].resize(groups);
      std::size_t touched = 0;
      for (const Synapse& synapse : old_.synapses[wide[w]]) {
        std::vector<Synapse>& part = by_group[w][group_of[item_of(sources, synapse.source).index()]];
        touched += part.empty() ? 1 : 0;
        part.push_back(synapse);
      }
      const std::size_t fan_in = old_.synapses[wide[w]].size();
      is_split[wide[w].value() - first] = fan_in > axons() || 2 * touched <= fan_in;
    }
    std::vector<std::vector<NodeId>> parts(wide.size());
    for (std::uint32_t g = 0; g < groups; ++g) {
      for (std::size_t w = 0; w < wide.size(); ++w) {
        if (!is_split[wide[w].value() - first] || by_group[w][g].empty()) continue;
        parts[w].push_back(add_partial(wide[w], renamed(by_group[w][g]), 0, parts[w].size() + 1));
      }
    }
    for (std::uint32_t n = first; n < old_.populations[p].last; ++n) {
      if (!is_split[n - first]) copy(NodeId(n));
    }
    for (std::size_t w = 0; w < wide.size(); ++w) {
      if (is_split[wide[w].value() - first]) add_sum(wide[w], std::move(parts[w]));
    }
  }

  std::vector<Synapse> renamed(std::vector<Synapse> synapses) const {
    for (Synapse& synapse : synapses) synapse.source = new_id_[synapse.source];
    std::sort(synapses.begin(), synapses.end(),
              [](const Synapse& a, const Synapse& b) { return a.source < b.source; });
    return synapses;
  }

  NodeId add(const NeuronConfig& config, const std::vector<Synapse>& synapses, int stage) {
    NeuronGraph& graph = result_.graph;
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
    NeuronConfig config;
    config.origin = old_.configs[whole].origin;
    config.origin.part = static_cast<std::uint32_t>(part);
    Interval exact;
    std::int64_t bound = 0;
    for (const Synapse& synapse : synapses) {
      const NeuronConfig& source = result_.graph.configs[synapse.source];
      const std::int64_t a = std::int64_t{synapse.weight} * source.minimum;
      const std::int64_t b = std::int64_t{synapse.weight} * source.maximum;
      exact.low +=
          std::min({a, b, std::int64_t{0}});  // a value of zero is what an axon has without a message
      exact.high += std::max({a, b, std::int64_t{0}});
      bound += std::max(std::abs(a), std::abs(b));
    }
    const std::int64_t widest = (std::int64_t{1} << (std::min(core_.value_bits, 32) - 1)) - 1;
    config.minimum = static_cast<std::int32_t>(std::max(-bound, -widest - 1));
    config.maximum = static_cast<std::int32_t>(std::min(bound, widest));
    const NodeId id = add(config, synapses, stage);
    ++result_.partial_sums;
    if (exact.low < config.minimum || exact.high > config.maximum) {
      result_.problems.push_back(
          "neuron " + node_name(old_, whole) + " needs " + std::to_string(signed_bits(exact)) +
          " bits of partial sum, core.value_bits is " + std::to_string(core_.value_bits));
    }
    return id;
  }

  // Sums up until what is left fits into one core's axons.
  void add_sum(NodeId whole, std::vector<NodeId> parts) {
    std::size_t part = parts.size();
    int stage = 1;
    for (; parts.size() > axons() && axons() > 1; ++stage) {
      std::vector<NodeId> fewer;
      for (std::size_t i = 0; i < parts.size(); i += axons()) {
        const std::size_t end = std::min(parts.size(), i + axons());
        fewer.push_back(add_partial(whole, ones(parts, i, end), stage, ++part));
      }
      parts = std::move(fewer);
    }
    if (parts.size() > axons()) {
      result_.problems.push_back("neuron " + node_name(old_, whole) + " reads " +
                                 std::to_string(old_.synapses[whole].size()) +
                                 " sources, which no tree of cores with 1 axon can add up");
    }
    new_id_[whole] = add(old_.configs[whole], ones(parts, 0, parts.size()), stage);
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
  SplitResult result_;
};

}  // namespace

SplitResult split(const NeuronGraph& graph, const CoreSpec& core, const SplitParams& params) {
  return Splitter(graph, core, params).run();
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
