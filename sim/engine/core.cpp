// The computing half of a core's step. Invariant: afterwards the axon buffer of this step is empty again,
// ready for the step that comes round to it.
#include "sim/engine/core.hpp"

namespace weft::sim {
namespace {

// Takes the active ones of the lines [begin, end), which is not empty, out of the buffer of the step, and
// clears them; the words at both ends may hold lines of other cores, too. They are numbered from `begin` on.
void take_lines(const AxonBuffers& tile, std::size_t buffer, std::uint32_t begin, std::uint32_t end,
                std::vector<ActiveAxon>& active) {
  std::uint64_t* bits = tile.bits + buffer * tile.words;
  const std::int32_t* values = tile.values + buffer * tile.lines;
  const std::uint32_t last = (end - 1) / 64;
  std::uint64_t wanted = ~std::uint64_t{0} << (begin & 63u);
  for (std::uint32_t w = begin / 64; w <= last; ++w) {
    if (w == last) wanted &= ~std::uint64_t{0} >> (63u - ((end - 1) & 63u));
    for (std::uint64_t rest = bits[w] & wanted; rest != 0; rest &= rest - 1) {
      const std::uint32_t line = w * 64 + static_cast<std::uint32_t>(__builtin_ctzll(rest));
      active.push_back({line - begin, values[line]});
    }
    bits[w] &= ~wanted;
    wanted = ~std::uint64_t{0};
  }
}

// The core's active lines of this step. Returns how many of them are axons; the others, behind them, are
// sums, numbered as in sum_neurons.
std::size_t take_active_lines(Context& context, const CoreProgram& program) {
  const AxonBuffers& tile = context.state.axons[program.tile];
  const std::size_t buffer = context.state.step & tile.mask;
  std::vector<ActiveAxon>& active = context.active_axons;
  active.clear();
  if (program.axons != 0)
    take_lines(tile, buffer, program.first_axon, program.first_axon + program.axons, active);
  const std::size_t axons = active.size();
  if (!program.sum_neurons.empty()) take_lines(tile, buffer, program.first_sum, program.end_sum(), active);
  return axons;
}

// Neurons whose potential starts from what was added to their sums.
void add_sums(const Context& context, const CoreProgram& program, std::size_t first,
              std::int32_t* potentials) {
  for (std::size_t i = first; i < context.active_axons.size(); ++i) {
    const ActiveAxon& sum = context.active_axons[i];
    std::int32_t& potential = potentials[program.sum_neurons[sum.axon]];
    potential = wrapping_sum(potential, sum.value);
  }
}

// For who looks: when rows begin.
void tell_rows(Context& context, const CoreProgram& program, std::size_t rows, std::uint64_t cycle,
               CoreState& own) {
  own.row_starts.clear();
  std::uint32_t in_group = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const ActiveAxon& active = context.active_axons[row];
    if (in_group == program.rows_at_once) in_group = 0;
    if (in_group++ == 0) {
      own.row_starts.emplace_back(active.axon, cycle);
      cycle += program.row_cycles[active.axon];
    }
    context.watch.tell(own.row_starts.back().second, program, EventKind::Row, active.axon, active.value);
  }
}

// Fills own.emissions from the neurons' values, and own.sent.
template <bool kWatched>
void find_emissions(const CoreProgram& program, const std::int32_t* values, CoreState& own) {
  own.emissions.clear();
  own.sent = {};
  const std::uint32_t* further = program.further.data();
  for (std::uint32_t n = 0; n < program.neurons; ++n) {
    const std::uint32_t more = program.message_count(n) - 1;
    if (values[n] != 0 && (kWatched || program.entry[n] != kNone)) {
      const std::uint32_t group = n / program.updates_at_once;
      own.emissions.push_back({n, group, program.entry[n], values[n]});
      for (std::uint32_t m = 0; m < more; ++m) own.emissions.push_back({n, group, further[m], values[n]});
      if (kChecked && program.entry[n] != kNone) own.sent += program.totals[n];
    }
    further += more;
  }
}

// For who looks: potentials before the updates. Those of value neurons begin each step at zero.
void keep_potentials_before(const Context& context, const CoreProgram& program, CoreState& own) {
  own.potential_before.assign(program.neurons, 0);
  read_potentials(program.spikes, context.state.step, context.state.interval_steps, own.spike_states,
                  own.potential_before.data());
  ++own.steps_kept;
}

void keep_potentials_after(const Context& context, const CoreProgram& program, CoreState& own) {
  own.potential_after.assign(context.potentials.begin(), context.potentials.begin() + program.neurons);
  read_potentials(program.spikes, own.spike_states, own.potential_after.data());
}

}  // namespace

void begin_core_step(Context& context, std::uint32_t core, std::uint64_t cycle) {
  State& state = context.state;
  const CoreProgram& program = context.program.cores[core];
  CoreState& own = state.cores[core];
  TileCounters& counters = state.counters[program.tile];
  const bool watched = kTraced && own.observed;
  const std::size_t rows = take_active_lines(context, program);
  if (own.handing || own.idle_from > cycle) return;  // late: ticks only
  std::uint64_t row_cycles = 0;
  std::uint32_t in_group = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const ActiveAxon& active = context.active_axons[row];
    if (in_group == program.rows_at_once) in_group = 0;
    if (in_group++ == 0) {
      row_cycles += program.row_cycles[active.axon];
    }
    counters.synaptic_ops += program.row_synapses[active.axon];
  }
  if (watched) tell_rows(context, program, rows, cycle, own);
  counters.rows += rows;
  counters.neuron_updates += program.neurons;
  counters.busy_cycles += row_cycles + program.groups;

  const bool remembers = !program.spikes.empty();
  if (context.active_axons.empty() && own.silent_known && !(kTraced && own.keeps_potentials)) {
    own.emissions = own.silent;
    own.sent = own.silent_sent;
  } else {
    add_rows(context.kernel, program.rows, context.active_axons.data(), rows, context.potentials.data());
    add_sums(context, program, rows, context.potentials.data());
    if (kTraced && own.keeps_potentials) keep_potentials_before(context, program, own);
    update_neurons(context.kernel, program.updates, context.potentials.data(), context.values.data());
    if (remembers) {
      update_spikes(program.spikes, state.step, state.interval_steps, context.potentials.data(),
                    own.spike_states, context.values.data());
    }
    if (kTraced && own.keeps_potentials) keep_potentials_after(context, program, own);
    watched ? find_emissions<true>(program, context.values.data(), own)
            : find_emissions<false>(program, context.values.data(), own);
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
  own.handing = true;
  state.routers[program.tile].duties |= kCoreDuty;
  ++state.outstanding;
  if (own.next_push == cycle) {
    state.wheel.at(cycle).activate(program.tile);
  } else {
    state.calendar.add(own.next_push, program.tile);
  }
}

}  // namespace weft::sim
