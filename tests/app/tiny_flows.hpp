// Flow and sweep files on Fashion-MNIST that take a second or less.
#pragma once

#include <string>

namespace weft::test {

// All stages: a low-rank layer, pruned.
inline std::string tiny_flow(const std::string& preset) {
  return R"(title: tiny
data:
  train_samples: 400
network:
  hidden: [24]
train:
  epochs: 1
compress:
  layers:
    - {projection: fc1, rank: 6, density: 0.5}
  prune_rounds: 1
  final_epochs: 1
fabric:
  preset: )" +
         preset + R"(
map:
  pack_rounds: 10
  place_moves: 2000
run:
  frames: 12
)";
}

// Nothing compressed, little packed: for what happens in and around the run.
inline std::string quick_flow(int frames) {
  return R"(title: tiny
data: {train_samples: 300}
network: {hidden: [24]}
train: {epochs: 1}
fabric: {preset: default}
map: {pack_rounds: 5, place_moves: 500}
run: {frames: )" +
         std::to_string(frames) + "}\n";
}

// A sweep over four points of such a flow; two have cores of a single neuron, which hold no network.
inline const char* const kTinySweep = R"(flow_text: |
  data: {train_samples: 200}
  network: {hidden: [16]}
  train: {epochs: 1}
  fabric: {preset: default}
  map: {pack_rounds: 1, place_moves: 100}
  run: {frames: 4}
axes:
  fabric.core.axons: [128, 256]
  fabric.core.neurons: [1, 64]
)";

}  // namespace weft::test
