// The spiking network and the recordings of N-MNIST, from the data directory.
#pragma once

#include <filesystem>

#include "model/base/files.hpp"
#include "model/data/recordings.hpp"
#include "model/network/spiking_mlp.hpp"
#include "tests/model/data_path.hpp"

namespace weft::test {

inline bool has_nmnist() {
  return std::filesystem::exists(data_path() / "nmnist" / "nmnist_train1000.evp");
}

inline FixedNetwork read_nmnist_network() {
  const std::filesystem::path folder = data_path() / "nmnist" / "loihi_mlp_TrainedFull";
  std::vector<NpyArray> weights;
  for (const char* file : {"NMNISTFc1.npy", "NMNISTFc2.npy"}) {
    weights.push_back(parse_npy(read_file(folder / file), (folder / file).string()));
  }
  return make_spiking_mlp(weights, nmnist_mlp_params());
}

inline Recordings read_nmnist() {
  return load_recordings("nmnist", data_path());
}

}  // namespace weft::test
