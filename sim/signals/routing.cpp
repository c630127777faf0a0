// Tables, as the image has them.
#include "sim/signals/routing.hpp"

#include <algorithm>

namespace weft::sim::signals {

const RouteEntry& TableRouting::entry(TileId tile, std::uint32_t key) const {
  const auto& routes = image_.tiles[tile].routes;
  const auto found = std::lower_bound(routes.begin(), routes.end(), MessageKey(key),
                                      [](const RouteEntry& entry, MessageKey k) { return entry.key < k; });
  if (found == routes.end() || found->key != MessageKey(key)) {
    breach(ledger_.fabric, tile, "a flit came whose key the router does not know");
  }
  return *found;
}

unsigned TableRouting::sides(TileId tile, const Flit& flit) const {
  const TileImage& content = image_.tiles[tile];
  if (content.ranges.empty()) return entry(tile, flit.key).directions;
  for (const RouteRange& range : content.ranges) {
    if (range.first.value() <= flit.key && flit.key <= range.last.value()) return range.directions;
  }
  breach(ledger_.fabric, tile, "a flit came whose key is in no range of the router's table");
}

LocalDelivery local_delivery(const CoreImage& cores, const Delivery& delivery) {
  LocalDelivery local;
  local.core = delivery.to_sum ? core_of_neuron(cores, delivery.axon) : core_of_axon(cores, delivery.axon);
  const CoreEnd begin = core_begin(cores, local.core);
  local.delivery = delivery;
  local.delivery.axon =
      static_cast<std::uint16_t>(delivery.axon - (delivery.to_sum ? begin.neurons : begin.axons));
  return local;
}

void TableRouting::granted(std::uint64_t cycle, TileId tile, Direction side, const Flit& flit) {
  if (side == Direction::Edge) {
    ledger_.tell(cycle, tile, EventKind::Output, flit.key, flit.value);
  } else if (side != Direction::Local) {
    ledger_.tell(cycle, tile, EventKind::Hop, flit.key, flit.value, static_cast<int>(side));
  } else {
    ledger_.tell(cycle, tile, EventKind::Arrive, flit.key, flit.value);
    const RouteEntry& route = entry(tile, flit.key);
    for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
      const auto [core, delivery] = local_delivery(image_.tiles[tile].core, image_.tiles[tile].deliveries[d]);
      ++ledger_.tiles[tile].deliveries;
      ledger_.tiles[tile].sums += delivery.to_sum ? 1 : 0;
      ledger_.tell(cycle, tile, delivery.to_sum ? EventKind::Add : EventKind::Deliver, delivery.axon,
                   flit.value, delivery.delay, static_cast<int>(core));
    }
  }
}

}  // namespace weft::sim::signals
