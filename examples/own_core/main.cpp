// A core of your own in one tile of the fabric.
//
// A network of three populations is mapped onto a small fabric: 8 inputs, 8 hidden neurons, 4 outputs. The
// standard core lets every hidden neuron with a positive sum send it. The core written here has another rule,
// which the fabric does not know: winner takes all, only the largest sum is sent. It stands in for the core
// that holds the hidden neurons; all other tiles, and this tile's router, are the fabric's own.
//
// What the adapter's signals say at which clock edge is section 13 of sim/TIMING.md.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <systemc>
#include <vector>

#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "sim/open_fabric.hpp"

namespace {

constexpr int kInputs = 8;
constexpr int kHidden = 8;
constexpr int kOutputs = 4;
constexpr int kFrames = 5;

std::int16_t hidden_weight(int hidden, int input) {
  return static_cast<std::int16_t>((3 * hidden + 5 * input) % 7 - 2);
}
std::int16_t output_weight(int output, int hidden) {
  return static_cast<std::int16_t>((output + 2 * hidden) % 5 - 2);
}
std::int32_t input_value(int frame, int input) {
  return (frame * 7 + input * 3) % 10;
}

weft::FixedPopulation population(const char* name, int size, weft::NeuronModel model,
                                 weft::ValueFormat format, bool is_input) {
  weft::FixedPopulation made;
  made.name = name;
  made.shape = {size, 1, 1};
  made.model = model;
  made.format = format;
  if (!is_input) made.bias.assign(static_cast<std::size_t>(size), 0);
  if (!is_input) made.shift.assign(static_cast<std::size_t>(size), 0);
  return made;
}

weft::FixedNetwork network() {
  weft::FixedNetwork made;
  made.name = "winner";
  made.populations.push_back(population("input", kInputs, weft::NeuronModel::Linear, {8, false}, true));
  made.populations.push_back(population("hidden", kHidden, weft::NeuronModel::Relu, {12, false}, false));
  made.populations.push_back(population("output", kOutputs, weft::NeuronModel::Linear, {16, true}, false));
  weft::FixedProjection first, second;
  first.name = "first";
  first.source = weft::PopulationId(0);
  first.target = weft::PopulationId(1);
  for (int h = 0; h < kHidden; ++h)
    for (int i = 0; i < kInputs; ++i) first.weights.push_back(hidden_weight(h, i));
  second.name = "second";
  second.source = weft::PopulationId(1);
  second.target = weft::PopulationId(2);
  for (int o = 0; o < kOutputs; ++o)
    for (int h = 0; h < kHidden; ++h) second.weights.push_back(output_weight(o, h));
  made.projections.push_back(first);
  made.projections.push_back(second);
  return made;
}

// Cores of 8 neurons: the hidden ones and the outputs cannot share one.
weft::Fabric small_fabric() {
  return weft::load_fabric("default", {"width=2", "height=2", "core.neurons=8", "core.axons=16"});
}

// The tile whose core holds the hidden population: the image remembers where each neuron comes from.
weft::TileId hidden_tile(const weft::Image& image) {
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    const weft::CoreImage& core = image.tiles[weft::TileId(t)].core;
    if (core.used() && core.neurons.front().origin.population == 1) return weft::TileId(t);
  }
  return weft::TileId(0);
}

weft::Stimulus frames() {
  weft::Stimulus stimulus;
  stimulus.frames.rows = kFrames;
  stimulus.frames.columns = kInputs;
  for (int f = 0; f < kFrames; ++f)
    for (int i = 0; i < kInputs; ++i) stimulus.frames.values.push_back(input_value(f, i));
  return stimulus;
}

// The core. It has the axons and the neurons' keys of the core it stands in for; when it works and for how
// long is its own affair: this one adds the row of one active axon per cycle, then compares all sums in one
// cycle more.
class WinnerCore : public sc_core::sc_module {
 public:
  WinnerCore(const sc_core::sc_module_name& name, weft::sim::CoreAdapter& adapter,
             const weft::CoreImage& image)
      : sc_module(name), wires_(adapter), image_(image) {
    SC_METHOD(run);
    sensitive << clk.pos();
    dont_initialize();
  }
  sc_core::sc_in<bool> clk{"clk"};

