// Checks that the image's tables are well formed and fit the fabric: axons, neurons, synapse memory, units'
// synapses, weight and value widths, delays, routes or tracks, key widths, ports, neuron registers.
// Assumes nothing of the image. What is malformed enough to lead an index astray makes the tables unreadable.
#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping::verify {
namespace {

constexpr std::size_t kTableSize = 256;

bool fits_bits(std::int64_t low, std::int64_t high, int bits) {
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  const bool as_signed = low >= -half && high <= half - 1;
  const bool as_unsigned = low >= 0 && high <= 2 * half - 1;
  return as_signed || as_unsigned;
}

// One tile's checks; `readable` turns false where later parts would be led astray.
class TileCheck {
 public:
  TileCheck(const Fabric& fabric, const Image& image, TileId tile, Findings& findings)
      : fabric_(fabric),
        image_(image),
        id_(tile),
        tile_(image.tiles[tile]),
        name_(tile_name(fabric, tile)),
        findings_(findings) {}

  bool run() {
    check_ends();
    if (!readable_) return false;
    for (const Span& core : cores_) check_sizes(core);
    check_rows();
    for (std::size_t k = 0; readable_ && k < cores_.size(); ++k) check_axon_types(cores_[k]);
    for (std::size_t n = 0; n < tile_.core.neurons.size(); ++n) check_neuron(n);
    check_messages();
    check_routes();
    return readable_;
  }

 private:
  // One of the tile's cores, in the tile's lists.
  struct Span {
    std::uint32_t axon_begin = 0, axon_end = 0;
    std::uint32_t neuron_begin = 0, neuron_end = 0;
    std::string name;
  };

  void add(const char* rule, std::string detail) { findings_.add(rule, name_, std::move(detail)); }
  void fatal(const char* rule, std::string detail) {
    readable_ = false;
    add(rule, std::move(detail));
  }

  // Where the tile's cores begin and end: each has neurons, together they have all axons and neurons.
  void check_ends() {
    const auto axons = static_cast<std::uint32_t>(tile_.core.axons());
    const auto neurons = static_cast<std::uint32_t>(tile_.core.neurons.size());
    const std::vector<CoreEnd>& ends = tile_.core.ends;
    if (ends.empty()) {
      cores_.push_back({0, axons, 0, neurons, name_});
      return;
    }
    if (ends.size() > static_cast<std::size_t>(fabric_.cores_per_tile))
      add("cores-per-tile", fmt::format("{} cores, the tile has {}", ends.size(), fabric_.cores_per_tile));
    Span last;
    for (const CoreEnd& end : ends) {
      last = {last.axon_end, end.axons, last.neuron_end, end.neurons,
              fmt::format("{} core {}", name_, cores_.size())};
      if (last.axon_begin > last.axon_end || last.neuron_begin >= last.neuron_end) {
        fatal("core-ends", fmt::format("core {} ends before it begins", cores_.size()));
        return;
      }
      cores_.push_back(last);
    }
    if (last.axon_end != axons || last.neuron_end != neurons || ends.size() < 2) {
      fatal("core-ends", fmt::format("{} cores have {} axons and {} neurons of {} and {}", ends.size(),
                                     last.axon_end, last.neuron_end, axons, neurons));
    }
  }

  void check_sizes(const Span& core) {
    const auto axons = static_cast<int>(core.axon_end - core.axon_begin);
    const auto neurons = static_cast<int>(core.neuron_end - core.neuron_begin);
    if (axons > fabric_.core.axons) {
      findings_.add("axons-per-core", core.name,
                    fmt::format("{} axons, the core has {}", axons, fabric_.core.axons));
    }
    if (neurons > fabric_.core.neurons) {
      findings_.add("neurons-per-core", core.name,
                    fmt::format("{} neurons, the core has {}", neurons, fabric_.core.neurons));
    }
  }

  // Each axon has a type, and a neuron one weight per type.
  void check_axon_types(const Span& span) {
    const CoreImage& core = tile_.core;
    const int types = fabric_.core.axon_types;
    if (types == 0) {
      if (!core.axon_type.empty()) add("axon-type", "axons have types, the core knows none");
      return;
    }
    if (core.axon_type.size() != static_cast<std::size_t>(core.axons())) {
      add("axon-type", fmt::format("{} types of {} axons", core.axon_type.size(), core.axons()));
      return;
    }
    std::map<std::pair<int, int>, int> weights;  // by (neuron, type)
    for (std::size_t a = span.axon_begin; a < span.axon_end; ++a) {
      const int type = core.axon_type[a];
      if (type >= types) add("axon-type", fmt::format("axon {} has type {} of {}", a, type, types));
      for (std::uint32_t s = core.row_begin[a]; s < core.row_begin[a + 1]; ++s) {
        const auto [found, is_new] = weights.emplace(std::pair(int{core.neuron[s]}, type), core.weight[s]);
        if (!is_new && found->second != core.weight[s]) {
          add("axon-type", fmt::format("neuron {} has weights {} and {} on axons of type {}", core.neuron[s],
                                       found->second, core.weight[s], type));
        }
      }
    }
  }

