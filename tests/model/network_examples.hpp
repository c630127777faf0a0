// Networks and data that several tests of the floating-point network share.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/base/files.hpp"
#include "model/base/npz.hpp"
#include "model/base/random.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"
#include "tests/model/data_path.hpp"

namespace weft::test {

// The data folder, if it is there.
inline std::optional<std::filesystem::path> data_directory() {
  if (std::filesystem::is_directory(data_path() / "mnist")) return data_path();
  return std::nullopt;
}

inline Dataset random_dataset(const Shape& shape, int classes, int count, std::uint64_t seed) {
  Random random(seed);
  Dataset dataset;
  dataset.name = "random";
  dataset.shape = shape;
  dataset.classes = classes;
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < shape.size(); ++j)
      dataset.samples.push_back(static_cast<std::uint8_t>(random.below(256)));
    dataset.labels.push_back(static_cast<std::uint16_t>(random.below(static_cast<std::uint64_t>(classes))));
  }
  return dataset;
}

inline Projection connect(const Network& network, const std::string& name, std::uint32_t source,
                          std::uint32_t target, ProjectionKind kind, const Window& window = {},
                          int groups = 1) {
  Projection projection;
  projection.name = name;
  projection.source = PopulationId(source);
  projection.target = PopulationId(target);
  projection.kind = kind;
  projection.window = window;
  projection.groups = groups;
  const Shape from = network.populations[projection.source].shape;
  const Shape to = network.populations[projection.target].shape;
  std::size_t weights = 0;
  if (kind == ProjectionKind::Dense)
    weights = static_cast<std::size_t>(from.size()) * static_cast<std::size_t>(to.size());
  if (kind == ProjectionKind::Convolution) {
    weights = static_cast<std::size_t>(to.channels * (from.channels / groups) * window.kernel_height *
                                       window.kernel_width);
  }
  projection.weights.assign(weights, 0.0f);
  return projection;
}

// Every weight and bias random in [-scale, scale].
inline void randomize(Network& network, std::uint64_t seed, double scale) {
  Random random(seed);
  for (Population& item : network.populations) {
    for (float& bias : item.bias) bias = static_cast<float>(random.uniform(-scale, scale));
  }
  for (Projection& item : network.projections) {
    for (float& weight : item.weights) weight = static_cast<float>(random.uniform(-scale, scale));
  }
}

// All that a network can have: strided, padded and grouped convolutions, both poolings, every activation, and
// two paths (one of them around a population) into the same population.
inline Network everything_network() {
  Network network;
  network.name = "everything";
  network.input_scale = 1.0f / 64;
  network.input_offset = -2.0f;
  const auto add = [&network](const char* name, Shape shape, Activation activation, bool bias) {
    Population population{name, shape, activation, {}};
    if (bias) population.bias.assign(static_cast<std::size_t>(shape.channels), 0.0f);
    network.populations.push_back(population);
  };
  add("input", {2, 7, 6}, Activation::Linear, false);
  add("conv1", {4, 4, 3}, Activation::Tanh, true);
  add("conv2", {6, 4, 4}, Activation::Sigmoid, true);
  add("maxi", {6, 2, 2}, Activation::Linear, true);
  add("mean", {6, 3, 2}, Activation::Relu, true);
  add("mid", {5, 1, 1}, Activation::Linear, false);
  add("both", {7, 1, 1}, Activation::Tanh, true);
  add("output", {3, 1, 1}, Activation::Linear, true);
  const auto link = [&network](const char* name, std::uint32_t source, std::uint32_t target,
                               ProjectionKind kind, const Window& window = {}, int groups = 1) {
    network.projections.push_back(connect(network, name, source, target, kind, window, groups));
  };
  link("conv1", 0, 1, ProjectionKind::Convolution, {3, 2, 2, 2, 1, 0}, 2);
  link("conv2", 1, 2, ProjectionKind::Convolution, {3, 2, 1, 1, 1, 1}, 2);
  link("maxi", 2, 3, ProjectionKind::MaxPool, {3, 3, 2, 2, 1, 1});
  link("mean", 2, 4, ProjectionKind::AveragePool, {2, 3, 2, 2, 1, 1});
  link("mean_around", 2, 4, ProjectionKind::Convolution, {2, 2, 1, 2, 0, 0}, 3);
  link("mid", 3, 5, ProjectionKind::Dense);
  link("both_a", 4, 6, ProjectionKind::Dense);
  link("both_b", 5, 6, ProjectionKind::Dense);
  link("output", 6, 7, ProjectionKind::Dense);
  link("skip", 3, 7, ProjectionKind::Dense);
  randomize(network, 11, 0.5);
  return network;
}

// The weights of a network from NAME_w.npy and NAME_b.npy.
inline void load_npy_weights(Network& network, const std::filesystem::path& directory,
                             const std::vector<std::pair<std::string, std::string>>& file_of_projection) {
  for (Projection& item : network.projections) {
    for (const auto& [projection, file] : file_of_projection) {
      if (projection != item.name) continue;
      const auto weights = directory / (file + "_w.npy"), bias = directory / (file + "_b.npy");
      item.weights = parse_npy(read_file(weights), weights.string()).as<float>(weights.string());
      network.populations[item.target].bias =
          parse_npy(read_file(bias), bias.string()).as<float>(bias.string());
    }
  }
}

}  // namespace weft::test
