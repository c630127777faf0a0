// Images made by hand, a few lines each: what the tests of the simulator run.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"
#include "sim/run.hpp"

namespace weft::sim {

constexpr std::uint8_t kLocal = direction_bit(Direction::Local), kNorth = direction_bit(Direction::North),
                       kEast = direction_bit(Direction::East), kSouth = direction_bit(Direction::South),
                       kWest = direction_bit(Direction::West), kEdge = direction_bit(Direction::Edge);

// TIMING.md's: P = K = R = C = N = 1, D = 4, Q = 8, B = 8, row_cycles 1; ports in the west and east.
inline Fabric hand_made_fabric(int width, int height) {
  Fabric fabric;
  fabric.name = "by hand";
  fabric.width = width;
  fabric.height = height;
  return fabric;
}

class HandMade {
 public:
  explicit HandMade(const Fabric& fabric_value) : fabric(fabric_value) {
    image.tiles.resize(static_cast<std::size_t>(fabric.tiles()));
  }

  // A neuron that sends `bias` plus its weighted sum, under `key`.
  void neuron(std::uint32_t tile, std::int32_t bias, MessageKey key = kNoKey) {
    NeuronConfig config;
    config.bias = bias;
    config.minimum = -1000000;
    config.maximum = 1000000;
    config.key = key;
    image.tiles[TileId(tile)].core.neurons.push_back(config);
  }
  struct Synapse {
    std::uint16_t neuron;
    std::int16_t weight;
  };
  void axon(std::uint32_t tile, std::initializer_list<Synapse> synapses = {}) {
    CoreImage& core = image.tiles[TileId(tile)].core;
    for (const Synapse& synapse : synapses) {
      core.neuron.push_back(synapse.neuron);
      core.weight.push_back(synapse.weight);
    }
    core.row_begin.push_back(static_cast<std::uint32_t>(core.weight.size()));
  }
  // Where several cores share the tile: what was added to it since the last end is one of them.
  void end_core(std::uint32_t tile) {
    CoreImage& cores = image.tiles[TileId(tile)].core;
    cores.ends.push_back(
        {static_cast<std::uint32_t>(cores.axons()), static_cast<std::uint32_t>(cores.neurons.size())});
  }
  // Keys must be added to a tile in ascending order.
  void route(std::uint32_t tile, std::uint32_t key, std::uint8_t sides,
             std::vector<Delivery> deliveries = {}) {
    TileImage& content = image.tiles[TileId(tile)];
    RouteEntry entry;
    entry.key = MessageKey(key);
    entry.directions = sides;
    entry.delivery_begin = static_cast<std::uint32_t>(content.deliveries.size());
    content.deliveries.insert(content.deliveries.end(), deliveries.begin(), deliveries.end());
    entry.delivery_end = static_cast<std::uint32_t>(content.deliveries.size());
    content.routes.push_back(entry);
  }
  void input(std::uint32_t port, std::uint32_t key) {
    image.inputs.push_back({image.input_count++, PortId(port), MessageKey(key)});
  }
  void output(std::uint32_t port, std::uint32_t key) {
    image.outputs.push_back({PortId(port), MessageKey(key), image.output_count++});
  }
  // Frames of zeros unless values are given.
  Stimulus stimulus(std::int64_t frames, std::vector<std::int32_t> values = {}) const {
    Stimulus stimulus;
    stimulus.frames.rows = frames;
    stimulus.frames.columns = image.input_count;
    stimulus.frames.values = std::move(values);
    stimulus.frames.values.resize(static_cast<std::size_t>(frames) * image.input_count);
    return stimulus;
  }
  Outcome run(const Stimulus& stimulus, const RunParams& params = {}, EventSink* events = nullptr,
              SignalSink* signals = nullptr, Progress* progress = nullptr) {
    image.fabric = digest(fabric);
    return run_image(fabric, image, stimulus, params, events, signals, progress);
  }

  Fabric fabric;
  Image image;
};

// Keeps what it is told.
class EventLog : public EventSink {
 public:
  void event(const Event& told) override { events.push_back(told); }
  // The values of each event of a kind in a tile, in order.
  std::vector<Event> of(EventKind kind, std::uint32_t tile) const {
    std::vector<Event> found;
    for (const Event& event : events) {
      if (event.kind == kind && event.tile == TileId(tile)) found.push_back(event);
    }
    return found;
  }
  // "cycle" of each event of a kind in a tile, in order.
  std::vector<std::uint64_t> cycles(EventKind kind, std::uint32_t tile) const {
    std::vector<std::uint64_t> found;
    for (const Event& event : events) {
      if (event.kind == kind && event.tile == TileId(tile)) found.push_back(event.cycle);
    }
    return found;
  }
  std::vector<Event> events;
};

// Four routers in a ring, buffers of one flit, and 16 inputs (nonzero values are sent on) whose flits all
// turn the same way round: no buffer can drain.
inline HandMade ring_that_jams() {
  Fabric fabric = hand_made_fabric(2, 2);
  fabric.router.buffer_depth = 1;
  HandMade made(fabric);
  const std::uint32_t ring[] = {0, 1, 3, 2};
  const std::uint8_t sides[] = {kEast, kSouth, kWest, kNorth};
  for (std::uint32_t t = 0; t < 4; ++t) made.neuron(t, 0);
  for (std::uint32_t key = 0; key < 16; ++key) {
    made.input(std::vector<std::uint32_t>{0, 1, 3, 2}[key % 4], key);
    for (std::uint32_t hop = 0; hop < 3; ++hop)
      made.route(ring[(key + hop) % 4], key, sides[(key + hop) % 4]);
    const std::uint32_t last = ring[(key + 3) % 4];
    const auto axon = static_cast<std::uint16_t>(made.image.tiles[TileId(last)].core.axons());
    made.axon(last);
    made.route(last, key, kLocal, {{axon, 1}});
  }
  return made;
}

// Two tiles in a row, the first example of TIMING.md section 11: neuron 0 of tile 0 sends 5 under key 7 in
// each step, neuron 0 of tile 1 adds it once in the next.
inline HandMade one_hop(const Fabric& fabric) {
  HandMade made(fabric);
  made.neuron(0, 5, MessageKey(7));
  made.route(0, 7, kEast);
  made.axon(1, {{0, 1}});
  made.neuron(1, 0);
  made.route(1, 7, kLocal, {{0, 1}});
  return made;
}

// In a row of tiles, neuron 0 of tile 0 sends 5 under key 7 in each step, `hops` tiles to the east:
// delivered for the next step.
inline HandMade sender_to(const Fabric& fabric, int hops) {
  HandMade made(fabric);
  made.neuron(0, 5, MessageKey(7));
  for (int x = 0; x < hops; ++x) made.route(static_cast<std::uint32_t>(x), 7, kEast);
  const auto last = static_cast<std::uint32_t>(hops);
  made.axon(last);
  if (hops > 0) made.neuron(last, 0);
  made.route(last, 7, kLocal, {{0, 1}});
  return made;
}

}  // namespace weft::sim
