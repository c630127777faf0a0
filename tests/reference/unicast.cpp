// Trees are walked from their sender; what a walk finds becomes a path with a key of its own. Entries are
// kept in maps, so that tables come out in the order of keys.
#include "tests/reference/unicast.hpp"

#include <map>
#include <utility>
#include <vector>

namespace weft::test {
namespace {

struct Entry {
  std::uint8_t directions = 0;
  std::vector<Delivery> deliveries;
};

class Unicast {
 public:
  Unicast(const Image& image, const Fabric& fabric)
      : image_(image), fabric_(fabric), ports_(port_tiles(fabric)), entries_(image.tiles.size()) {}

  Image run() {
    Image result = image_;
    result.inputs.clear();
    for (const InputBinding& binding : image_.inputs) {
      const std::uint32_t first = next_key_;
      send(ports_[binding.port.index()], binding.key);
      for (std::uint32_t key = first; key < next_key_; ++key)
        result.inputs.push_back({binding.input, binding.port, MessageKey(key)});
    }
    for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) {
      for (NeuronConfig& neuron : result.tiles[TileId(t)].core.neurons) {
        if (neuron.key == kNoKey) continue;
        const std::uint32_t first = next_key_;
        send(TileId(t), neuron.key);
        neuron.key = MessageKey(first);
        neuron.messages = next_key_ - first;
      }
    }
    for (OutputBinding& output : result.outputs)
      output.key = leaving_.at({ports_[output.port.index()], output.key});
    for (std::uint32_t t = 0; t < image_.tiles.size(); ++t)
      fill(result.tiles[TileId(t)], entries_[TileId(t)]);
    return result;
  }

 private:
  void send(TileId start, MessageKey key) {
    std::vector<std::pair<TileId, Direction>> path;
    walk(start, key, path);
  }

  void walk(TileId tile, MessageKey key, std::vector<std::pair<TileId, Direction>>& path) {
    const TileImage& content = image_.tiles[tile];
    for (const RouteEntry& route : content.routes) {
      if (route.key != key) continue;
      if ((route.directions & direction_bit(Direction::Local)) != 0) {
        std::map<std::size_t, std::vector<Delivery>> by_core;
        for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
          const Delivery& delivery = content.deliveries[d];
          by_core[delivery.to_sum ? core_of_neuron(content.core, delivery.axon)
                                  : core_of_axon(content.core, delivery.axon)]
              .push_back(delivery);
        }
        for (const auto& [core, deliveries] : by_core)
          lay(path, tile, Direction::Local).deliveries = deliveries;
      }
      if ((route.directions & direction_bit(Direction::Edge)) != 0) {
        leaving_[{tile, key}] = MessageKey(next_key_);
        lay(path, tile, Direction::Edge);
      }
      for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
        if ((route.directions & direction_bit(side)) == 0) continue;
        path.emplace_back(tile, side);
        walk(neighbor(fabric_, tile, side), key, path);
        path.pop_back();
      }
    }
  }

  // A path with the next key.
  Entry& lay(const std::vector<std::pair<TileId, Direction>>& path, TileId end, Direction side) {
    const MessageKey key(next_key_++);
    for (const auto& [tile, towards] : path) entries_[tile][key].directions = direction_bit(towards);
    Entry& last = entries_[end][key];
    last.directions = direction_bit(side);
    return last;
  }

  static void fill(TileImage& tile, const std::map<MessageKey, Entry>& entries) {
    tile.routes.clear();
    tile.deliveries.clear();
    for (const auto& [key, entry] : entries) {
      RouteEntry route;
      route.key = key;
      route.directions = entry.directions;
      route.delivery_begin = static_cast<std::uint32_t>(tile.deliveries.size());
      tile.deliveries.insert(tile.deliveries.end(), entry.deliveries.begin(), entry.deliveries.end());
      route.delivery_end = static_cast<std::uint32_t>(tile.deliveries.size());
      tile.routes.push_back(route);
    }
  }

  const Image& image_;
  const Fabric& fabric_;
  const std::vector<TileId> ports_;
  IdVector<TileId, std::map<MessageKey, Entry>> entries_;
  std::map<std::pair<TileId, MessageKey>, MessageKey> leaving_;  // of an output's old key at its port
  std::uint32_t next_key_ = 0;
};

}  // namespace

Image as_unicast(const Image& image, const Fabric& fabric) {
  return Unicast(image, fabric).run();
}

}  // namespace weft::test
