// The clock edge of a tile's cores. Invariant: what is decided in a cycle, whose head leaves its queue and
// how many slots are free in each, is read before anything is appended.
#include "sim/signals/concentrator.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace weft::sim::signals {

Concentrator::Concentrator(const sc_core::sc_module_name& name, TileId tile, Cores joined, const Image& image,
                           const TableRouting& routing, Ledger& ledger)
    : Unit(name, tile, ledger), cores(std::move(joined)), image_(image), routing_(routing) {}

Concentrator::Cores make_cores(TileId tile, const Image& image, std::uint64_t interval_steps,
                               Ledger& ledger) {
  Concentrator::Cores cores;
  for (std::size_t k = 0; k < image.tiles[tile].core.cores(); ++k) {
    const std::string name = ledger.fabric.cores_per_tile == 1 ? "core" : "core_" + std::to_string(k);
    cores.push_back(std::make_unique<Core>(name.c_str(), tile, k, image, interval_steps, ledger));
  }
  return cores;
}

std::size_t Concentrator::messages_held() const {
  std::size_t messages = 0;
  for (const auto& core : cores) messages += core->messages().size();
  return messages;
}

std::uint64_t Concentrator::cores_at_work() const {
  return static_cast<std::uint64_t>(
      std::count_if(cores.begin(), cores.end(), [](const auto& core) { return core->works(); }));
}

void Concentrator::rising_edge(std::uint64_t cycle) {
  for (const Flit& flit : receive()) deliver(flit);
  Core* const sender = may_send() ? next_sender() : nullptr;
  bool at_rest = true;
  for (const auto& core : cores) {
    if (begin.read()) core->begin_step(cycle);
    const std::size_t queued = core->messages().size();
    core->queue.write(static_cast<std::uint32_t>(queued));
    if (core.get() == sender) send_from(*core, cycle);
    // With circuits each message has a track of its own, and goes in its cycle.
    const auto slots = static_cast<std::size_t>(ledger_.fabric.core.output_queue);
    core->work(cycle, circuits_ ? std::numeric_limits<std::size_t>::max() : slots - queued);
    while (circuits_ && !core->messages().empty()) send_from(*core, cycle);
    at_rest = at_rest && !core->works() && core->messages().empty();
  }
  const bool sent = drive();
  busy.write(!at_rest || sent);
}

void Concentrator::deliver(const Flit& flit) {
  const TileImage& tile = image_.tiles[tile_];
  const RouteEntry& entry = routing_.entry(tile_, flit.key);
  for (std::uint32_t d = entry.delivery_begin; d < entry.delivery_end; ++d) {
    const LocalDelivery local = local_delivery(tile.core, tile.deliveries[d]);
    cores[local.core]->deliver(local.delivery, flit.value);
  }
}

// Sections 5 and 16: the first in turn that has something to send.
Core* Concentrator::next_sender() const {
  for (std::size_t asked = 0; asked < cores.size(); ++asked) {
    Core& core = *cores[(turn_ + asked) % cores.size()];
    if (!core.messages().empty()) return &core;
  }
  return nullptr;
}

void Concentrator::send_from(Core& core, std::uint64_t cycle) {
  const Message message = core.take_head();
  send(message.flit);
  if (ledger_.fabric.router.arbitration == Arbitration::RoundRobin)
    turn_ = (static_cast<std::size_t>(core.number()) + 1) % cores.size();
  ++counters().messages;
  ledger_.last_progress = cycle;
  ledger_.tell(cycle, tile_, EventKind::Send, message.flit.key, message.flit.value, message.repeats ? 1 : 0,
               core.number());
}

}  // namespace weft::sim::signals