  bool rows_readable() const {
    const CoreImage& core = tile_.core;
    if (core.row_begin.empty() || core.row_begin.front() != 0) return false;
    for (std::size_t a = 1; a < core.row_begin.size(); ++a) {
      if (core.row_begin[a] < core.row_begin[a - 1]) return false;
    }
    return core.row_begin.back() == core.neuron.size() && core.neuron.size() == core.weight.size();
  }

  void check_rows() {
    if (!rows_readable()) {
      fatal("rows", "row_begin does not divide the synapses into rows");
      return;
    }
    const CoreImage& core = tile_.core;
    const std::int32_t limit = std::int32_t{1} << (fabric_.core.weight_bits - 1);
    std::vector<int> fan_in(core.neurons.size(), 0);
    for (int a = 0; a < core.axons(); ++a) {
      const std::uint32_t begin = core.row_begin[static_cast<std::size_t>(a)];
      const std::uint32_t end = core.row_begin[static_cast<std::size_t>(a) + 1];
      const Span& owner = owner_of(static_cast<std::uint32_t>(a));
      for (std::uint32_t s = begin; s < end; ++s) {
        const int neuron = core.neuron[s];
        const int weight = core.weight[s];
        if (static_cast<std::size_t>(neuron) >= core.neurons.size()) {
          fatal("synapse-target",
                fmt::format("axon {} leads to neuron {}, there are {}", a, neuron, core.neurons.size()));
        } else {
          ++fan_in[static_cast<std::size_t>(neuron)];
          if (core.neuron[s] < owner.neuron_begin || core.neuron[s] >= owner.neuron_end)
            add("synapse-core", fmt::format("axon {} leads to neuron {} of another core", a, neuron));
        }
        if (s > begin && core.neuron[s - 1] >= neuron) {
          add("row-order",
              fmt::format("axon {}: neuron {} follows neuron {}", a, neuron, core.neuron[s - 1]));
        }
        if (weight == 0) add("weight-zero", fmt::format("axon {}, neuron {}", a, neuron));
        if (weight < -limit || weight >= limit) {
          add("weight-width", fmt::format("axon {}, neuron {}: weight {} does not fit {} bits", a, neuron,
                                          weight, fabric_.core.weight_bits));
        }
      }
    }
    if (fabric_.core.kind == CoreKind::Memory) check_memory();
    for (std::size_t n = 0; fabric_.core.kind == CoreKind::Units && n < fan_in.size(); ++n) {
      if (fan_in[n] <= fabric_.core.unit_synapses) continue;
      add("unit-synapses",
          fmt::format("neuron {} has {} synapses, a unit has {}", n, fan_in[n], fabric_.core.unit_synapses));
    }
  }

  const Span& owner_of(std::uint32_t axon) const {
    std::size_t k = 0;
    while (k + 1 < cores_.size() && axon >= cores_[k].axon_end) ++k;
    return cores_[k];
  }

  void check_memory() {
    for (const Span& core : cores_) {
      std::int64_t bits = 0;
      for (std::size_t a = core.axon_begin; a < core.axon_end; ++a)
        bits += row_memory_bits(fabric_.core, tile_.core.row_begin[a + 1] - tile_.core.row_begin[a]);
      if (bits <= fabric_.core.synapse_memory_bits) continue;
      findings_.add(
          "synapse-memory", core.name,
          fmt::format("{} bits of rows, the core holds {}", bits, fabric_.core.synapse_memory_bits));
    }
  }

  void check_neuron(std::size_t n) {
    const NeuronConfig& neuron = tile_.core.neurons[n];
    if (neuron.shift > 31)
      add("neuron-shift", fmt::format("neuron {}: shift {} exceeds 31", n, neuron.shift));
    switch (neuron.model) {
      case NeuronModel::Linear:
      case NeuronModel::Relu:
        if (neuron.minimum > neuron.maximum) {
          add("neuron-range",
              fmt::format("neuron {}: minimum {} above maximum {}", n, neuron.minimum, neuron.maximum));
        } else if (!fits_bits(neuron.minimum, neuron.maximum, fabric_.core.value_bits)) {
          add("value-width", fmt::format("neuron {}: values from {} to {} do not fit {} bits", n,
                                         neuron.minimum, neuron.maximum, fabric_.core.value_bits));
        }
        break;
      case NeuronModel::Table:
        if (neuron.table >= image_.tables.size()) {
          fatal("neuron-table",
                fmt::format("neuron {}: table {} of {}", n, neuron.table, image_.tables.size()));
        }
        break;
      case NeuronModel::If:
      case NeuronModel::Lif:
      case NeuronModel::CurrentLif:
      case NeuronModel::TrueNorth:
        if (neuron.table >= image_.spike_rules.size()) {
          fatal("neuron-rule",
                fmt::format("neuron {}: rule {} of {}", n, neuron.table, image_.spike_rules.size()));
        }
        if (neuron.minimum != 0 || neuron.maximum != 1) {
          add("neuron-range",
              fmt::format("neuron {}: spikes from {} to {}", n, neuron.minimum, neuron.maximum));
        }
        break;
      default:
        fatal("neuron-model", fmt::format("neuron {}: model {}", n, static_cast<int>(neuron.model)));
    }
  }

