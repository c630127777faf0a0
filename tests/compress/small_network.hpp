// Small networks and data for the tests of compress/.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "model/base/random.hpp"

namespace weft::compress {

inline std::vector<float> random_weights(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> weights(count);
  for (float& weight : weights) weight = static_cast<float>(random.normal());
  return weights;
}

// input (1x4x4) -> conv (2x2x2, stride 2) -> hidden (12) -> out (3), beside it a skip path from conv to out.
inline Network small_network() {
  Network network;
  network.name = "small";
  network.populations.push_back({"input", {1, 4, 4}, Activation::Linear, {}});
  network.populations.push_back({"conv", {2, 2, 2}, Activation::Relu, {0.1f, 0.2f}});
  network.populations.push_back({"hidden", {12, 1, 1}, Activation::Relu, std::vector<float>(12, 0.05f)});
  network.populations.push_back({"out", {3, 1, 1}, Activation::Linear, std::vector<float>(3, 0.0f)});
  Window window;
  window.kernel_height = window.kernel_width = window.stride_height = window.stride_width = 2;
  network.projections.push_back({"conv", PopulationId(0), PopulationId(1), ProjectionKind::Convolution,
                                 window, 1, random_weights(2 * 4, 1)});
  network.projections.push_back(
      {"hidden", PopulationId(1), PopulationId(2), ProjectionKind::Dense, {}, 1, random_weights(12 * 8, 2)});
  network.projections.push_back(
      {"skip", PopulationId(1), PopulationId(3), ProjectionKind::Dense, {}, 1, random_weights(3 * 8, 3)});
  network.projections.push_back(
      {"out", PopulationId(2), PopulationId(3), ProjectionKind::Dense, {}, 1, random_weights(3 * 12, 4)});
  return network;
}

// Three classes: bright at the top, in the middle rows, at the bottom.
inline Dataset small_data(int samples = 96) {
  Random random(7);
  Dataset data;
  data.name = "stripes";
  data.shape = {1, 4, 4};
  data.classes = 3;
  for (int i = 0; i < samples; ++i) {
    const int label = i % 3;
    for (int pixel = 0; pixel < 16; ++pixel) {
      const bool bright = pixel / 4 == (label == 0 ? 0 : label == 1 ? 2 : 3);
      data.samples.push_back(static_cast<std::uint8_t>((bright ? 180 : 20) + random.below(60)));
    }
    data.labels.push_back(static_cast<std::uint16_t>(label));
  }
  return data;
}

inline const Projection& projection_named(const Network& network, const std::string& name) {
  for (const Projection& projection : network.projections) {
    if (projection.name == name) return projection;
  }
  throw std::runtime_error("no projection " + name);
}

inline Projection& projection_named(Network& network, const std::string& name) {
  for (Projection& projection : network.projections) {
    if (projection.name == name) return projection;
  }
  throw std::runtime_error("no projection " + name);
}

inline Population& population_named(Network& network, const std::string& name) {
  for (Population& population : network.populations) {
    if (population.name == name) return population;
  }
  throw std::runtime_error("no population " + name);
}

inline std::int64_t nonzeros(const std::vector<float>& weights) {
  return static_cast<std::int64_t>(weights.size()) - std::count(weights.begin(), weights.end(), 0.0f);
}

}  // namespace weft::compress
