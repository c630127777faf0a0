// Small fabrics and networks to map.
#pragma once

#include <cstdint>
#include <vector>

#include "model/base/random.hpp"
#include "model/fabric/fabric.hpp"
#include "model/network/fixed_network.hpp"

namespace weft::mapping {

// A fabric of crossbar cores without costs, ports on the east and west sides.
Fabric small_fabric(int width, int height, int axons, int neurons);

// Layers of these widths, ReLU inside and linear at the end, 8-bit unsigned inputs; weights come from
// `weight` (layer, target, source); shifts keep values in range.
struct LayerParams {
  std::vector<int> widths;
  int density_percent = 100;
  int weight_bits = 8;
};
FixedNetwork layered_network(const LayerParams& params, Random random);

// A random graph of populations: skip paths of equal total delay, low-rank middles, tables, convolutions,
// neurons without synapses, neurons that nobody reads.
FixedNetwork random_network(Random random);

// Every weight `weight`, one layer.
FixedNetwork single_layer(int inputs, int outputs, std::int16_t weight);

// 3 x 3, padded, side x side x channels onto side x side x to_channels; every weight is 1.
FixedNetwork convolution(int side, int channels, int to_channels);

// Values within the input format, some of them zero.
std::vector<std::int32_t> random_frame(const FixedNetwork& network, Random& random);

}  // namespace weft::mapping
