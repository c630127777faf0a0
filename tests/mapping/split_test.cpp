// Expansion and splitting in closed form: how many partial sums, at which level, with what range.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mapping/graph/expand.hpp"
#include "mapping/split/partition.hpp"
#include "mapping/split/split.hpp"
#include "model/base/error.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

CoreSpec core_of(int axons, int neurons) {
  return small_fabric(2, 2, axons, neurons).core;
}

NodeId output(const NeuronGraph& graph, std::size_t index) {
  return graph.outputs[index];
}

TEST(Expand, MakesOneNodePerInputAndNeuron) {
  const NeuronGraph graph = expand(layered_network({{5, 4, 3}}, Random(1)), 8);
  EXPECT_EQ(graph.inputs, 5u);
  EXPECT_EQ(graph.nodes(), 12u);
  EXPECT_EQ(graph.synapses.items(), 5u * 4 + 4 * 3);
  EXPECT_EQ(graph.levels[output(graph, 0)], 2);
  EXPECT_EQ(graph.delay(NodeId(0), NodeId(5)), 1);
}

TEST(Expand, DropsANeuronThatReachesNoOutput) {
  FixedNetwork network = layered_network({{5, 4, 3}}, Random(1));
  for (std::size_t t = 0; t < 3; ++t) network.projections[ProjectionId(1)].weights[t * 4 + 2] = 0;
  const NeuronGraph graph = expand(network, 8);
  EXPECT_EQ(graph.neurons(), 6u);
  EXPECT_EQ(graph.configs[NodeId(7)].origin.index, 3u) << "neuron 2 of fc1 is gone";
}

TEST(Expand, FoldsAConstantNeuronIntoTheBiasesOfItsReaders) {
  FixedNetwork network = layered_network({{5, 4, 3}}, Random(1));
  for (std::size_t s = 0; s < 5; ++s) network.projections[ProjectionId(0)].weights[2 * 5 + s] = 0;
  network.populations[PopulationId(1)].bias[2] = 80;
  network.populations[PopulationId(1)].shift[2] = 3;
  const NeuronGraph graph = expand(network, 8);
  EXPECT_EQ(graph.neurons(), 6u);
  for (std::size_t o = 0; o < 3; ++o) {
    EXPECT_EQ(graph.synapses[output(graph, o)].size(), 3u);
    EXPECT_EQ(graph.configs[output(graph, o)].bias,
              network.populations[PopulationId(2)].bias[o] +
                  10 * network.projections[ProjectionId(1)].weights[o * 4 + 2]);
  }
}

TEST(Expand, KeepsAConstantOutput) {
  FixedNetwork network = layered_network({{5, 4, 3}}, Random(1));
  auto& weights = network.projections[ProjectionId(0)].weights;
  std::fill(weights.begin(), weights.end(), 0);
  const NeuronGraph graph = expand(network, 8);
  EXPECT_EQ(graph.neurons(), 3u) << "all hidden neurons are constant, and so are the outputs";
  EXPECT_EQ(graph.synapses.items(), 0u);
  EXPECT_EQ(graph.outputs.size(), 3u);
  EXPECT_EQ(graph.depth_steps(), 2);
}

TEST(Expand, AddsUpParallelSynapsesAndDropsThoseThatCancel) {
  FixedNetwork network = single_layer(2, 1, 3);
  FixedProjection twin = network.projections[ProjectionId(0)];
  twin.name = "twin";
  twin.weights = {-3, 4};
  network.projections.push_back(twin);
  const NeuronGraph graph = expand(network, 8);
  ASSERT_EQ(graph.synapses[output(graph, 0)].size(), 1u);
  EXPECT_EQ(graph.synapses[output(graph, 0)][0].source, NodeId(1));
  EXPECT_EQ(graph.synapses[output(graph, 0)][0].weight, 7);
}

TEST(Expand, RefusesParallelSynapsesThatNoWeightHolds) {
  FixedNetwork network = single_layer(1, 1, 100);
  FixedProjection twin = network.projections[ProjectionId(0)];
  twin.name = "twin";
  network.projections.push_back(twin);
  try {
    expand(network, 8);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "found parallel synapses into fc1[0] that add up to 200, expected a weight of "
                 "core.weight_bits = 8 bits");
  }
}

