// Partial sums of linear neurons that their readers read themselves: no sum, no step, the same to the last
// bit.
#include "mapping/split/hand_on.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "mapping/split/plan_splits.hpp"
#include "model/network/evaluate.hpp"
#include "tests/mapping/nets_for_tests.hpp"
#include "tests/mapping/step_interpreter.hpp"

namespace weft::mapping {
namespace {

// Inputs onto `middle` linear neurons without shift, these onto outputs; biases are not zero.
FixedNetwork linear_middle(int inputs, int middle, int outputs, int density_percent = 100) {
  FixedNetwork network = layered_network({{inputs, middle, outputs}, density_percent, 4}, Random(3));
  FixedPopulation& population = network.populations[PopulationId(1)];
  population.model = NeuronModel::Linear;
  population.format = {20, true};
  population.shift.assign(population.shift.size(), 0);
  return network;
}

SplitParams handed(Grouping grouping, bool all = false) {
  SplitParams params;
  params.populations = {{}, {all, grouping, true}, {}};
  return params;
}

std::set<std::string> rules(const FixedNetwork& network, const Mapped& mapped) {
  FixedNetwork signed_network = network;
  Image image = mapped.image;
  image.network = digest(network);
  std::set<std::string> found;
  for (const Violation& violation : verify_mapping(signed_network, mapped.fabric, image))
    found.insert(violation.rule);
  return found;
}

// 40 inputs on cores of 16 axons: each of the 3 linear neurons has 3 parts, which 4 outputs read.
Mapped map_wide(const FixedNetwork& network) {
  return map_network(network, small_fabric(4, 4, 16, 16), {});
}

TEST(HandOn, LetsReadersReadThePartsWithTheNeuronsWeight) {
  const NeuronGraph graph = expand(linear_middle(40, 3, 4), 8);
  ASSERT_TRUE(can_hand_on(graph, 1));
  const SplitResult result = split(graph, small_fabric(2, 2, 16, 16).core, handed(Grouping::Balanced));
  EXPECT_EQ(result.partial_sums, 3 * 3);
  EXPECT_EQ(result.added_steps, 0);
  EXPECT_TRUE(result.problems.empty());
  EXPECT_EQ(result.graph.neurons(), 3u * 3 + 4);
  for (std::size_t o = 0; o < 4; ++o) {
    const Range<Synapse> whole = graph.synapses[graph.outputs[o]];
    const Range<Synapse> parts = result.graph.synapses[result.graph.outputs[o]];
    ASSERT_EQ(parts.size(), 9u);
    for (const Synapse& part : parts) {
      const NeuronOrigin origin = result.graph.configs[part.source].origin;
      EXPECT_GT(origin.part, 0u);
      EXPECT_EQ(part.weight, whole[origin.index].weight);
    }
  }
}

TEST(HandOn, GivesTheFirstPartTheBias) {
  const NeuronGraph graph = expand(linear_middle(40, 3, 4), 8);
  const NeuronGraph result = split(graph, small_fabric(2, 2, 16, 16).core, handed(Grouping::Balanced)).graph;
  for (std::uint32_t n = result.populations[1].first; n < result.populations[1].last; ++n) {
    const NeuronConfig& part = result.configs[NodeId(n)];
    const NodeId whole(graph.populations[1].first + part.origin.index);
    EXPECT_EQ(part.bias, part.origin.part == 1 ? graph.configs[whole].bias : 0);
  }
}

TEST(HandOn, IsForNeuronsThatAreLinearWhateverComesIn) {
  FixedNetwork network = linear_middle(40, 3, 4);
  FixedPopulation& middle = network.populations[PopulationId(1)];
  EXPECT_TRUE(can_hand_on(expand(network, 8), 1));
  EXPECT_FALSE(can_hand_on(expand(network, 8), 2)) << "an output";
  middle.shift[1] = 1;
  EXPECT_FALSE(can_hand_on(expand(network, 8), 1)) << "rounds";
  middle.shift[1] = 0;
  middle.format = {8, true};
  EXPECT_FALSE(can_hand_on(expand(network, 8), 1)) << "clamps";
  middle.format = {20, true};
  middle.model = NeuronModel::Relu;
  EXPECT_FALSE(can_hand_on(expand(network, 8), 1));
}

TEST(HandOn, SaysHowManyBitsAPartLacks) {
  CoreSpec core = small_fabric(2, 2, 16, 16).core;
  core.value_bits = 8;
  const SplitResult result = split(expand(linear_middle(40, 3, 4), 8), core, handed(Grouping::Full));
  ASSERT_FALSE(result.problems.empty());
  EXPECT_NE(result.problems.front().find("bits of partial sum, core.value_bits is 8"), std::string::npos);
}

TEST(HandOn, RefusesPartsWhoseMagnitudesOverflowAReader) {
  // One input of weight +1 and one of weight -1: the sum is small, its parts are not.
  FixedNetwork network = linear_middle(2, 1, 1);
  network.populations[PopulationId(0)].format = {24, false};
  network.populations[PopulationId(1)].format = {25, true};
  network.populations[PopulationId(1)].bias = {0};
  network.projections[ProjectionId(0)].weights = {1, -1};
  network.projections[ProjectionId(1)].weights = {127};
  CoreSpec core = small_fabric(2, 2, 1, 4).core;
  core.value_bits = 31;
  const SplitResult result = split(expand(network, 8), core, handed(Grouping::Full));
  ASSERT_FALSE(result.problems.empty());
  EXPECT_NE(result.problems.front().find("could reach"), std::string::npos) << result.problems.front();
}

TEST(HandOn, IsTakenWhereItSavesAStep) {
  const FixedNetwork network = linear_middle(40, 3, 4);
  const Mapped mapped = map_wide(network);
  EXPECT_EQ(mapped.mapping.added_steps, 0);
  EXPECT_EQ(mapped.mapping.partial_sums, 9);
  EXPECT_EQ(rules(network, mapped), std::set<std::string>());
}

TEST(HandOn, ChangesNoOutput) {
  Random random(11);
  for (int density : {30, 60, 100}) {
    const FixedNetwork network = linear_middle(50, 5, 6, density);
    const Mapped mapped = map_network(network, small_fabric(5, 5, 16, 8), {});
    EXPECT_EQ(rules(network, mapped), std::set<std::string>()) << density;
    std::vector<std::vector<std::int32_t>> frames;
    for (int i = 0; i < 20; ++i) frames.push_back(random_frame(network, random));
    const auto found = interpret(mapped.fabric, mapped.image, frames);
    for (std::size_t i = 0; i < frames.size(); ++i)
      EXPECT_EQ(found[i], evaluate(network, frames[i]).back()) << "frame " << i;
  }
}

// The first synapse of an output neuron, and the neuron's core.
CoreImage& core_of_outputs(Image& image) {
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    for (const NeuronConfig& neuron : image.tiles[TileId(t)].core.neurons) {
      if (neuron.origin.population == 2) return image.tiles[TileId(t)].core;
    }
  }
  throw Error(ErrorKind::Internal, "no outputs");
}

TEST(VerifyHandedOn, WantsAllPartsReadWithOneWeight) {
  const FixedNetwork network = linear_middle(40, 3, 4);
  Mapped mapped = map_wide(network);
  CoreImage& core = core_of_outputs(mapped.image);
  for (std::size_t s = core.weight.size(); s-- > 0;) {
    if (core.neurons[core.neuron[s]].origin.population != 2) continue;
    core.weight[s] = static_cast<std::int16_t>(core.weight[s] == 1 ? 2 : 1);
    break;
  }
  EXPECT_EQ(rules(network, mapped), (std::set<std::string>{"handed-part", "synapse-missing"}));
}

TEST(VerifyHandedOn, AddsUpTheBiasesOfTheParts) {
  const FixedNetwork network = linear_middle(40, 3, 4);
  Mapped mapped = map_wide(network);
  for (std::uint32_t t = 0; t < mapped.image.tiles.size(); ++t) {
    for (NeuronConfig& neuron : mapped.image.tiles[TileId(t)].core.neurons) {
      if (neuron.origin.population != 1 || neuron.origin.index != 0 || neuron.origin.part != 2) continue;
      ++neuron.bias;
      ++neuron.maximum;
    }
  }
  EXPECT_EQ(rules(network, mapped), std::set<std::string>{"neuron-bias"});
}

TEST(VerifyHandedOn, ComparesThePartsWithTheNeuron) {
  FixedNetwork network = linear_middle(40, 3, 4);
  const Mapped mapped = map_wide(network);
  FixedNetwork other = network;
  std::int16_t& weight = other.projections[ProjectionId(0)].weights[7];
  weight = static_cast<std::int16_t>(weight == 1 ? 2 : 1);
  EXPECT_EQ(rules(other, mapped), std::set<std::string>{"synapse-weight"});
  other = network;
  other.populations[PopulationId(1)].format = {12, true};
  EXPECT_EQ(rules(other, mapped), std::set<std::string>{"handed-clamp"});
  other = network;
  other.populations[PopulationId(1)].shift[0] = 1;
  const std::set<std::string> rounded = rules(other, mapped);
  EXPECT_EQ(rounded.count("neuron-missing"), 1u) << "a neuron that rounds is no sum of its parts";
}

}  // namespace
}  // namespace weft::mapping
