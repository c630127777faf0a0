// The chain is built front to back: each layer's array must continue the population before it. Invariant:
// what is returned passes validate().
#include "model/network/network_npy.hpp"

#include <cctype>
#include <cmath>

#include "model/base/npy_header.hpp"
#include "model/base/npz.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

struct NpyFloats {
  std::string file;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  bool integers = false;  // of 8 bits
};

// `integers`: whether these may be of 8 bits.
NpyFloats read_floats(const fs::path& path, bool integers = false) {
  NpyFloats result;
  result.file = path.string();
  const NpyArray array = parse_npy(unzstd(read_file(path), result.file), result.file);
  result.shape = array.shape;
  if (array.dtype == "i1" && integers) {
    for (const std::int8_t value : array.as<std::int8_t>(result.file)) result.values.push_back(value);
    result.integers = true;
  } else if (array.dtype == "f8") {
    for (const double value : array.as<double>(result.file))
      result.values.push_back(static_cast<float>(value));
  } else if (array.dtype == "f4") {
    result.values = array.as<float>(result.file);
  } else {
    throw InputError({result.file}, "numbers of type " + array.dtype,
                     integers ? "f4 or f8, or i1 with scales" : "f4 or f8");
  }
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    if (!std::isfinite(result.values[i]))
      throw InputError({result.file}, "number " + std::to_string(i) + " that is not finite",
                       "finite numbers");
  }
  return result;
}

// The first of the names that exists, plain or packed; empty where none does.
fs::path existing(const fs::path& directory, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (const char* const packed : {"", ".zst"}) {
      if (fs::exists(directory / (name + packed))) return directory / (name + packed);
    }
  }
  return {};
}

std::string plain_name(std::string name) {
  for (char& letter : name) {
    if (!std::isalnum(static_cast<unsigned char>(letter))) letter = '_';
  }
  return name;
}

std::string text(const Shape& shape) {
  return std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" +
         std::to_string(shape.width);
}

[[noreturn]] void does_not_continue(const NpyFloats& weights, const Shape& from) {
  throw InputError(
      {weights.file}, "weights of shape " + npy_shape_text(weights.shape),
      "(out, " + std::to_string(from.size()) + ") or (out, in, height, width) that continue " + text(from));
}

// Kind, window and target shape of a layer of weights.
void fit_weights(const NpyFloats& weights, const NpyLayer& layer, const Shape& from, Projection& projection,
                 Shape& to) {
  for (const std::int64_t size : weights.shape) {
    if (size < 1 || size > (1 << 24)) does_not_continue(weights, from);
  }
  const auto dimension = [&](std::size_t i) { return static_cast<int>(weights.shape[i]); };
  if (weights.shape.size() == 2) {
    if (dimension(1) != from.size()) does_not_continue(weights, from);
    projection.kind = ProjectionKind::Dense;
    to = {dimension(0), 1, 1};
  } else if (weights.shape.size() == 4) {
    if (dimension(1) > from.channels || from.channels % dimension(1) != 0) does_not_continue(weights, from);
    projection.kind = ProjectionKind::Convolution;
    projection.window = layer.window;
    projection.window.kernel_height = dimension(2);
    projection.window.kernel_width = dimension(3);
    projection.groups = from.channels / dimension(1);
    to = window_output(from, projection.window, dimension(0));
  } else {
    does_not_continue(weights, from);
  }
}

// Integers become weights: each output has its own scale.
void scale(const fs::path& directory, const NpyLayer& layer, NpyFloats& weights) {
  const fs::path path = existing(directory, {layer.name + "_scale.npy"});
  if (path.empty())
    throw InputError({directory.string()}, "no scales for the integer weights of layer '" + layer.name + "'",
                     layer.name + "_scale.npy");
  const NpyFloats scales = read_floats(path);
  if (scales.shape != std::vector<std::int64_t>{weights.shape[0]})
    throw InputError({scales.file}, "scales of shape " + npy_shape_text(scales.shape),
                     npy_shape_text({weights.shape[0]}) + ", one per output of " + weights.file);
  const std::size_t per_output = weights.values.size() / scales.values.size();
  for (std::size_t i = 0; i < weights.values.size(); ++i) weights.values[i] *= scales.values[i / per_output];
}

void read_layer(const fs::path& directory, const NpyLayer& layer, const Shape& from, Projection& projection,
                Population& population) {
  const fs::path weights_path =
      existing(directory, {layer.name + "_w.npy", layer.name + ".weight.npy", layer.name + "_w_int8.npy"});
  if (weights_path.empty())
    throw InputError({directory.string()}, "no weights of layer '" + layer.name + "'",
                     layer.name + "_w.npy, " + layer.name + ".weight.npy or " + layer.name + "_w_int8.npy");
  NpyFloats weights = read_floats(weights_path, true);
  fit_weights(weights, layer, from, projection, population.shape);
  if (weights.integers) scale(directory, layer, weights);
  projection.weights = std::move(weights.values);
  const auto channels = static_cast<std::size_t>(population.shape.channels);
  const fs::path bias_path =
      existing(directory, {layer.name + "_b.npy", layer.name + ".bias.npy", layer.name + "_bias.npy"});
  if (bias_path.empty()) {
    population.bias.assign(channels, 0.0f);
    return;
  }
  NpyFloats bias = read_floats(bias_path);
  if (bias.shape != std::vector<std::int64_t>{weights.shape[0]})
    throw InputError({bias.file}, "biases of shape " + npy_shape_text(bias.shape),
                     npy_shape_text({weights.shape[0]}) + ", one per output of " + weights.file);
  population.bias = std::move(bias.values);
}

}  // namespace

Network network_from_npy(const fs::path& directory, const NpyNetworkParams& params) {
  if (params.layers.empty()) throw InputError({directory.string()}, "no layers", "at least one");
  Network network;
  network.name = params.name;
  network.input_scale = params.input_scale;
  network.input_offset = params.input_offset;
  network.populations.push_back({"input", params.input, Activation::Linear, {}});
  for (const NpyLayer& layer : params.layers) {
    const PopulationId source = network.output();
    const Shape from = network.populations[source].shape;
    Population population;
    population.name = plain_name(layer.name);
    population.activation = layer.activation;
    Projection projection;
    projection.name = population.name;
    projection.source = source;
    if (layer.pool == ProjectionKind::Dense) {
      read_layer(directory, layer, from, projection, population);
    } else {
      projection.kind = layer.pool;
      projection.window = layer.window;
      population.shape = window_output(from, layer.window, from.channels);
    }
    if (population.shape.size() < 1)
      throw InputError({directory.string()},
                       "layer '" + layer.name + "' whose window does not fit into " + text(from),
                       "a smaller kernel or more padding");
    projection.target = network.populations.push_back(std::move(population));
    network.projections.push_back(std::move(projection));
  }
  const std::vector<Violation> violations = validate(network);
  if (!violations.empty()) throw InputError({directory.string()}, describe(violations));
  return network;
}

}  // namespace weft