TEST(Split, LeavesANetworkAloneThatFits) {
  const NeuronGraph graph = expand(layered_network({{8, 6, 3}}, Random(2)), 8);
  const SplitResult result = split(graph, core_of(8, 8), {});
  EXPECT_EQ(result.partial_sums, 0);
  EXPECT_EQ(result.added_steps, 0);
  EXPECT_EQ(result.graph.nodes(), graph.nodes());
  EXPECT_TRUE(result.problems.empty());
}

TEST(Split, MakesCeilOfFanInOverAxonsPartialSums) {
  for (int inputs = 5; inputs <= 13; ++inputs) {
    const NeuronGraph graph = expand(single_layer(inputs, 3, 2), 8);
    const SplitResult result = split(graph, core_of(4, 8), {});
    const int parts = (inputs + 3) / 4;
    EXPECT_EQ(result.partial_sums, 3 * parts) << inputs;
    EXPECT_EQ(result.added_steps, 1);
    EXPECT_EQ(result.graph.neurons(), static_cast<std::size_t>(3 + 3 * parts));
    const NodeId sum = output(result.graph, 1);
    EXPECT_EQ(result.graph.synapses[sum].size(), static_cast<std::size_t>(parts));
    for (const Synapse& synapse : result.graph.synapses[sum]) {
      EXPECT_EQ(synapse.weight, 1);
      EXPECT_EQ(result.graph.configs[synapse.source].model, NeuronModel::Linear);
      EXPECT_LE(result.graph.synapses[synapse.source].size(), 4u);
    }
  }
}

TEST(Split, SharesItsGroupsAmongTheNeuronsOfAPopulation) {
  const NeuronGraph graph = expand(single_layer(10, 3, 2), 8);
  const NeuronGraph result = split(graph, core_of(4, 8), {}).graph;
  const auto sources = [&](std::size_t neuron, std::size_t part) {
    std::vector<NodeId> ids;
    for (const Synapse& s : result.synapses[result.synapses[output(result, neuron)][part].source])
      ids.push_back(s.source);
    return ids;
  };
  for (std::size_t part = 0; part < 3; ++part) EXPECT_EQ(sources(0, part), sources(2, part));
}

TEST(Split, AddsPartialSumsNativelyWhereTheCoreCan) {
  CoreSpec core = core_of(3, 8);
  core.native_sums = true;
  const SplitResult result = split(expand(single_layer(27, 2, 1), 8), core, {});
  EXPECT_EQ(result.partial_sums, 2 * 9);
  EXPECT_EQ(result.added_steps, 1) << "no tree, however many there are";
  EXPECT_TRUE(result.problems.empty());
  for (std::size_t o = 0; o < 2; ++o) {
    const NodeId sum = output(result.graph, o);
    EXPECT_TRUE(result.graph.synapses[sum].empty());
    ASSERT_EQ(result.graph.added_to(sum).size(), 9u);
    for (NodeId part : result.graph.added_to(sum)) {
      EXPECT_EQ(result.graph.configs[part].origin.index, o);
      EXPECT_EQ(result.graph.delay(part, sum), 1);
    }
  }
}

TEST(Split, LetsANativeSumReadAGroupItself) {
  CoreSpec core = core_of(4, 8);
  core.native_sums = true;
  SplitParams params;
  params.populations = {{}, {false, Grouping::FullDirect}};
  const SplitResult result = split(expand(single_layer(11, 3, 2), 8), core, params);
  EXPECT_EQ(result.partial_sums, 3 * 2);
  for (NodeId sum : result.graph.outputs) {
    EXPECT_EQ(result.graph.synapses[sum].size(), 3u) << "11 sources are two groups of four, and three";
    EXPECT_EQ(result.graph.added_to(sum).size(), 2u);
  }
}

