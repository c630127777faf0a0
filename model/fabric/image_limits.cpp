// What a fabric asks of an image that is consistent in itself: its sizes, widths, sides and ports, and that
// every flit meets the tiles of a tree and no tile twice.
#include <algorithm>
#include <map>
#include <utility>

#include "model/fabric/image_check.hpp"

namespace weft {
namespace {

using Violations = std::vector<Violation>;
constexpr Direction kMeshDirections[] = {Direction::North, Direction::East, Direction::South,
                                         Direction::West};

template <class T>
std::string number(T value) {
  return std::to_string(value);
}

const RouteEntry* find_route(const TileImage& tile, MessageKey key) {
  const auto found = std::lower_bound(tile.routes.begin(), tile.routes.end(), key,
                                      [](const RouteEntry& route, MessageKey k) { return route.key < k; });
  return found != tile.routes.end() && found->key == key ? &*found : nullptr;
}

// A non-negative range travels unsigned, any other in two's complement.
bool range_fits(std::int64_t minimum, std::int64_t maximum, int bits) {
  const std::int64_t span = std::int64_t{1} << bits;
  if (minimum >= 0) return maximum < span;
  return minimum >= -span / 2 && maximum < span / 2;
}

void check_core_limits(const CoreImage& core, const CoreSpec& spec, const std::string& where,
                       Violations& out) {
  const auto at_most = [&](const char* rule, std::int64_t found, std::int64_t limit, const char* what) {
    if (found <= limit) return;
    out.push_back({rule, where, "uses " + number(found) + " " + what + ", has " + number(limit)});
  };
  at_most("axons-per-core", core.axons(), spec.axons, "axons");
  at_most("neurons-per-core", static_cast<std::int64_t>(core.neurons.size()), spec.neurons, "neurons");
  if (spec.kind == CoreKind::Memory) {
    std::int64_t bits = 0;
    for (int a = 0; a < core.axons(); ++a) {
      const auto row = static_cast<std::size_t>(a);
      bits += row_memory_bits(spec, std::int64_t{core.row_begin[row + 1]} - core.row_begin[row]);
    }
    at_most("memory-per-core", bits, spec.synapse_memory_bits, "bits of synapse memory");
  }
  if (spec.kind == CoreKind::Units) {
    std::vector<std::int64_t> fan_in(core.neurons.size(), 0);
    for (const std::uint16_t neuron : core.neuron) ++fan_in[neuron];
    const auto most = std::max_element(fan_in.begin(), fan_in.end());
    if (most != fan_in.end() && *most > spec.unit_synapses) {
      out.push_back({"synapses-per-neuron", where,
                     "neuron " + number(most - fan_in.begin()) + " has " + number(*most) +
                         " synapses, a unit has " + number(spec.unit_synapses)});
    }
  }
  const int limit = 1 << (spec.weight_bits - 1);
  for (const std::int16_t weight : core.weight) {
    if (weight >= -limit && weight < limit) continue;
    out.push_back({"weight", where,
                   "found " + number(weight) + ", expected " + number(-limit) + " to " + number(limit - 1)});
    break;
  }
  for (std::size_t n = 0; n < core.neurons.size(); ++n) {
    const NeuronConfig& neuron = core.neurons[n];
    if (neuron.model == NeuronModel::Table) continue;  // see check_tables
    if (range_fits(neuron.minimum, neuron.maximum, spec.value_bits)) continue;
    out.push_back({"value-range", where,
                   "neuron " + number(n) + " sends " + number(neuron.minimum) + " to " +
                       number(neuron.maximum) + ", an axon takes " + number(spec.value_bits) + " bits"});
    break;
  }
}

// A circuit takes a track of its own on each link that it crosses.
void check_tracks(const Fabric& fabric, const TileImage& content, const std::string& where, Violations& out) {
  for (const Direction direction : kMeshDirections) {
    std::int64_t tracks = 0;
    for (const RouteEntry& route : content.routes) tracks += has_direction(route, direction) ? 1 : 0;
    if (tracks <= fabric.router.tracks) continue;
    out.push_back({"tracks-per-link", where,
                   "uses " + number(tracks) + " tracks to the " + to_string(direction) + ", has " +
                       number(fabric.router.tracks)});
    return;
  }
}

// Where weights are chosen by the axons' types, a neuron has one for each type.
void check_axon_types(const CoreImage& core, int types, const std::string& where, Violations& out) {
  const auto axons = static_cast<std::size_t>(core.axons());
  if (core.axon_type.size() != (types == 0 ? 0 : axons)) {
    out.push_back({"axon-type", where,
                   "has " + number(core.axon_type.size()) + " types of axons, expected " +
                       number(types == 0 ? 0 : axons)});
    return;
  }
  std::vector<std::int16_t> weights(core.neurons.size() * static_cast<std::size_t>(types), 0);
  for (std::size_t a = 0; a < core.axon_type.size(); ++a) {
    if (core.axon_type[a] >= types) {
      out.push_back({"axon-type", where,
                     "axon " + number(a) + " has type " + number(int{core.axon_type[a]}) +
                         ", expected 0 to " + number(types - 1)});
      return;
    }
    for (std::uint32_t s = core.row_begin[a]; s < core.row_begin[a + 1]; ++s) {
      std::int16_t& weight = weights[core.neuron[s] * static_cast<std::size_t>(types) + core.axon_type[a]];
      if (weight == 0) weight = core.weight[s];
      if (weight == core.weight[s]) continue;
      out.push_back({"axon-type", where,
                     "neuron " + number(core.neuron[s]) + " has weights " + number(weight) + " and " +
                         number(core.weight[s]) + " on axons of type " + number(int{core.axon_type[a]})});
      return;
    }
  }
}

// A tile with one core in use may be all of it; several are looked at one by one.
void check_cores(const CoreImage& cores, const Fabric& fabric, const std::string& where, Violations& out) {
  if (cores.ends.empty()) {
    check_core_limits(cores, fabric.core, where, out);
    check_axon_types(cores, fabric.core.axon_types, where, out);
    return;
  }
  if (cores.cores() > static_cast<std::size_t>(fabric.cores_per_tile)) {
    out.push_back({"cores-per-tile", where,
                   "uses " + number(cores.cores()) + " cores, has " + number(fabric.cores_per_tile)});
  }
  for (std::size_t k = 0; k < cores.cores(); ++k) {
    const CoreImage core = core_alone(cores, k);
    const std::string which = where + " core " + number(k);
    check_core_limits(core, fabric.core, which, out);
    check_axon_types(core, fabric.core.axon_types, which, out);
  }
}

// Axons that a neuron's messages reach, all tiles together; inputs may reach any number.
void check_fan_out(const Image& image, int limit, Violations& out) {
  std::map<MessageKey, int> reached;           // by the neuron's first key
  std::map<MessageKey, MessageKey> first_key;  // by the message's
  for_each_tile(image, [&](TileId, const TileImage& content) {
    for (const NeuronConfig& neuron : content.core.neurons) {
      if (neuron.key == kNoKey) continue;
      reached.emplace(neuron.key, 0);
      for (std::uint32_t m = 0; m < neuron.messages; ++m)
        first_key.emplace(MessageKey(neuron.key.value() + m), neuron.key);
    }
  });
  for_each_tile(image, [&](TileId, const TileImage& content) {
    for (const RouteEntry& route : content.routes) {
      const auto sender = first_key.find(route.key);
      if (sender == first_key.end()) continue;
      for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d)
        reached[sender->second] += content.deliveries[d].to_sum ? 0 : 1;
    }
  });
  if (reached.empty()) return;
  std::int64_t too_many = 0;
  auto worst = reached.begin();
  for (auto sender = reached.begin(); sender != reached.end(); ++sender) {
    too_many += sender->second > limit ? 1 : 0;
    if (sender->second > worst->second) worst = sender;
  }
  if (too_many == 0) return;
  out.push_back({"fan-out", "key " + number(worst->first.value()),
                 "reaches " + number(worst->second) + " axons, " + number(limit) + " are allowed; " +
                     number(too_many) + " neurons reach more"});
}

void check_route_limits(const Image& image, const Fabric& fabric, TileId tile, const TileImage& content,
                        const std::string& where, Violations& out) {
  const auto entries = static_cast<std::int64_t>(content.table_entries());
  if (fabric.router.routing == Routing::Circuit) {
    check_tracks(fabric, content, where, out);
  } else if (fabric.router.routing == Routing::Multicast && entries > fabric.router.table_entries) {
    out.push_back({"routes-per-tile", where,
                   "uses " + number(entries) + " table entries, has " + number(fabric.router.table_entries)});
  }
  if (!content.ranges.empty() && fabric.router.routing != Routing::Multicast) {
    out.push_back(
        {"range-routing", where, "has ranges of keys, which only router.routing multicast looks up"});
  }
  for (const Delivery& delivery : content.deliveries) {
    if (delivery.delay >= 1 && delivery.delay <= fabric.core.max_delay) continue;
    out.push_back(
        {"delay", where,
         "found " + number(int{delivery.delay}) + ", expected 1 to " + number(fabric.core.max_delay)});
    break;
  }
  for (const Delivery& delivery : content.deliveries) {
    if (!delivery.to_sum || fabric.core.native_sums) continue;
    out.push_back({"native-sums", where,
                   "a delivery to the sum of neuron " + number(delivery.axon) + ", which takes axons only"});
    break;
  }
  for (const RouteEntry& route : content.routes) {
    const std::string which = "key " + number(route.key.value()) + ": ";
    const std::size_t before = out.size();
    if ((std::int64_t{route.key.value()} >> fabric.router.key_bits) != 0) {
      out.push_back({"key-bits", where, which + "does not fit " + number(fabric.router.key_bits) + " bits"});
    }
    if (has_direction(route, Direction::Edge) && !has_neighbor(fabric, tile, Direction::Edge)) {
      out.push_back({"edge", where, which + "leaves at a port that the tile does not have"});
    }
    for (const Direction direction : kMeshDirections) {
      if (!has_direction(route, direction)) continue;
      if (!has_neighbor(fabric, tile, direction)) {
        out.push_back({"direction", where, which + "no neighbor to the " + to_string(direction)});
      } else if (find_route(image.tiles[neighbor(fabric, tile, direction)], route.key) == nullptr) {
        out.push_back(
            {"route-lost", where, which + "the neighbor to the " + to_string(direction) + " has no entry"});
      }
    }
    if (out.size() != before) return;
  }
}

bool reaches_one_core(const TileImage& content, const RouteEntry& route) {
  const auto core_of = [&](const Delivery& delivery) {
    return delivery.to_sum ? core_of_neuron(content.core, delivery.axon)
                           : core_of_axon(content.core, delivery.axon);
  };
  for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
    if (core_of(content.deliveries[d]) != core_of(content.deliveries[route.delivery_begin])) return false;
  }
  return true;
}

