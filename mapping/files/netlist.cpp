// A net is followed from its source's tile through the tables of the routers, side by side in a fixed order.
#include "mapping/files/netlist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace weft::mapping {
namespace {

class Reader {
 public:
  Reader(const Image& image, const Fabric& fabric, const std::vector<std::string>& names)
      : image_(image), fabric_(fabric), names_(names), cores_at_(image.tiles.size()) {}

  Netlist run() {
    if (fabric_.router.routing == Routing::Circuit) number_tracks();
    const std::vector<Place> cores = add_cores();
    const std::vector<TileId> ports = port_tiles(fabric_);
    std::map<TileId, int> slots;
    const auto pad = [&](BlockKind kind, const char* prefix, std::uint32_t number, PortId port) {
      const TileId tile = ports[port.index()];
      return netlist_.blocks.push_back({kind, prefix + std::to_string(number), tile, slots[tile]++, 0, 0, 0});
    };
    std::vector<BlockId> inputs;
    for (std::size_t i = 0; i < image_.inputs.size(); ++i) {
      const InputBinding& in = image_.inputs[i];
      const bool again = i > 0 && image_.inputs[i - 1].input == in.input;
      inputs.push_back(again ? inputs.back() : pad(BlockKind::Input, "in_", in.input, in.port));
    }
    for (const OutputBinding& out : image_.outputs) {
      const BlockId block = pad(BlockKind::Output, "out_", out.output, out.port);
      outputs_[{out.key, netlist_.blocks[block].tile}].push_back(block);
    }
    for (std::uint32_t c = 0; c < cores.size(); ++c) {
      const CoreImage& all = image_.tiles[cores[c].tile].core;
      const std::uint32_t begin = core_begin(all, cores[c].core).neurons;
      for (std::uint32_t n = begin; n < core_end(all, cores[c].core).neurons; ++n) {
        const NeuronConfig& neuron = all.neurons[n];
        for (std::uint32_t m = 0; m < neuron.messages && neuron.key != kNoKey; ++m)
          add_net(message_name(neuron.origin, m), BlockId(c), n - begin, MessageKey(neuron.key.value() + m));
      }
    }
    std::uint32_t message = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const InputBinding& in = image_.inputs[i];
      message = i > 0 && inputs[i - 1] == inputs[i] ? message + 1 : 0;
      add_net(message_name({0, in.input, 0}, message), inputs[i], 0, in.key);
    }
    return std::move(netlist_);
  }

 private:
  // A core in use.
  struct Place {
    TileId tile;
    std::size_t core = 0;
  };

