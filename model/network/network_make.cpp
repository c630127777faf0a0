// Networks from a few numbers: multi-layer perceptrons, LeNet-5, and random starting weights.
//
// Every projection draws from a generator forked by its own name, so that one more layer does not change the
// starting weights of the others.
#include <cmath>
#include <string>

#include "model/base/random.hpp"
#include "model/network/network.hpp"

namespace weft {
namespace {

// Appends a population fed by one projection from the population before it.
void add_layer(Network& network, Population population, ProjectionKind kind, const Window& window) {
  const PopulationId source = network.output();
  const Shape from = network.populations[source].shape;
  const Shape to = population.shape;
  Projection projection;
  projection.name = population.name;
  projection.source = source;
  projection.kind = kind;
  projection.window = window;
  std::int64_t weights = 0;
  if (kind == ProjectionKind::Dense) weights = std::int64_t{from.size()} * to.size();
  if (kind == ProjectionKind::Convolution) {
    weights = std::int64_t{to.channels} * from.channels * window.kernel_height * window.kernel_width;
  }
  projection.weights.assign(static_cast<std::size_t>(weights), 0.0f);
  if (weights > 0) population.bias.assign(static_cast<std::size_t>(to.channels), 0.0f);
  projection.target = network.populations.push_back(std::move(population));
  network.projections.push_back(std::move(projection));
}

void add_dense(Network& network, const std::string& name, int width, Activation activation) {
  add_layer(network, {name, {width, 1, 1}, activation, {}}, ProjectionKind::Dense, {});
}

void add_window(Network& network, const std::string& name, ProjectionKind kind, int channels,
                const Window& window) {
  const Shape from = network.populations[network.output()].shape;
  add_layer(network, {name, window_output(from, window, channels), Activation::Linear, {}}, kind, window);
}

std::int64_t weights_per_neuron(const Network& network, const Projection& projection) {
  const Shape source = network.populations[projection.source].shape;
  if (projection.kind == ProjectionKind::Dense) return source.size();
  if (projection.kind != ProjectionKind::Convolution) return 0;
  return std::int64_t{source.channels / projection.groups} * projection.window.kernel_height *
         projection.window.kernel_width;
}

}  // namespace

Network make_mlp(const std::string& name, const Shape& input, const std::vector<int>& widths,
                 Activation hidden) {
  if (widths.size() < 2) {
    throw InputError({}, std::to_string(widths.size()) + " layer widths", "at least two: inputs and outputs");
  }
  for (const int width : widths) {
    if (width < 1) throw InputError({}, "a layer of " + std::to_string(width) + " neurons", "at least 1");
  }
  if (widths.front() != input.size()) {
    throw InputError({}, "a first width of " + std::to_string(widths.front()),
                     "the " + std::to_string(input.size()) + " values of an input");
  }
  Network network;
  network.name = name;
  network.populations.push_back({"input", input, Activation::Linear, {}});
  for (std::size_t i = 1; i < widths.size(); ++i) {
    const bool last = i + 1 == widths.size();
    add_dense(network, "fc" + std::to_string(i), widths[i], last ? Activation::Linear : hidden);
  }
  return network;
}

Network make_lenet5(const std::string& name) {
  const Window convolve{5, 5, 1, 1, 0, 0};
  const Window halve{2, 2, 2, 2, 0, 0};
  Network network;
  network.name = name;
  network.populations.push_back({"input", {1, 28, 28}, Activation::Linear, {}});
  add_window(network, "conv1", ProjectionKind::Convolution, 20, convolve);
  add_window(network, "pool1", ProjectionKind::MaxPool, 20, halve);
  add_window(network, "conv2", ProjectionKind::Convolution, 50, convolve);
  add_window(network, "pool2", ProjectionKind::MaxPool, 50, halve);
  add_dense(network, "fc1", 500, Activation::Relu);
  add_dense(network, "fc2", 10, Activation::Linear);
  return network;
}

void initialize(Network& network, std::uint64_t seed) {
  std::vector<std::int64_t> fan_in(network.populations.size(), 0);  // over all paths into a neuron
  for (const Projection& projection : network.projections) {
    fan_in[projection.target.index()] += weights_per_neuron(network, projection);
  }
  const Random random = Random(seed).fork("initialize");
  for (Projection& projection : network.projections) {
    if (projection.weights.empty()) continue;
    Random draws = random.fork(projection.name);
    const double deviation = std::sqrt(2.0 / static_cast<double>(fan_in[projection.target.index()]));
    for (float& weight : projection.weights) {
      do {
        weight = static_cast<float>(deviation * draws.normal());
      } while (weight == 0);  // zero would mean pruned
    }
  }
  for (Population& population : network.populations) {
    for (float& bias : population.bias) bias = 0;
  }
}

}  // namespace weft
