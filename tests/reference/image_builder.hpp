// Makes images by hand, sender by sender and axon by axon, with dimension-order routes or routes along a
// given path. It is for tests only: no limits are checked, so that wrong images can be made as well.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"

namespace weft::test {

// A sender: where its flits start, their key, and the neuron's number in its core, and the core's in its tile
// (0 for an input).
struct Source {
  TileId tile;
  MessageKey key;
  std::uint16_t neuron = 0;
  std::uint32_t core = 0;
};

class ImageBuilder {
 public:
  explicit ImageBuilder(const Fabric& fabric);

  Source input(std::uint32_t input, PortId port);
  // Takes the next number in the core; `config.key` is chosen here. Of a tile's cores, those with neurons are
  // the first ones. Axons and neurons are numbered within their core.
  Source neuron(TileId tile, NeuronConfig config, std::uint32_t core = 0);
  // The same, without a key.
  std::uint16_t mute_neuron(TileId tile, NeuronConfig config);
  // A new axon of the core at `tile` that hears `source`; the route goes along x first, then along y.
  std::uint16_t axon(TileId tile, const Source& source, int delay = 1, std::uint32_t core = 0);
  // The same along neighboring tiles from the source's tile to the axon's.
  std::uint16_t axon_along(const std::vector<TileId>& path, const Source& source, int delay = 1,
                           std::uint32_t core = 0);
  // `source`'s value goes to the sum of a neuron of the core at `tile`; routed like an axon's.
  void sum(TileId tile, const Source& source, std::uint16_t neuron, int delay = 1, std::uint32_t core = 0);
  void synapse(TileId tile, std::uint16_t axon, std::uint16_t neuron, int weight, std::uint32_t core = 0);
  void output(std::uint32_t output, const Source& source, PortId port);

  // Digest of the fabric included, that of the network left to the caller.
  Image build(int depth_steps, std::uint32_t inputs, std::uint32_t outputs, ValueFormat input_format) const;

 private:
  struct CoreDelivery {
    std::uint32_t core = 0;
    Delivery delivery;  // numbered within the core
  };
  struct Route {
    std::uint8_t directions = 0;
    std::vector<CoreDelivery> deliveries;
  };
  struct Core {
    std::vector<NeuronConfig> neurons;
    std::uint16_t axons = 0;
    std::map<std::pair<std::uint16_t, std::uint16_t>, int> synapses;  // by (axon, neuron)
  };

  Core& core_at(TileId tile, std::uint32_t core);
  TileImage build_tile(TileId tile) const;
  std::vector<TileId> dimension_order(TileId from, TileId to) const;
  void lay(const std::vector<TileId>& path, MessageKey key);

  Fabric fabric_;
  std::vector<TileId> ports_;
  std::uint32_t next_key_ = 0;
  IdVector<TileId, std::vector<Core>> cores_;
  IdVector<TileId, std::map<MessageKey, Route>> routes_;
  std::vector<InputBinding> inputs_;
  std::vector<OutputBinding> outputs_;
};

}  // namespace weft::test