TEST(Split, LeavesRoomInItsGroupsWhereThatIsAskedFor) {
  // 24 sources, cores of 16 axons: two groups of 16 and 8, or of 12 and 12 where a quarter is left free.
  const NeuronGraph graph = expand(single_layer(24, 4, 1), 8);
  const CoreSpec core = small_fabric(1, 1, 16, 16).core;
  SplitParams params;
  const auto widest = [&](int room) {
    params.populations = {{}, {true, Grouping::Full, false, room}};
    const SplitResult result = split(graph, core, params);
    EXPECT_TRUE(result.problems.empty());
    std::size_t most = 0;
    for (std::uint32_t n = result.graph.inputs; n < result.graph.nodes(); ++n)
      most = std::max(most, result.graph.synapses[NodeId(n)].size());
    return most;
  };
  EXPECT_EQ(widest(0), 16u);
  EXPECT_EQ(widest(2), 12u);
}

TEST(Split, AddsUpInSeveralLevelsWhereOneIsNotEnough) {
  const NeuronGraph graph = expand(single_layer(27, 1, 1), 8);
  const SplitResult result = split(graph, core_of(3, 8), {});
  EXPECT_EQ(result.partial_sums, 9 + 3);
  EXPECT_EQ(result.added_steps, 2);
  EXPECT_TRUE(result.problems.empty());
}

TEST(Split, GivesAPartialSumTheRangeItNeedsAndNoMore) {
  const NeuronGraph graph = expand(single_layer(6, 1, -7), 8);  // inputs 0 to 255
  const NeuronGraph result = split(graph, core_of(3, 8), {}).graph;
  const NeuronConfig& part = result.configs[result.synapses[output(result, 0)][0].source];
  EXPECT_EQ(part.minimum, -3 * 7 * 255);
  EXPECT_EQ(part.maximum, 3 * 7 * 255);
}

TEST(Split, SaysHowManyBitsAPartialSumLacks) {
  const NeuronGraph graph =
      expand(single_layer(6, 1, 100), 8);  // up to 3 * 100 * 255 = 76500: 18 bits with sign
  CoreSpec core = core_of(3, 8);
  core.value_bits = 18;
  EXPECT_TRUE(split(graph, core, {}).problems.empty());
  core.value_bits = 17;
  EXPECT_THAT(split(graph, core, {}).problems,
              testing::Contains("neuron fc1[0] needs 18 bits of partial sum, core.value_bits is 17"));
}

TEST(Split, ReadsASmallRemainderInTheSumsThemselves) {
  const NeuronGraph graph = expand(single_layer(9, 3, 2), 8);  // two groups of four, and one source more
  SplitParams params;
  params.populations = {{}, {false, Grouping::FullDirect}};
  const SplitResult result = split(graph, core_of(4, 8), params);
  EXPECT_EQ(result.partial_sums, 3 * 2);
  EXPECT_EQ(result.added_steps, 1);
  for (NodeId sum : result.graph.outputs) {
    ASSERT_EQ(result.graph.synapses[sum].size(), 3u);
    const Synapse& direct = result.graph.synapses[sum][0];
    EXPECT_TRUE(result.graph.is_input(direct.source));
    EXPECT_EQ(direct.weight, 2);
    EXPECT_EQ(result.graph.delay(direct.source, sum), 2);
  }
}

TEST(Split, ReadsALargeRemainderInTheSumsIfThereIsRoomBesideThePartialSums) {
  SplitParams params;
  params.populations = {{}, {false, Grouping::FullDirect}};
  const auto direct = [&](int inputs) {
    const SplitResult result = split(expand(single_layer(inputs, 3, 2), 8), core_of(8, 8), params);
    return result.graph.synapses[output(result.graph, 0)].size();
  };
  EXPECT_EQ(direct(8 + 8 + 6), 6u + 2) << "six sources and two partial sums are eight axons";
  EXPECT_EQ(direct(8 + 8 + 7), 3u) << "three partial sums";
}

