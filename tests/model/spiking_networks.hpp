// A small spiking network for tests: every kind of spiking neuron, and a value neuron between them.
#pragma once

#include "tests/model/fixed_networks.hpp"

namespace weft {

// 3 inputs of 1 bit -> 4 If -> 3 Lif -> 3 linear -> 2 CurrentLif.
inline FixedNetwork spiking_network(std::uint64_t seed) {
  Random random(seed);
  FixedNetwork network;
  network.name = "spiking";
  network.populations.push_back(fixed_population("input", {3, 1, 1}, NeuronModel::Linear, {1, false}, true));
  network.populations.push_back(fixed_population("if", {4, 1, 1}, NeuronModel::If, {1, false}));
  network.populations.push_back(fixed_population("lif", {3, 1, 1}, NeuronModel::Lif, {1, false}));
  network.populations.push_back(fixed_population("value", {3, 1, 1}, NeuronModel::Linear, {6, true}));
  network.populations.push_back(fixed_population("current", {2, 1, 1}, NeuronModel::CurrentLif, {1, false}));
  const auto rule = [&](std::uint32_t p) -> SpikeRule& { return network.populations[PopulationId(p)].spike; };
  rule(1).threshold = 90;
  rule(1).reset = SpikeReset::Subtract;
  rule(2).threshold = 60;
  rule(2).leak_kind = SpikeLeak::Fraction;
  rule(2).leak = 300;
  rule(2).refractory = 1;
  rule(4).threshold = 400;
  rule(4).leak_kind = SpikeLeak::Fraction;
  rule(4).leak = 128;
  rule(4).current_decay = 1024;
  for (std::uint32_t p = 1; p < 5; ++p) {
    for (auto& bias : network.populations[PopulationId(p)].bias)
      bias = static_cast<std::int32_t>(random.below(9));
    const int sources = network.populations[PopulationId(p - 1)].shape.size();
    std::vector<std::int16_t> weights(
        static_cast<std::size_t>(sources * network.populations[PopulationId(p)].shape.size()));
    for (auto& weight : weights) weight = static_cast<std::int16_t>(static_cast<int>(random.below(90)) - 20);
    network.projections.push_back(dense_projection("to" + std::to_string(p), p - 1, p, weights));
  }
  return network;
}

}  // namespace weft
