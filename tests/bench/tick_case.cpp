// See tick_case.hpp. The neurons' bias is more than all their synapses together can take away, so that they
// fire whatever arrives; a random permutation takes neurons to axons.
#include "tests/bench/tick_case.hpp"

#include <vector>

#include "model/base/random.hpp"
#include "tests/reference/image_builder.hpp"

namespace weft::bench {
namespace {

constexpr int kSide = 8;
constexpr int kCoreSize = 256;  // axons, and neurons

NeuronConfig always_firing(std::uint16_t rule) {
  NeuronConfig config;
  config.model = NeuronModel::If;
  config.table = rule;
  config.bias = kCoreSize + 1;
  config.maximum = 1;
  return config;
}

// Weights of 1 and -1 on about half of the crosspoints.
void fill_crossbar(CoreImage& core, Random& random) {
  for (std::size_t axon = 0; axon < kCoreSize; ++axon) {
    for (std::uint16_t neuron = 0; neuron < kCoreSize; ++neuron) {
      const std::uint64_t draw = random.below(4);
      if (draw > 1) continue;
      core.neuron.push_back(neuron);
      core.weight.push_back(draw == 0 ? 1 : -1);
    }
    core.row_begin[axon + 1] = static_cast<std::uint32_t>(core.weight.size());
  }
}

}  // namespace

Case every_neuron_fires(std::int64_t ticks) {
  Case made;
  made.fabric.name = "bench";
  made.fabric.width = made.fabric.height = kSide;
  Random random(4);
  test::ImageBuilder builder(made.fabric);
  const auto tiles = static_cast<std::uint32_t>(made.fabric.tiles());
  std::vector<test::Source> senders;
  for (std::uint32_t t = 0; t < tiles; ++t) {
    for (int n = 0; n < kCoreSize; ++n) senders.push_back(builder.neuron(TileId(t), always_firing(0)));
  }
  random.shuffle(senders);
  for (std::size_t i = 0; i < senders.size(); ++i)
    builder.axon(TileId(static_cast<std::uint32_t>(i / kCoreSize)), senders[i]);
  made.image = builder.build(1, 0, 0, {1, false});
  made.image.spike_rules.push_back({});
  for (std::uint32_t t = 0; t < tiles; ++t) fill_crossbar(made.image.tiles[TileId(t)].core, random);
  made.stimulus.frames.rows = 1;
  made.stimulus.frame_steps = made.stimulus.interval_steps = static_cast<int>(ticks);
  return made;
}

}  // namespace weft::bench