  void check_messages() {
    const bool unicast = fabric_.router.routing == Routing::Unicast;
    for (std::size_t n = 0; n < tile_.core.neurons.size(); ++n) {
      const NeuronConfig& neuron = tile_.core.neurons[n];
      // Each needs an entry here, so no more than these are read.
      const std::size_t most = unicast ? std::max<std::size_t>(1, tile_.routes.size()) : 1;
      if (neuron.messages >= 1 && neuron.messages <= most) continue;
      fatal("neuron-messages",
            fmt::format("neuron {}: {} messages, 1 to {} can be", n, neuron.messages, most));
    }
  }

  void check_routes() {
    for (std::size_t r = 0; r < tile_.routes.size(); ++r) {
      const RouteEntry& route = tile_.routes[r];
      const std::string what = fmt::format("key {:#x}", route.key.value());
      if (r > 0 && !(tile_.routes[r - 1].key < route.key)) {
        fatal("route-order", what + " follows key " + fmt::format("{:#x}", tile_.routes[r - 1].key.value()));
      }
      if (fabric_.router.key_bits < 32 && route.key.value() >> fabric_.router.key_bits != 0) {
        add("key-width", fmt::format("{} does not fit {} bits", what, fabric_.router.key_bits));
      }
      check_directions(route, what);
      check_deliveries(route, what);
    }
    if (fabric_.router.routing == Routing::Circuit) check_tracks();
  }

  // A circuit's entry takes a track of its own on each link that it names.
  void check_tracks() {
    std::array<int, kDirections> taken{};
    for (const RouteEntry& route : tile_.routes) {
      for (std::size_t d = 0; d < taken.size(); ++d) taken[d] += route.directions >> d & 1u;
    }
    for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      const int tracks = taken[static_cast<std::size_t>(side)];
      if (tracks <= fabric_.router.tracks) continue;
      add("tracks", fmt::format("{} circuits leave {}, the link has {} tracks", tracks, to_string(side),
                                fabric_.router.tracks));
    }
  }

  void check_directions(const RouteEntry& route, const std::string& what) {
    if (route.directions == 0 || route.directions >> kDirections != 0) {
      fatal("route-directions", fmt::format("{}: directions {:#x}", what, route.directions));
      return;
    }
    for (int d = 0; d < kDirections; ++d) {
      const auto direction = static_cast<Direction>(d);
      if ((route.directions & direction_bit(direction)) != 0 && !has_neighbor(fabric_, id_, direction)) {
        fatal("route-directions", fmt::format("{}: nothing lies {}", what, to_string(direction)));
      }
    }
    const bool local = (route.directions & direction_bit(Direction::Local)) != 0;
    if (local != (route.delivery_begin != route.delivery_end)) {
      fatal("route-directions", what + (local ? ": goes to the core, which takes it on no axon"
                                              : ": has deliveries but not the core"));
    }
  }

