// The computing half of a core's step. Invariant: afterwards the axon buffer of this step is empty again,
// ready for the step that comes round to it.
#include "sim/engine/core.hpp"

namespace weft::sim {
namespace {

// Takes the active lines of the step out of their buffer, ascending, and clears it. Returns how many of them
// are axons; the others, behind them, are sums.
std::size_t take_active_lines(Context& context, const CoreProgram& program, CoreState& own) {
  const std::size_t words = (program.lines() + 63) / 64;
  const std::size_t buffer = context.state.step & (program.axon_buffers - 1);
  std::uint64_t* bits = own.axon_bits.data() + buffer * words;
  const std::int32_t* values = own.axon_values.data() + buffer * program.lines();
  context.active_axons.clear();
  for (std::size_t w = 0; w < words; ++w) {
    for (std::uint64_t rest = bits[w]; rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(__builtin_ctzll(rest)));
      context.active_axons.push_back({line, values[line]});
    }
    bits[w] = 0;
  }
  std::size_t axons = context.active_axons.size();
  while (axons > 0 && context.active_axons[axons - 1].axon >= program.axons) --axons;
  return axons;
}

// Neurons whose potential starts from what was added to their sums.
void add_sums(const Context& context, const CoreProgram& program, std::size_t first,
              std::int32_t* potentials) {
  for (std::size_t i = first; i < context.active_axons.size(); ++i) {
    const ActiveAxon& sum = context.active_axons[i];
    std::int32_t& potential = potentials[program.sum_neurons[sum.axon - program.axons]];
    potential = wrapping_sum(potential, sum.value);
  }
}

// Fills own.emissions from the neurons' values, and own.sent.
void find_emissions(const CoreProgram& program, const std::int32_t* values, bool watched, CoreState& own) {
  own.emissions.clear();
  own.sent = {};
  const std::uint32_t* further = program.further.data();
  for (std::uint32_t n = 0; n < program.neurons; ++n) {
    const std::uint32_t more = program.message_count(n) - 1;
    if (values[n] != 0 && (watched || program.entry[n] != kNone)) {
      const std::uint32_t group = n / program.updates_at_once;
      own.emissions.push_back({n, group, program.entry[n], values[n]});
      for (std::uint32_t m = 0; m < more; ++m) own.emissions.push_back({n, group, further[m], values[n]});
      if (kChecked && program.entry[n] != kNone) own.sent += program.totals[n];
    }
    further += more;
  }
}

}  // namespace

void begin_core_step(Context& context, std::uint32_t core, std::uint64_t cycle) {
  State& state = context.state;
  const CoreProgram& program = context.program.cores[core];
  CoreState& own = state.cores[core];
  TileCounters& counters = state.counters[program.tile];
  const bool watched = context.watched;
  const std::size_t rows = take_active_lines(context, program, own);
  if ((state.routers[program.tile].duties & kCoreDuty) != 0 || own.idle_from > cycle)
    return;  // late: ticks only
  std::uint64_t row_cycles = 0;
  std::uint32_t in_group = 0;
  if (watched) own.row_starts.clear();
  for (std::size_t row = 0; row < rows; ++row) {
    const ActiveAxon& active = context.active_axons[row];
    if (in_group == program.rows_at_once) in_group = 0;
    if (in_group++ == 0) {
      if (watched) own.row_starts.emplace_back(active.axon, cycle + row_cycles);
      row_cycles += program.row_cycles[active.axon];
    }
    if (watched) {
      context.watch.tell(own.row_starts.back().second, program.tile, EventKind::Row, active.axon,
                         active.value);
    }
    counters.synaptic_ops += program.row_synapses[active.axon];
  }
  counters.rows += rows;
  counters.neuron_updates += program.neurons;
  counters.busy_cycles += row_cycles + program.groups;

  const bool remembers = !program.spikes.empty();
  if (context.active_axons.empty() && own.silent_known) {
    own.emissions = own.silent;
    own.sent = own.silent_sent;
  } else {
    add_rows(context.kernel, program.rows, context.active_axons.data(), rows, context.potentials.data());
    add_sums(context, program, rows, context.potentials.data());
    update_neurons(context.kernel, program.updates, context.potentials.data(), context.values.data());
    if (remembers) {
      update_spikes(program.spikes, state.step, state.interval_steps, context.potentials.data(),
                    own.spike_states, context.values.data());
    }
    find_emissions(program, context.values.data(), watched, own);
    if (context.active_axons.empty() && !remembers) {
      own.silent = own.emissions;
      own.silent_sent = own.sent;
      own.silent_known = true;
    }
  }

  state.expected += own.sent;
  own.cursor = 0;
  own.begun_group = kNone;
  own.stalled = false;
  own.first_update = cycle + row_cycles;
  if (own.emissions.empty() || context.program.fabric.router.routing == Routing::Circuit) {
    own.idle_from = own.first_update + program.groups;
    if (own.idle_from - 1 > state.last_work) state.last_work = own.idle_from - 1;
    return;
  }
  own.next_push = own.first_update + own.emissions.front().group;
  state.routers[program.tile].duties |= kCoreDuty;
  ++state.outstanding;
  if (own.next_push == cycle) {
    state.wheel.at(cycle).activate(program.tile);
  } else {
    state.calendar.add(own.next_push, program.tile);
  }
}

}  // namespace weft::sim
