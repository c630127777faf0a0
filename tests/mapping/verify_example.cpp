// See verify_example.hpp.
#include "tests/mapping/verify_example.hpp"

#include <gtest/gtest.h>

#include "mapping/map.hpp"
#include "tests/reference/image_builder.hpp"

namespace weft::test {

FixedPopulation make_population(const char* name, int size, NeuronModel model, ValueFormat format) {
  FixedPopulation population;
  population.name = name;
  population.shape = {size, 1, 1};
  population.model = model;
  population.format = format;
  population.bias.assign(static_cast<std::size_t>(size), 0);
  population.shift.assign(static_cast<std::size_t>(size), 0);
  return population;
}

FixedProjection make_dense(const FixedNetwork& network, std::uint32_t source, std::uint32_t target,
                           int delay) {
  FixedProjection projection;
  projection.name =
      network.populations[PopulationId(source)].name + "_" + network.populations[PopulationId(target)].name;
  projection.source = PopulationId(source);
  projection.target = PopulationId(target);
  projection.delay = delay;
  projection.weights.assign(
      static_cast<std::size_t>(network.populations[PopulationId(source)].shape.size()) *
          static_cast<std::size_t>(network.populations[PopulationId(target)].shape.size()),
      0);
  return projection;
}

std::int16_t& dense_weight(FixedNetwork& network, std::uint32_t projection, std::uint32_t target,
                           std::uint32_t source) {
  FixedProjection& dense = network.projections[ProjectionId(projection)];
  const auto columns = static_cast<std::size_t>(network.populations[dense.source].shape.size());
  return dense.weights.at(target * columns + source);
}

NeuronConfig make_config(const FixedNetwork& network, std::uint32_t population, std::uint32_t index) {
  const FixedPopulation& from = network.populations[PopulationId(population)];
  NeuronConfig config;
  config.model = from.model;
  config.shift = from.shift.at(index);
  config.bias = from.bias.at(index);
  config.minimum = from.model == NeuronModel::Relu ? 0 : from.format.minimum();
  config.maximum = from.format.maximum();
  config.origin = {population, index, 0};
  return config;
}

NeuronConfig make_partial(std::uint32_t population, std::uint32_t index, std::uint32_t part) {
  NeuronConfig config;
  config.minimum = -1000;
  config.maximum = 1000;
  config.origin = {population, index, part};
  return config;
}

void Example::sign() {
  image.fabric = digest(fabric);
  image.network = digest(network);
}

namespace {

FixedNetwork make_network() {
  FixedNetwork network;
  network.name = "example";
  FixedPopulation input = make_population("input", 2, NeuronModel::Linear, {4, false});
  input.bias.clear();
  input.shift.clear();
  network.populations.push_back(input);
  FixedPopulation hidden = make_population("h", 4, NeuronModel::Relu, {8, false});
  hidden.bias = {1, 0, 0, 6};
  hidden.shift = {0, 2, 0, 0};
  network.populations.push_back(hidden);
  FixedPopulation table = make_population("t", 2, NeuronModel::Table, {8, true});
  table.shift = {1, 2};
  for (int i = 0; i < 256; ++i) table.table.push_back((i - 128) / 2 + i % 5);
  network.populations.push_back(table);
  FixedPopulation output = make_population("out", 2, NeuronModel::Linear, {12, true});
  output.bias = {-3, 4};
  network.populations.push_back(output);
  for (std::uint32_t p = 0; p < 3; ++p) network.projections.push_back(make_dense(network, p, p + 1));
  dense_weight(network, 0, 0, 0) = 3;
  dense_weight(network, 0, 0, 1) = -2;
  dense_weight(network, 0, 1, 0) = 5;
  dense_weight(network, 0, 1, 1) = 4;
  dense_weight(network, 0, 2, 1) = 7;
  dense_weight(network, 1, 0, 0) = 2;
  dense_weight(network, 1, 0, 1) = -3;
  dense_weight(network, 1, 0, 3) = 1;
  dense_weight(network, 1, 1, 1) = 1;
  dense_weight(network, 1, 1, 2) = 4;
  dense_weight(network, 2, 0, 0) = 1;
  dense_weight(network, 2, 0, 1) = -1;
  dense_weight(network, 2, 1, 1) = 3;
  return network;
}

}  // namespace

Example make_example() {
  Example example;
  example.network = make_network();
  example.fabric.name = "example";
  example.fabric.width = 3;
  example.fabric.height = 2;
  example.fabric.core.axons = 8;
  example.fabric.core.neurons = 4;
  const FixedNetwork& network = example.network;

  ImageBuilder builder(example.fabric);
  const Source input0 = builder.input(0, PortId(0));
  const Source input1 = builder.input(1, PortId(2));

  const TileId split0(0), split1(3), hidden(1), middle(4), end0(5), end1(2);
  const Source part1 = builder.neuron(split0, make_partial(1, 0, 1));
  builder.synapse(split0, builder.axon(split0, input0), part1.neuron, 3);
  const Source part2 = builder.neuron(split1, make_partial(1, 0, 2));
  builder.synapse(split1, builder.axon(split1, input1), part2.neuron, -2);

  const Source h0 = builder.neuron(hidden, make_config(network, 1, 0));
  const Source h1 = builder.neuron(hidden, make_config(network, 1, 1));
  const Source h2 = builder.neuron(hidden, make_config(network, 1, 2));
  builder.synapse(hidden, builder.axon(hidden, part1), h0.neuron, 1);
  builder.synapse(hidden, builder.axon(hidden, part2), h0.neuron, 1);
  builder.synapse(hidden, builder.axon(hidden, input0, 2), h1.neuron, 5);
  const std::uint16_t late1 = builder.axon(hidden, input1, 2);
  builder.synapse(hidden, late1, h1.neuron, 4);
  builder.synapse(hidden, late1, h2.neuron, 7);

  const Source h3 = builder.neuron(middle, make_config(network, 1, 3));
  const Source t0 = builder.neuron(middle, make_config(network, 2, 0));
  const Source t1 = builder.neuron(middle, make_config(network, 2, 1));
  builder.synapse(middle, builder.axon(middle, h0), t0.neuron, 2);
  const std::uint16_t from_h1 = builder.axon(middle, h1);
  builder.synapse(middle, from_h1, t0.neuron, -3);
  builder.synapse(middle, from_h1, t1.neuron, 1);
  builder.synapse(middle, builder.axon(middle, h2), t1.neuron, 4);
  builder.synapse(middle, builder.axon(middle, h3), t0.neuron, 1);

  const Source out0 = builder.neuron(end0, make_config(network, 3, 0));
  builder.synapse(end0, builder.axon(end0, t0), out0.neuron, 1);
  builder.synapse(end0, builder.axon(end0, t1), out0.neuron, -1);
  const Source out1 = builder.neuron(end1, make_config(network, 3, 1));
  builder.synapse(end1, builder.axon(end1, t1), out1.neuron, 3);
  builder.output(0, out0, PortId(3));
  builder.output(1, out1, PortId(3));

  example.image = builder.build(4, 2, 2, network.populations[network.input()].format);
  example.image.tables.push_back(network.populations[PopulationId(2)].table);
  example.sign();
  return example;
}

FixedNetwork pass_through(int size, ValueFormat format) {
  FixedNetwork network;
  network.name = "pass";
  FixedPopulation input = make_population("input", size, NeuronModel::Linear, format);
  input.bias.clear();
  input.shift.clear();
  network.populations.push_back(input);
  network.populations.push_back(make_population("out", size, NeuronModel::Linear, format));
  network.projections.push_back(make_dense(network, 0, 1));
  for (int i = 0; i < size; ++i) {
    dense_weight(network, 0, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i)) = 100;
  }
  return network;
}

std::set<std::string> rules(const Example& example) {
  std::set<std::string> found;
  for (const Violation& violation : mapping::verify_mapping(example.network, example.fabric, example.image)) {
    EXPECT_FALSE(violation.where.empty());
    EXPECT_FALSE(violation.detail.empty());
    found.insert(violation.rule);
  }
  return found;
}

std::string explain(const Example& example) {
  return describe(mapping::verify_mapping(example.network, example.fabric, example.image));
}

}  // namespace weft::test