TEST(Split, SplitsNarrowNeuronsOnlyOnRequest) {
  FixedNetwork network = single_layer(8, 4, 0);
  for (std::size_t t = 0; t < 4; ++t) {
    for (std::size_t s = 0; s < 4; ++s)
      network.projections[ProjectionId(0)].weights[t * 8 + s * 2 + t % 2] = 1;
  }
  const NeuronGraph graph = expand(network, 8);
  SplitParams params;
  params.populations.resize(2);
  EXPECT_EQ(split(graph, core_of(4, 8), params).partial_sums, 0);
  params.populations[1].all = true;  // the groups turn out to be what the neurons read: nothing is gained
  EXPECT_EQ(split(graph, core_of(4, 8), params).partial_sums, 0);
  params.populations[1].all = true;
  network.projections[ProjectionId(0)].weights.assign(32, 1);
  EXPECT_EQ(split(expand(network, 8), core_of(4, 8), params).partial_sums, 8);
}

// input -> fc1 (wide) -> fc2, and input -> fc2 directly after two steps.
FixedNetwork with_skip(int inputs) {
  FixedNetwork network = layered_network({{inputs, 2, 2}}, Random(3));
  FixedProjection skip = network.projections[ProjectionId(0)];
  skip.name = "skip";
  skip.source = PopulationId(0);
  skip.target = PopulationId(2);
  skip.delay = 2;
  skip.kind = FixedProjectionKind::Sparse;
  skip.synapses = {{0, 0}, {1, 1}};
  skip.weights = {1, 1};
  network.projections.push_back(skip);
  return network;
}

TEST(Split, DelaysTheOtherPathsByTheStepItAdds) {
  const NeuronGraph graph = expand(with_skip(8), 8);
  EXPECT_EQ(graph.delay(NodeId(0), output(graph, 0)), 2);
  const SplitResult result = split(graph, core_of(4, 8), {});
  EXPECT_EQ(result.added_steps, 1);
  EXPECT_EQ(result.graph.delay(NodeId(0), output(result.graph, 0)), 3);
}

TEST(Split, SaysWhichDelayIsTooLong) {
  CoreSpec core = core_of(4, 8);
  core.max_delay = 2;
  EXPECT_THAT(split(expand(with_skip(8), 8), core, {}).problems,
              testing::ElementsAre(
                  "the synapse from input[0] to fc2[0] needs a delay of 3 steps, core.max_delay is 2"));
}

TEST(Split, LetsHiddenNeuronsBeWholeBesideSplitOnes) {
  FixedNetwork network = layered_network({{8, 2, 2}}, Random(3));
  for (std::size_t s = 3; s < 8; ++s)
    network.projections[ProjectionId(0)].weights[s] = 0;  // fc1[0] reads three
  const SplitResult result = split(expand(network, 8), core_of(4, 8), {});
  EXPECT_EQ(result.partial_sums, 2);
  const NeuronGraph& graph = result.graph;
  const Range<Synapse> reads = graph.synapses[output(graph, 0)];
  ASSERT_EQ(reads.size(), 2u);
  EXPECT_EQ(graph.delay(reads[0].source, output(graph, 0)), 2) << "fc1[0] was ready a step earlier";
  EXPECT_EQ(graph.delay(reads[1].source, output(graph, 0)), 1);
}

TEST(Split, LetsAllOutputsLeaveInOneStep) {
  FixedNetwork network = single_layer(8, 2, 1);
  for (std::size_t s = 3; s < 8; ++s) network.projections[ProjectionId(0)].weights[s] = 0;
  const NeuronGraph graph = split(expand(network, 8), core_of(4, 8), {}).graph;
  EXPECT_EQ(graph.levels[output(graph, 0)], 2);
  EXPECT_EQ(graph.levels[output(graph, 1)], 2);
  EXPECT_EQ(graph.delay(NodeId(0), output(graph, 0)), 2);
}

TEST(Split, CannotAddUpWithOneAxon) {
  EXPECT_THAT(split(expand(single_layer(2, 1, 1), 8), core_of(1, 8), {}).problems,
              testing::ElementsAre(
                  "neuron fc1[0] reads 2 sources, which no tree of neurons with 1 synapse can add up"));
}

