// See step_model.hpp: nested loops over the tables, values by (step, tile, axon) in a map.
#include "tests/reference/step_model.hpp"

#include <map>
#include <tuple>

#include "tests/reference/spike_model.hpp"

namespace weft::test {
namespace {

class StepModel {
 public:
  StepModel(const Fabric& fabric, const Image& image)
      : fabric_(fabric), image_(image), ports_(port_tiles(fabric)) {}

  Frames run(const Frames& frames, int frame_steps) {
    frame_steps_ = frame_steps;
    Frames results(frames.size(), std::vector<std::int32_t>(image_.output_count, 0));
    const int entering = static_cast<int>(frames.size()) * frame_steps;
    const int steps = entering + image_.depth_steps;
    for (step_ = 0; step_ < steps; ++step_) {
      at_ports_.clear();
      if (step_ < entering) {
        const auto& frame = frames[static_cast<std::size_t>(step_ / frame_steps)];
        for (const InputBinding& input : image_.inputs) {
          send(ports_[input.port.index()], input.key, frame.at(input.input));
        }
      }
      for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) update(TileId(t));
      if (step_ < image_.depth_steps) continue;
      auto& result = results[static_cast<std::size_t>((step_ - image_.depth_steps) / frame_steps)];
      for (const OutputBinding& output : image_.outputs) {
        result.at(output.output) += at_ports_[{output.port.value(), output.key.value()}];
      }
    }
    return results;
  }

 private:
  void update(TileId tile) {
    const CoreImage& core = image_.tiles[tile].core;
    std::vector<std::int64_t> sums(core.neurons.size(), 0);
    for (int a = 0; a < core.axons(); ++a) {
      const auto value = axons_.find({step_, tile.value(), a});
      if (value == axons_.end()) continue;
      for (std::uint32_t s = core.row_begin[static_cast<std::size_t>(a)];
           s < core.row_begin[static_cast<std::size_t>(a) + 1]; ++s) {
        sums.at(core.neuron[s]) += std::int64_t{core.weight[s]} * value->second;
      }
    }
    for (std::size_t n = 0; n < sums.size(); ++n) {
      const NeuronConfig& neuron = core.neurons[n];
      const auto added = sums_.find({step_, tile.value(), static_cast<int>(n)});
      if (added != sums_.end()) sums[n] += added->second;
      if (is_spiking(neuron.model)) {
        const ImageSpikeRule& rule = image_.spike_rules.at(neuron.table);
        SpikeMemory& memory = memories_[{tile.value(), n}];
        if (begins_frame(rule, static_cast<std::uint64_t>(step_), static_cast<std::uint64_t>(frame_steps_)))
          memory = {};
        send_all(tile, neuron, spiking_value(neuron, rule.spike, sums[n], memory));
        continue;
      }
      const std::int64_t half = neuron.shift == 0 ? 0 : std::int64_t{1} << (neuron.shift - 1);
      std::int64_t value = (sums[n] + neuron.bias + half) >> neuron.shift;
      if (neuron.model == NeuronModel::Table) {
        value = image_.tables.at(neuron.table)
                    .at(static_cast<std::size_t>(value < -128  ? 0
                                                 : value > 127 ? 255
                                                               : value + 128));
      } else if (value < neuron.minimum) {
        value = neuron.minimum;
      } else if (value > neuron.maximum) {
        value = neuron.maximum;
      }
      send_all(tile, neuron, static_cast<std::int32_t>(value));
    }
  }

  void send_all(TileId tile, const NeuronConfig& neuron, std::int32_t value) {
    if (neuron.key == kNoKey) return;
    for (std::uint32_t m = 0; m < neuron.messages; ++m) send(tile, MessageKey(neuron.key.value() + m), value);
  }

  void send(TileId tile, MessageKey key, std::int32_t value) {
    if (value == 0) return;
    for (RouteEntry route : image_.tiles[tile].routes) {
      if (route.key != key) continue;
      if (!image_.tiles[tile].ranges.empty()) route.directions = 0;
      for (const RouteRange& range : image_.tiles[tile].ranges) {
        if (!(key < range.first) && !(range.last < key)) route.directions = range.directions;
      }
      for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
        const Delivery& delivery = image_.tiles[tile].deliveries[d];
        if (delivery.to_sum) {
          sums_[{step_ + delivery.delay, tile.value(), delivery.axon}] += value;
          continue;
        }
        axons_[{step_ + delivery.delay, tile.value(), delivery.axon}] = value;
      }
      for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
        if ((route.directions & direction_bit(side)) != 0) send(neighbor(fabric_, tile, side), key, value);
      }
      if ((route.directions & direction_bit(Direction::Edge)) == 0) continue;
      for (std::size_t p = 0; p < ports_.size(); ++p) {
        if (ports_[p] == tile) at_ports_[{static_cast<std::uint32_t>(p), key.value()}] = value;
      }
    }
  }

  const Fabric& fabric_;
  const Image& image_;
  const std::vector<TileId> ports_;
  int step_ = 0;
  int frame_steps_ = 1;
  std::map<std::pair<std::uint32_t, std::size_t>, SpikeMemory> memories_;  // by (tile, neuron)
  std::map<std::tuple<int, std::uint32_t, int>, std::int32_t> axons_;      // by (step, tile, axon)
  std::map<std::tuple<int, std::uint32_t, int>, std::int64_t> sums_;       // by (step, tile, neuron)
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int32_t> at_ports_;
};

}  // namespace

Frames run_steps(const Fabric& fabric, const Image& image, const Frames& frames, int frame_steps) {
  return StepModel(fabric, image).run(frames, frame_steps);
}

}  // namespace weft::test
