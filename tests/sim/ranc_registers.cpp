// Rising edge: new values from old ones, all units as if at once. Falling edge: merges, memories' outputs,
// sums. Nothing is skipped.
#include "tests/sim/ranc_registers.hpp"

namespace weft::sim {
namespace {

int nine_bits(int value) {
  value &= 511;
  return value > 255 ? value - 512 : value;
}

}  // namespace

RancRegisters::RancRegisters(const RancNetwork& network, const RancRunParams& params)
    : network_(network), params_(params), tiles_(network.cores.size()) {
  queue_.unbounded = true;
  const auto width = static_cast<std::size_t>(network.grid.width);
  for (std::size_t t = 0; t < tiles_.size(); ++t) {
    Tile& tile = tiles_[t];
    Fifo* from_west = t % width > 0 ? &tiles_[t - 1].east_link : t == 0 ? &queue_ : nullptr;
    Fifo* from_east = t % width + 1 < width ? &tiles_[t + 1].west_link : nullptr;
    Fifo* from_south = t >= width ? &tiles_[t - width].north_link : nullptr;
    Fifo* from_north = t + width < tiles_.size() ? &tiles_[t + width].south_link : nullptr;
    tile.east = {
        {from_west, &tile.local_east}, {&tile.east_link, &tile.east_north, &tile.east_south}, -1, false, {}};
    tile.west = {
        {from_east, &tile.local_west}, {&tile.west_link, &tile.west_north, &tile.west_south}, -1, false, {}};
    tile.north = {{from_south, &tile.east_north, &tile.west_north},
                  {&tile.north_link, &tile.north_local},
                  -1,
                  false,
                  {}};
    tile.south = {{from_north, &tile.east_south, &tile.west_south},
                  {&tile.south_link, &tile.south_local},
                  -1,
                  false,
                  {}};
    tile.local = {{&tile.north_local, &tile.south_local}, {}, -1, false, {}};
    for (const RancNeuron& neuron : network.cores[t].neurons) tile.core.memory.push_back(neuron.potential);
    tile.core.slots.assign(kRancSlots, std::vector<bool>(static_cast<std::size_t>(network.axons)));
  }
}

bool RancRegisters::full(const Fifo& fifo) const {
  return !fifo.unbounded && static_cast<int>(fifo.data.size()) == network_.grid.fifo_depth;
}

void RancRegisters::report(RancEventKind kind, std::size_t t, std::size_t index, int offset) {
  result_.events.push_back({kind, static_cast<std::uint8_t>(offset), static_cast<std::uint16_t>(t),
                            static_cast<std::uint32_t>(index), cycle_});
}

int RancRegisters::potential_sum(std::size_t t) const {
  const Core& core = tiles_[t].core;
  return nine_bits(core.integrator + network_.cores[t].neurons[static_cast<std::size_t>(core.loaded)].leak);
}

bool RancRegisters::fires(std::size_t t) const {
  const auto loaded = static_cast<std::size_t>(tiles_[t].core.loaded);
  return potential_sum(t) >= network_.cores[t].neurons[loaded].positive_threshold;
}

void RancRegisters::rising_core(std::size_t t, bool pulse, bool local_full) {
  Core& core = tiles_[t].core;
  const RancCore& table = network_.cores[t];
  const Core old = core;
  const auto row = static_cast<std::size_t>(old.row);
  const auto meets = [&] {
    const std::size_t words = static_cast<std::size_t>(network_.words());
    const auto word = table.connections[static_cast<std::size_t>(old.loaded) * words + row / 64];
    return old.slots[static_cast<std::size_t>(old.read)][row] && (word >> (row % 64) & 1) != 0;
  };
  // The scheduler's memory.
  const Merge& local = tiles_[t].local;
  if (old.clear) {
    core.slots[static_cast<std::size_t>(old.read)].assign(core.slots[0].size(), false);
  } else if (local.write && local.out.axon < core.slots[0].size()) {
    core.slots[static_cast<std::size_t>(old.read + 1 + local.out.offset) % kRancSlots][local.out.axon] = true;
  }
  // The controller.
  if (pulse && old.state != State::Idle) result_.tiles[t].missed = true;
  switch (old.state) {
    case State::Idle:
      core.clear = false;
      if (pulse) core.state = State::Set;
      break;
    case State::Set:
      core.set = true;
      core.address = 0;
      core.state = State::First;
      break;
    case State::First:
      core.set = false;
      core.add_nothing = !meets();
      if (meets()) core.type = table.axon_types[row];
      core.first_add = core.add = true;
      core.state = State::Spikes;
      break;
    case State::Spikes:
      core.first_add = core.add_nothing = false;
      core.add = meets();
      core.type = table.axon_types[row];
      if (old.row == network_.axons - 1) core.state = State::Write;
      break;
    case State::Write:
      core.add = false;
      if (fires(t) && local_full) {
        ++result_.tiles[t].stalled;
        break;
      }
      core.fire = fires(t);
      if (core.fire) report(RancEventKind::Spike, t, static_cast<std::size_t>(old.loaded));
      core.write_back = true;
      core.state = State::Check;
      break;
    case State::Check:
      core.fire = core.write_back = false;
      core.state = old.address == network_.neurons - 1 ? State::Clear : State::First;
      if (core.state == State::First) ++core.address;
      break;
    case State::Clear:
      core.clear = true;
      core.state = State::Idle;
      break;
  }
  if (core.state != State::Idle) ++result_.tiles[t].busy;
}

void RancRegisters::falling_core(std::size_t t) {
  Core& core = tiles_[t].core;
  const Core old = core;
  const RancNeuron& neuron = network_.cores[t].neurons[static_cast<std::size_t>(old.loaded)];
  if (old.set) core.read = (old.read + 1) % kRancSlots;
  core.row = old.state == State::Spikes ? old.row + 1 : 0;
  if (old.add) {
    const int weight = old.add_nothing ? 0 : neuron.weights[static_cast<std::size_t>(old.type)];
    core.integrator = nine_bits((old.first_add ? old.loaded_potential : old.integrator) + weight);
  }
  if (old.write_back) {
    const int sum = potential_sum(t);
    int potential = sum;
    if (fires(t)) {
      potential = neuron.linear_reset ? nine_bits(sum - neuron.positive_threshold) : neuron.reset_potential;
    } else if (sum < neuron.negative_threshold) {
      potential = nine_bits(neuron.linear_reset ? sum - neuron.negative_threshold : -neuron.reset_potential);
    }
    core.memory[static_cast<std::size_t>(old.address)] = potential;
  } else {
    core.loaded = old.address;
    core.loaded_potential = core.memory[static_cast<std::size_t>(old.address)];
  }
}

// The stream's handshake and the fetching unit, as state machines.
void RancRegisters::rising_input(bool pulse) {
  if (fetch_valid_) queue_.data.push_back(stored_[fetch_address_]);
  const std::uint64_t begin = tick_ == 0 ? params_.first_burst_cycle : 0;
  const bool valid = offer_next_ < offered_.size() && cycle_ >= begin;
  const bool accepted = valid && accepting_;
  if (pulse) {
    fetch_valid_ = fetching_ = false;
    fetch_address_ = 0;
  } else if (!fetching_) {
    fetch_valid_ = fetching_ = accepted;
    fetch_address_ = 0;
  } else if (fetch_address_ + 1 < stored_count_) {
    ++fetch_address_;
    fetch_valid_ = true;
  } else {
    fetch_valid_ = fetching_ = false;
    fetch_address_ = 0;
  }
  const bool was_done = burst_done_;
  if (pulse) stored_count_ = 0;
  if (accepted) {
    if (offer_next_ == 0) stored_.clear();
    stored_.push_back(offered_[offer_next_++]);
    ++stored_count_;
    burst_done_ = false;
    if (offer_next_ == offered_.size()) {
      burst_done_ = true;
      report(RancEventKind::Input, 0, offered_.size());
    }
  }
  accepting_ = accepting_ ? !was_done : valid;
}

void RancRegisters::rising(bool pulse) {
  // Push and pop on what was before the edge; the controllers see what was full then.
  struct Change {
    Fifo* fifo;
    bool push, pop;
    RancPacket packet;
  };
  std::vector<Change> changes;
  std::vector<bool> local_full;
  for (std::size_t t = 0; t < tiles_.size(); ++t) {
    Tile& tile = tiles_[t];
    local_full.push_back(full(tile.local_east) || full(tile.local_west));
    for (Merge* merge : {&tile.east, &tile.west, &tile.north, &tile.south, &tile.local}) {
      if (merge->reading >= 0) {
        changes.push_back({merge->sources[static_cast<std::size_t>(merge->reading)], false, true, {}});
      }
      if (!merge->write || merge == &tile.local) continue;
      RancPacket packet = merge->out;
      std::size_t target = 0;
      if (merge == &tile.east || merge == &tile.west) {
        if (packet.dx == 0) target = packet.dy >= 0 ? 1 : 2;
        if (target == 0) packet.dx = static_cast<std::int16_t>(packet.dx + (merge == &tile.east ? -1 : 1));
      } else {
        if (packet.dy == 0) target = 1;
        if (target == 0) packet.dy = static_cast<std::int16_t>(packet.dy + (merge == &tile.north ? -1 : 1));
      }
      if (!full(*merge->targets[target])) changes.push_back({merge->targets[target], true, false, packet});
    }
    if (is_core(t) && tile.core.fire) {
      const RancPacket& packet =
          network_.cores[t].neurons[static_cast<std::size_t>(tile.core.loaded)].destination;
      Fifo& fifo = packet.dx < 0 ? tile.local_west : tile.local_east;
      if (!full(fifo)) changes.push_back({&fifo, true, false, packet});
    }
  }
  for (std::size_t t = 0; t < tiles_.size(); ++t) {
    if (is_core(t)) rising_core(t, pulse, local_full[t]);
  }
  for (const Change& change : changes) {
    if (!change.pop) continue;
    change.fifo->out = change.fifo->data.front();
    change.fifo->data.pop_front();
  }
  rising_input(pulse);
  for (const Change& change : changes) {
    if (change.push) change.fifo->data.push_back(change.packet);
  }
}

void RancRegisters::falling() {
  for (std::size_t t = 0; t < tiles_.size(); ++t) {
    Tile& tile = tiles_[t];
    for (Merge* merge : {&tile.east, &tile.west, &tile.north, &tile.south, &tile.local}) {
      bool blocked = false;
      for (const Fifo* target : merge->targets) blocked = blocked || full(*target);
      if (blocked) continue;
      merge->write = merge->reading >= 0;
      if (merge->reading >= 0) {
        merge->out = merge->sources[static_cast<std::size_t>(merge->reading)]->out;
        merge->reading = -1;
        continue;
      }
      for (std::size_t s = 0; s < merge->sources.size(); ++s) {
        if (merge->sources[s] == nullptr || merge->sources[s]->data.empty()) continue;
        merge->reading = static_cast<int>(s);
        break;
      }
    }
    if (is_core(t)) falling_core(t);
    if (!tile.local.write) continue;
    if (is_core(t)) {
      report(RancEventKind::Delivery, t, tile.local.out.axon, tile.local.out.offset);
    } else {
      report(RancEventKind::Output, t, tile.local.out.axon);
    }
  }
}

RancTick RancRegisters::run_tick(const std::vector<RancPacket>& packets) {
  result_ = {};
  result_.tiles.resize(tiles_.size());
  offered_ = packets;
  offer_next_ = 0;
  for (cycle_ = 0; cycle_ < params_.tick_cycles; ++cycle_) {
    rising(cycle_ == 0 && tick_ > 0);
    falling();
  }
  ++tick_;
  return result_;
}

}  // namespace weft::sim
