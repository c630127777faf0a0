// What spiking neurons have in common: the parameters of their update rules and what they remember from step
// to step. The rules are one file each: neuron_lif.hpp, neuron_current_lif.hpp, neuron_truenorth.hpp.
//
// A spiking neuron's input in a step is (sum + bias) * 2^shift, with `sum` of weight * value over all
// synapses: proved to stay within 32 bits, so with the shift within 63. What it remembers cannot be bounded
// before the run, where leak and inputs decide: potential and current saturate at the ends of 32 bits. A
// spike is the value 1. At the start of a frame everything is zero.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace weft {

enum class SpikeReset : std::uint8_t {
  Zero = 0,      // the potential becomes zero (TrueNorth: the reset potential)
  Subtract = 1,  // the threshold is taken from it
  None = 2       // it stays
};

enum class SpikeLeak : std::uint8_t {
  Subtract = 0,  // `leak` towards zero each step, not beyond
  Fraction = 1   // times (4096 - leak) / 4096, rounded towards zero
};

constexpr std::int32_t kWholeFraction = 4096;  // fractions have 12 bits, as on Loihi

// What TrueNorth's neuron has beyond the others (neuron_truenorth.hpp); as it stands here in all others.
struct TrueNorthRule {
  std::int32_t negative_threshold = 0;  // 0 to 2^18 - 1: below minus this the potential is reset or held
  std::int32_t reset_potential = 0;     // -2^19 to 2^19 - 1
  bool holds_below =
      false;  // a potential below minus the negative threshold becomes that, whatever the reset
  bool leak_follows_sign = false;  // the leak's sign is turned while the potential is negative

  friend bool operator==(const TrueNorthRule& a, const TrueNorthRule& b) {
    return a.negative_threshold == b.negative_threshold && a.reset_potential == b.reset_potential &&
           a.holds_below == b.holds_below && a.leak_follows_sign == b.leak_follows_sign;
  }
};

struct SpikeRule {
  std::int32_t threshold = 1;  // at least 1
  SpikeReset reset = SpikeReset::Zero;
  SpikeLeak leak_kind = SpikeLeak::Subtract;
  std::int32_t leak = 0;           // If, TrueNorth: 0. At least 0; a Fraction at most 4096
  std::int32_t current_decay = 0;  // CurrentLif only: 0 to 4096, as a Fraction
  std::int32_t refractory = 0;     // 0 to 65535 steps after a spike in which the potential stands still
  TrueNorthRule truenorth;         // TrueNorth only

  friend bool operator==(const SpikeRule& a, const SpikeRule& b) {
    return a.threshold == b.threshold && a.reset == b.reset && a.leak_kind == b.leak_kind &&
           a.leak == b.leak && a.current_decay == b.current_decay && a.refractory == b.refractory &&
           a.truenorth == b.truenorth;
  }
};

struct SpikeState {
  std::int32_t potential = 0;
  std::int32_t current = 0;  // CurrentLif
  std::int32_t rest = 0;     // refractory steps left
};

inline std::int32_t saturate(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, std::numeric_limits<std::int32_t>::min(),
                                                            std::numeric_limits<std::int32_t>::max()));
}

// value * (4096 - decay) / 4096, rounded towards zero.
inline std::int64_t decayed(std::int32_t value, std::int32_t decay) {
  return std::int64_t{value} * (kWholeFraction - decay) / kWholeFraction;
}

inline void reset_after_spike(const SpikeRule& rule, SpikeState& state) {
  if (rule.reset == SpikeReset::Zero) state.potential = 0;
  if (rule.reset == SpikeReset::Subtract) state.potential -= rule.threshold;  // it is at least the threshold
  state.rest = rule.refractory;
}

}  // namespace weft
