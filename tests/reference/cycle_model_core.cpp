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

void CycleModel::deliver(Cycle c, int t, const Flit& flit) {
  const RouteEntry& route = entry(t, flit.key);
  tell(c, t, EventKind::Arrive, flit.key, flit.value);
  for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
    const Delivery& delivery = image_of(t).deliveries[d];
    if (delivery.to_sum) {
      tiles_[index(t)].sums[step_ + delivery.delay][delivery.axon] += flit.value;
      count(t).deliveries += 1;
      count(t).sums += 1;
      tell(c, t, EventKind::Add, delivery.axon, flit.value, delivery.delay);
      continue;
    }
    auto& values = tiles_[index(t)].axons[step_ + delivery.delay];
    if (!ticks() && values.count(delivery.axon) != 0)
      throw std::logic_error("two deliveries for one axon and step");
    values[delivery.axon] = flit.value;
    count(t).deliveries += 1;
    tell(c, t, EventKind::Deliver, delivery.axon, flit.value, delivery.delay);
  }
}

void CycleModel::begin_core_step(Cycle c, int t) {
  Tile& tile = tiles_[index(t)];
  if (!tile.idle) {  // late
    tile.axons.erase(step_);
    tile.sums.erase(step_);
    return;
  }
  tile.idle = false;
  tile.next_neuron = 0;
  tile.potential.assign(core(t).neurons.size(), 0);
  tile.rows_end = c;
  tile.rows.clear();
  int lane = 0;
  for (const auto& [axon, value] : tile.axons[step_]) {
    const std::uint32_t first = core(t).row_begin[index(axon)];
    const std::uint32_t end = core(t).row_begin[index(axon) + 1];
    const bool with_others = fabric_.core.kind == CoreKind::Units ? !tile.rows.empty() : lane > 0;
    if (!with_others) {
      const Cycle row_begins = tile.rows_end;
      tile.rows_end += static_cast<Cycle>(row_cycles(fabric_.core, end - first));
      tile.rows.push_back({row_begins, tile.rows_end, axon});
    }
    lane = (lane + 1) % fabric_.core.row_lanes;
    tell(tile.rows.back().begin, t, EventKind::Row, static_cast<std::uint32_t>(axon), value);
    for (std::uint32_t s = first; s < end; ++s) {
      tile.potential[core(t).neuron[s]] += std::int64_t{core(t).weight[s]} * value;
    }
    count(t).rows += 1;
    count(t).synaptic_ops += end - first;
  }
  tile.axons.erase(step_);
  for (const auto& [neuron, value] : tile.sums[step_]) tile.potential[index(neuron)] += value;
  tile.sums.erase(step_);
  for (std::size_t n = 0; n < tile.memory.size(); ++n) {
    if (!is_spiking(core(t).neurons[n].model)) continue;
    if (begins_frame(rule_of(core(t).neurons[n]), step_, interval_)) tile.memory[n] = {};
  }
}

void CycleModel::work_core(Cycle c, int t, int free_slots) {
  Tile& tile = tiles_[index(t)];
  tile.action = {};
  if (tile.idle) return;
  count(t).busy_cycles += 1;
  if (c < tile.rows_end) {
    for (const Row& row : tile.rows) {
      if (row.begin > c || c >= row.end) continue;
      tile.action = {CoreAction::Rows, row.axon, 0};
      return;
    }
    return;
  }
  if (tile.left_over.empty()) update_group(c, t, tile);
  for (; free_slots > 0 && !tile.left_over.empty(); --free_slots) tile.queue.push_back(take(tile.left_over));
  tile.action = {CoreAction::Update, 0, static_cast<int>(tile.group_begin)};
  if (!tile.left_over.empty()) {
    tile.action.state = CoreAction::Stall;
    count(t).stall_cycles += 1;
    tell(c, t, EventKind::Stall, tile.left_over.front().neuron, 0);
  } else if (tile.next_neuron == core(t).neurons.size()) {
    tile.idle = true;
  }
}

void CycleModel::update_group(Cycle c, int t, Tile& tile) {
  tile.group_begin = tile.next_neuron;
  const int lanes = fabric_.core.kind == CoreKind::Units ? fabric_.core.neurons : fabric_.core.neuron_lanes;
  for (int lane = 0; lane < lanes; ++lane) {
    if (tile.next_neuron == core(t).neurons.size()) return;
    const auto number = static_cast<std::uint32_t>(tile.next_neuron);
    const NeuronConfig& neuron = core(t).neurons[number];
    const std::int32_t value =
        is_spiking(neuron.model)
            ? spiking_value(neuron, rule_of(neuron).spike, tile.potential[number], tile.memory[number])
            : updated_value(neuron, image_, tile.potential[number]);
    tile.next_neuron += 1;
    count(t).neuron_updates += 1;
    if (value != 0) tell(c, t, EventKind::Update, number, value);
    if (value == 0 || neuron.key == kNoKey) continue;
    for (std::uint32_t m = 0; m < neuron.messages; ++m)
      tile.left_over.push_back({neuron.key.value() + m, value, number, m > 0});
  }
}

// The rows and updates of a step that has begun count, also if the run ends before.
void CycleModel::count_unfinished(Cycle c, int t) {
  Tile& tile = tiles_[index(t)];
  if (!tile.used || tile.idle) return;
  const std::size_t left = core(t).neurons.size() - tile.next_neuron;
  const CoreSpec& spec = fabric_.core;
  const auto lanes =
      static_cast<std::size_t>(spec.kind == CoreKind::Units ? spec.neurons : spec.neuron_lanes);
  count(t).neuron_updates += left;
  count(t).busy_cycles += (left + lanes - 1) / lanes + (tile.left_over.empty() ? 0 : 1);
  if (c < tile.rows_end) count(t).busy_cycles += tile.rows_end - c;
}

bool CycleModel::queue_moves(const Tile& tile) const {
  return !tile.queue.empty() &&
         tile.input[kLocal].size() < static_cast<std::size_t>(fabric_.router.buffer_depth);
}

bool CycleModel::port_injects(Cycle c, const Tile& tile) const {
  return !tile.to_inject.empty() && c >= tile.inject_free &&
         tile.input[kEdge].size() < static_cast<std::size_t>(fabric_.router.buffer_depth);
}

void CycleModel::move_from_queue(Cycle c, int t) {
  const Message message = take(tiles_[index(t)].queue);
  links_.push_back({c + 1, t, kLocal, {message.key, message.value, c + 1, {}}});
  count(t).messages += 1;
  tell(c, t, EventKind::Send, message.key, message.value, message.repeats ? 1 : 0);
}

void CycleModel::inject(Cycle c, int t) {
  const Message message = take(tiles_[index(t)].to_inject);
  tiles_[index(t)].inject_free = c + static_cast<Cycle>(fabric_.ports.cycles_per_flit);
  links_.push_back({c + 1, t, kEdge, {message.key, message.value, c + 1, {}}});
  count(t).injected += 1;
  tell(c, t, EventKind::Inject, message.key, message.value);
}

}  // namespace weft::test::cycle
