// Follows every key from its sender through the routing tables, tile by tile, and notes what arrives where.
// Checked: each sender has its own key; a flit finds an entry at each tile it comes to, never comes to a tile
// twice (no loop, no two copies), leaves at ports that wait for it and at no other; each axon hears exactly
// one sender, once (a sum may hear any number); each route entry is used by somebody. Assumed:
// check_capacity() found the tables readable. One entry per key and tile, so a walk of T tiles takes T
// visits.
#include <fmt/format.h>

#include <algorithm>

#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping::verify {
namespace {

constexpr std::size_t kMissing = std::numeric_limits<std::size_t>::max();

std::size_t find_route(const TileImage& tile, MessageKey key) {
  const auto found = std::lower_bound(tile.routes.begin(), tile.routes.end(), key,
                                      [](const RouteEntry& route, MessageKey k) { return route.key < k; });
  if (found == tile.routes.end() || found->key != key) return kMissing;
  return static_cast<std::size_t>(found - tile.routes.begin());
}

SenderTable list_senders(const Image& image, const std::vector<TileId>& ports) {
  SenderTable senders;
  const auto next_key = [&] { return static_cast<std::uint32_t>(senders.keys.size()); };
  for (const InputBinding& input : image.inputs) {
    if (senders.input.empty() || senders.input.back() != input.input) {
      senders.input.push_back(input.input);
      senders.tile.push_back(ports[input.port.index()]);
      senders.first_key.push_back(next_key());
    }
    senders.keys.push_back(input.key);
  }
  senders.inputs = static_cast<std::uint32_t>(senders.input.size());
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    senders.first_neuron.push_back(static_cast<std::uint32_t>(senders.size()));
    for (const NeuronConfig& neuron : image.tiles[TileId(t)].core.neurons) {
      senders.tile.push_back(TileId(t));
      senders.first_key.push_back(next_key());
      if (neuron.key == kNoKey) continue;
      for (std::uint32_t m = 0; m < neuron.messages; ++m)
        senders.keys.push_back(MessageKey(neuron.key.value() + m));
    }
  }
  senders.first_key.push_back(next_key());
  return senders;
}

