// A core's spiking neurons in a step: from potentials to values, and on to the next step's state.
#pragma once

#include <cstdint>
#include <vector>

#include "model/fabric/image.hpp"

namespace weft::sim {

// Neighboring neurons of one model and rule.
struct SpikeRun {
  std::uint32_t first = 0;  // neuron
  std::uint32_t count = 0;
  std::uint32_t state = 0;  // of the first, among the core's states
  NeuronModel model = NeuronModel::If;
  ImageSpikeRule rule;
};

struct SpikeTable {
  std::vector<SpikeRun> runs;
  std::vector<std::int32_t> bias;  // per spiking neuron, like the states
  std::vector<std::uint8_t> shift;

  bool empty() const { return runs.empty(); }
  std::size_t neurons() const { return bias.size(); }
};

SpikeTable make_spike_table(const CoreImage& core, const std::vector<ImageSpikeRule>& rules);

// Updates the states, those whose frame begins in `step` from rest, and writes the spiking neurons' values, 0
// or 1.
void update_spikes(const SpikeTable& table, std::uint64_t step, std::uint64_t interval_steps,
                   const std::int32_t* potentials, std::vector<SpikeState>& states, std::int32_t* values);

// Where updates of `step` begin: the spiking neurons' potentials, at rest those whose frame begins.
void read_potentials(const SpikeTable& table, std::uint64_t step, std::uint64_t interval_steps,
                     const std::vector<SpikeState>& states, std::int32_t* potentials);
// Where they end.
void read_potentials(const SpikeTable& table, const std::vector<SpikeState>& states,
                     std::int32_t* potentials);

}  // namespace weft::sim
