// The three fully connected layers of AlexNet's topology with their features, for benchmarks.
#pragma once

#include <filesystem>
#include <optional>

#include "compress/wide/wide_layer.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"

namespace weft::bench {

struct AlexHead {
  Network network;                // fc6 4096 x 9216, fc7 4096 x 4096, fc8 100 x 4096
  Dataset train, held_out, test;  // 16,000 to calibrate with, 3,000 to choose by, 5,000 for one final look
};

// From WEFT_DATA or ../shared/data; nothing where it is not there.
std::optional<AlexHead> load_alexhead();

// `samples` of the training samples, every k-th, from `seed` on: each seed others, all classes alike often.
Dataset calibration_of(const Dataset& train, std::int64_t samples, std::uint64_t seed);

// The network with a layer in factors or pruned, its biases corrected by what the means change.
Network with_factors(const Network& network, const Network& dense, const std::string& layer,
                     const compress::WideFactors& factors, const compress::WideView& view);
Network with_weights(const Network& network, const Network& dense, const std::string& layer,
                     const FloatMatrix& weights, const compress::WideView& view);

std::int64_t nonzeros(const std::vector<float>& weights);

}  // namespace weft::bench