  void check_deliveries(const RouteEntry& route, const std::string& what) {
    if (route.delivery_begin > route.delivery_end || route.delivery_end > tile_.deliveries.size()) {
      fatal("delivery-range", fmt::format("{}: deliveries {} to {} of {}", what, route.delivery_begin,
                                          route.delivery_end, tile_.deliveries.size()));
      return;
    }
    for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
      const Delivery& delivery = tile_.deliveries[d];
      if (delivery.to_sum) {
        check_sum(delivery, what);
      } else if (!tile_.core.row_begin.empty() && delivery.axon >= tile_.core.axons()) {
        fatal("delivery-axon", fmt::format("{}: axon {} of {}", what, delivery.axon, tile_.core.axons()));
      }
      if (delivery.delay < 1 || delivery.delay > fabric_.core.max_delay) {
        add("delivery-delay", fmt::format("{}: delay {}, the core keeps 1 to {}", what, delivery.delay,
                                          fabric_.core.max_delay));
      }
    }
    if (readable_ && fabric_.router.routing == Routing::Unicast) check_listener(route, what);
  }

  // A unicast flit is for one core.
  void check_listener(const RouteEntry& route, const std::string& what) {
    for (const Span& core : cores_) {
      std::uint32_t inside = 0;
      for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
        const Delivery& delivery = tile_.deliveries[d];
        inside += delivery.to_sum ? delivery.axon >= core.neuron_begin && delivery.axon < core.neuron_end
                                  : delivery.axon >= core.axon_begin && delivery.axon < core.axon_end;
      }
      if (inside == 0 || inside == route.delivery_end - route.delivery_begin) continue;
      add("unicast-cores", what + " is delivered to several cores");
      return;
    }
  }

  void check_sum(const Delivery& delivery, const std::string& what) {
    if (!fabric_.core.native_sums) {
      add("delivery-sum",
          fmt::format("{}: for the sum of neuron {}, the core takes axons only", what, delivery.axon));
    }
    if (delivery.axon >= tile_.core.neurons.size()) {
      fatal("delivery-sum", fmt::format("{}: for the sum of neuron {} of {}", what, delivery.axon,
                                        tile_.core.neurons.size()));
    }
  }

  const Fabric& fabric_;
  const Image& image_;
  const TileId id_;
  const TileImage& tile_;
  const std::string name_;
  Findings& findings_;
  std::vector<Span> cores_;  // at least one
  bool readable_ = true;
};

bool check_tables(const Fabric& fabric, const Image& image, Findings& findings) {
  bool readable = true;
  for (std::size_t t = 0; t < image.tables.size(); ++t) {
    const std::string name = fmt::format("table {}", t);
    if (image.tables[t].size() != kTableSize) {
      findings.add("table-size", name,
                   fmt::format("{} entries instead of {}", image.tables[t].size(), kTableSize));
      readable = false;
      continue;
    }
    for (const std::int32_t value : image.tables[t]) {
      if (!fits_bits(value, value, fabric.core.value_bits)) {
        findings.add("value-width", name,
                     fmt::format("{} does not fit {} bits", value, fabric.core.value_bits));
      }
    }
  }
  return readable;
}

bool check_bindings(const Fabric& fabric, const Image& image, Findings& findings) {
  bool readable = true;
  const std::size_t ports = port_tiles(fabric).size();
  const auto check = [&](const std::string& name, std::uint32_t index, std::uint32_t count, PortId port,
                         bool first, std::uint32_t previous, bool may_repeat) {
    if (index >= count) {
      findings.add("binding-index", name, fmt::format("there are {}", count));
      readable = false;
    }
    if (port.index() >= ports) {
      findings.add("binding-port", name, fmt::format("port {} of {}", port.value(), ports));
      readable = false;
    }
    if (!first && (previous > index || (previous == index && !may_repeat))) {
      findings.add("binding-order", name, fmt::format("follows {}", previous));
      readable = false;
    }
  };
  for (std::size_t i = 0; i < image.inputs.size(); ++i) {
    const InputBinding& binding = image.inputs[i];
    check(fmt::format("input {}", binding.input), binding.input, image.input_count, binding.port, i == 0,
          i == 0 ? 0 : image.inputs[i - 1].input, fabric.router.routing == Routing::Unicast);
    if (fabric.router.routing == Routing::Unicast && i > 0 && image.inputs[i - 1].input == binding.input &&
        image.inputs[i - 1].port != binding.port) {
      findings.add("binding-port", fmt::format("input {}", binding.input), "enters at two ports");
    }
  }
  for (std::size_t i = 0; i < image.outputs.size(); ++i) {
    const OutputBinding& binding = image.outputs[i];
    check(fmt::format("output {}", binding.output), binding.output, image.output_count, binding.port, i == 0,
          i == 0 ? 0 : image.outputs[i - 1].output, false);
  }
  const ValueFormat& format = image.input_format;
  if (format.bits < 1 || format.bits > 31) {
    findings.add("input-format", "image", fmt::format("{} bits", format.bits));
    readable = false;
  } else if (!fits_bits(format.minimum(), format.maximum(), fabric.core.value_bits)) {
    findings.add("value-width", "inputs",
                 fmt::format("{} bits, an axon takes {}", format.bits, fabric.core.value_bits));
  }
  return readable;
}

}  // namespace

bool check_capacity(const Fabric& fabric, const Image& image, Findings& findings) {
  if (image.tiles.size() != static_cast<std::size_t>(fabric.tiles())) {
    findings.add("tiles", "image",
                 fmt::format("{} tiles, the fabric has {}", image.tiles.size(), fabric.tiles()));
    return false;
  }
  bool readable = check_tables(fabric, image, findings);
  readable = check_bindings(fabric, image, findings) && readable;
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    readable = TileCheck(fabric, image, TileId(t), findings).run() && readable;
  }
  return readable;
}

}  // namespace weft::mapping::verify
