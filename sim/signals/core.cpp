// The core's part of a clock edge, as sim/TIMING.md section 4 has it. Invariant: what a group's neurons send
// is in the queue before the next group updates.
#include "sim/signals/core.hpp"

#include <algorithm>

#include "model/network/neurons/neuron_model.hpp"

namespace weft::sim::signals {
namespace {

// Whether a neuron forgets at the start of a step (section 2).
bool begins_frame(std::int32_t clear_step, std::uint64_t step, std::uint64_t interval_steps) {
  const auto clear = static_cast<std::uint64_t>(clear_step);
  return step >= clear && (step - clear) % interval_steps == 0;
}

}  // namespace

Core::Core(const sc_core::sc_module_name& name, TileId tile, std::size_t number, const Image& image,
           std::uint64_t interval_steps, Ledger& ledger)
    : sc_module(name),
      tile_(tile),
      number_(number),
      whole_(image),
      alone_(image.tiles[tile].core.cores() > 1 ? core_alone(image.tiles[tile].core, number) : CoreImage()),
      image_(image.tiles[tile].core.cores() > 1 ? alone_ : image.tiles[tile].core),
      interval_steps_(interval_steps),
      ledger_(ledger),
      states_(image_.neurons.size()),
      registers_(image_.neurons.size()) {}

// What the router granted in the cycle before, in the step that was then the current one.
void Core::deliver(const Delivery& delivery, std::int32_t value) {
  const std::uint64_t step = steps_begun_ - 1 + delivery.delay;
  if (delivery.to_sum) {
    sums_[step][delivery.axon] += value;
    return;
  }
  const bool alone = arriving_[step].insert_or_assign(delivery.axon, value).second;
  if (!alone && ledger_.fabric.step.synchronization == Synchronization::Barrier) {
    breach(ledger_.fabric, tile_, "an axon got two values for one step");
  }
}

void Core::begin_step(std::uint64_t cycle) {
  const std::uint64_t step = steps_begun_++;
  AxonValues values = std::move(arriving_[step]);
  const std::map<std::uint16_t, std::int64_t> sums = std::move(sums_[step]);
  arriving_.erase(step);
  sums_.erase(step);
  if (!idle_) return;  // late: it goes on with an earlier step and does without this one
  active_ = std::move(values);
  potentials_.assign(image_.neurons.size(), 0);
  for (const auto& [to, sum] : sums) potentials_[to] = sum;
  for (std::size_t n = 0; n < states_.size(); ++n) {
    const NeuronConfig& config = image_.neurons[n];
    if (!is_spiking(config.model)) {
      registers_[n] = 0;
    } else if (begins_frame(whole_.spike_rules[config.table].clear_step, step, interval_steps_)) {
      states_[n] = {};
      registers_[n] = 0;
    }
  }
  next_neuron_ = 0;
  idle_ = false;
  count_step(cycle);
}

// What the step comes to is counted, and its rows told, as a whole; stalls are added as they happen.
void Core::count_step(std::uint64_t cycle) {
  const CoreSpec& spec = ledger_.fabric.core;
  std::uint64_t group_begin = cycle, group_end = cycle;
  int in_group = 0;
  for (const auto& [axon_number, value] : active_) {
    if (in_group == 0) {
      group_begin = group_end;
      group_end += static_cast<std::uint64_t>(row_cycles(spec, row_synapses(axon_number)));
    }
    in_group = (in_group + 1) % rows_at_once(spec);
    ++counters().rows;
    counters().synaptic_ops += row_synapses(axon_number);
    tell(group_begin, EventKind::Row, axon_number, value);
  }
  const auto lanes = static_cast<std::size_t>(updates_at_once(spec));
  counters().neuron_updates += image_.neurons.size();
  counters().busy_cycles += group_end - cycle + (image_.neurons.size() + lanes - 1) / lanes;
}

Message Core::take_head() {
  const Message head = queue_.front();
  queue_.pop_front();
  return head;
}

// Section 4: rows, then groups of neurons, each handed over before the next one updates.
void Core::work(std::uint64_t cycle, std::size_t free_slots) {
  if (!shown_potentials_.empty()) shown_potentials_ = registers_;
  if (idle_) return show(Idle, 0, 0);
  if (row_cycles_left_ == 0 && !active_.empty()) start_rows();
  if (row_cycles_left_ > 0) {
    --row_cycles_left_;
    ledger_.last_progress = cycle;
    return show(Rows, first_axon_, 0);
  }

  if (left_over_.empty()) update_group(cycle);
  hand_over(free_slots);
  if (left_over_.empty()) {
    idle_ = next_neuron_ == image_.neurons.size();
    return show(Update, 0, group_);
  }
  ++counters().stall_cycles;
  ++counters().busy_cycles;
  tell(cycle, EventKind::Stall, left_over_.front().neuron, 0);
  show(Stall, 0, group_);
}

// To the queue, as many as there were free slots.
void Core::hand_over(std::size_t free_slots) {
  for (; !left_over_.empty() && free_slots > 0; --free_slots) {
    queue_.push_back(left_over_.front());
    left_over_.pop_front();
  }
}

// As many rows as are processed together begin: they take the cycles of the first of them.
void Core::start_rows() {
  first_axon_ = active_.begin()->first;
  row_cycles_left_ = row_cycles(ledger_.fabric.core, row_synapses(first_axon_));
  for (int row = 0; row < rows_at_once(ledger_.fabric.core) && !active_.empty(); ++row) {
    const auto [axon_number, value] = *active_.begin();
    active_.erase(active_.begin());
    add_row(axon_number, value);
  }
}

void Core::add_row(std::uint16_t axon_number, std::int32_t value) {
  const std::uint32_t first = image_.row_begin[axon_number];
  const std::uint32_t end = first + row_synapses(axon_number);
  for (std::uint32_t s = first; s < end; ++s)
    potentials_[image_.neuron[s]] += std::int64_t{image_.weight[s]} * value;
}

std::uint32_t Core::row_synapses(std::uint16_t axon_number) const {
  return image_.row_begin[axon_number + 1u] - image_.row_begin[axon_number];
}

void Core::update_group(std::uint64_t cycle) {
  const auto lanes = static_cast<std::size_t>(updates_at_once(ledger_.fabric.core));
  group_ = next_neuron_;
  for (; next_neuron_ < std::min(group_ + lanes, image_.neurons.size()); ++next_neuron_) {
    const std::int32_t value = update(next_neuron_);
    registers_[next_neuron_] = is_spiking(image_.neurons[next_neuron_].model)
                                   ? states_[next_neuron_].potential
                                   : static_cast<std::int32_t>(potentials_[next_neuron_]);
    if (value == 0) continue;
    const auto number = static_cast<std::uint32_t>(next_neuron_);
    tell(cycle, EventKind::Update, number, value);
    const MessageKey key = image_.neurons[next_neuron_].key;
    if (key == kNoKey) continue;
    for (std::uint32_t m = 0; m < image_.neurons[next_neuron_].messages; ++m)
      left_over_.push_back({{key.value() + m, value}, number, m > 0});
  }
  ledger_.last_progress = cycle;
}

std::int32_t Core::update(std::size_t number) {
  const NeuronConfig& config = image_.neurons[number];
  const auto sum = static_cast<std::int32_t>(potentials_[number]);
  if (is_spiking(config.model)) {
    return update_spiking_neuron(config.model, whole_.spike_rules[config.table].spike, sum, config.bias,
                                 config.shift, states_[number]);
  }
  const bool tabled = config.model == NeuronModel::Table;
  return update_value_neuron(config.model, sum, config.bias, config.shift, config.minimum, config.maximum,
                             tabled ? whole_.tables[config.table].data() : nullptr);
}

void Core::show(State state_value, std::size_t axon_value, std::size_t neuron_value) {
  state.write(state_value);
  axon.write(static_cast<std::uint32_t>(axon_value));
  neuron.write(static_cast<std::uint32_t>(neuron_value));
}

}  // namespace weft::sim::signals