 private:
  SC_HAS_PROCESS(WinnerCore);

  void run() {
    // The message offered before has left if it was taken at this edge.
    if (wires_.out_valid.read() && wires_.out_ready.read()) {
      wires_.out_valid.write(false);
      wires_.busy.write(false);
    }
    // A value was delivered: for the next step, since all delays of this network are 1.
    if (wires_.in_valid.read()) arriving_[wires_.in_axon.read()] = wires_.in_value.read();
    if (wires_.step_begin.read()) {
      active_.swap(arriving_);
      arriving_.clear();
      sums_.fill(0);
      computing_ = true;
      wires_.busy.write(true);  // the step's barrier waits for us
    }
    if (!computing_) return;
    if (!active_.empty()) {
      add_row(active_.begin()->first, active_.begin()->second);
      active_.erase(active_.begin());
      return;
    }
    computing_ = false;
    const auto winner = std::max_element(sums_.begin(), sums_.end());
    if (*winner <= 0) {
      wires_.busy.write(false);  // nobody fires: zero is never sent
      return;
    }
    wires_.out_valid.write(true);
    wires_.out_key.write(image_.neurons[static_cast<std::size_t>(winner - sums_.begin())].key.value());
    wires_.out_value.write(*winner);
  }

  void add_row(std::uint32_t axon, std::int32_t value) {
    for (std::uint32_t s = image_.row_begin[axon]; s < image_.row_begin[axon + 1]; ++s)
      sums_[image_.neuron[s]] += value * image_.weight[s];
  }

  weft::sim::CoreAdapter& wires_;
  const weft::CoreImage image_;
  std::map<std::uint32_t, std::int32_t> arriving_, active_;  // values by axon
  std::array<std::int32_t, kHidden> sums_{};
  bool computing_ = false;
};

// What must come out, from the network's weights alone.
std::vector<std::int32_t> expected_outputs() {
  std::vector<std::int32_t> outputs;
  for (int f = 0; f < kFrames; ++f) {
    std::array<std::int32_t, kHidden> sums{};
    for (int h = 0; h < kHidden; ++h)
      for (int i = 0; i < kInputs; ++i)
        sums[static_cast<std::size_t>(h)] += hidden_weight(h, i) * input_value(f, i);
    const auto winner = std::max_element(sums.begin(), sums.end());
    for (int o = 0; o < kOutputs; ++o)
      outputs.push_back(*winner <= 0 ? 0
                                     : *winner * output_weight(o, static_cast<int>(winner - sums.begin())));
  }
  return outputs;
}

}  // namespace

int sc_main(int, char**) {
  const weft::Fabric fabric = small_fabric();
  const weft::Image image = weft::mapping::map_network(network(), fabric, {}).image;
  const weft::TileId tile = hidden_tile(image);

  sc_core::sc_clock clock("clock", 1.0 / fabric.clock_hz, sc_core::SC_SEC);
  weft::sim::OpenFabric chip("chip", fabric);
  chip.load(image, frames());
  chip.clk(clock);

  // The place of one core, and the core put there. That is all.
  weft::sim::CoreAdapter place("place", chip, tile);
  WinnerCore core("core", place, image.tiles[tile].core);
  core.clk(clock);

  while (!chip.finished()) sc_core::sc_start(1, sc_core::SC_US);

  const weft::Outcome outcome = chip.outcome();
  std::printf("a core of our own in %s, %llu messages from it, %llu cycles\n",
              weft::tile_name(fabric, tile).c_str(),
              static_cast<unsigned long long>(outcome.tiles[tile].messages),
              static_cast<unsigned long long>(outcome.cycles));
  for (std::int64_t f = 0; f < outcome.outputs.rows; ++f) {
    std::printf("frame %lld:", static_cast<long long>(f));
    for (int o = 0; o < kOutputs; ++o) std::printf(" %5d", outcome.outputs.row(f)[o]);
    std::printf("\n");
  }
  return outcome.outputs.values == expected_outputs() ? 0 : 1;
}