class Walker {
 public:
  Walker(const Fabric& fabric, const Image& image, Findings& findings)
      : fabric_(fabric), image_(image), findings_(findings), ports_(port_tiles(fabric)) {
    routes_.senders = list_senders(image, ports_);
    routes_.complete = true;
    silenced_.resize(routes_.senders.keys.size(), 0);
    last_walk_.resize(image.tiles.size());
    for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
      const TileImage& tile = image.tiles[TileId(t)];
      routes_.axons.push_back(std::vector<AxonSource>(static_cast<std::size_t>(tile.core.axons())));
      routes_.sums.push_back({});
      used_.push_back(std::vector<bool>(tile.routes.size(), false));
      port_at_.push_back(kMissing);
    }
    for (std::size_t p = 0; p < ports_.size(); ++p) port_at_[ports_[p]] = p;
  }

  Routes run() {
    check_keys();
    for (std::uint32_t s = 0; s < routes_.senders.size(); ++s) {
      for (std::uint32_t k = routes_.senders.key_begin(SenderId(s)); k < routes_.senders.key_end(SenderId(s));
           ++k) {
        walk(SenderId(s), k);
      }
    }
    // After a walk that broke off, what it did not reach would be reported again and again.
    if (routes_.complete) {
      check_axons();
      check_used();
    }
    check_ports();
    return std::move(routes_);
  }

 private:
  std::string name(SenderId sender) const { return sender_name(fabric_, routes_.senders, sender); }
  void fault(const char* rule, std::string where, std::string detail) {
    routes_.complete = false;
    findings_.add(rule, std::move(where), std::move(detail));
  }

  void check_keys() {
    struct Use {
      MessageKey key;
      SenderId sender;
      std::uint32_t number;  // of the key
    };
    std::vector<Use> uses;
    const SenderTable& senders = routes_.senders;
    for (std::uint32_t s = 0; s < senders.size(); ++s) {
      for (std::uint32_t k = senders.key_begin(SenderId(s)); k < senders.key_end(SenderId(s)); ++k) {
        if (senders.keys[k] == kNoKey) {
          silenced_[k] = 1;
          fault("sender-key", name(SenderId(s)), "has no key");
        } else {
          uses.push_back({senders.keys[k], SenderId(s), k});
        }
      }
    }
    std::sort(uses.begin(), uses.end(), [](const Use& a, const Use& b) {
      return std::pair(a.key, a.number) < std::pair(b.key, b.number);
    });
    for (std::size_t i = 1; i < uses.size(); ++i) {
      if (uses[i].key != uses[i - 1].key) continue;
      silenced_[uses[i].number] = 1;
      fault("sender-key", name(uses[i].sender),
            fmt::format("key {:#x} is also of {}", uses[i].key.value(), name(uses[i - 1].sender)));
    }
  }

  struct Stop {
    TileId tile;
    Direction from;
  };

  void walk(SenderId sender, std::uint32_t number) {
    const MessageKey key = routes_.senders.keys[number];
    if (silenced_[number] != 0) return;
    const std::uint32_t mark = number + 1;
    std::vector<Stop> stops{{routes_.senders.tile[sender],
                             routes_.senders.is_input(sender) ? Direction::Edge : Direction::Local}};
    while (!stops.empty()) {
      const Stop stop = stops.back();
      stops.pop_back();
      if (last_walk_[stop.tile] == mark) {
        fault("route-twice", tile_name(fabric_, stop.tile),
              fmt::format("the flit of {} comes here a second time", name(sender)));
        continue;
      }
      last_walk_[stop.tile] = mark;
      const std::size_t index = find_route(image_.tiles[stop.tile], key);
      if (index == kMissing) {
        fault("route-missing", tile_name(fabric_, stop.tile),
              fmt::format("no entry for key {:#x} of {}", key.value(), name(sender)));
        continue;
      }
      used_[stop.tile][index] = true;
      const RouteEntry& route = image_.tiles[stop.tile].routes[index];
      routes_.visits.push_back({stop.tile, stop.from, route.directions});
      if (fabric_.router.routing == Routing::Unicast) check_unicast(sender, stop, route.directions);
      for (int d = 0; d < kDirections; ++d) {
        const auto direction = static_cast<Direction>(d);
        if ((route.directions & direction_bit(direction)) == 0) continue;
        if (direction == Direction::Local) {
          deliver(sender, stop.tile, route);
        } else if (direction == Direction::Edge) {
          routes_.arrivals.push_back({PortId(static_cast<std::uint32_t>(port_at_[stop.tile])), key, sender});
        } else {
          stops.push_back({neighbor(fabric_, stop.tile, direction), opposite(direction)});
        }
      }
    }
  }

  // A unicast flit goes to one side, and never from a column into a row.
  void check_unicast(SenderId sender, const Stop& stop, std::uint8_t directions) {
    const auto along = [](Direction side, Direction one, Direction other) {
      return side == one || side == other;
    };
    if ((directions & (directions - 1)) != 0) {
      findings_.add("unicast-fork", tile_name(fabric_, stop.tile),
                    fmt::format("a flit of {} goes to several sides", name(sender)));
    } else if (along(stop.from, Direction::North, Direction::South) &&
               (directions & (direction_bit(Direction::East) | direction_bit(Direction::West))) != 0) {
      findings_.add("unicast-order", tile_name(fabric_, stop.tile),
                    fmt::format("a flit of {} turns from a column into a row", name(sender)));
    }
  }

  void deliver(SenderId sender, TileId tile, const RouteEntry& route) {
    for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
      const Delivery& delivery = image_.tiles[tile].deliveries[d];
      if (delivery.to_sum) {
        routes_.sums[tile].push_back({delivery.axon, {sender, delivery.delay}});
        continue;
      }
      AxonSource& source = routes_.axons[tile][delivery.axon];
      if (source.sender != kNoSender) {
        fault("axon-sources", tile_name(fabric_, tile),
              fmt::format("axon {} hears {} and {}", delivery.axon, name(source.sender), name(sender)));
      }
      source = {sender, delivery.delay};
    }
  }

  void check_axons() {
    for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) {
      const std::vector<AxonSource>& axons = routes_.axons[TileId(t)];
      for (std::size_t a = 0; a < axons.size(); ++a) {
        if (axons[a].sender != kNoSender) continue;
        findings_.add("axon-silent", tile_name(fabric_, TileId(t)), fmt::format("axon {} hears nobody", a));
      }
    }
  }

  void check_used() {
    for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) {
      const std::vector<RouteEntry>& entries = image_.tiles[TileId(t)].routes;
      for (std::size_t r = 0; r < entries.size(); ++r) {
        if (used_[TileId(t)][r]) continue;
        findings_.add("route-unused", tile_name(fabric_, TileId(t)),
                      fmt::format("no flit with key {:#x} comes here", entries[r].key.value()));
      }
    }
  }

  // The ports' arrivals and the output bindings must be the same set of (port, key).
  void check_ports() {
    using Place = std::pair<PortId, MessageKey>;
    std::vector<Place> expected;
    for (const OutputBinding& output : image_.outputs) expected.emplace_back(output.port, output.key);
    std::sort(expected.begin(), expected.end());
    std::vector<Place> seen;
    for (const PortArrival& arrival : routes_.arrivals) {
      seen.emplace_back(arrival.port, arrival.key);
      if (std::binary_search(expected.begin(), expected.end(), seen.back())) continue;
      findings_.add("output-stray", fmt::format("port {}", arrival.port.value()),
                    fmt::format("{} arrives, which is no output", name(arrival.sender)));
    }
    std::sort(seen.begin(), seen.end());
    for (const OutputBinding& output : image_.outputs) {
      if (std::binary_search(seen.begin(), seen.end(), Place(output.port, output.key))) continue;
      fault("output-unreached", fmt::format("output {}", output.output),
            fmt::format("key {:#x} never arrives at port {}", output.key.value(), output.port.value()));
    }
  }

  const Fabric& fabric_;
  const Image& image_;
  Findings& findings_;
  const std::vector<TileId> ports_;
  Routes routes_;
  // Per key: it is another's too, so that there is no telling which flit is whose.
  std::vector<std::uint8_t> silenced_;
  IdVector<TileId, std::size_t> port_at_;
  IdVector<TileId, std::uint32_t> last_walk_;  // number of the last key's walk that came to the tile
  IdVector<TileId, std::vector<bool>> used_;   // per route entry
};

}  // namespace

std::string sender_name(const Fabric& fabric, const SenderTable& senders, SenderId sender) {
  if (senders.is_input(sender)) return fmt::format("input {}", senders.input[sender.index()]);
  const TileId tile = senders.tile[sender];
  return fmt::format("{} neuron {}", tile_name(fabric, tile), sender.value() - senders.first_neuron[tile]);
}

Routes check_routes(const Fabric& fabric, const Image& image, Findings& findings) {
  return Walker(fabric, image, findings).run();
}

}  // namespace weft::mapping::verify
