// CurrentLif, the neuron of Loihi (Davies et al., IEEE Micro 38(1) 2018): inputs feed a current, and the
// current the potential, each with a decay of its own:
//   u(t) = u(t - 1) * (4096 - current_decay) / 4096 + input(t)
//   v(t) = v(t - 1) * (4096 - leak) / 4096 + u(t); a spike if v(t) > threshold, then the reset,
// both quotients rounded towards zero. `shift` is Loihi's weight exponent: 6 for the factor of 64 between a
// weight and the current. Rounding and the strict comparison are those of the fixed-point model of Loihi's
// neuron in Intel's Lava (lava-nc, proc/lif/models.py); not modeled are its extra decay of 1/4096 of the
// current, and its 23 bits of state: here they are 32. In a refractory step the current goes on, the
// potential stays.
#pragma once

#include <cstdint>

#include "model/network/neurons/spike_rule.hpp"

namespace weft {

// Returns whether the neuron spikes. |input| < 2^62.
inline bool update_current_lif(const SpikeRule& rule, std::int64_t input, SpikeState& state) {
  state.current = saturate(decayed(state.current, rule.current_decay) + input);
  if (state.rest > 0) {
    --state.rest;
    return false;
  }
  state.potential = saturate(decayed(state.potential, rule.leak) + state.current);
  if (state.potential <= rule.threshold) return false;
  reset_after_spike(rule, state);
  return true;
}

}  // namespace weft
