// One core of the compiled image: the cycles of each row, the rows and neurons in the kernels' layout.
#include <algorithm>

#include "sim/engine/program.hpp"

namespace weft::sim {

std::uint32_t CoreProgram::line_of_sum(std::uint32_t neuron) const {
  const auto found = std::lower_bound(sum_neurons.begin(), sum_neurons.end(), neuron);
  return axons + static_cast<std::uint32_t>(found - sum_neurons.begin());
}

CoreProgram compile_core(const Fabric& fabric, const Image& image, TileId tile) {
  const CoreImage& core = image.tiles[tile].core;
  CoreProgram program;
  program.tile = tile.value();
  program.axons = static_cast<std::uint32_t>(core.axons());
  program.neurons = static_cast<std::uint32_t>(core.neurons.size());
  program.rows_at_once = static_cast<std::uint32_t>(rows_at_once(fabric.core));
  program.updates_at_once = static_cast<std::uint32_t>(updates_at_once(fabric.core));
  program.groups = (program.neurons + program.updates_at_once - 1) / program.updates_at_once;
  for (const Delivery& delivery : image.tiles[tile].deliveries) {
    while (program.axon_buffers <= delivery.delay) program.axon_buffers *= 2;
    if (delivery.to_sum) program.sum_neurons.push_back(delivery.axon);
  }
  std::sort(program.sum_neurons.begin(), program.sum_neurons.end());
  program.sum_neurons.erase(std::unique(program.sum_neurons.begin(), program.sum_neurons.end()),
                            program.sum_neurons.end());
  for (std::uint32_t a = 0; a < program.axons; ++a) {
    const std::uint32_t synapses = core.row_begin[a + 1] - core.row_begin[a];
    program.row_synapses.push_back(synapses);
    program.row_cycles.push_back(static_cast<std::uint32_t>(row_cycles(fabric.core, synapses)));
  }
  program.rows = make_row_table(core);
  program.updates = make_update_table(core, image.tables);
  program.spikes = make_spike_table(core, image.spike_rules);
  program.entry.assign(program.neurons, kNone);
  program.totals.resize(program.neurons);
  return program;
}

}  // namespace weft::sim
