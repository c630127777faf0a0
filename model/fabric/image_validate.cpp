// The rules of an image, in two parts: what must hold on any fabric, and what this fabric allows. The second
// runs only where the first found nothing. Lists of violations are cut at one per rule and tile.
#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <utility>

#include "model/fabric/image.hpp"

namespace weft {
namespace {

using Violations = std::vector<Violation>;
constexpr std::int64_t kMaxBound = std::int64_t{1} << 60;  // sums of potentials saturate here
constexpr Direction kMeshDirections[] = {Direction::North, Direction::East, Direction::South,
                                         Direction::West};

template <class T>
std::string number(T value) {
  return std::to_string(value);
}
std::string name_of(TileId tile) {
  return "tile " + number(tile.value());
}
bool has(const RouteEntry& route, Direction direction) {
  return (route.directions & direction_bit(direction)) != 0;
}

template <class Visit>
void for_each_tile(const Image& image, Visit&& visit) {
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) visit(TileId(t), image.tiles[TileId(t)]);
}

const RouteEntry* find_route(const TileImage& tile, MessageKey key) {
  const auto found = std::lower_bound(tile.routes.begin(), tile.routes.end(), key,
                                      [](const RouteEntry& route, MessageKey k) { return route.key < k; });
  return found != tile.routes.end() && found->key == key ? &*found : nullptr;
}

// ---- a core ----

bool check_rows(const CoreImage& core, const std::string& where, Violations& out) {
  const auto& begin = core.row_begin;
  const bool ends_fit = !begin.empty() && begin.front() == 0 && begin.back() == core.weight.size() &&
                        core.neuron.size() == core.weight.size();
  if (!ends_fit || !std::is_sorted(begin.begin(), begin.end())) {
    out.push_back(
        {"rows", where, "the rows do not share out the core's " + number(core.weight.size()) + " synapses"});
    return false;
  }
  if (!core.used() && core.axons() > 0) {
    out.push_back({"unused-core", where, number(core.axons()) + " axons but no neurons"});
    return false;
  }
  for (std::size_t a = 0; a + 1 < begin.size(); ++a) {
    for (std::uint32_t s = begin[a]; s < begin[a + 1]; ++s) {
      const char* trouble = nullptr;
      if (core.neuron[s] >= core.neurons.size()) trouble = "there is no such neuron";
      if (core.weight[s] == 0) trouble = "its weight is zero";
      if (s > begin[a] && core.neuron[s] <= core.neuron[s - 1]) trouble = "neurons must ascend";
      if (trouble == nullptr) continue;
      out.push_back(
          {"synapse", where, "axon " + number(a) + ", neuron " + number(core.neuron[s]) + ": " + trouble});
      return false;
    }
  }
  return true;
}

void check_neurons(const Image& image, const CoreImage& core, const std::string& where, Violations& out) {
  for (std::size_t n = 0; n < core.neurons.size(); ++n) {
    const NeuronConfig& neuron = core.neurons[n];
    const std::string which = "neuron " + number(n) + ": ";
    const std::size_t before = out.size();
    if (neuron.model > NeuronModel::Table) out.push_back({"model", where, which + "no such neuron model"});
    if (neuron.shift > 31)
      out.push_back({"shift", where, which + "found " + number(int{neuron.shift}) + ", expected 0 to 31"});
    if (neuron.minimum > neuron.maximum) {
      out.push_back(
          {"value-range", where, which + "from " + number(neuron.minimum) + " to " + number(neuron.maximum)});
    }
    if (neuron.model == NeuronModel::Table && neuron.table >= image.tables.size()) {
      out.push_back(
          {"table", where, which + "table " + number(neuron.table) + " of " + number(image.tables.size())});
    }
    if (out.size() != before) return;
  }
}

void check_routes(const TileImage& tile, const std::string& where, Violations& out) {
  for (std::size_t r = 0; r < tile.routes.size(); ++r) {
    const RouteEntry& route = tile.routes[r];
    const std::string which = "key " + number(route.key.value()) + ": ";
    const std::size_t before = out.size();
    if (r > 0 && !(tile.routes[r - 1].key < route.key)) {
      out.push_back({"route-order", where, which + "keys must ascend"});
    }
    if (route.delivery_begin > route.delivery_end || route.delivery_end > tile.deliveries.size()) {
      out.push_back({"deliveries", where,
                     which + "deliveries " + number(route.delivery_begin) + " to " +
                         number(route.delivery_end) + " of " + number(tile.deliveries.size())});
    } else if (has(route, Direction::Local) != (route.delivery_begin < route.delivery_end)) {
      out.push_back({"local", where, which + "the local side if and only if there are deliveries"});
    }
    if (route.directions == 0 || route.directions >= 1u << kDirections) {
      out.push_back({"directions", where,
                     which + "found the set " + number(int{route.directions}) + ", expected 1 to 63"});
    }
    if (out.size() != before) return;
  }
}

// ---- senders ----

struct Sender {
  TileId tile;
  bool is_input = false;
  PortId port;               // of an input
  std::int64_t largest = 0;  // the largest magnitude it sends
};
using Senders = std::map<MessageKey, Sender>;

std::int64_t largest_value(const Image& image, const NeuronConfig& neuron) {
  std::int64_t minimum = neuron.minimum;
  std::int64_t maximum = neuron.maximum;
  if (neuron.model == NeuronModel::Table) {
    const auto& table = image.tables[neuron.table];
    minimum = *std::min_element(table.begin(), table.end());
    maximum = *std::max_element(table.begin(), table.end());
  }
  return std::max(std::abs(minimum), std::abs(maximum));
}

Senders collect_senders(const Image& image, Violations& out) {
  Senders senders;
  const auto add = [&](MessageKey key, const Sender& sender, const std::string& where) {
    if (key == kNoKey || !senders.emplace(key, sender).second) {
      out.push_back({"key", where, "key " + number(key.value()) + " is not its own"});
    }
  };
  const ValueFormat& format = image.input_format;
  const std::int64_t largest = std::max(-std::int64_t{format.minimum()}, std::int64_t{format.maximum()});
  for (const InputBinding& binding : image.inputs) {
    add(binding.key, {TileId(), true, binding.port, largest}, "input " + number(binding.input));
  }
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    for (const NeuronConfig& neuron : content.core.neurons) {
      if (neuron.key != kNoKey)
        add(neuron.key, {tile, false, PortId(), largest_value(image, neuron)}, name_of(tile));
    }
  });
  return senders;
}

