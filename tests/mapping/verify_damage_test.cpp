// Random damage: a single random edit of a correct image either is reported or changes nothing that can be
// seen, which a naive interpreter of images, step by step, decides.
#include <gtest/gtest.h>

#include <map>

#include "mapping/map.hpp"
#include "model/base/random.hpp"
#include "model/network/evaluate.hpp"
#include "tests/mapping/verify_example.hpp"

namespace weft::test {
namespace {

using mapping::verify_mapping;

// Runs frames through an image, one per step, without any notion of cycles: messages walk through the tables
// at once.
class StepInterpreter {
 public:
  StepInterpreter(const Fabric& fabric, const Image& image)
      : fabric_(fabric), image_(image), ports_(port_tiles(fabric)) {}

  // frames x outputs
  std::vector<std::vector<std::int32_t>> run(const std::vector<std::vector<std::int32_t>>& frames) {
    std::vector<std::vector<std::int32_t>> results;
    const int steps = static_cast<int>(frames.size()) + image_.depth_steps;
    for (step_ = 0; step_ < steps; ++step_) {
      at_ports_.clear();
      if (step_ < static_cast<int>(frames.size())) {
        const auto& frame = frames[static_cast<std::size_t>(step_)];
        for (const InputBinding& input : image_.inputs) {
          send(ports_[input.port.index()], input.key, frame.at(input.input));
        }
      }
      for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) update(TileId(t));
      if (step_ < image_.depth_steps) continue;
      std::vector<std::int32_t> result(image_.output_count, 0);
      for (const OutputBinding& output : image_.outputs) {
        result.at(output.output) = at_ports_[{output.port.value(), output.key.value()}];
      }
      results.push_back(result);
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
      send(tile, neuron.key, static_cast<std::int32_t>(value));
    }
  }

