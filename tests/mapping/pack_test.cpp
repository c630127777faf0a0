// Packing: limits always hold, structure is found, nothing is worse than sequential order, bounds are bounds.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "mapping/bounds/bounds.hpp"
#include "mapping/graph/expand.hpp"
#include "mapping/pack/pack.hpp"
#include "mapping/split/plan_splits.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

struct Case {
  NeuronGraph graph;
  Lines lines;
  CoreSpec core;
  CoreLimits limits;
};

Case make_case(const FixedNetwork& network, const CoreSpec& core) {
  Case result;
  result.graph = expand(network, 8);
  result.lines = find_lines(result.graph);
  result.core = core;
  result.limits = core_limits(core);
  return result;
}

CoreSpec core_of(int axons, int neurons) {
  return small_fabric(2, 2, axons, neurons).core;
}

// Recounts everything from the assignment alone.
void expect_within_limits(const Case& given, const Clusters& clusters) {
  std::vector<std::set<LineId>> axons(clusters.cores);
  std::vector<std::vector<LineId>> synapses(clusters.cores);
  std::vector<int> neurons(clusters.cores, 0);
  for (std::uint32_t n = given.graph.inputs; n < given.graph.nodes(); ++n) {
    const std::size_t core = clusters.core_of[NodeId(n)].index();
    ASSERT_LT(core, clusters.cores);
    ++neurons[core];
    for (LineId line : given.lines.of_node[NodeId(n)]) {
      axons[core].insert(line);
      synapses[core].push_back(line);
    }
  }
  std::int64_t total = 0;
  for (std::size_t c = 0; c < clusters.cores; ++c) {
    EXPECT_GT(neurons[c], 0);
    EXPECT_LE(neurons[c], given.core.neurons);
    EXPECT_LE(axons[c].size(), static_cast<std::size_t>(given.core.axons));
    total += static_cast<std::int64_t>(axons[c].size());
    if (given.core.kind != CoreKind::Memory) continue;
    std::int64_t bits = 0;
    for (LineId line : axons[c]) {
      bits += row_memory_bits(given.core, std::count(synapses[c].begin(), synapses[c].end(), line));
    }
    EXPECT_LE(bits, given.core.synapse_memory_bits);
  }
  EXPECT_EQ(total, clusters.axons);
}

// Blocks of 4 neurons, each block with 4 inputs of its own; the neurons' ids are spread over the blocks.
FixedNetwork block_network(int blocks) {
  FixedNetwork network = single_layer(4 * blocks, 4 * blocks, 0);
  auto& weights = network.projections[ProjectionId(0)].weights;
  for (int t = 0; t < 4 * blocks; ++t) {
    for (int i = 0; i < 4; ++i) weights[static_cast<std::size_t>(t * 4 * blocks + (t % blocks) * 4 + i)] = 1;
  }
  return network;
}

TEST(Pack, FillsCoresInOrderWithoutSharing) {
  const Case given = make_case(block_network(3), core_of(4, 4));
  EXPECT_EQ(pack_sequential(given.lines, given.limits, given.graph.first_neuron()).cores, 12u);
}

TEST(Pack, FindsBlocksThatShareTheirInputs) {
  const Case given = make_case(block_network(3), core_of(4, 4));
  const Clusters clusters = pack_by_growth(given.lines, given.limits, given.graph.first_neuron(), {});
  EXPECT_EQ(clusters.cores, 3u);
  EXPECT_EQ(clusters.axons, 12);
  expect_within_limits(given, clusters);
}

TEST(Pack, PutsBlocksThatShareNothingIntoOneCoreWhereItHasRoom) {
  const Case given = make_case(block_network(4), core_of(8, 8));
  EXPECT_EQ(pack_by_growth(given.lines, given.limits, given.graph.first_neuron(), {}).cores, 2u);
}

TEST(Pack, RecoversBlocksFromAPoorStart) {
  const Case given = make_case(block_network(4), core_of(8, 8));
  const Clusters start = pack_sequential(given.lines, given.limits, given.graph.first_neuron());
  ASSERT_GT(start.cores, 4u);
  RepackParams params;
  params.rounds = 200;
  const Clusters clusters = repack(start, given.lines, given.limits, Random(1), params, nullptr);
  EXPECT_EQ(clusters.cores, 2u);
  expect_within_limits(given, clusters);
}

