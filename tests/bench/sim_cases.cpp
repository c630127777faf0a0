// See sim_cases.hpp.
#include "tests/bench/sim_cases.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "model/base/random.hpp"
#include "tests/reference/image_builder.hpp"

namespace weft::bench {
namespace {

using test::ImageBuilder;
using test::Source;

Fabric make_fabric(int width, int height) {
  Fabric fabric;
  fabric.name = "bench";
  fabric.width = width;
  fabric.height = height;
  return fabric;
}

NeuronConfig relu(int bias, int shift) {
  NeuronConfig config;
  config.model = NeuronModel::Relu;
  config.bias = bias;
  config.shift = static_cast<std::uint8_t>(shift);
  config.minimum = 0;
  config.maximum = 255;
  return config;
}

Stimulus make_frames(std::int64_t frames, std::int64_t inputs, double share, Random random) {
  Stimulus stimulus;
  stimulus.frames.rows = frames;
  stimulus.frames.columns = inputs;
  for (std::int64_t i = 0; i < frames * inputs; ++i) {
    stimulus.frames.values.push_back(random.uniform() < share ? 1 + static_cast<int>(random.below(255)) : 0);
  }
  return stimulus;
}

// A core whose neurons hear all of `sources`, each source by `fan_out` of them.
std::vector<Source> add_core(ImageBuilder& builder, TileId tile, const std::vector<Source>& sources,
                             int neurons, int fan_out, Random& random) {
  std::vector<Source> senders;
  for (int n = 0; n < neurons; ++n)
    senders.push_back(builder.neuron(tile, relu(static_cast<int>(random.below(40)) - 20, 7)));
  for (const Source& source : sources) {
    const std::uint16_t axon = builder.axon(tile, source);
    for (int s = 0; s < fan_out; ++s) {
      const int weight = static_cast<int>(random.below(255)) - 127;
      builder.synapse(tile, axon,
                      static_cast<std::uint16_t>(random.below(static_cast<std::uint64_t>(neurons))),
                      weight == 0 ? 1 : weight);
    }
  }
  return senders;
}

void append(std::vector<Source>& all, const std::vector<Source>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

// 784 inputs, 6 cores of partial sums, 300 and 100 hidden neurons, 10 outputs; 12,000 synapses on 11 cores.
Case demo_like(std::int64_t frames) {
  Case made{make_fabric(8, 8), {}, {}};
  Random random(1);
  ImageBuilder builder(made.fabric);
  std::vector<Source> inputs;
  for (std::uint32_t i = 0; i < 784; ++i) inputs.push_back(builder.input(i, PortId(i * 16 / 784)));
  auto tile = [&](int x, int y) { return made.fabric.tile(x, y); };
  std::vector<Source> sums;
  for (int c = 0; c < 6; ++c) {
    std::vector<Source> part;
    for (int i = 0; i < 250; ++i) part.push_back(inputs[static_cast<std::size_t>((c * 131 + i) % 784)]);
    append(sums, add_core(builder, tile(2 + c % 3, 2 + c / 3), part, 40, 5, random));
  }
  std::vector<Source> hidden;
  for (int c = 0; c < 2; ++c) append(hidden, add_core(builder, tile(2 + c, 4), sums, 150, 6, random));
  std::vector<Source> halves;
  for (int c = 0; c < 2; ++c) {
    const std::vector<Source> half(hidden.begin() + c * 150, hidden.begin() + c * 150 + 150);
    append(halves, add_core(builder, tile(4, 4 + c), half, 100, 5, random));
  }
  const auto outputs = add_core(builder, tile(5, 4), halves, 10, 3, random);
  for (std::uint32_t o = 0; o < 10; ++o) builder.output(o, outputs[o], PortId(9));
  made.image = builder.build(4, 784, 10, {8, false});
  made.stimulus = make_frames(frames, 784, 0.5, random.fork("frames"));
  return made;
}

// Each tile's neurons all send, each step, to a random core each.
Case uniform_load(int size, int neurons, std::int64_t steps) {
  Case made{make_fabric(size, size), {}, {}};
  Random random(2);
  ImageBuilder builder(made.fabric);
  const auto tiles = static_cast<std::uint64_t>(made.fabric.tiles());
  std::vector<int> free_axons(tiles, 256);
  std::vector<Source> senders;
  for (std::uint32_t t = 0; t < tiles; ++t) {
    for (int n = 0; n < neurons; ++n) senders.push_back(builder.neuron(TileId(t), relu(5, 0)));
  }
  random.shuffle(senders);
  for (const Source& sender : senders) {
    std::uint64_t to = random.below(tiles);
    while (free_axons[to] == 0) to = (to + 1) % tiles;
    --free_axons[to];
    builder.axon(TileId(static_cast<std::uint32_t>(to)), sender);
  }
  made.image = builder.build(1, 0, 0, {8, false});
  made.stimulus = make_frames(steps, 0, 0, random);
  return made;
}

// Few messages per step and a long barrier: mostly cycles in which nothing happens.
Case bursts(int size, std::int64_t steps) {
  Case made = uniform_load(size, 16, steps);
  made.fabric.step.barrier_cycles = 10000;
  made.image.fabric = digest(made.fabric);
  return made;
}

namespace {

// All crosspoints taken.
void fill_dense(CoreImage& core, Random& random) {
  const std::size_t neurons = core.neurons.size();
  const std::size_t synapses = static_cast<std::size_t>(core.axons()) * neurons;
  core.neuron.reserve(synapses);
  core.weight.reserve(synapses);
  for (std::size_t axon = 0; axon + 1 < core.row_begin.size(); ++axon) {
    for (std::size_t n = 0; n < neurons; ++n) {
      core.neuron.push_back(static_cast<std::uint16_t>(n));
      core.weight.push_back(static_cast<std::int16_t>(1 + random.below(127)));
    }
    core.row_begin[axon + 1] = static_cast<std::uint32_t>(core.weight.size());
  }
}

}  // namespace

Case dense_rows(int cores, int neurons, std::int64_t frames) {
  Case made{make_fabric(4, std::max(4, 1 + (cores + 3) / 4)), {}, {}};
  made.fabric.core.neurons = neurons;
  Random random(3);
  ImageBuilder builder(made.fabric);
  std::vector<Source> inputs;
  for (std::uint32_t i = 0; i < 256; ++i) inputs.push_back(builder.input(i, PortId(i % 8)));
  for (int c = 0; c < cores; ++c) {
    const TileId tile = made.fabric.tile(c % 4, 1 + c / 4);
    for (int n = 0; n < neurons; ++n) builder.mute_neuron(tile, relu(0, 7));
    for (const Source& input : inputs) builder.axon(tile, input);
  }
  made.image = builder.build(1, 256, 0, {8, false});
  for (int c = 0; c < cores; ++c)
    fill_dense(made.image.tiles[made.fabric.tile(c % 4, 1 + c / 4)].core, random);
  made.stimulus = make_frames(frames, 256, 1, random.fork("frames"));
  return made;
}

}  // namespace weft::bench
