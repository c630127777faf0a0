// Small integer networks for tests: built by hand or at random, always valid.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/base/random.hpp"
#include "model/network/fixed_network.hpp"

namespace weft {

inline FixedPopulation fixed_population(const std::string& name, const Shape& shape, NeuronModel model,
                                        const ValueFormat& format, bool is_input = false) {
  FixedPopulation population;
  population.name = name;
  population.shape = shape;
  population.model = model;
  population.format = format;
  const auto neurons = static_cast<std::size_t>(is_input ? 0 : shape.size());
  population.bias.assign(neurons, 0);
  population.shift.assign(neurons, 0);
  if (model == NeuronModel::Table) population.table.assign(256, 0);
  return population;
}

inline FixedProjection dense_projection(const std::string& name, std::uint32_t source, std::uint32_t target,
                                        std::vector<std::int16_t> weights, int delay = 1) {
  FixedProjection projection;
  projection.name = name;
  projection.source = PopulationId(source);
  projection.target = PopulationId(target);
  projection.weights = std::move(weights);
  projection.delay = delay;
  return projection;
}

// One dense layer with these weights: inputs unsigned 8 bit, outputs signed `bits` wide.
inline FixedNetwork one_layer(int inputs, int outputs, std::vector<std::int16_t> weights,
                              NeuronModel model = NeuronModel::Linear, ValueFormat format = {16, true}) {
  FixedNetwork network;
  network.name = "one_layer";
  network.populations.push_back(
      fixed_population("input", {inputs, 1, 1}, NeuronModel::Linear, {8, false}, true));
  network.populations.push_back(fixed_population("out", {outputs, 1, 1}, model, format));
  network.projections.push_back(dense_projection("out", 0, 1, std::move(weights)));
  return network;
}

inline std::int16_t random_weight(Random& random, int bits, double density) {
  if (random.uniform() >= density) return 0;
  const std::uint64_t span = std::uint64_t{1} << bits;
  return static_cast<std::int16_t>(static_cast<std::int64_t>(random.below(span)) -
                                   static_cast<std::int64_t>(span / 2));
}

inline void randomize_neurons(Random& random, FixedPopulation& population) {
  for (auto& bias : population.bias) bias = static_cast<std::int32_t>(random.below(2001)) - 1000;
  for (auto& shift : population.shift) shift = static_cast<std::uint8_t>(random.below(9));
  for (auto& entry : population.table) {
    const auto span = std::uint64_t{1} << population.format.bits;
    entry = population.format.minimum() + static_cast<std::int32_t>(random.below(span));
  }
}

// input -> convolution -> table -> {sparse, dense} -> relu -> dense -> output, with a skip from the
// convolution straight to the relu population (delay 2).
inline FixedNetwork random_network(std::uint64_t seed) {
  Random random(seed);
  FixedNetwork network;
  network.name = "random";
  network.source = {seed, 17};
  network.populations.push_back(fixed_population("input", {2, 5, 6}, NeuronModel::Linear, {8, false}, true));
  network.populations.push_back(fixed_population("conv", {4, 3, 3}, NeuronModel::Linear, {8, true}));
  network.populations.push_back(fixed_population("table", {7, 1, 1}, NeuronModel::Table, {6, true}));
  network.populations.push_back(fixed_population("relu", {5, 1, 1}, NeuronModel::Relu, {8, false}));
  network.populations.push_back(fixed_population("out", {3, 1, 1}, NeuronModel::Linear, {16, true}));
  for (auto& population : network.populations) randomize_neurons(random, population);

  const auto fill = [&](std::size_t count, double density) {
    std::vector<std::int16_t> weights(count);
    for (auto& weight : weights) weight = random_weight(random, 8, density);
    return weights;
  };
  FixedProjection conv = dense_projection("conv", 0, 1, fill(4 * 1 * 3 * 2, 0.8));
  conv.kind = FixedProjectionKind::Convolution;
  conv.window = {3, 2, 2, 2, 1, 0};
  conv.groups = 2;
  network.projections.push_back(conv);
  FixedProjection sparse = dense_projection("sparse", 1, 2, {});
  sparse.kind = FixedProjectionKind::Sparse;
  for (std::uint32_t target = 0; target < 7; ++target) {
    for (std::uint32_t source = 0; source < 36; ++source) {
      if (random.uniform() < 0.3) {
        sparse.synapses.push_back({source, target});
        sparse.weights.push_back(random_weight(random, 8, 0.9));
      }
    }
  }
  network.projections.push_back(sparse);
  network.projections.push_back(dense_projection("second", 1, 2, fill(36 * 7, 0.5)));
  network.projections.push_back(dense_projection("relu", 2, 3, fill(7 * 5, 1)));
  network.projections.push_back(dense_projection("skip", 1, 3, fill(36 * 5, 0.2), 2));
  network.projections.push_back(dense_projection("out", 3, 4, fill(5 * 3, 1)));
  return network;
}

inline std::vector<std::int32_t> random_values(Random& random, const FixedPopulation& population) {
  std::vector<std::int32_t> values(static_cast<std::size_t>(population.shape.size()));
  const std::uint64_t span = std::uint64_t{1} << population.format.bits;
  for (auto& value : values) {
    value = population.format.minimum() + static_cast<std::int32_t>(random.below(span));
  }
  return values;
}

}  // namespace weft
