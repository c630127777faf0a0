// Constants that a mapper did not fold away: the verifier counts them wherever they come in.
#include <gtest/gtest.h>

#include <string>

#include "mapping/map.hpp"
#include "tests/mapping/verify_example.hpp"
#include "tests/reference/image_builder.hpp"

namespace weft::test {
namespace {

using mapping::verify_mapping;

// Four hidden neurons, the last one the constant 5 on a core of its own, and one output that reads them all
// with weights 1, 2, 4, 3 through two partial sums, as cores with three axons need it.
Example make_constant_in_a_partial_sum() {
  Example example;
  FixedNetwork& network = example.network;
  network.name = "constant";
  FixedPopulation input = make_population("input", 3, NeuronModel::Linear, {4, false});
  input.bias.clear();
  input.shift.clear();
  network.populations.push_back(input);
  network.populations.push_back(make_population("fc1", 4, NeuronModel::Relu, {8, false}));
  network.populations.push_back(make_population("fc2", 1, NeuronModel::Linear, {16, true}));
  network.populations[PopulationId(1)].bias[3] = 5;
  for (std::uint32_t p = 0; p < 2; ++p) network.projections.push_back(make_dense(network, p, p + 1));
  for (std::uint32_t n = 0; n < 3; ++n) dense_weight(network, 0, n, n) = 1;
  const int weights[] = {1, 2, 4, 3};
  for (std::uint32_t n = 0; n < 4; ++n)
    dense_weight(network, 1, 0, n) = static_cast<std::int16_t>(weights[n]);

  example.fabric.name = "constant";
  example.fabric.width = 2;
  example.fabric.height = 2;
  example.fabric.core.axons = 3;
  example.fabric.core.neurons = 4;
  ImageBuilder builder(example.fabric);
  const TileId hidden(0), sum(2);
  std::vector<Source> inputs, fc1, part;
  for (std::uint32_t i = 0; i < 3; ++i) inputs.push_back(builder.input(i, PortId(0)));
  for (std::uint32_t n = 0; n < 4; ++n) fc1.push_back(builder.neuron(hidden, make_config(network, 1, n)));
  for (std::uint32_t n = 0; n < 3; ++n) {
    builder.synapse(hidden, builder.axon(hidden, inputs[n]), fc1[n].neuron, 1);
  }
  for (std::uint32_t g = 0; g < 2; ++g) {
    const TileId tile(g == 0 ? 1 : 3);
    part.push_back(builder.neuron(tile, make_partial(2, 0, g + 1)));
    for (std::uint32_t n = 2 * g; n < 2 * g + 2; ++n) {
      builder.synapse(tile, builder.axon(tile, fc1[n]), part[g].neuron, weights[n]);
    }
  }
  const Source fc2 = builder.neuron(sum, make_config(network, 2, 0));
  for (const Source& one : part) builder.synapse(sum, builder.axon(sum, one), fc2.neuron, 1);
  builder.output(0, fc2, PortId(3));
  example.image = builder.build(3, 3, 1, network.populations[network.input()].format);
  example.sign();
  return example;
}

TEST(VerifyMapping, CountsAConstantThatComesThroughAPartialSum) {
  Example example = make_constant_in_a_partial_sum();
  EXPECT_EQ(explain(example), "");
  // Another constant, or another weight for it, is another bias of the sum.
  NeuronConfig& constant = example.image.tiles[TileId(0)].core.neurons[3];
  constant.bias = 4;
  EXPECT_EQ(explain(example),
            "neuron-bias at tile_0_0 neuron 3: as fc1[3]: 4 instead of 5 (constants included)\n"
            "neuron-bias at tile_0_1 neuron 0: as fc2[0]: 12 instead of 15 (constants included)\n");
  constant.bias = 5;
  example.image.tiles[TileId(3)].core.weight.back() = 2;
  EXPECT_EQ(explain(example),
            "neuron-bias at tile_0_1 neuron 0: as fc2[0]: 10 instead of 15 (constants included)\n");
}

}  // namespace
}  // namespace weft::test
