// What a RANC core's neurons make of a tick's axons, without time: sums of popcounts, since a neuron has one
// weight per axon type.
#pragma once

#include <cstdint>
#include <vector>

#include "model/ranc/ranc_network.hpp"

namespace weft::sim {

// Brings a sum into the 9 bits of the hardware, in two's complement.
inline std::int32_t ranc_wrap(std::int32_t value) {
  constexpr std::int32_t kSign = 1 << (kRancNumberBits - 1);
  return ((value + kSign) & (2 * kSign - 1)) - kSign;
}

struct RancDecision {
  bool fires = false;
  std::int32_t potential = 0;  // after the tick
};

// `sum`: the potential with the tick's weights added, not wrapped yet.
inline RancDecision ranc_decide(const RancNeuron& neuron, std::int32_t sum) {
  const std::int32_t value = ranc_wrap(sum + neuron.leak);
  if (value >= neuron.positive_threshold) {
    return {true,
            neuron.linear_reset ? ranc_wrap(value - neuron.positive_threshold) : neuron.reset_potential};
  }
  if (value < neuron.negative_threshold) {
    return {false, neuron.linear_reset ? ranc_wrap(value - neuron.negative_threshold)
                                       : ranc_wrap(-neuron.reset_potential)};
  }
  return {false, value};
}

// sums[n] = potentials[n] + the weights of n's connected axons that are set. `masks`: [4][words], the axons
// of each type; `axons`: [words].
void ranc_integrate(const RancCore& core, const std::vector<std::uint64_t>& masks, const std::uint64_t* axons,
                    const std::vector<std::int32_t>& potentials, std::vector<std::int32_t>& sums);

}  // namespace weft::sim
