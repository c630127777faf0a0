// See tick_case.hpp. The neurons' leak is more than half of 256 synapses of -1 take away, so that they fire
// whatever arrives; a random permutation takes neurons to axons.
#include "tests/bench/tick_case.hpp"

#include <vector>

#include "model/base/random.hpp"
#include "model/fabric/presets.hpp"
#include "tests/reference/image_builder.hpp"

namespace weft::bench {
namespace {

constexpr int kCoreSize = 256;  // axons, and neurons

NeuronConfig always_firing(std::uint16_t rule) {
  NeuronConfig config;
  config.model = NeuronModel::TrueNorth;
  config.table = rule;
  config.bias = 255;
  config.maximum = 1;
  return config;
}

// Synapses on about half of the crosspoints; a neuron's weight for each type of axon is 1 or -1.
void fill_crossbar(CoreImage& core, int types, Random& random) {
  std::vector<std::uint64_t> positive(kCoreSize);  // a bit per type
  for (auto& of_types : positive) of_types = random.bits();
  for (std::size_t axon = 0; axon < kCoreSize; ++axon) {
    const auto type = static_cast<std::uint8_t>(axon % static_cast<std::size_t>(types));
    core.axon_type.push_back(type);
    for (std::uint16_t neuron = 0; neuron < kCoreSize; ++neuron) {
      if (random.below(2) == 0) continue;
      core.neuron.push_back(neuron);
      core.weight.push_back((positive[neuron] >> type & 1) != 0 ? 1 : -1);
    }
    core.row_begin[axon + 1] = static_cast<std::uint32_t>(core.weight.size());
  }
}

}  // namespace

Case every_neuron_fires(std::int64_t ticks) {
  Case made;
  made.fabric = load_fabric("truenorth", {"width=8", "height=8"});
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
  for (std::uint32_t t = 0; t < tiles; ++t)
    fill_crossbar(made.image.tiles[TileId(t)].core, made.fabric.core.axon_types, random);
  made.stimulus.frames.rows = 1;
  made.stimulus.frame_steps = made.stimulus.interval_steps = static_cast<int>(ticks);
  return made;
}

}  // namespace weft::bench