// Each axon has one writer, each route a sender, and potentials stay within 32 bits.
void check_axons(const TileImage& tile, const Senders& senders, const std::string& where, Violations& out) {
  const CoreImage& core = tile.core;
  std::vector<std::int64_t> largest(static_cast<std::size_t>(core.axons()), -1);
  for (const RouteEntry& route : tile.routes) {
    const auto sender = senders.find(route.key);
    if (sender == senders.end()) {
      out.push_back({"route-key", where, "nobody sends with key " + number(route.key.value())});
      return;
    }
    for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
      const Delivery& delivery = tile.deliveries[d];
      if (delivery.axon >= largest.size()) {
        out.push_back(
            {"axon", where, "delivery to axon " + number(delivery.axon) + " of " + number(largest.size())});
        return;
      }
      if (largest[delivery.axon] >= 0) {
        out.push_back(
            {"axon-writer", where, "axon " + number(delivery.axon) + " is written by two deliveries"});
        return;
      }
      if (delivery.delay < 1) {
        out.push_back({"delay", where, "axon " + number(delivery.axon) + " is written after 0 steps"});
        return;
      }
      largest[delivery.axon] = sender->second.largest;
    }
  }
  std::vector<std::int64_t> bound;
  for (const NeuronConfig& neuron : core.neurons) {
    bound.push_back(std::abs(std::int64_t{neuron.bias}) +
                    (neuron.shift > 0 ? std::int64_t{1} << (neuron.shift - 1) : 0));
  }
  for (std::size_t a = 0; a < largest.size(); ++a) {
    for (std::uint32_t s = core.row_begin[a]; s < core.row_begin[a + 1]; ++s) {
      std::int64_t& sum = bound[core.neuron[s]];
      sum = std::min(sum + std::abs(std::int64_t{core.weight[s]}) * std::max<std::int64_t>(largest[a], 0),
                     kMaxBound);
    }
  }
  for (std::size_t n = 0; n < bound.size(); ++n) {
    if (bound[n] <= std::numeric_limits<std::int32_t>::max()) continue;
    out.push_back({"potential", where,
                   "neuron " + number(n) + " can reach " + number(bound[n]) + ", 32 bits hold 2147483647"});
    return;
  }
}

