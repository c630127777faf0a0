// TrueNorth, the deterministic part of its neuron (Cassidy et al., IJCNN 2013; Merolla et al., Science 2014):
//   v(t) = v(t - 1) + sum(t) + leak, saturating at the ends of 20 bits, with leak the neuron's bias, times the sign of
//   v(t - 1) + sum(t) if the leak follows it;
//   v(t) >= threshold: a spike, and v becomes the reset potential (Zero), v - threshold (Subtract) or stays (None);
//   v(t) < -negative_threshold: no spike, and v becomes -negative_threshold if the rule holds it there, else minus the
//   reset potential (Zero), v + negative_threshold (Subtract) or stays (None).
// The weight of a synapse is one of a few that the neuron has, chosen by its axon's type (CoreSpec::axon_types); here it is
// the number itself. Energy events: one neuron update per step, one synaptic operation per synapse of an active axon.
// Not modeled: the stochastic weights, leaks and thresholds; and that the hardware saturates after each synapse, not after
// their sum.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "model/network/neurons/spike_rule.hpp"

namespace weft {

constexpr std::int32_t kTrueNorthLowest = -(1 << 19), kTrueNorthHighest = (1 << 19) - 1;  // a potential
constexpr std::int32_t kTrueNorthThreshold = (1 << 18) - 1;                               // the highest
constexpr std::int32_t kTrueNorthLeak = 255;                                              // 9 bits: -256 to 255

// Returns whether the neuron spikes. `sum` of weight * value, 32 bits.
inline bool update_truenorth(const SpikeRule& rule, std::int32_t sum, std::int32_t leak, SpikeState& state) {
  const TrueNorthRule& more = rule.truenorth;
  const std::int64_t heard = std::int64_t{state.potential} + sum;
  const int sign = !more.leak_follows_sign ? 1 : heard > 0 ? 1 : heard < 0 ? -1 : 0;
  std::int32_t& v = state.potential;
  v = static_cast<std::int32_t>(
      std::clamp<std::int64_t>(heard + sign * std::int64_t{leak}, kTrueNorthLowest, kTrueNorthHighest));
  if (v >= rule.threshold) {
    if (rule.reset == SpikeReset::Zero) v = more.reset_potential;
    if (rule.reset == SpikeReset::Subtract) v -= rule.threshold;
    return true;
  }
  if (v >= -more.negative_threshold) return false;
  if (more.holds_below) {
    v = -more.negative_threshold;
  } else if (rule.reset == SpikeReset::Zero) {
    v = std::min(-more.reset_potential, kTrueNorthHighest);  // minus the lowest is one too many
  } else if (rule.reset == SpikeReset::Subtract) {
    v += more.negative_threshold;
  }
  return false;
}

}  // namespace weft
