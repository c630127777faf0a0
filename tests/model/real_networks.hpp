// Trained networks and data sets for tests, where the machine has them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "model/base/npz.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"
#include "tests/model/data_path.hpp"

namespace weft {

inline std::vector<float> read_weights(const std::filesystem::path& path) {
  return parse_npy(read_file(path), path.string()).as<float>(path.string());
}

// The weights and biases in DIRECTORY/NAME_w.npy and NAME_b.npy into the projection NAME and its target.
inline void load_layer(Network& network, const std::filesystem::path& directory, const std::string& file,
                       std::uint32_t projection) {
  Projection& item = network.projections[ProjectionId(projection)];
  item.weights = read_weights(directory / (file + "_w.npy"));
  network.populations[item.target].bias = read_weights(directory / (file + "_b.npy"));
}

// The trained Caffe networks on MNIST: 97.72% and 99.09% in floating point.
inline Network trained_lenet300100() {
  Network network = make_mlp("lenet300100", {1, 28, 28}, {784, 300, 100, 10}, Activation::Relu);
  const auto directory = data_path() / "lenet-dense" / "lenet300100";
  for (const std::uint32_t layer : {0, 1, 2})
    load_layer(network, directory, "ip" + std::to_string(layer + 1), layer);
  return network;
}

inline Network trained_lenet5() {
  Network network = make_lenet5("lenet5");
  const auto directory = data_path() / "lenet-dense" / "lenet5";
  const std::vector<std::string> files = {"conv1", "", "conv2", "", "ip1", "ip2"};
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    if (!files[i].empty()) load_layer(network, directory, files[i], i);
  }
  return network;
}

inline bool has_trained_networks() {
  return std::filesystem::exists(data_path() / "lenet-dense" / "lenet5" / "ip2_w.npy") &&
         std::filesystem::exists(data_path() / "mnist");
}

}  // namespace weft
