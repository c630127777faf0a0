// Random small cases. Each sender's tree is the union of dimension-order paths to its targets, which never
// meets a tile from two sides.
#include "tests/sim/random_case.hpp"

#include <map>

namespace weft::sim {
namespace {

struct Route {
  std::uint8_t sides = 0;
  std::vector<Delivery> deliveries;
};
using Routes = std::vector<std::map<std::uint32_t, Route>>;  // per tile, by key

// First along x, then along y; returns the tile reached.
std::uint32_t lay(const Fabric& fabric, Routes& routes, std::uint32_t key, TileId from, TileId to) {
  int x = fabric.x(from), y = fabric.y(from);
  const int end_x = fabric.x(to), end_y = fabric.y(to);
  while (x != end_x || y != end_y) {
    auto& sides = routes[fabric.tile(x, y).index()][key].sides;
    if (x != end_x) {
      sides |= x < end_x ? kEast : kWest;
      x += x < end_x ? 1 : -1;
    } else {
      sides |= y < end_y ? kSouth : kNorth;
      y += y < end_y ? 1 : -1;
    }
  }
  return to.value();
}

Fabric random_fabric(Random& random) {
  auto below = [&random](int bound) {
    return static_cast<int>(random.below(static_cast<std::uint64_t>(bound)));
  };
  Fabric fabric = hand_made_fabric(1 + below(4), 1 + below(4));
  fabric.router.buffer_depth = 1 + below(4);
  fabric.router.pipeline_cycles = 1 + below(3);
  fabric.router.link_cycles = 1 + below(3);
  fabric.router.credit_cycles = 1 + below(3);
  fabric.core.neuron_lanes = 1 + below(3);
  fabric.core.output_queue = 1 + below(4);
  fabric.core.row_cycles = 1 + below(2);
  fabric.ports.cycles_per_flit = 1 + below(3);
  fabric.step.barrier_cycles = below(10);
  return fabric;
}

// Each axon has one synapse: it goes with its neuron's core, the axons of core 0 first.
void share_tile(TileImage& tile) {
  CoreImage& core = tile.core;
  const auto half = static_cast<std::uint32_t>(core.neurons.size() / 2);
  if (half == 0) return;
  CoreImage sorted;
  sorted.neurons = core.neurons;
  std::vector<std::uint16_t> number(static_cast<std::size_t>(core.axons()));
  for (const bool second : {false, true}) {
    for (std::size_t axon = 0; axon < number.size(); ++axon) {
      if ((core.neuron[axon] >= half) != second) continue;
      number[axon] = static_cast<std::uint16_t>(sorted.axons());
      sorted.neuron.push_back(core.neuron[axon]);
      sorted.weight.push_back(core.weight[axon]);
      sorted.row_begin.push_back(static_cast<std::uint32_t>(sorted.neuron.size()));
    }
    sorted.ends.push_back({static_cast<std::uint32_t>(sorted.axons()),
                           second ? static_cast<std::uint32_t>(core.neurons.size()) : half});
  }
  core = sorted;
  for (Delivery& delivery : tile.deliveries) {
    if (!delivery.to_sum) delivery.axon = number[delivery.axon];
  }
}

}  // namespace

void share_tiles(RandomCase& one) {
  one.made.fabric.cores_per_tile = 2;
  for (TileImage& tile : one.made.image.tiles) share_tile(tile);
}

RandomCase random_case(std::uint64_t seed) {
  Random random(seed);
  RandomCase result{HandMade(random_fabric(random)), {}};
  HandMade& made = result.made;
  const auto tiles = static_cast<std::uint64_t>(made.fabric.tiles());
  const auto ports = port_tiles(made.fabric);
  Routes routes(tiles);
  std::uint32_t key = 0;
  std::vector<std::pair<std::uint32_t, TileId>> senders;
  for (int i = 0; i < 6; ++i) {
    const auto port = static_cast<std::uint32_t>(random.below(ports.size()));
    senders.emplace_back(key, ports[port]);
    made.input(port, key++);
  }
  for (std::uint32_t t = 0; t < tiles; ++t) {
    for (std::uint64_t n = 2 + random.below(6); n > 0; --n) {
      senders.emplace_back(key, TileId(t));
      made.neuron(t, static_cast<std::int32_t>(random.below(5)) - 1, MessageKey(key++));
    }
  }
  for (const auto& [sender, from] : senders) {
    for (std::uint64_t targets = 1 + random.below(3); targets > 0; --targets) {
      const TileId to(static_cast<std::uint32_t>(random.below(tiles)));
      auto& deliveries = routes[lay(made.fabric, routes, sender, from, to)][sender].deliveries;
      const CoreImage& core = made.image.tiles[to].core;
      deliveries.push_back(
          {static_cast<std::uint16_t>(core.axons()), static_cast<std::uint8_t>(1 + random.below(3))});
      made.axon(to.value(), {{static_cast<std::uint16_t>(random.below(core.neurons.size())),
                              static_cast<std::int16_t>(random.below(2) == 0 ? 1 : -1)}});
    }
  }
  for (int o = 0; o < 3; ++o) {
    const auto& [sender, from] = senders[senders.size() - 1 - static_cast<std::size_t>(o)];
    const auto port = static_cast<std::uint32_t>(random.below(ports.size()));
    routes[lay(made.fabric, routes, sender, from, ports[port])][sender].sides |= kEdge;
    made.output(port, sender);
  }
  for (std::uint32_t t = 0; t < tiles; ++t) {
    for (auto& [route_key, route] : routes[t]) {
      if (!route.deliveries.empty()) route.sides |= kLocal;
      made.route(t, route_key, route.sides, route.deliveries);
    }
    for (NeuronConfig& neuron : made.image.tiles[TileId(t)].core.neurons) {
      neuron.minimum = -3;
      neuron.maximum = 3;
    }
  }
  std::vector<std::int32_t> values;
  for (int i = 0; i < 4 * 6; ++i) values.push_back(static_cast<std::int32_t>(random.below(3)));
  result.stimulus = made.stimulus(4, values);
  result.stimulus.interval_steps = 1 + static_cast<int>(random.below(2));
  return result;
}

}  // namespace weft::sim