// How many messages a sender may have, and how many sides an entry.
void check_routing(const Image& image, const Fabric& fabric, Violations& out) {
  const bool unicast = fabric.router.routing == Routing::Unicast;
  for (std::size_t i = 1; i < image.inputs.size() && !unicast; ++i) {
    if (image.inputs[i - 1].input != image.inputs[i].input) continue;
    out.push_back({"messages", "input " + number(image.inputs[i].input),
                   "has several bindings, which only router.routing unicast sends"});
    return;
  }
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    for (std::size_t n = 0; n < content.core.neurons.size() && !unicast; ++n) {
      if (content.core.neurons[n].messages == 1) continue;
      out.push_back({"messages", tile_name(fabric, tile),
                     "neuron " + number(n) + " has " + number(content.core.neurons[n].messages) +
                         " messages, which only router.routing unicast sends"});
      return;
    }
    for (const RouteEntry& route : content.routes) {
      const bool one_side = (route.directions & (route.directions - 1)) == 0;
      if (!unicast || (one_side && reaches_one_core(content, route))) continue;
      out.push_back(
          {"unicast", tile_name(fabric, tile),
           "key " + number(route.key.value()) + " leads to several " + (one_side ? "cores" : "sides")});
      return;
    }
  });
}

// Every flit meets each tile once at most: then the tiles it meets are a tree.
void check_trees(const Image& image, const Fabric& fabric, const ImageSenders& senders, Violations& out) {
  const auto ports = port_tiles(fabric);
  std::vector<std::pair<MessageKey, TileId>> visits;
  for (const auto& [key, sender] : senders) {
    if (sender.is_input && sender.port.index() >= ports.size()) {
      out.push_back({"port", "key " + number(key.value()),
                     "enters at port " + number(sender.port.value()) + " of " + number(ports.size())});
      return;
    }
    const TileId tile = sender.is_input ? ports[sender.port.index()] : sender.tile;
    visits.emplace_back(key, tile);
    if (find_route(image.tiles[tile], key) == nullptr) {
      out.push_back({"route-lost", tile_name(fabric, tile),
                     "no entry for key " + number(key.value()) + " that starts here"});
      return;
    }
  }
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    for (const RouteEntry& route : content.routes) {
      for (const Direction direction : kMeshDirections) {
        if (has_direction(route, direction))
          visits.emplace_back(route.key, neighbor(fabric, tile, direction));
      }
    }
  });
  std::sort(visits.begin(), visits.end());
  const auto twice = std::adjacent_find(visits.begin(), visits.end());
  if (twice == visits.end()) return;
  out.push_back({"route-twice", tile_name(fabric, twice->second),
                 "key " + number(twice->first.value()) + " comes from two sides"});
}

