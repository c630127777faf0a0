// Cores, output queues and ports (sections 4, 5 and 6 of sim/TIMING.md).
#include <stdexcept>

#include "tests/reference/cycle_model_machine.hpp"

namespace weft::test::cycle {
namespace {

std::int32_t updated_value(const NeuronConfig& neuron, const Image& image, std::int64_t potential) {
  const std::int64_t unit = std::int64_t{1} << neuron.shift;
  const std::int64_t sum = potential + neuron.bias + (neuron.shift > 0 ? unit / 2 : 0);
  std::int64_t q = sum / unit;
  if (sum % unit < 0) --q;  // the shift rounds down, the division towards zero
  if (neuron.model == NeuronModel::Table) {
    if (q < -128) q = -128;
    if (q > 127) q = 127;
    return image.tables.at(neuron.table).at(static_cast<std::size_t>(q + 128));
  }
  if (q < neuron.minimum) q = neuron.minimum;
  if (q > neuron.maximum) q = neuron.maximum;
  return static_cast<std::int32_t>(q);
}

Message take(std::deque<Message>& list) {
  const Message first = list.front();
  list.pop_front();
  return first;
}

}  // namespace

const Core& CycleModel::owner_of_axon(const Tile& tile, int axon) {
  for (const Core& own : tile.cores) {
    if (axon < own.end_axon) return own;
  }
  throw std::logic_error("an axon of no core");
}

const Core& CycleModel::owner_of_neuron(const Tile& tile, std::size_t neuron) {
  for (const Core& own : tile.cores) {
    if (neuron < own.end_neuron) return own;
  }
  throw std::logic_error("a neuron of no core");
}

void CycleModel::deliver(Cycle c, int t, const Flit& flit) {
  const RouteEntry route = entry(t, flit.key);
  Tile& tile = tiles_[index(t)];
  tell(c, t, EventKind::Arrive, flit.key, flit.value);
  for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
    const Delivery& delivery = image_of(t).deliveries[d];
    count(t).deliveries += 1;
    if (delivery.to_sum) {
      const Core& own = owner_of_neuron(tile, delivery.axon);
      tile.sums[step_ + delivery.delay][delivery.axon] += flit.value;
      count(t).sums += 1;
      tell(c, t, EventKind::Add, static_cast<std::uint32_t>(delivery.axon - own.first_neuron), flit.value,
           delivery.delay, own.number);
      continue;
    }
    auto& values = tile.axons[step_ + delivery.delay];
    if (!ticks() && values.count(delivery.axon) != 0)
      throw std::logic_error("two deliveries for one axon and step");
    values[delivery.axon] = flit.value;
    const Core& own = owner_of_axon(tile, delivery.axon);
    tell(c, t, EventKind::Deliver, static_cast<std::uint32_t>(delivery.axon - own.first_axon), flit.value,
         delivery.delay, own.number);
  }
}

// What is buffered for this step is used by the cores that begin it, and lost to those that are late.
void CycleModel::begin_cores(Cycle c, int t) {
  Tile& tile = tiles_[index(t)];
  for (Core& own : tile.cores) {
    if (own.idle) begin_core_step(c, t, own);
  }
  tile.axons.erase(step_);
  tile.sums.erase(step_);
}

void CycleModel::begin_core_step(Cycle c, int t, Core& own) {
  Tile& tile = tiles_[index(t)];
  own.idle = false;
  own.next_neuron = 0;
  own.potential.assign(own.neurons(), 0);
  own.rows_end = c;
  own.rows.clear();
  int lane = 0;
  for (const auto& [axon, value] : tile.axons[step_]) {
    if (axon < own.first_axon || axon >= own.end_axon) continue;
    const std::uint32_t first = core(t).row_begin[index(axon)];
    const std::uint32_t end = core(t).row_begin[index(axon) + 1];
    const bool with_others = fabric_.core.kind == CoreKind::Units ? !own.rows.empty() : lane > 0;
    const int number = axon - own.first_axon;
    if (!with_others) {
      const Cycle row_begins = own.rows_end;
      own.rows_end += static_cast<Cycle>(row_cycles(fabric_.core, end - first));
      own.rows.push_back({row_begins, own.rows_end, number});
    }
    lane = (lane + 1) % fabric_.core.row_lanes;
    tell(own.rows.back().begin, t, EventKind::Row, static_cast<std::uint32_t>(number), value, 0, own.number);
    for (std::uint32_t s = first; s < end; ++s) {
      own.potential.at(core(t).neuron[s] - own.first_neuron) += std::int64_t{core(t).weight[s]} * value;
    }
    count(t).rows += 1;
    count(t).synaptic_ops += end - first;
  }
  for (const auto& [neuron, value] : tile.sums[step_]) {
    if (index(neuron) >= own.first_neuron && index(neuron) < own.end_neuron)
      own.potential[index(neuron) - own.first_neuron] += value;
  }
  for (std::size_t n = 0; n < own.neurons(); ++n) {
    const NeuronConfig& neuron = core(t).neurons[own.first_neuron + n];
    if (is_spiking(neuron.model) && begins_frame(rule_of(neuron), step_, interval_)) own.memory[n] = {};
    own.shown[n] = is_spiking(neuron.model) ? own.memory[n].potential : 0;
  }
}

