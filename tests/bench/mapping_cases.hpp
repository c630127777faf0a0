// The networks of weft_mapping_table.
#pragma once

#include <string>
#include <vector>

#include "model/network/fixed_network.hpp"

namespace weft::mapping {

// Layers with a density (percent) each, random weights; a layer may be a linear middle of low rank, which
// rounds to 8 bits, or is exact (no shift, 24 bits; then weights are of 4 bits).
enum class Middle { None, Rounded, Exact };
struct LayerShape {
  int width;
  int density_percent;
  Middle middle = Middle::None;
};
FixedNetwork layers(const std::string& name, int inputs, const std::vector<LayerShape>& shapes);

// A sheet of side x side inputs onto as many neurons: each input reaches about 90 neurons near it (normal,
// sigma 6), ids shuffled.
FixedNetwork sheet(int side);

// Trained and compressed networks, quantized to 8 bits: LeNet-300-100 pruned to 8 % by magnitude, the same in
// rank 32/16 pruned to 9,570 synapses, and what was pruned by L-OBS to 10 and 20 %. Empty where WEFT_DATA has
// no networks.
std::vector<FixedNetwork> trained_networks();

}  // namespace weft::mapping
