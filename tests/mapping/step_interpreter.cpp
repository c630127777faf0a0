// State: per tile a ring of axon buffers by step. In each step all cores compute on what was delivered for
// it, then all messages travel.
#include "tests/mapping/step_interpreter.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "model/base/error.hpp"
#include "model/network/neurons/neuron_model.hpp"

namespace weft::mapping {
namespace {

struct Flit {
  MessageKey key;
  std::int32_t value = 0;
};

class Interpreter {
 public:
  Interpreter(const Fabric& fabric, const Image& image)
      : fabric_(fabric), image_(image), ports_(port_tiles(fabric)) {
    for (const OutputBinding& output : image.outputs)
      output_of_[{ports_[output.port.index()], output.key}] = output.output;
  }

  std::vector<std::vector<std::int32_t>> run(const std::vector<std::vector<std::int32_t>>& frames) {
    std::vector<std::vector<std::int32_t>> results;
    const int steps = static_cast<int>(frames.size()) + image_.depth_steps;
    for (step_ = 0; step_ < steps; ++step_) {
      out_.assign(image_.output_count, 0);
      compute();
      if (step_ >= image_.depth_steps) results.push_back(out_);
      if (step_ >= static_cast<int>(frames.size())) continue;
      for (const InputBinding& input : image_.inputs) {
        const std::int32_t value = frames[static_cast<std::size_t>(step_)][input.input];
        if (value != 0) travel(ports_[input.port.index()], {input.key, value});
      }
    }
    return results;
  }

 private:
  using Axon = std::pair<TileId, std::uint16_t>;

  void compute() {
    const std::map<Axon, std::int32_t> arrived = std::move(pending_[step_]);
    const std::map<Axon, std::int32_t> added = std::move(sums_[step_]);
    for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) {
      const CoreImage& core = image_.tiles[TileId(t)].core;
      std::vector<std::int32_t> potential(core.neurons.size(), 0);
      for (std::size_t n = 0; n < potential.size(); ++n) {
        const auto found = added.find({TileId(t), static_cast<std::uint16_t>(n)});
        if (found != added.end()) potential[n] = found->second;
      }
      for (int a = 0; a < core.axons(); ++a) {
        const auto found = arrived.find({TileId(t), static_cast<std::uint16_t>(a)});
        if (found == arrived.end()) continue;
        for (std::uint32_t s = core.row_begin[static_cast<std::size_t>(a)];
             s < core.row_begin[static_cast<std::size_t>(a) + 1]; ++s) {
          potential[core.neuron[s]] += core.weight[s] * found->second;
        }
      }
      for (std::size_t n = 0; n < core.neurons.size(); ++n) {
        const NeuronConfig& config = core.neurons[n];
        const std::int32_t* table =
            config.model == NeuronModel::Table ? image_.tables[config.table].data() : nullptr;
        const std::int32_t value = update_value_neuron(config.model, potential[n], config.bias, config.shift,
                                                       config.minimum, config.maximum, table);
        for (std::uint32_t m = 0; m < config.messages && value != 0 && config.key != kNoKey; ++m)
          travel(TileId(t), {MessageKey(config.key.value() + m), value});
      }
    }
  }

  void travel(TileId from, const Flit& flit) {
    std::set<TileId> seen;
    visit(from, flit, seen);
  }

  void visit(TileId tile, const Flit& flit, std::set<TileId>& seen) {
    if (!seen.insert(tile).second) internal_error("a flit meets " + tile_name(fabric_, tile) + " twice");
    const TileImage& content = image_.tiles[tile];
    const auto entry = std::lower_bound(content.routes.begin(), content.routes.end(), flit.key,
                                        [](const RouteEntry& e, MessageKey key) { return e.key < key; });
    if (entry == content.routes.end() || entry->key != flit.key) {
      internal_error("a flit is lost at " + tile_name(fabric_, tile));
    }
    unsigned sides = content.ranges.empty() ? entry->directions : 0u;
    for (const RouteRange& range : content.ranges) {
      if (!(flit.key < range.first) && !(range.last < flit.key)) sides = range.directions;
    }
    for (std::uint32_t d = entry->delivery_begin; d < entry->delivery_end; ++d) {
      const Delivery& delivery = content.deliveries[d];
      if (delivery.to_sum) {
        sums_[step_ + delivery.delay][{tile, delivery.axon}] += flit.value;
      } else {
        pending_[step_ + delivery.delay][{tile, delivery.axon}] = flit.value;
      }
    }
    for (Direction direction : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      if ((sides & direction_bit(direction)) != 0) visit(neighbor(fabric_, tile, direction), flit, seen);
    }
    if ((sides & direction_bit(Direction::Edge)) != 0) {
      const auto output = output_of_.find({tile, flit.key});
      if (output == output_of_.end()) internal_error("a flit leaves where nobody waits for it");
      out_[output->second] = flit.value;
    }
  }

  const Fabric& fabric_;
  const Image& image_;
  std::vector<TileId> ports_;
  std::map<std::pair<TileId, MessageKey>, std::uint32_t> output_of_;
  std::map<int, std::map<Axon, std::int32_t>> pending_;  // by step
  std::map<int, std::map<Axon, std::int32_t>> sums_;     // by step and, for the axon, neuron
  std::vector<std::int32_t> out_;
  int step_ = 0;
};

}  // namespace

std::vector<std::vector<std::int32_t>> interpret(const Fabric& fabric, const Image& image,
                                                 const std::vector<std::vector<std::int32_t>>& frames) {
  return Interpreter(fabric, image).run(frames);
}

}  // namespace weft::mapping