  void send(TileId tile, MessageKey key, std::int32_t value) {
    if (value == 0 || key == kNoKey) return;
    for (const RouteEntry& route : image_.tiles[tile].routes) {
      if (route.key != key) continue;
      for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
        const Delivery& delivery = image_.tiles[tile].deliveries[d];
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
  std::map<std::tuple<int, std::uint32_t, int>, std::int32_t> axons_;  // by (step, tile, axon)
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int32_t> at_ports_;
};

std::vector<std::vector<std::int32_t>> random_frames(Random& random) {
  std::vector<std::vector<std::int32_t>> frames;
  for (int f = 0; f < 12; ++f) {
    frames.push_back(
        {static_cast<std::int32_t>(random.below(16)), static_cast<std::int32_t>(random.below(16))});
  }
  return frames;
}

std::vector<std::vector<std::int32_t>> expected_results(
    const FixedNetwork& network, const std::vector<std::vector<std::int32_t>>& frames) {
  std::vector<std::vector<std::int32_t>> results;
  for (const auto& frame : frames) results.push_back(evaluate(network, frame).back());
  return results;
}

// Changes an integer to something near, far or extreme.
template <class T>
void disturb(T& number, Random& random) {
  switch (random.below(4)) {
    case 0:
      number = static_cast<T>(number + 1);
      break;
    case 1:
      number = static_cast<T>(number - 1);
      break;
    case 2:
      number = static_cast<T>(number ^ (T{1} << random.below(sizeof(T) * 8 - 1)));
      break;
    default:
      number = static_cast<T>(random.below(12));
  }
}

void disturb(MessageKey& key, Random& random) {
  std::uint32_t number = key.value();
  disturb(number, random);
  key = random.below(8) == 0 ? kNoKey : MessageKey(number);
}

template <class T>
T* pick(std::vector<T>& items, Random& random) {
  return items.empty() ? nullptr : &items[random.below(items.size())];
}

void disturb_core(CoreImage& core, Random& random) {
  switch (random.below(5)) {
    case 0:
      if (auto* begin = pick(core.row_begin, random)) disturb(*begin, random);
      return;
    case 1:
      if (auto* neuron = pick(core.neuron, random)) disturb(*neuron, random);
      return;
    case 2:
      if (auto* weight = pick(core.weight, random)) disturb(*weight, random);
      return;
    case 3:
      if (!core.neurons.empty()) core.neurons.pop_back();
      return;
    default:
      break;
  }
  NeuronConfig* neuron = pick(core.neurons, random);
  if (neuron == nullptr) return;
  switch (random.below(10)) {
    case 0:
      neuron->model = static_cast<NeuronModel>(random.below(4));
      return;
    case 1:
      disturb(neuron->shift, random);
      return;
    case 2:
      disturb(neuron->table, random);
      return;
    case 3:
      disturb(neuron->bias, random);
      return;
    case 4:
      disturb(neuron->minimum, random);
      return;
    case 5:
      disturb(neuron->maximum, random);
      return;
    case 6:
      disturb(neuron->key, random);
      return;
    case 7:
      disturb(neuron->origin.population, random);
      return;
    case 8:
      disturb(neuron->origin.index, random);
      return;
    default:
      disturb(neuron->origin.part, random);
      return;
  }
}

void disturb_router(TileImage& tile, Random& random) {
  if (random.below(3) == 0) {
    Delivery* delivery = pick(tile.deliveries, random);
    if (delivery == nullptr) return;
    if (random.below(2) == 0) {
      disturb(delivery->axon, random);
    } else {
      disturb(delivery->delay, random);
    }
    return;
  }
  RouteEntry* route = pick(tile.routes, random);
  if (route == nullptr) return;
  switch (random.below(5)) {
    case 0:
      disturb(route->key, random);
      return;
    case 1:
      disturb(route->delivery_begin, random);
      return;
    case 2:
      disturb(route->delivery_end, random);
      return;
    case 3:
      tile.routes.erase(tile.routes.begin() + (route - tile.routes.data()));
      return;
    default:
      route->directions = static_cast<std::uint8_t>(route->directions ^ (1u << random.below(8)));
      return;
  }
}

void disturb_interface(Image& image, Random& random) {
  InputBinding* input = pick(image.inputs, random);
  OutputBinding* output = pick(image.outputs, random);
  std::uint32_t port = 0;
  switch (random.below(10)) {
    case 0:
      disturb(input->input, random);
      return;
    case 1:
      disturb(input->key, random);
      return;
    case 2:
      disturb(output->output, random);
      return;
    case 3:
      disturb(output->key, random);
      return;
    case 4:
      disturb(port, random);
      input->port = PortId(port);
      return;
    case 5:
      disturb(port, random);
      output->port = PortId(port);
      return;
    case 6:
      disturb(image.depth_steps, random);
      return;
    case 7:
      disturb(image.tables[0][random.below(256)], random);
      return;
    case 8:
      image.inputs.pop_back();
      return;
    default:
      image.outputs.pop_back();
      return;
  }
}

void check_random_damage(std::uint64_t seed, int trials) {
  const Example example = make_example();
  Random random(seed);
  const auto frames = random_frames(random);
  const auto expected = expected_results(example.network, frames);
  int reported = 0;
  for (int trial = 0; trial < trials; ++trial) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", trial " + std::to_string(trial));
    Image image = example.image;
    const TileId tile(static_cast<std::uint32_t>(random.below(image.tiles.size())));
    switch (random.below(3)) {
      case 0:
        disturb_core(image.tiles[tile].core, random);
        break;
      case 1:
        disturb_router(image.tiles[tile], random);
        break;
      default:
        disturb_interface(image, random);
    }
    if (!verify_mapping(example.network, example.fabric, image).empty()) {
      ++reported;
      continue;
    }
    ASSERT_EQ(StepInterpreter(example.fabric, image).run(frames), expected);
  }
  EXPECT_GT(reported, trials / 2);
}

TEST(VerifyDamage, TheInterpreterOfACorrectImageAgreesWithTheReference) {
  const Example example = make_example();
  Random random(7);
  const auto frames = random_frames(random);
  const auto results = StepInterpreter(example.fabric, example.image).run(frames);
  EXPECT_EQ(results, expected_results(example.network, frames));
  EXPECT_NE(results.front(), results.back());
}

TEST(VerifyDamage, IsReportedOrWithoutEffect) {
  check_random_damage(1, 5000);
}

TEST(VerifyDamageFull, IsReportedOrWithoutEffect) {
  check_random_damage(2, 300000);
}

}  // namespace
}  // namespace weft::test