CoreSpec units_of(int synapses) {
  CoreSpec core = core_of(256, 64);
  core.kind = CoreKind::Units;
  core.unit_synapses = synapses;
  return core;
}

TEST(SplitIntoUnits, MakesTheSmallestTreeThatOneLevelCanBe) {
  for (int inputs : {1, 4, 5, 7, 8, 10, 11, 15, 16}) {
    const NeuronGraph graph = expand(single_layer(inputs, 3, 1), 8);
    const SplitResult result = split(graph, units_of(4), {});
    EXPECT_THAT(result.problems, testing::IsEmpty());
    EXPECT_EQ(result.graph.neurons(), 3u * static_cast<std::size_t>(std::max(1, (inputs - 1 + 2) / 3)))
        << inputs;
    EXPECT_EQ(result.added_steps, inputs > 4 ? 1 : 0);
    for (std::uint32_t n = graph.inputs; n < result.graph.nodes(); ++n) {
      EXPECT_LE(result.graph.synapses[NodeId(n)].size(), 4u);
    }
  }
}

TEST(SplitIntoUnits, ReadsTheRestItself) {
  const NeuronGraph graph = split(expand(single_layer(6, 1, 1), 8), units_of(4), {}).graph;
  const Range<Synapse> reads = graph.synapses[output(graph, 0)];
  ASSERT_EQ(reads.size(), 3u) << "inputs 4 and 5 and a partial sum of the others";
  EXPECT_EQ(reads[0].source, NodeId(4));
  EXPECT_EQ(graph.delay(reads[0].source, output(graph, 0)), 2);
  EXPECT_EQ(graph.delay(reads[2].source, output(graph, 0)), 1);
}

TEST(SplitIntoUnits, AddsUpInMoreLevelsWhereOneIsTooSmall) {
  const SplitResult result = split(expand(single_layer(20, 1, 1), 8), units_of(4), {});
  EXPECT_EQ(result.added_steps, 2);
  EXPECT_EQ(result.graph.neurons(), 5u + 2u + 1u);
  EXPECT_THAT(split(expand(single_layer(2, 1, 1), 8), units_of(1), {}).problems, testing::SizeIs(1));
}

Csr<ReaderId, ItemId> reads_of(const std::vector<std::vector<std::uint32_t>>& lists) {
  Csr<ReaderId, ItemId> reads;
  for (const auto& list : lists) {
    for (std::uint32_t item : list) reads.add(ItemId(item));
    reads.close();
  }
  return reads;
}

TEST(Partition, FindsTheTwoBlocksOfABlockMatrix) {
  // Even items belong together, odd ones too.
  const auto reads = reads_of({{0, 2, 4, 6}, {0, 2, 4}, {2, 4, 6}, {1, 3, 5, 7}, {1, 3, 5}, {3, 5, 7}});
  PartitionParams params;
  params.groups = 2;
  params.capacity = 4;
  params.passes = 20;
  const std::vector<std::uint32_t> group = partition_items(reads, 8, params);
  for (std::size_t i = 2; i < 8; ++i) EXPECT_EQ(group[i], group[i - 2]) << i;
  EXPECT_NE(group[0], group[1]);
}

TEST(Partition, NeverOverfillsAGroup) {
  Random random(5);
  for (int round = 0; round < 50; ++round) {
    const auto items = static_cast<std::uint32_t>(2 + random.below(40));
    std::vector<std::vector<std::uint32_t>> lists(1 + random.below(20));
    for (auto& list : lists) {
      for (std::uint32_t i = 0; i < items; ++i) {
        if (random.below(3) == 0) list.push_back(i);
      }
    }
    PartitionParams params;
    params.capacity = 1 + static_cast<std::uint32_t>(random.below(items));
    params.groups = (items + params.capacity - 1) / params.capacity;
    params.balanced = random.below(2) == 0;
    std::vector<std::uint32_t> size(params.groups, 0);
    for (std::uint32_t group : partition_items(reads_of(lists), items, params)) ++size.at(group);
    for (std::uint32_t count : size) EXPECT_LE(count, params.capacity);
  }
}

}  // namespace
}  // namespace weft::mapping
