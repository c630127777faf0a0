// Spiking neurons a second time, for both reference models: spike_rule.hpp, neuron_lif.hpp,
// neuron_current_lif.hpp and neuron_truenorth.hpp as they say it in words.
#pragma once

#include <cstdint>

#include "model/fabric/image.hpp"

namespace weft::test {

// What a spiking neuron remembers.
struct SpikeMemory {
  std::int64_t potential = 0, current = 0;
  int rest = 0;
};

inline std::int64_t within_32_bits(std::int64_t value) {
  const std::int64_t most = 2147483647;
  return value > most ? most : value < -most - 1 ? -most - 1 : value;
}

// value * (4096 - decay) / 4096, the magnitude rounded down.
inline std::int64_t fraction_left(std::int64_t value, std::int64_t decay) {
  const std::int64_t magnitude = (value < 0 ? -value : value) * (4096 - decay) >> 12;
  return value < 0 ? -magnitude : magnitude;
}

inline std::int32_t truenorth_value(const SpikeRule& rule, std::int64_t sum, std::int64_t leak,
                                    SpikeMemory& memory) {
  const TrueNorthRule& more = rule.truenorth;
  const std::int64_t most = 524287;  // of 20 bits
  std::int64_t& v = memory.potential;
  v += sum;
  if (!more.leak_follows_sign || v > 0) {
    v += leak;
  } else if (v < 0) {
    v -= leak;
  }
  if (v > most) v = most;
  if (v < -most - 1) v = -most - 1;
  const bool spikes = v >= rule.threshold;
  const bool falls = !spikes && v < -more.negative_threshold;
  const std::int64_t sign = spikes ? 1 : -1;
  if (falls && more.holds_below) {
    v = -more.negative_threshold;
  } else if (spikes || falls) {
    if (rule.reset == SpikeReset::Zero) v = sign * more.reset_potential;
    if (rule.reset == SpikeReset::Subtract) v -= sign * (spikes ? rule.threshold : more.negative_threshold);
  }
  if (v > most) v = most;
  return spikes ? 1 : 0;
}

// The value, 0 or 1, in a step in which the neuron hears `sum`.
inline std::int32_t spiking_value(const NeuronConfig& neuron, const SpikeRule& rule, std::int64_t sum,
                                  SpikeMemory& memory) {
  if (neuron.model == NeuronModel::TrueNorth) return truenorth_value(rule, sum, neuron.bias, memory);
  const std::int64_t input = (sum + neuron.bias) * (std::int64_t{1} << neuron.shift);
  const bool with_current = neuron.model == NeuronModel::CurrentLif;
  if (with_current)
    memory.current = within_32_bits(fraction_left(memory.current, rule.current_decay) + input);
  if (memory.rest > 0) {
    memory.rest -= 1;
    return 0;
  }
  std::int64_t& v = memory.potential;
  if (rule.leak_kind == SpikeLeak::Fraction) {
    v = fraction_left(v, rule.leak);
  } else {
    const std::int64_t left = v < 0 ? -v : v;
    const std::int64_t kept = left < rule.leak ? 0 : left - rule.leak;
    v = v < 0 ? -kept : kept;
  }
  v = within_32_bits(v + (with_current ? memory.current : input));
  const bool spikes = with_current ? v > rule.threshold : v >= rule.threshold;
  if (!spikes) return 0;
  if (rule.reset == SpikeReset::Zero) v = 0;
  if (rule.reset == SpikeReset::Subtract) v -= rule.threshold;
  memory.rest = rule.refractory;
  return 1;
}

// Whether the neuron forgets at the start of a step.
inline bool begins_frame(const ImageSpikeRule& rule, std::uint64_t step, std::uint64_t interval_steps) {
  const auto clear = static_cast<std::uint64_t>(rule.clear_step);
  return step >= clear && (step - clear) % interval_steps == 0;
}

}  // namespace weft::test
