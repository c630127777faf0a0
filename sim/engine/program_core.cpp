// One core of the compiled image: the cycles of each row, the rows and neurons in the kernels' layout.
#include <algorithm>

#include "sim/engine/program.hpp"

namespace weft::sim {

std::uint32_t Program::line_of_sum(std::uint32_t tile, std::uint32_t neuron) const {
  std::uint32_t core = core_of_tile[tile];
  while (neuron >= cores[core].first_neuron + cores[core].neurons) ++core;
  const CoreProgram& own = cores[core];
  const auto found =
      std::lower_bound(own.sum_neurons.begin(), own.sum_neurons.end(), neuron - own.first_neuron);
  return own.first_sum + static_cast<std::uint32_t>(found - own.sum_neurons.begin());
}

const CoreProgram& Program::core_of_line(std::uint32_t tile, std::uint32_t line) const {
  std::uint32_t core = core_of_tile[tile];
  while (!cores[core].has_line(line)) ++core;
  return cores[core];
}

std::string core_name(const Fabric& fabric, std::uint32_t number) {
  return fabric.cores_per_tile == 1 ? "core" : "core_" + std::to_string(number);
}

CoreProgram compile_core(const Fabric& fabric, const Image& image, TileId tile, std::size_t number) {
  const CoreImage& all = image.tiles[tile].core;
  const CoreImage alone = all.ends.empty() ? CoreImage() : core_alone(all, number);
  const CoreImage& core = all.ends.empty() ? all : alone;
  CoreProgram program;
  program.tile = tile.value();
  program.number = static_cast<std::uint32_t>(number);
  program.first_axon = core_begin(all, number).axons;
  program.first_neuron = core_begin(all, number).neurons;
  program.axons = static_cast<std::uint32_t>(core.axons());
  program.neurons = static_cast<std::uint32_t>(core.neurons.size());
  program.rows_at_once = static_cast<std::uint32_t>(rows_at_once(fabric.core));
  program.updates_at_once = static_cast<std::uint32_t>(updates_at_once(fabric.core));
  program.groups = (program.neurons + program.updates_at_once - 1) / program.updates_at_once;
  for (const Delivery& delivery : image.tiles[tile].deliveries) {
    while (program.axon_buffers <= delivery.delay) program.axon_buffers *= 2;
    if (delivery.to_sum && delivery.axon >= program.first_neuron &&
        delivery.axon < program.first_neuron + program.neurons) {
      program.sum_neurons.push_back(delivery.axon - program.first_neuron);
    }
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
