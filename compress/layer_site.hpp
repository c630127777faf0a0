// Where a planned layer is in a network, however it is held there.
#pragma once

#include <optional>
#include <vector>

#include "compress/compress.hpp"
#include "compress/layer.hpp"
#include "compress/wide/wide_round.hpp"

namespace weft::compress {

// In one piece, or as NAME_a and NAME_b, with NAME beside them where there is a sparse path. Throws an
// Internal error where it got lost. Points into the network.
struct LayerSite {
  Projection* first = nullptr;   // the layer itself or NAME_a
  Projection* second = nullptr;  // null or NAME_b
  Projection* beside = nullptr;  // null or the sparse path
  Population* source = nullptr;
  Population* target = nullptr;

  LayerSite(Network& network, const LayerPlan& plan);
  LayerWeights weights() const;
  WideFactors wide_weights() const;  // of a dense layer without a sparse path
};

// Both leave the network complete; the layer becomes factors where the weights are.
void put_back(Network& network, const LayerPlan& plan, const LayerWeights& weights);
void put_back(Network& network, const LayerPlan& plan, WideFactors weights);

// One change per neuron; where a population has several positions per channel, which share a bias, their
// mean.
void add_to_bias(Population& population, const std::vector<double>& change);

}  // namespace weft::compress
