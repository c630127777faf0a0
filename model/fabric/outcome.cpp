// The sums over a run's counters, and the joules they stand for.
#include "model/fabric/outcome.hpp"

namespace weft {

OutcomeTotals totals(const Outcome& outcome) {
  OutcomeTotals sum;
  for (const TileCounters& tile : outcome.tiles) {
    sum.rows += tile.rows;
    sum.synaptic_ops += tile.synaptic_ops;
    sum.neuron_updates += tile.neuron_updates;
    sum.messages += tile.messages;
    sum.deliveries += tile.deliveries;
    sum.sums += tile.sums;
    sum.busy_cycles += tile.busy_cycles;
    sum.stall_cycles += tile.stall_cycles;
    sum.injected += tile.injected;
    sum.late_messages += tile.late_messages;
    sum.late_steps += tile.late_steps;
    sum.emitted += tile.flits[static_cast<std::size_t>(Direction::Edge)];
    for (const Direction direction : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      sum.flit_hops += tile.flits[static_cast<std::size_t>(direction)];
    }
  }
  return sum;
}

EnergyParts energy(const Outcome& outcome, const Fabric& fabric) {
  const OutcomeTotals sum = totals(outcome);
  const EnergySpec& spec = fabric.energy;
  const auto joule = [](std::uint64_t count, double each) { return static_cast<double>(count) * each; };
  EnergyParts parts;
  parts.rows = joule(sum.rows, spec.row_joule);
  parts.synapses = joule(sum.synaptic_ops + sum.sums, spec.synapse_joule);
  parts.neurons = joule(sum.neuron_updates, spec.neuron_update_joule);
  parts.messages = joule(sum.messages, spec.message_joule);
  parts.hops = joule(sum.flit_hops, spec.hop_joule);
  parts.ports = joule(sum.injected + sum.emitted, spec.port_joule);
  const double seconds = static_cast<double>(outcome.cycles) / fabric.clock_hz;
  parts.leakage = spec.static_watt_per_tile * fabric.tiles() * seconds;
  return parts;
}

}  // namespace weft
