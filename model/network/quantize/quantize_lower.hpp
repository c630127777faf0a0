// The first half of quantize: a Network becomes populations and projections that the fabric knows, still with
// real weights. Max pools are taken apart, average pools become convolutions, delays are set.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/network/fixed_network.hpp"
#include "model/network/network.hpp"

namespace weft {

// A value v of this population stands for the real number real_scale * v * 2^-fraction_bits + real_offset.
// Only the input, and what passes its bytes on, have a scale other than 1 and an offset other than 0.
struct LoweredPopulation {
  std::string name;
  Shape shape;
  Activation activation = Activation::Linear;
  bool is_difference = false;  // of a max pool: relu(a - b)
  double real_scale = 1;
  double real_offset = 0;
  std::vector<double> bias;  // real, one per neuron; empty for the input
  // Where the value scale comes from: calibration of this population of the Network, or, for what computes on
  // integers exactly, the format of an earlier lowered population.
  std::optional<PopulationId> calibrated_by;
  std::optional<std::size_t> scale_of;
};

struct LoweredProjection {
  std::string name;
  std::size_t source = 0;  // indices of lowered populations
  std::size_t target = 0;
  FixedProjectionKind kind = FixedProjectionKind::Dense;
  Window window;
  int groups = 1;
  int delay = 1;
  std::vector<SparseSynapse> synapses;
  std::shared_ptr<const std::vector<float>> weights;  // real; laid out as in FixedProjection
};

struct LoweredNetwork {
  std::vector<LoweredPopulation> populations;
  std::vector<LoweredProjection> projections;  // ordered by target
};

// Refers to the network's weights: valid while `network` lives.
LoweredNetwork lower(const Network& network);

}  // namespace weft