void CycleModel::work_core(Cycle c, int t, Core& own, int free_slots) {
  own.action = {};
  if (own.idle) return;
  count(t).busy_cycles += 1;
  if (c < own.rows_end) {
    for (const Row& row : own.rows) {
      if (row.begin > c || c >= row.end) continue;
      own.action = {CoreAction::Rows, row.axon, 0};
      return;
    }
    return;
  }
  if (own.left_over.empty()) update_group(c, t, own);
  for (; free_slots > 0 && !own.left_over.empty(); --free_slots) own.queue.push_back(take(own.left_over));
  own.action = {CoreAction::Update, 0, static_cast<int>(own.group_begin)};
  if (!own.left_over.empty()) {
    own.action.state = CoreAction::Stall;
    count(t).stall_cycles += 1;
    tell(c, t, EventKind::Stall, own.left_over.front().neuron, 0, 0, own.number);
  } else if (own.next_neuron == own.neurons()) {
    own.idle = true;
  }
}

void CycleModel::update_group(Cycle c, int t, Core& own) {
  own.group_begin = own.next_neuron;
  const int lanes = fabric_.core.kind == CoreKind::Units ? fabric_.core.neurons : fabric_.core.neuron_lanes;
  for (int lane = 0; lane < lanes; ++lane) {
    if (own.next_neuron == own.neurons()) return;
    const auto number = static_cast<std::uint32_t>(own.next_neuron);
    const NeuronConfig& neuron = core(t).neurons[own.first_neuron + number];
    const std::int32_t value =
        is_spiking(neuron.model)
            ? spiking_value(neuron, rule_of(neuron).spike, own.potential[number], own.memory[number])
            : updated_value(neuron, image_, own.potential[number]);
    own.shown[number] = is_spiking(neuron.model) ? own.memory[number].potential : own.potential[number];
    own.next_neuron += 1;
    count(t).neuron_updates += 1;
    if (value != 0) tell(c, t, EventKind::Update, number, value, 0, own.number);
    if (value == 0 || neuron.key == kNoKey) continue;
    for (std::uint32_t m = 0; m < neuron.messages; ++m)
      own.left_over.push_back({neuron.key.value() + m, value, number, m > 0});
  }
}

// The rows and updates of a step that has begun count, also if the run ends before.
void CycleModel::count_unfinished(Cycle c, int t, const Core& own) {
  if (own.idle) return;
  const std::size_t left = own.neurons() - own.next_neuron;
  const CoreSpec& spec = fabric_.core;
  const auto lanes =
      static_cast<std::size_t>(spec.kind == CoreKind::Units ? spec.neurons : spec.neuron_lanes);
  count(t).neuron_updates += left;
  count(t).busy_cycles += (left + lanes - 1) / lanes + (own.left_over.empty() ? 0 : 1);
  if (c < own.rows_end) count(t).busy_cycles += own.rows_end - c;
}

int CycleModel::moving_queue(const Tile& tile) const {
  if (tile.input[kLocal].size() >= static_cast<std::size_t>(fabric_.router.buffer_depth)) return -1;
  for (std::size_t asked = 0; asked < tile.cores.size(); ++asked) {
    const Core& own = tile.cores[(tile.turn + asked) % tile.cores.size()];
    if (!own.queue.empty()) return own.number;
  }
  return -1;
}

bool CycleModel::port_injects(Cycle c, const Tile& tile) const {
  return !tile.to_inject.empty() && c >= tile.inject_free &&
         tile.input[kEdge].size() < static_cast<std::size_t>(fabric_.router.buffer_depth);
}

void CycleModel::move_from_queue(Cycle c, int t, int core) {
  Tile& tile = tiles_[index(t)];
  const Message message = take(tile.cores[index(core)].queue);
  if (fabric_.router.arbitration == Arbitration::RoundRobin)
    tile.turn = (index(core) + 1) % tile.cores.size();
  links_.push_back({c + 1, t, kLocal, {message.key, message.value, c + 1, {}}});
  count(t).messages += 1;
  tell(c, t, EventKind::Send, message.key, message.value, message.repeats ? 1 : 0, core);
}

void CycleModel::inject(Cycle c, int t) {
  const Message message = take(tiles_[index(t)].to_inject);
  tiles_[index(t)].inject_free = c + static_cast<Cycle>(fabric_.ports.cycles_per_flit);
  links_.push_back({c + 1, t, kEdge, {message.key, message.value, c + 1, {}}});
  count(t).injected += 1;
  tell(c, t, EventKind::Inject, message.key, message.value);
}

}  // namespace weft::test::cycle
