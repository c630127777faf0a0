// Networks that are valid by construction: shifts follow from the sums of absolute weights.
#include "tests/mapping/nets_for_tests.hpp"

#include <algorithm>
#include <string>

#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

FixedPopulation population(const std::string& name, const Shape& shape, NeuronModel model,
                           ValueFormat format) {
  FixedPopulation result;
  result.name = name;
  result.shape = shape;
  result.model = model;
  result.format = format;
  return result;
}

void add_neurons(FixedPopulation& to, Random& random, int shift) {
  for (int n = 0; n < to.shape.size(); ++n) {
    to.bias.push_back(static_cast<std::int32_t>(random.below(2001)) - 1000);
    to.shift.push_back(static_cast<std::uint8_t>(random.below(static_cast<std::uint64_t>(shift) + 1)));
  }
  if (to.model == NeuronModel::Table) {
    for (int i = 0; i < 256; ++i) {
      const auto span = static_cast<std::uint64_t>(to.format.maximum() - to.format.minimum()) + 1;
      to.table.push_back(to.format.minimum() + static_cast<std::int32_t>(random.below(span)));
    }
  }
}

std::int16_t draw_weight(Random& random, int bits) {
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  const auto weight =
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * limit - 1))) - limit + 1;
  return static_cast<std::int16_t>(weight == 0 ? 1 : weight);
}

std::vector<std::int16_t> draw_weights(std::size_t count, int density_percent, int bits, Random& random) {
  std::vector<std::int16_t> weights(count, 0);
  for (std::int16_t& weight : weights) {
    if (random.below(100) < static_cast<std::uint64_t>(density_percent)) weight = draw_weight(random, bits);
  }
  return weights;
}

PopulationId id(std::size_t p) {
  return PopulationId(static_cast<std::uint32_t>(p));
}

}  // namespace

Fabric small_fabric(int width, int height, int axons, int neurons) {
  Fabric fabric;
  fabric.name = "small";
  fabric.width = width;
  fabric.height = height;
  fabric.core.axons = axons;
  fabric.core.neurons = neurons;
  return fabric;
}

FixedNetwork layered_network(const LayerParams& params, Random random) {
  FixedNetwork network;
  network.name = "layers";
  network.weight_bits = params.weight_bits;
  network.populations.push_back(
      population("input", {1, 1, params.widths[0]}, NeuronModel::Linear, {8, false}));
  for (std::size_t p = 1; p < params.widths.size(); ++p) {
    const bool last = p + 1 == params.widths.size();
    const std::string name = "fc" + std::to_string(p);
    FixedPopulation to = population(name, {1, 1, params.widths[p]},
                                    last ? NeuronModel::Linear : NeuronModel::Relu, {last ? 16 : 8, last});
    add_neurons(to, random, 8);
    network.populations.push_back(to);
    FixedProjection projection;
    projection.name = name;
    projection.source = id(p - 1);
    projection.target = id(p);
    const auto count =
        static_cast<std::size_t>(params.widths[p]) * static_cast<std::size_t>(params.widths[p - 1]);
    projection.weights = draw_weights(count, params.density_percent, params.weight_bits, random);
    network.projections.push_back(projection);
  }
  return network;
}

FixedNetwork single_layer(int inputs, int outputs, std::int16_t weight) {
  FixedNetwork network = layered_network({{inputs, outputs}, 0, 8}, Random(1));
  network.projections[ProjectionId(0)].weights.assign(
      static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs), weight);
  FixedPopulation& out = network.populations[network.output()];
  out.format = {24, true};
  out.bias.assign(out.bias.size(), 0);
  out.shift.assign(out.shift.size(), 0);
  return network;
}

