// See conv_case.hpp. A neuron with bias b and threshold T that subtracts T when it fires does so each T / b
// steps on average; weights are small and as often negative as positive.
#include "tests/bench/conv_case.hpp"

#include <string>
#include <utility>
#include <vector>

#include "mapping/map.hpp"
#include "model/base/random.hpp"
#include "model/fabric/presets.hpp"

namespace weft::bench {
namespace {

constexpr std::int32_t kThreshold = 1000;

struct Layer {
  Shape shape;
  Window window;
  bool dense = false;
  std::uint64_t mean_bias = 0;  // of kThreshold, per step
};

FixedPopulation make_population(const std::string& name, const Shape& shape) {
  FixedPopulation population;
  population.name = name;
  population.shape = shape;
  population.format = {1, false};
  return population;
}

std::int16_t small_weight(Random& random) {
  const auto weight = static_cast<std::int16_t>(1 + random.below(7));
  return random.below(2) == 0 ? weight : static_cast<std::int16_t>(-weight);
}

void add_layer(FixedNetwork& network, const std::string& name, const Layer& layer, Random& random) {
  const PopulationId source = network.output();
  const Shape from = network.populations[source].shape;
  FixedPopulation population = make_population(name, layer.shape);
  population.model = NeuronModel::If;
  population.spike.threshold = kThreshold;
  population.spike.reset = SpikeReset::Subtract;
  const auto neurons = static_cast<std::size_t>(layer.shape.size());
  for (std::size_t n = 0; n < neurons; ++n)
    population.bias.push_back(static_cast<std::int32_t>(1 + random.below(2 * layer.mean_bias - 1)));
  population.shift.assign(neurons, 0);
  network.populations.push_back(std::move(population));

  FixedProjection projection;
  projection.name = name;
  projection.source = source;
  projection.target = network.output();
  projection.kind = layer.dense ? FixedProjectionKind::Dense : FixedProjectionKind::Convolution;
  projection.window = layer.window;
  const int fan_in =
      layer.dense ? from.size() : from.channels * layer.window.kernel_height * layer.window.kernel_width;
  const int filters = layer.dense ? layer.shape.size() : layer.shape.channels;
  for (int i = 0; i < fan_in * filters; ++i) projection.weights.push_back(small_weight(random));
  network.projections.push_back(std::move(projection));
}

}  // namespace

FixedNetwork conv_network() {
  FixedNetwork network;
  network.name = "conv";
  network.populations.push_back(make_population("input", {2, 34, 34}));
  Random random(5);
  add_layer(network, "conv1", {{8, 32, 32}, {3, 3, 1, 1, 0, 0}, false, 21}, random);
  add_layer(network, "conv2", {{16, 16, 16}, {5, 5, 2, 2, 2, 2}, false, 11}, random);
  add_layer(network, "conv3", {{25, 16, 16}, {5, 5, 1, 1, 2, 2}, false, 22}, random);
  add_layer(network, "dense", {{72, 1, 1}, {}, true, 20}, random);
  return network;
}

Case conv_case(std::int64_t steps) {
  Case made;
  made.fabric = load_fabric("loihi1-measured");
  made.image = mapping::map_network(conv_network(), made.fabric, {}).image;
  Random random(6);
  Stimulus& stimulus = made.stimulus;
  stimulus.frames.rows = 1;
  stimulus.frames.columns = made.image.input_count;
  stimulus.frame_steps = stimulus.interval_steps = static_cast<int>(steps);
  stimulus.event_begin.push_back(0);
  for (std::int64_t step = 0; step < steps; ++step) {
    for (std::uint32_t input = 0; input < made.image.input_count; ++input) {
      if (random.below(200) == 0) stimulus.events.push_back({input, 1});
    }
    stimulus.event_begin.push_back(stimulus.events.size());
  }
  return made;
}

}  // namespace weft::bench
