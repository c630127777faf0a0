// A source's clock edge, and what becomes of packets. Invariant: a packet created in a cycle cannot leave its
// source in the same one.
#include "sim/signals/source.hpp"

#include <fmt/format.h>

#include "model/fabric/way.hpp"

namespace weft::sim::signals {

unsigned PacketRouting::sides(TileId tile, const Flit& flit) const {
  return direction_bit(first_side(ledger_.fabric, tile, TileId(flit.key)));
}

void PacketRouting::granted(std::uint64_t cycle, TileId tile, Direction side, const Flit& flit) {
  const EventKind kind = side == Direction::Local ? EventKind::Deliver : EventKind::Hop;
  ledger_.tell(cycle, tile, kind, flit.key, flit.value, static_cast<int>(side));
  if (side != Direction::Local) return;
  if (flit.key != tile.value()) breach(ledger_.fabric, tile, "a packet came to the wrong tile");
  ++ledger_.tiles[tile].deliveries;
  if (measures(cycle)) ++result_.accepted_flits;
  if (!flit.tail) return;
  const auto found = under_way_.find(flit.packet);
  if (found == under_way_.end()) breach(ledger_.fabric, tile, "a packet came twice");
  const Packet& packet = found->second;
  if (measures(packet.created)) {
    result_.from_creation.add(cycle - packet.created);
    result_.from_injection.add(cycle - packet.injected);
  }
  under_way_.erase(found);
}

std::uint32_t PacketRouting::create(std::uint64_t cycle, TileId from, TileId to) {
  const int hops = way(ledger_.fabric, from, to).hops();
  hops_due_ += static_cast<std::uint64_t>(hops) * static_cast<std::uint64_t>(params_.packet_flits);
  if (measures(cycle)) ++result_.measured_packets;
  const auto number = static_cast<std::uint32_t>(result_.packets++);
  under_way_[number] = {cycle, 0};
  return number;
}

bool PacketRouting::measures(std::uint64_t cycle) const {
  return cycle >= params_.warmup_cycles && cycle < params_.warmup_cycles + params_.measure_cycles;
}

std::uint64_t PacketRouting::flits_due() const {
  return result_.packets * static_cast<std::uint64_t>(params_.packet_flits);
}

TrafficResult PacketRouting::result(std::uint64_t cycles) const {
  TrafficResult result = result_;
  const double tile_cycles =
      static_cast<double>(ledger_.fabric.tiles()) * static_cast<double>(params_.measure_cycles);
  result.cycles = cycles;
  result.offered = static_cast<double>(result.measured_packets) * params_.packet_flits / tile_cycles;
  result.accepted = static_cast<double>(result.accepted_flits) / tile_cycles;
  result.tiles = ledger_.tiles;
  return result;
}

Source::Source(const sc_core::sc_module_name& name, TileId tile, const TrafficParams& params,
               const GapTable& gaps, const Destinations& destinations, PacketRouting& packets, Ledger& ledger)
    : Unit(name, tile, ledger),
      packet_flits_(params.packet_flits),
      create_to_(params.warmup_cycles + params.measure_cycles + params.cooldown_cycles),
      gaps_(gaps),
      destinations_(destinations),
      packets_(packets),
      random_(Random(params.seed).fork(fmt::format("source {}", tile.value()))) {
  if (destinations_.reaches_any(tile)) next_creation_ = gaps_.draw(random_) - 1;
}

void Source::rising_edge(std::uint64_t cycle) {
  receive();
  send_first(cycle);
  if (cycle == next_creation_ && cycle < create_to_) create(cycle);
  const bool sent = drive();
  busy.write(sent || !queue_.empty());
}

void Source::send_first(std::uint64_t cycle) {
  if (queue_.empty() || !may_send()) return;
  const Flit flit = queue_.front();
  queue_.pop_front();
  if (flit.head) packets_.inject(flit.packet, cycle);
  send(flit);
  ++counters().messages;
  ledger_.last_progress = cycle;
  ledger_.tell(cycle, tile_, EventKind::Send, flit.key, flit.value);
}

void Source::create(std::uint64_t cycle) {
  const TileId to = destinations_.draw(tile_, random_);
  const std::uint32_t packet = packets_.create(cycle, tile_, to);
  for (int number = 0; number < packet_flits_; ++number)
    queue_.push_back({to.value(), number, packet, number == 0, number + 1 == packet_flits_});
  next_creation_ = cycle + gaps_.draw(random_);
}

}  // namespace weft::sim::signals
