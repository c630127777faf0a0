// Small examples of TrueNorth's neuron for tests: a network, and an image made by hand.
#pragma once

#include "model/fabric/image.hpp"
#include "tests/model/fixed_networks.hpp"

namespace weft {

// 6 inputs of 1 bit -> 5 -> 3, whose weights could be chosen by four types of source: source s has type s
// % 4.
inline FixedNetwork truenorth_network(std::uint64_t seed) {
  Random random(seed);
  FixedNetwork network;
  network.name = "truenorth";
  network.populations.push_back(fixed_population("input", {6, 1, 1}, NeuronModel::Linear, {1, false}, true));
  network.populations.push_back(fixed_population("hidden", {5, 1, 1}, NeuronModel::TrueNorth, {1, false}));
  network.populations.push_back(fixed_population("output", {3, 1, 1}, NeuronModel::TrueNorth, {1, false}));
  for (std::uint32_t p = 1; p < 3; ++p) {
    FixedPopulation& population = network.populations[PopulationId(p)];
    population.spike.threshold = 20;
    population.spike.reset = p == 1 ? SpikeReset::Subtract : SpikeReset::Zero;
    population.spike.truenorth = {30, 2, p == 1, p == 2};
    for (auto& bias : population.bias) bias = static_cast<std::int32_t>(random.below(7)) - 2;
    const int sources = network.populations[PopulationId(p - 1)].shape.size();
    std::vector<std::int16_t> weights;
    for (int neuron = 0; neuron < population.shape.size(); ++neuron) {
      std::int16_t of_type[4];
      for (auto& weight : of_type)
        weight = static_cast<std::int16_t>(static_cast<int>(random.below(40)) - 12);
      for (int s = 0; s < sources; ++s)
        weights.push_back(random.below(4) == 0 ? std::int16_t{0} : of_type[s % 4]);
    }
    network.projections.push_back(dense_projection("to" + std::to_string(p), p - 1, p, weights));
  }
  return network;
}

// One tile: an input and the only neuron itself reach an axon each.
inline Image truenorth_image() {
  Image image;
  image.name = "one";
  image.input_count = image.output_count = 1;
  image.input_format = {1, false};
  image.tiles.resize(1);
  TileImage& tile = image.tiles[TileId(0)];
  tile.core.row_begin = {0, 1, 2};
  tile.core.neuron = {0, 0};
  tile.core.weight = {5, -5};
  tile.core.axon_type = {0, 2};
  NeuronConfig neuron;
  neuron.model = NeuronModel::TrueNorth;
  neuron.maximum = 1;
  neuron.key = MessageKey(1);
  tile.core.neurons = {neuron};
  tile.deliveries = {{0, 1}, {1, 1}};
  tile.routes = {
      {MessageKey(0), direction_bit(Direction::Local), 0, 1},
      {MessageKey(1),
       static_cast<std::uint8_t>(direction_bit(Direction::Local) | direction_bit(Direction::Edge)), 1, 2}};
  image.inputs = {{0, PortId(0), MessageKey(0)}};
  image.outputs = {{PortId(0), MessageKey(1), 0}};
  image.spike_rules.push_back({});
  image.spike_rules[0].spike.truenorth = {9, 1, false, true};
  return image;
}

}  // namespace weft
