// One visited cycle, in the order of its halves: cores and schedulers at the rising edge on what was before
// it, then the mesh. Invariant: every cycle in which anything happens is visited, in order.
#include "sim/ranc/engine.hpp"

#include <algorithm>
#include <string>

#include "model/base/error.hpp"

namespace weft::sim {

std::uint64_t ranc_shortest_tick(const RancNetwork& network) {
  return static_cast<std::uint64_t>(network.axons + 2) * static_cast<std::uint64_t>(network.neurons) + 3;
}

RancEngine::RancEngine(const RancNetwork& network, const RancRunParams& params)
    : network_(network),
      tick_cycles_(params.tick_cycles == 0 ? ranc_shortest_tick(network) : params.tick_cycles),
      first_burst_cycle_(params.first_burst_cycle),
      mesh_(network.grid),
      unit_of_tile_(static_cast<std::size_t>(network.grid.tiles()), kNone) {
  if (tick_cycles_ < 4) {
    throw InputError({"RANC tick"}, std::to_string(tick_cycles_) + " cycles", "at least 4");
  }
  units_.reserve(network.cores.size());
  for (std::uint32_t t = 0; t < unit_of_tile_.size(); ++t) {
    if (static_cast<int>(t) == network.grid.output_tile) continue;
    unit_of_tile_[t] = static_cast<std::uint32_t>(units_.size());
    tile_of_unit_.push_back(t);
    units_.emplace_back(network, t);
  }
  result_.tiles.resize(unit_of_tile_.size());
}

void RancEngine::report(RancEventKind kind, std::uint64_t cycle, std::uint32_t tile, std::uint32_t index,
                        std::uint8_t offset) {
  result_.events.push_back({kind, offset, static_cast<std::uint16_t>(tile), index, cycle - tick_begin_});
}

void RancEngine::await(std::uint32_t unit) {
  if (units_[unit].next() != kRancNever) visits_.push({units_[unit].next(), unit});
}

// When the packets of a burst enter the queue, the flaw of the fetching unit included (TIMING.md, section 5).
void RancEngine::offer(const std::vector<RancPacket>& packets, std::uint64_t begin) {
  entries_.clear();
  next_entry_ = 0;
  accepted_cycle_ = kRancNever;
  const std::uint64_t count = packets.size();
  if (count == 0) return;
  if (begin - tick_begin_ + count + 4 > tick_cycles_) {
    throw InputError({"RANC stimulus"},
                     std::to_string(count) + " packets for tick " + std::to_string(tick_) + " from cycle " +
                         std::to_string(begin - tick_begin_) + " on",
                     "at most as many as fit into its " + std::to_string(tick_cycles_) + " cycles");
  }
  burst_size_ = static_cast<std::uint32_t>(count);
  accepted_cycle_ = begin + count + (had_burst_ && count > 1 ? 1 : 0);
  entries_.push_back({begin + 2, packets[0]});
  if (count >= 3 || (count == 2 && had_burst_)) {
    entries_.push_back({begin + 4, packets[0]});
    for (std::uint64_t j = 1; j < count; ++j) entries_.push_back({begin + 4 + j, packets[j]});
  }
  had_burst_ = true;
}

void RancEngine::visit_cores(std::uint64_t cycle) {
  while (!visits_.empty() && visits_.top().first == cycle) {
    const std::uint32_t u = visits_.top().second;
    visits_.pop();
    if (units_[u].next() != cycle) continue;
    const std::uint32_t tile = tile_of_unit_[u];
    const RancCoreUnit::Act act = units_[u].visit(cycle, mesh_.local_full(tile));
    if (act.fired) {
      report(RancEventKind::Spike, cycle, tile, act.neuron);
      mesh_.send(tile, network_.cores[tile].neurons[act.neuron].destination, cycle + 1);
      ++entered_;
    }
    await(u);
  }
}

void RancEngine::pulse_cores(std::uint64_t cycle) {
  for (std::uint32_t u = 0; u < units_.size(); ++u) {
    if (!units_[u].pulse(cycle)) {
      result_.tiles[tile_of_unit_[u]].missed = true;
    } else {
      await(u);
    }
  }
}

void RancEngine::step(std::uint64_t cycle, bool pulse) {
  ++visited_;
  visit_cores(cycle);
  if (pulse) pulse_cores(cycle);
  if (write_cycle_ == cycle) {
    for (const RancMesh::Arrival& write : writes_) {
      RancCoreUnit& unit = units_[unit_of(write.tile)];
      const std::uint64_t before = unit.next();
      unit.write(cycle, write.packet.axon, write.packet.offset);
      if (unit.next() != before) await(unit_of(write.tile));
    }
    writes_.clear();
    write_cycle_ = kRancNever;
  }
  for (; next_entry_ < entries_.size() && entries_[next_entry_].cycle == cycle; ++next_entry_) {
    mesh_.inject(entries_[next_entry_].packet, cycle);
    ++entered_;
  }
  if (accepted_cycle_ == cycle) report(RancEventKind::Input, cycle, 0, burst_size_);
  mesh_.step(cycle);
  for (const RancMesh::Arrival& arrival : mesh_.arrivals()) {
    ++delivered_;
    if (unit_of(arrival.tile) == kNone) {
      report(RancEventKind::Output, cycle, arrival.tile, arrival.packet.axon);
    } else {
      report(RancEventKind::Delivery, cycle, arrival.tile, arrival.packet.axon, arrival.packet.offset);
      writes_.push_back(arrival);
      write_cycle_ = cycle + 1;
    }
  }
  for (const std::uint32_t tile : mesh_.unblocked()) {
    units_[unit_of(tile)].unblock(cycle);
    await(unit_of(tile));
  }
}

std::uint64_t RancEngine::next(std::uint64_t cycle) const {
  std::uint64_t first = std::min(mesh_.next(cycle + 1), write_cycle_);
  if (!visits_.empty()) first = std::min(first, visits_.top().first);
  if (next_entry_ < entries_.size()) first = std::min(first, entries_[next_entry_].cycle);
  if (accepted_cycle_ != kRancNever && accepted_cycle_ > cycle) first = std::min(first, accepted_cycle_);
  return first;
}

void RancEngine::check_conservation() const {
  if (entered_ == delivered_ + mesh_.count_packets()) return;
  internal_error("RANC mesh: " + std::to_string(entered_) + " packets entered, " +
                 std::to_string(delivered_) + " were delivered, " + std::to_string(mesh_.count_packets()) +
                 " are in flight");
}

const RancTick& RancEngine::run_tick(const std::vector<RancPacket>& packets) {
  result_.events.clear();
  std::fill(result_.tiles.begin(), result_.tiles.end(), RancTileTime{});
  const std::uint64_t end = tick_begin_ + tick_cycles_;
  offer(packets, tick_begin_ + (tick_ == 0 ? first_burst_cycle_ : 0));
  for (std::uint64_t cycle = tick_begin_; cycle < end; cycle = next(cycle)) {
    step(cycle, cycle == tick_begin_ && tick_ > 0);
  }
  for (std::uint32_t u = 0; u < units_.size(); ++u) {
    RancTileTime& time = result_.tiles[tile_of_unit_[u]];
    const RancTileTime counted = units_[u].take_time(end);
    time.busy = counted.busy;
    time.stalled = counted.stalled;
  }
  check_conservation();
  ++tick_;
  tick_begin_ = end;
  return result_;
}

}  // namespace weft::sim
