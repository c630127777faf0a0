// The update rule of each neuron model: the one definition that the reference and the fabric share the
// meaning of (fixed_network.hpp). The reference cycle model in tests/ has its own.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/network/fixed_network.hpp"
#include "model/network/neurons/neuron_current_lif.hpp"
#include "model/network/neurons/neuron_lif.hpp"
#include "model/network/neurons/neuron_truenorth.hpp"

namespace weft {

// `table` is read for NeuronModel::Table only and has 256 entries.
inline std::int32_t update_value_neuron(NeuronModel model, std::int32_t potential, std::int32_t bias,
                                        int shift, std::int32_t minimum, std::int32_t maximum,
                                        const std::int32_t* table) {
  const std::int64_t half = shift > 0 ? std::int64_t{1} << (shift - 1) : 0;
  const std::int64_t scaled = (std::int64_t{potential} + bias + half) >> shift;
  if (model == NeuronModel::Table) return table[std::clamp<std::int64_t>(scaled, -128, 127) + 128];
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(scaled, minimum, maximum));
}

// The value of a spiking neuron in a step: 0 or 1.
inline std::int32_t update_spiking_neuron(NeuronModel model, const SpikeRule& rule, std::int32_t potential,
                                          std::int32_t bias, int shift, SpikeState& state) {
  if (model == NeuronModel::TrueNorth) return update_truenorth(rule, potential, bias, state);
  const std::int64_t input = (std::int64_t{potential} + bias) * (std::int64_t{1} << shift);
  return model == NeuronModel::CurrentLif ? update_current_lif(rule, input, state)
                                          : update_lif(rule, input, state);
}

}  // namespace weft
