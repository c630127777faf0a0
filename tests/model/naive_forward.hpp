// The definitions of network.hpp as plain loops in double precision: what the fast code must equal.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "model/network/network.hpp"

namespace weft::test {

inline double activate(double x, Activation activation) {
  switch (activation) {
    case Activation::Relu:
      return x > 0 ? x : 0;
    case Activation::Sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::Tanh:
      return std::tanh(x);
    default:
      return x;
  }
}

// One neuron's contribution from one projection, straight from the definitions in network.hpp.
inline double naive_sum(const Network& network, const Projection& projection,
                        const std::vector<double>& source, int channel, int row, int column) {
  const Shape from = network.populations[projection.source].shape;
  const Shape to = network.populations[projection.target].shape;
  if (projection.kind == ProjectionKind::Dense) {
    const int neuron = (channel * to.height + row) * to.width + column;
    double sum = 0;
    for (int i = 0; i < from.size(); ++i) {
      sum += static_cast<double>(projection.weights[static_cast<std::size_t>(neuron * from.size() + i)]) *
             source[static_cast<std::size_t>(i)];
    }
    return sum;
  }
  const Window& w = projection.window;
  const bool convolution = projection.kind == ProjectionKind::Convolution;
  const int inputs = convolution ? from.channels / projection.groups : 1;
  const int group = convolution ? channel / (to.channels / projection.groups) : channel;
  double sum = 0, largest = -std::numeric_limits<double>::infinity();
  for (int i = 0; i < inputs; ++i) {
    for (int ky = 0; ky < w.kernel_height; ++ky) {
      for (int kx = 0; kx < w.kernel_width; ++kx) {
        const int y = row * w.stride_height + ky - w.pad_height,
                  x = column * w.stride_width + kx - w.pad_width;
        if (y < 0 || y >= from.height || x < 0 || x >= from.width) continue;
        const int at = ((group * inputs + i) * from.height + y) * from.width + x;
        const double value = source[static_cast<std::size_t>(at)];
        const int weight = ((channel * inputs + i) * w.kernel_height + ky) * w.kernel_width + kx;
        sum +=
            value * (convolution ? static_cast<double>(projection.weights[static_cast<std::size_t>(weight)])
                                 : 1.0 / (w.kernel_height * w.kernel_width));
        largest = std::max(largest, value);
      }
    }
  }
  return projection.kind == ProjectionKind::MaxPool ? largest : sum;
}

inline std::vector<std::vector<double>> naive_forward(const Network& network, const std::uint8_t* sample) {
  std::vector<std::vector<double>> values(network.populations.size());
  for (int i = 0; i < network.populations[network.input()].shape.size(); ++i) {
    values[0].push_back(static_cast<double>(network.input_scale) * sample[i] +
                        static_cast<double>(network.input_offset));
  }
  for (std::uint32_t p = 1; p < network.populations.size(); ++p) {
    const Population& population = network.populations[PopulationId(p)];
    for (int channel = 0; channel < population.shape.channels; ++channel) {
      for (int row = 0; row < population.shape.height; ++row) {
        for (int column = 0; column < population.shape.width; ++column) {
          double sum = population.bias.empty()
                           ? 0.0
                           : static_cast<double>(population.bias[static_cast<std::size_t>(channel)]);
          for (const Projection& item : network.projections) {
            if (item.target == PopulationId(p)) {
              sum += naive_sum(network, item, values[item.source.index()], channel, row, column);
            }
          }
          values[p].push_back(activate(sum, population.activation));
        }
      }
    }
  }
  return values;
}

}  // namespace weft::test