void check_bindings(const Image& image, const Senders& senders, Violations& out) {
  for (std::size_t i = 0; i < image.inputs.size(); ++i) {
    const std::uint32_t input = image.inputs[i].input;
    if (input < image.input_count && (i == 0 || image.inputs[i - 1].input < input)) continue;
    out.push_back({"inputs", "input " + number(input),
                   "inputs must ascend and be fewer than " + number(image.input_count)});
    break;
  }
  if (image.outputs.size() != image.output_count) {
    out.push_back(
        {"outputs", "image",
         "found " + number(image.outputs.size()) + " bindings, expected " + number(image.output_count)});
  }
  std::map<MessageKey, std::uint32_t> bound;
  for (std::size_t i = 0; i < image.outputs.size(); ++i) {
    const OutputBinding& binding = image.outputs[i];
    const std::string where = "output " + number(binding.output);
    if (binding.output != i) {
      out.push_back({"outputs", where, "stands where output " + number(i) + " belongs"});
      break;
    }
    if (senders.count(binding.key) == 0) {
      out.push_back({"outputs", where, "nobody sends with key " + number(binding.key.value())});
      break;
    }
    if (!bound.emplace(binding.key, binding.output).second) {
      out.push_back({"outputs", where, "its key is also that of output " + number(bound[binding.key])});
      break;
    }
  }
}

// ---- the fabric's limits ----

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

void check_route_limits(const Image& image, const Fabric& fabric, TileId tile, const TileImage& content,
                        const std::string& where, Violations& out) {
  const auto entries = static_cast<std::int64_t>(content.routes.size());
  if (entries > fabric.router.table_entries) {
    out.push_back({"routes-per-tile", where,
                   "uses " + number(entries) + " table entries, has " + number(fabric.router.table_entries)});
  }
  for (const Delivery& delivery : content.deliveries) {
    if (delivery.delay >= 1 && delivery.delay <= fabric.core.max_delay) continue;
    out.push_back(
        {"delay", where,
         "found " + number(int{delivery.delay}) + ", expected 1 to " + number(fabric.core.max_delay)});
    break;
  }
  for (const RouteEntry& route : content.routes) {
    const std::string which = "key " + number(route.key.value()) + ": ";
    const std::size_t before = out.size();
    if ((std::int64_t{route.key.value()} >> fabric.router.key_bits) != 0) {
      out.push_back({"key-bits", where, which + "does not fit " + number(fabric.router.key_bits) + " bits"});
    }
    if (has(route, Direction::Edge) && !has_neighbor(fabric, tile, Direction::Edge)) {
      out.push_back({"edge", where, which + "leaves at a port that the tile does not have"});
    }
    for (const Direction direction : kMeshDirections) {
      if (!has(route, direction)) continue;
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

// Every flit meets each tile once at most: then the tiles it meets are a tree.
void check_trees(const Image& image, const Fabric& fabric, const Senders& senders, Violations& out) {
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
        if (has(route, direction)) visits.emplace_back(route.key, neighbor(fabric, tile, direction));
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
    for (const RouteEntry& route : content.routes) leaving += has(route, Direction::Edge) ? 1 : 0;
  });
  for (const OutputBinding& binding : image.outputs) {
    const std::string where = "output " + number(binding.output);
    if (binding.port.index() >= ports.size()) {
      out.push_back(
          {"port", where, "leaves at port " + number(binding.port.value()) + " of " + number(ports.size())});
      return;
    }
    const RouteEntry* route = find_route(image.tiles[ports[binding.port.index()]], binding.key);
    if (route == nullptr || !has(*route, Direction::Edge)) {
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

std::vector<Violation> validate(const Image& image) {
  Violations out;
  if (image.input_format.bits < 1 || image.input_format.bits > 31) {
    out.push_back(
        {"value-bits", "inputs", "found " + number(image.input_format.bits) + ", expected 1 to 31"});
  }
  if (image.depth_steps < 1) {
    out.push_back({"depth", "image", "found " + number(image.depth_steps) + " steps, expected at least 1"});
  }
  for (std::size_t t = 0; t < image.tables.size(); ++t) {
    if (image.tables[t].size() == 256) continue;
    out.push_back({"table", "table " + number(t),
                   "found " + number(image.tables[t].size()) + " entries, expected 256"});
  }
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    if (check_rows(content.core, name_of(tile), out)) check_neurons(image, content.core, name_of(tile), out);
    check_routes(content, name_of(tile), out);
  });
  if (!out.empty()) return out;

  const Senders senders = collect_senders(image, out);
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    check_axons(content, senders, name_of(tile), out);
  });
  check_bindings(image, senders, out);
  return out;
}

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
    check_core_limits(content.core, fabric.core, where, out);
    check_route_limits(image, fabric, tile, content, where, out);
  });
  if (!out.empty()) return out;
  check_trees(image, fabric, collect_senders(image, out), out);
  check_ports(image, fabric, out);
  return out;
}

}  // namespace weft
