// A network from the .npy files that other programs leave behind: one array of weights and one of biases per
// layer, in an order that the caller declares since files do not tell it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/network/network.hpp"

namespace weft {

// A layer of weights or a pooling; each is fed by the one before it.
struct NpyLayer {
  // Weights: the stem of the files STEM_w.npy and STEM_b.npy, or STEM.weight.npy and STEM.bias.npy, or
  // STEM_w_int8.npy, STEM_scale.npy and STEM_bias.npy, each plain or packed by zstd (.npy.zst). Float arrays:
  // weights of shape (out, in) are dense, those of shape (out, in / groups, height, width) a convolution;
  // biases of shape (out), zero where the file is missing. Weights of 8 bits are multiplied by the scale of
  // their output, an array of shape (out). The population and the projection get this name, with '_' for
  // what a name may not hold. A pooling: their name.
  std::string name;
  ProjectionKind pool = ProjectionKind::Dense;  // MaxPool, AveragePool; Dense: a layer of weights
  Window window;  // stride and padding of a convolution (its kernel comes from the file); all of a pooling
  Activation activation = Activation::Linear;
};

struct NpyNetworkParams {
  std::string name = "imported";
  Shape input{1, 28, 28};
  float input_scale = 1.0f / 256;  // a sample's byte b enters as input_scale * b + input_offset
  float input_offset = 0.0f;
  std::vector<NpyLayer> layers;  // at least one
};

// Throws InputError, naming the file and both shapes, on missing files, types other than f4 and f8 (and
// i1 with scales), shapes that do not continue the layer before, numbers that are not finite, and windows
// that do not fit.
Network network_from_npy(const std::filesystem::path& directory, const NpyNetworkParams& params);

}  // namespace weft