TEST(Pack, KeepsLimitsAndIsNeverWorseThanSequentialOrder) {
  Random random(11);
  for (int round = 0; round < 40; ++round) {
    CoreSpec core = core_of(30 + static_cast<int>(random.below(60)), 4 + static_cast<int>(random.below(30)));
    if (round % 3 == 0) {
      core.kind = CoreKind::Memory;
      core.synapse_memory_bits = 4000;
    }
    LayerParams layers;
    layers.widths = {30, static_cast<int>(5 + random.below(25)), 10};
    layers.density_percent = 10 + static_cast<int>(random.below(90));
    const Case given = make_case(layered_network(layers, random.fork("net " + std::to_string(round))), core);
    ASSERT_TRUE(oversized(given.lines, given.limits, given.graph.first_neuron()).empty());
    const Clusters sequential = pack_sequential(given.lines, given.limits, given.graph.first_neuron());
    const Clusters quick = pack_quickly(given.lines, given.limits, given.graph.first_neuron(), 2);
    const Clusters best =
        repack(quick, given.lines, given.limits, random.fork("pack"), {50, 1'000'000'000}, nullptr);
    for (const Clusters* clusters : {&sequential, &quick, &best}) expect_within_limits(given, *clusters);
    EXPECT_FALSE(better(sequential, quick));
    EXPECT_FALSE(better(quick, best));
    EXPECT_LE(lower_bounds(given.graph, core).cores, best.cores);
  }
}

TEST(Balance, SharesWorkEvenlyAmongTheSameCores) {
  FixedNetwork network = single_layer(12, 12, 0);  // twelve neurons, each with an input of its own
  for (std::size_t n = 0; n < 12; ++n) network.projections[ProjectionId(0)].weights[n * 12 + n] = 1;
  const Case given = make_case(network, core_of(8, 8));
  const Clusters start = pack_sequential(given.lines, given.limits, given.graph.first_neuron());
  ASSERT_EQ(start.cores, 2u);  // eight and four
  const Clusters even = balance(start, given.lines, given.limits, Random(1), {}, nullptr);
  expect_within_limits(given, even);
  EXPECT_EQ(even.cores, 2u);
  EXPECT_EQ(std::count(even.core_of.begin(), even.core_of.end(), CoreId(0)), 6);
}

TEST(Balance, KeepsLimitsAndTheNumberOfCores) {
  Random random(12);
  for (int round = 0; round < 10; ++round) {
    CoreSpec core = core_of(40, 12);
    if (round % 2 == 0) {
      core.kind = CoreKind::Memory;
      core.synapse_memory_bits = 4000;
    }
    const Case given =
        make_case(layered_network({{30, 20, 10}, 50, 8}, random.fork(std::to_string(round))), core);
    const Clusters start = pack_quickly(given.lines, given.limits, given.graph.first_neuron(), 2);
    const Clusters even = balance(start, given.lines, given.limits, random, {}, nullptr);
    expect_within_limits(given, even);
    EXPECT_LE(even.cores, start.cores);
  }
}

// The fewest cores, by trying all set partitions.
class BruteForce {
 public:
  explicit BruteForce(const Case& given) : given_(given), loads_(given.lines, given.limits) {}
  std::int64_t run() {
    place(given_.graph.inputs, 0);
    return best_;
  }

 private:
  void place(std::uint32_t node, std::uint32_t cores) {
    if (cores >= best_) return;
    if (node == given_.graph.nodes()) {
      best_ = cores;
      return;
    }
    while (loads_.cores() <= cores) loads_.open();
    for (std::uint32_t c = 0; c <= cores; ++c) {
      if (!loads_.fits(loads_.cost(NodeId(node), CoreId(c)), CoreId(c))) continue;
      loads_.place(NodeId(node), CoreId(c));
      place(node + 1, std::max(cores, c + 1));
      loads_.remove(NodeId(node));
    }
  }

  const Case& given_;
  CoreLoads loads_;
  std::uint32_t best_ = 1000;
};

TEST(Pack, EqualsTheOptimumOnTinyNetworks) {
  Random random(13);
  int optimal = 0, cases = 0;
  for (int round = 0; round < 60; ++round) {
    LayerParams layers;
    layers.widths = {static_cast<int>(4 + random.below(5)), static_cast<int>(3 + random.below(5)), 3};
    layers.density_percent = 20 + static_cast<int>(random.below(60));
    CoreSpec core = core_of(9 + static_cast<int>(random.below(4)), 2 + static_cast<int>(random.below(4)));
    if (round % 3 == 0) {
      core.kind = CoreKind::Memory;
      core.synapse_memory_bits = 300 + static_cast<std::int64_t>(random.below(300));
    }
    const Case given = make_case(layered_network(layers, random.fork("net " + std::to_string(round))), core);
    if (!oversized(given.lines, given.limits, given.graph.first_neuron()).empty()) continue;
    const std::int64_t optimum = BruteForce(given).run();
    EXPECT_LE(lower_bounds(given.graph, core).cores, optimum);
    const Clusters start = pack_quickly(given.lines, given.limits, given.graph.first_neuron(), 2);
    const Clusters clusters =
        repack(start, given.lines, given.limits, random.fork("pack"), {100, 1'000'000'000}, nullptr);
    ASSERT_GE(clusters.cores, optimum);
    ++cases;
    optimal += clusters.cores == optimum ? 1 : 0;
  }
  EXPECT_GE(optimal * 100, cases * 95) << optimal << " of " << cases;
}

TEST(Bounds, CountEachResourceInClosedForm) {
  const NeuronGraph graph = expand(single_layer(10, 7, 1), 8);
  const Bounds bounds = lower_bounds(graph, core_of(4, 3));
  EXPECT_EQ(bounds.neurons, 7 * 3) << "ten inputs of a neuron need three rows of four axons";
  EXPECT_EQ(bounds.axons, 10 * 3 + 7 * 2)
      << "seven readers of an input need three cores of three neurons; two of three rows are heard by axons";
  EXPECT_EQ(bounds.synapses, 70);
  EXPECT_EQ(bounds.cores, 11) << "44 axons in fours";
  CoreSpec native = core_of(4, 3);
  native.native_sums = true;
  EXPECT_EQ(lower_bounds(graph, native).axons, 10 * 3) << "nobody hears a row by an axon";
}

TEST(Bounds, LeaveOutWhatCanBeFoldedIntoBiases) {
  FixedNetwork network = layered_network({{5, 4, 3}}, Random(1));
  for (std::size_t s = 0; s < 5; ++s) network.projections[ProjectionId(0)].weights[2 * 5 + s] = 0;
  const Bounds bounds = lower_bounds(expand(network, 8), core_of(16, 16));
  EXPECT_EQ(bounds.neurons, 6);
  EXPECT_EQ(bounds.synapses, 5 * 3 + 3 * 3);
}

TEST(Bounds, CountMemoryAtThePriceOfTheBestRow) {
  CoreSpec core = core_of(64, 4);
  core.kind = CoreKind::Memory;
  core.synapse_memory_bits = 200;  // rows of four: 4 * 18 + 10 = 82 bits
  const Bounds bounds = lower_bounds(expand(single_layer(10, 4, 1), 8), core);
  EXPECT_EQ(bounds.memory_bits, 10 * 82);
  EXPECT_EQ(bounds.cores, 5);
}

TEST(CoreLoads, CountWhatComesAndGoes) {
  const Case given = make_case(block_network(2), core_of(8, 8));
  CoreLoads loads(given.lines, given.limits);
  const NodeId first = given.graph.first_neuron(), other(first.value() + 1), twin(first.value() + 2);
  const CoreId core = loads.open();
  loads.place(first, core);
  EXPECT_EQ(loads.cost(twin, core).axons, 0);
  EXPECT_EQ(loads.cost(other, core).axons, 4);
  EXPECT_EQ(loads.best_core(twin), core);
  loads.place(other, core);
  EXPECT_EQ(loads.load(core).axons, 8);
  EXPECT_EQ(loads.total_axons(), 8);
  loads.remove(first);
  EXPECT_EQ(loads.load(core).axons, 4);
  loads.remove(other);
  EXPECT_EQ(loads.used_cores(), 0);
  EXPECT_EQ(loads.open(), core) << "an empty core is used again";
}

TEST(CoreLoads, PriceOneMoreNeuronInAFullMemoryCore) {
  CoreSpec core = core_of(8, 2);
  core.kind = CoreKind::Memory;
  const Case given = make_case(single_layer(1, 3, 1), core);
  CoreLoads loads(given.lines, given.limits);
  const NodeId first = given.graph.first_neuron(), last(first.value() + 2);
  const CoreId full = loads.open();
  loads.place(first, full);
  loads.place(NodeId(first.value() + 1), full);
  EXPECT_EQ(loads.cost(last, full).bits, core.weight_bits + core.index_bits);
  EXPECT_FALSE(loads.fits(loads.cost(last, full), full));
  EXPECT_EQ(loads.best_core(last), kNoCore);
}

}  // namespace
}  // namespace weft::mapping