FixedNetwork random_network(Random random) {
  FixedNetwork network;
  network.name = "random";
  network.weight_bits = 2 + static_cast<int>(random.below(7));
  const int side = 2 + static_cast<int>(random.below(4));
  const int channels = 1 + static_cast<int>(random.below(3));
  network.populations.push_back(population("input", {channels, side, side}, NeuronModel::Linear,
                                           {4 + static_cast<int>(random.below(5)), random.below(2) == 0}));
  std::vector<int> arrival{0};
  const std::size_t count = 2 + random.below(4);
  for (std::size_t p = 1; p <= count; ++p) {
    const bool last = p == count;
    const std::size_t main = random.below(2) == 0 ? p - 1 : random.below(p);
    const Shape from = network.populations[id(main)].shape;
    const bool convolution = from.height > 1 && !last && random.below(2) == 0;
    const Shape shape = convolution ? Shape{1 + static_cast<int>(random.below(3)), from.height, from.width}
                                    : Shape{1, 1, 1 + static_cast<int>(random.below(30))};
    const NeuronModel model = static_cast<NeuronModel>(random.below(3));
    const ValueFormat format{3 + static_cast<int>(random.below(8)),
                             model != NeuronModel::Relu && random.below(2) == 0};
    FixedPopulation to = population("p" + std::to_string(p), shape, model, format);
    add_neurons(to, random, 10);
    network.populations.push_back(to);
    arrival.push_back(arrival[main] + 1 + static_cast<int>(random.below(2)));
    for (std::size_t source = 0; source < p; ++source) {
      const bool skip = source != main && arrival[source] < arrival[p] && arrival[p] - arrival[source] <= 3 &&
                        random.below(3) == 0;
      if (source != main && !skip) continue;
      FixedProjection projection;
      projection.name = "p" + std::to_string(p) + "_from" + std::to_string(source);
      projection.source = id(source);
      projection.target = id(p);
      projection.delay = arrival[p] - arrival[source];
      const auto sources = static_cast<std::size_t>(network.populations[id(source)].shape.size());
      const auto targets = static_cast<std::size_t>(shape.size());
      const int density = random.below(2) == 0 ? 100 : 10 + static_cast<int>(random.below(60));
      if (source == main && convolution) {
        projection.kind = FixedProjectionKind::Convolution;
        projection.window = {3, 3, 1, 1, 1, 1};
        projection.weights = draw_weights(static_cast<std::size_t>(shape.channels * from.channels * 9),
                                          density, network.weight_bits, random);
      } else if (random.below(2) == 0) {
        projection.kind = FixedProjectionKind::Sparse;
        for (std::uint32_t t = 0; t < targets; ++t) {
          for (std::uint32_t s = 0; s < sources; ++s) {
            if (random.below(100) >= static_cast<std::uint64_t>(density)) continue;
            projection.synapses.push_back({s, t});
            projection.weights.push_back(draw_weight(random, network.weight_bits));
          }
        }
      } else {
        projection.weights = draw_weights(sources * targets, density, network.weight_bits, random);
      }
      network.projections.push_back(projection);
    }
  }
  return network;
}

FixedNetwork convolution(int side, int channels, int to_channels) {
  FixedNetwork network = single_layer(1, 1, 1);
  network.name = "convolution 3x3";
  network.populations[PopulationId(0)].shape = {channels, side, side};
  FixedPopulation& out = network.populations[PopulationId(1)];
  out.shape = {to_channels, side, side};
  out.bias.assign(static_cast<std::size_t>(out.shape.size()), 0);
  out.shift.assign(static_cast<std::size_t>(out.shape.size()), 8);
  FixedProjection& projection = network.projections[ProjectionId(0)];
  projection.kind = FixedProjectionKind::Convolution;
  projection.window = {3, 3, 1, 1, 1, 1};
  projection.weights.assign(static_cast<std::size_t>(to_channels * channels * 9), 1);
  return network;
}

std::vector<std::int32_t> random_frame(const FixedNetwork& network, Random& random) {
  const FixedPopulation& input = network.populations[network.input()];
  const auto span = static_cast<std::uint64_t>(input.format.maximum() - input.format.minimum()) + 1;
  std::vector<std::int32_t> frame(static_cast<std::size_t>(input.shape.size()), 0);
  for (std::int32_t& value : frame) {
    if (random.below(4) != 0) value = input.format.minimum() + static_cast<std::int32_t>(random.below(span));
  }
  return frame;
}

}  // namespace weft::mapping