void check_ports(const Image& image, const Fabric& fabric, Violations& out) {
  const auto ports = port_tiles(fabric);
  std::int64_t leaving = 0;
  for_each_tile(image, [&](TileId, const TileImage& content) {
    for (const RouteEntry& route : content.routes) leaving += has_direction(route, Direction::Edge) ? 1 : 0;
  });
  for (const OutputBinding& binding : image.outputs) {
    const std::string where = "output " + number(binding.output);
    if (binding.port.index() >= ports.size()) {
      out.push_back(
          {"port", where, "leaves at port " + number(binding.port.value()) + " of " + number(ports.size())});
      return;
    }
    const RouteEntry* route = find_route(image.tiles[ports[binding.port.index()]], binding.key);
    if (route == nullptr || !has_direction(*route, Direction::Edge)) {
      out.push_back({"outputs", where, "its key does not leave at its port"});
      return;
    }
  }
  // Every binding has an entry of its own, so equal numbers mean that no other flit leaves.
  const auto outputs = static_cast<std::int64_t>(image.outputs.size());
  if (leaving != outputs) {
    out.push_back({"outputs", "image",
                   number(leaving) + " routes leave at ports, " + number(outputs) + " are bound to outputs"});
  }
}

void check_values(const Image& image, const Fabric& fabric, Violations& out) {
  const int bits = fabric.core.value_bits;
  const ValueFormat& format = image.input_format;
  if (!range_fits(format.minimum(), format.maximum(), bits)) {
    out.push_back({"value-range", "inputs",
                   "send " + number(format.minimum()) + " to " + number(format.maximum()) +
                       ", an axon takes " + number(bits) + " bits"});
  }
  for (std::size_t t = 0; t < image.tables.size(); ++t) {
    const auto [low, high] = std::minmax_element(image.tables[t].begin(), image.tables[t].end());
    if (range_fits(*low, *high, bits)) continue;
    out.push_back(
        {"value-range", "table " + number(t),
         "holds " + number(*low) + " to " + number(*high) + ", an axon takes " + number(bits) + " bits"});
  }
}

}  // namespace

std::vector<Violation> validate(const Image& image, const Fabric& fabric) {
  Violations out = validate(image);
  if (!out.empty()) return out;
  if (image.fabric != digest(fabric)) {
    out.push_back({"fabric-digest", "image",
                   "was made for fabric " + image.fabric.hex() + ", this one is " + digest(fabric).hex()});
  }
  if (image.tiles.size() != static_cast<std::size_t>(fabric.tiles())) {
    out.push_back(
        {"tiles", "image", "has " + number(image.tiles.size()) + ", the fabric " + number(fabric.tiles())});
    return out;
  }
  check_values(image, fabric, out);
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    const std::string where = tile_name(fabric, tile);
    check_cores(content.core, fabric, where, out);
    check_route_limits(image, fabric, tile, content, where, out);
  });
  if (!out.empty()) return out;
  check_routing(image, fabric, out);
  if (fabric.core.fan_out > 0) check_fan_out(image, fabric.core.fan_out, out);
  check_trees(image, fabric, collect_senders(image, out), out);
  check_ports(image, fabric, out);
  return out;
}

}  // namespace weft
