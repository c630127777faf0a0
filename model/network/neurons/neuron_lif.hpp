// If and Lif, the integrate-and-fire neurons without and with a leak:
//   v(t) = leaked(v(t - 1)) + input(t); a spike if v(t) >= threshold, then the reset.
// In a refractory step nothing happens but that one less is left: the input is lost, the potential stays.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/network/neurons/spike_rule.hpp"

namespace weft {

inline std::int64_t leaked(const SpikeRule& rule, std::int32_t potential) {
  if (rule.leak_kind == SpikeLeak::Fraction) return decayed(potential, rule.leak);
  const std::int64_t value = potential;
  return value > 0 ? std::max<std::int64_t>(value - rule.leak, 0)
                   : std::min<std::int64_t>(value + rule.leak, 0);
}

// Returns whether the neuron spikes. |input| < 2^62.
inline bool update_lif(const SpikeRule& rule, std::int64_t input, SpikeState& state) {
  if (state.rest > 0) {
    --state.rest;
    return false;
  }
  state.potential = saturate(leaked(rule, state.potential) + input);
  if (state.potential < rule.threshold) return false;
  reset_after_spike(rule, state);
  return true;
}

}  // namespace weft
