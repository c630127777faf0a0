// Runs of neurons that share a rule: the rule is looked at once per run, and the loop over the neurons has no
// branch but the rule's own.
#include "sim/engine/spikes.hpp"

#include <algorithm>

#include "model/network/neurons/neuron_model.hpp"

namespace weft::sim {
namespace {

bool begins_frame(std::int32_t clear_step, std::uint64_t step, std::uint64_t interval_steps) {
  const auto clear = static_cast<std::uint64_t>(clear_step);
  return step >= clear && (step - clear) % interval_steps == 0;
}

template <NeuronModel kModel>
void update_run(const SpikeTable& table, const SpikeRun& run, const std::int32_t* potentials,
                SpikeState* states, std::int32_t* values) {
  const SpikeRule rule = run.rule.spike;
  for (std::uint32_t i = 0; i < run.count; ++i) {
    const std::uint32_t n = run.state + i;
    values[run.first + i] = update_spiking_neuron(kModel, rule, potentials[run.first + i], table.bias[n],
                                                  table.shift[n], states[n]);
  }
}

}  // namespace

SpikeTable make_spike_table(const CoreImage& core, const std::vector<ImageSpikeRule>& rules) {
  SpikeTable table;
  for (std::uint32_t n = 0; n < core.neurons.size(); ++n) {
    const NeuronConfig& neuron = core.neurons[n];
    if (!is_spiking(neuron.model)) continue;
    const ImageSpikeRule& rule = rules.at(neuron.table);
    SpikeRun* last = table.runs.empty() ? nullptr : &table.runs.back();
    if (last != nullptr && last->first + last->count == n && last->model == neuron.model &&
        last->rule == rule) {
      ++last->count;
    } else {
      table.runs.push_back({n, 1, static_cast<std::uint32_t>(table.bias.size()), neuron.model, rule});
    }
    table.bias.push_back(neuron.bias);
    table.shift.push_back(neuron.shift);
  }
  return table;
}

void update_spikes(const SpikeTable& table, std::uint64_t step, std::uint64_t interval_steps,
                   const std::int32_t* potentials, std::vector<SpikeState>& states, std::int32_t* values) {
  for (const SpikeRun& run : table.runs) {
    if (begins_frame(run.rule.clear_step, step, interval_steps)) {
      std::fill_n(states.begin() + run.state, run.count, SpikeState());
    }
    if (run.model == NeuronModel::CurrentLif) {
      update_run<NeuronModel::CurrentLif>(table, run, potentials, states.data(), values);
    } else if (run.model == NeuronModel::TrueNorth) {
      update_run<NeuronModel::TrueNorth>(table, run, potentials, states.data(), values);
    } else {
      update_run<NeuronModel::Lif>(table, run, potentials, states.data(), values);  // If: without a leak
    }
  }
}

void read_potentials(const SpikeTable& table, std::uint64_t step, std::uint64_t interval_steps,
                     const std::vector<SpikeState>& states, std::int32_t* potentials) {
  read_potentials(table, states, potentials);
  for (const SpikeRun& run : table.runs) {
    if (begins_frame(run.rule.clear_step, step, interval_steps))
      std::fill_n(potentials + run.first, run.count, 0);
  }
}

void read_potentials(const SpikeTable& table, const std::vector<SpikeState>& states,
                     std::int32_t* potentials) {
  for (const SpikeRun& run : table.runs) {
    for (std::uint32_t i = 0; i < run.count; ++i) potentials[run.first + i] = states[run.state + i].potential;
  }
}

}  // namespace weft::sim