  std::vector<Place> add_cores() {
    using First = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
    std::vector<std::tuple<First, TileId, std::size_t>> order;
    for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) {
      const CoreImage& all = image_.tiles[TileId(t)].core;
      cores_at_[TileId(t)].resize(all.cores());
      for (std::size_t k = 0; k < all.cores(); ++k) {
        auto first = std::make_tuple(~0u, ~0u, ~0u);
        for (std::uint32_t n = core_begin(all, k).neurons; n < core_end(all, k).neurons; ++n) {
          const NeuronOrigin& origin = all.neurons[n].origin;
          first = std::min(first, std::make_tuple(origin.population, origin.index, origin.part));
        }
        order.push_back({first, TileId(t), k});
      }
    }
    std::sort(order.begin(), order.end());
    std::vector<Place> places;
    for (const auto& [first, tile, k] : order) {
      const CoreImage& all = image_.tiles[tile].core;
      const CoreEnd begin = core_begin(all, k), end = core_end(all, k);
      cores_at_[tile][k] = netlist_.blocks.push_back(
          {BlockKind::Core, "core_" + std::to_string(places.size()), tile, static_cast<int>(k),
           end.axons - begin.axons, end.neurons - begin.neurons,
           all.row_begin[end.axons] - all.row_begin[begin.axons]});
      places.push_back({tile, k});
    }
    return places;
  }

  BlockSink sink_of(TileId tile, const Delivery& delivery) const {
    const CoreImage& all = image_.tiles[tile].core;
    const std::size_t k =
        delivery.to_sum ? core_of_neuron(all, delivery.axon) : core_of_axon(all, delivery.axon);
    const CoreEnd begin = core_begin(all, k);
    return {cores_at_[tile][k], delivery.axon - (delivery.to_sum ? begin.neurons : begin.axons),
            delivery.delay, delivery.to_sum};
  }

  std::string neuron_name(const NeuronOrigin& origin) const {
    std::string name = origin.population < names_.size() ? names_[origin.population]
                                                         : "p" + std::to_string(origin.population);
    name += "[" + std::to_string(origin.index) + "]";
    return origin.part == 0 ? name : name + "." + std::to_string(origin.part);
  }

  // Unicast: a net for each message of a sender.
  std::string message_name(const NeuronOrigin& origin, std::uint32_t message) const {
    return message == 0 ? neuron_name(origin) : neuron_name(origin) + "/" + std::to_string(message);
  }

  void add_net(std::string name, BlockId source, std::uint32_t neuron, MessageKey key) {
    BlockNet net{std::move(name), source, neuron, {}, {}};
    follow(net, netlist_.blocks[source].tile, key);
    std::sort(net.sinks.begin(), net.sinks.end());
    netlist_.nets.push_back(std::move(net));
  }

  // An entry's track on a link is its number among the entries of the tile that name the side.
  void number_tracks() {
    for (const TileImage& tile : image_.tiles) {
      std::array<int, kDirections> next{};
      auto& tracks = tracks_[tracks_.push_back({})];
      for (const RouteEntry& route : tile.routes) {
        auto& own = tracks.emplace_back();
        for (std::size_t side = 0; side < next.size(); ++side) {
          if ((route.directions >> side & 1u) != 0) own[side] = next[side]++;
        }
      }
    }
  }

  void follow(BlockNet& net, TileId tile, MessageKey key) {
    const TileImage& at = image_.tiles[tile];
    const auto entry = std::lower_bound(at.routes.begin(), at.routes.end(), key,
                                        [](const RouteEntry& e, MessageKey k) { return e.key < k; });
    if (entry == at.routes.end() || entry->key != key) return;
    for (std::uint32_t d = entry->delivery_begin; d < entry->delivery_end; ++d) {
      net.sinks.push_back(sink_of(tile, at.deliveries[d]));
    }
    if ((entry->directions & direction_bit(Direction::Edge)) != 0) {
      for (BlockId output : outputs_[{key, tile}]) net.sinks.push_back({output, 0, 0, false});
    }
    for (Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      if ((entry->directions & direction_bit(side)) == 0) continue;
      const auto index = static_cast<std::size_t>(entry - at.routes.begin());
      net.hops.push_back(
          {tile, side, tracks_.empty() ? 0 : tracks_[tile][index][static_cast<std::size_t>(side)]});
      follow(net, neighbor(fabric_, tile, side), key);
    }
  }

  const Image& image_;
  const Fabric& fabric_;
  const std::vector<std::string>& names_;
  IdVector<TileId, std::vector<std::array<int, kDirections>>> tracks_;  // by entry and side; of circuits
  IdVector<TileId, std::vector<BlockId>> cores_at_;                     // those in use
  std::map<std::pair<MessageKey, TileId>, std::vector<BlockId>> outputs_;
  Netlist netlist_;
};

}  // namespace

const char* to_string(BlockKind kind) {
  switch (kind) {
    case BlockKind::Core:
      return "core";
    case BlockKind::Input:
      return "input";
    default:
      return "output";
  }
}

Netlist read_netlist(const Image& image, const Fabric& fabric,
                     const std::vector<std::string>& population_names) {
  return Reader(image, fabric, population_names).run();
}

std::string sink_text(const Netlist& netlist, const BlockSink& sink) {
  const Block& block = netlist.blocks[sink.block];
  if (block.kind == BlockKind::Output) return block.name;
  return fmt::format("{}.{}{}@{}", block.name, sink.to_sum ? "+" : "", sink.axon, sink.delay);
}

std::string source_text(const Netlist& netlist, const BlockNet& net) {
  const Block& block = netlist.blocks[net.source];
  return block.kind == BlockKind::Input ? block.name : fmt::format("{}.{}", block.name, net.neuron);
}

}  // namespace weft::mapping
