// What it gains to place cores by measured traffic instead of a message from every neuron, and to price links
// that carry too much: a LeNet-300-100 trained on MNIST and pruned by magnitude, mapped three times and run
// on images that were not counted. One frame at a time for the latency; a new frame every step for the cycles
// of a frame. Reported, not asserted.
#include <cstdio>
#include <exception>
#include <string>

#include "compress/compress.hpp"
#include "compress/remove_unused.hpp"
#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "model/network/message_counts.hpp"
#include "model/network/quantize.hpp"
#include "sim/run.hpp"

namespace {

using namespace weft;

constexpr std::int64_t kCounted = 1000, kFrames = 300;

FixedNetwork pruned(const DataSplits& data, double density) {
  Network dense = make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, Activation::Relu);
  initialize(dense, 1);
  TrainParams train_params;
  train_params.epochs = 3;
  dense = train(dense, data.train, train_params).network;
  compress::CompressParams params;
  for (const char* name : {"fc1", "fc2", "fc3"}) params.layers.push_back({name, 0, density});
  params.retrain = train_params;
  params.retrain.epochs = 1;
  return quantize(compress::remove_unused(compress::compress_network(dense, data.train, params).network),
                  data.train, {});
}

struct Figures {
  double hops = 0, latency = 0, step_cycles = 0, busiest = 0;  // of a frame
};

Figures simulate(const Fabric& fabric, const Image& image, const Dataset& test) {
  const Outcome alone = sim::run_image(fabric, image, make_stimulus(test, 0, kFrames, image.depth_steps + 1));
  const Outcome stream = sim::run_image(fabric, image, make_stimulus(test, 0, kFrames));
  Figures figures;
  figures.hops = static_cast<double>(totals(stream).flit_hops) / kFrames;
  for (const std::uint64_t cycles : alone.latency_cycles)
    figures.latency += static_cast<double>(cycles) / kFrames;
  figures.step_cycles = static_cast<double>(stream.cycles) / static_cast<double>(stream.steps);
  std::uint64_t busiest = 0;
  for (const TileCounters& tile : stream.tiles) {
    for (std::size_t side = 1; side <= 4; ++side) busiest = std::max(busiest, tile.flits[side]);
  }
  figures.busiest = static_cast<double>(busiest) / kFrames;
  return figures;
}

void row(const char* name, const Figures& figures, const Figures& first) {
  const auto change = [](double now, double before) { return 100 * (now / before - 1); };
  std::printf("  %-24s %9.1f %+6.1f%% %9.1f %+6.1f%% %9.1f %+6.1f%% %9.1f %+6.1f%%\n", name, figures.hops,
              change(figures.hops, first.hops), figures.latency, change(figures.latency, first.latency),
              figures.step_cycles, change(figures.step_cycles, first.step_cycles), figures.busiest,
              change(figures.busiest, first.busiest));
  std::fflush(stdout);
}

void bench(const FixedNetwork& network, const Dataset& counted, const Dataset& test,
           const std::vector<std::string>& settings) {
  const Fabric fabric = load_fabric("default", settings);
  std::string words;
  for (const std::string& setting : settings) words += " " + setting;
  mapping::MapParams params;
  params.congestion = false;
  const auto map = [&] {
    const mapping::Mapped mapped = mapping::map_network(network, fabric, params);
    if (words.empty()) return mapped;
    std::printf("%s: %lld cores\n", words.c_str() + 1, static_cast<long long>(mapped.utilization.cores.used));
    words.clear();
    return mapped;
  };
  const Figures uniform = simulate(fabric, map().image, test);
  row("uniform", uniform, uniform);
  params.congestion = true;
  row("uniform, links priced", simulate(fabric, map().image, test), uniform);
  params.congestion = false;
  params.traffic = count_messages(network, make_stimulus(counted, 0, kCounted));
  row("measured", simulate(fabric, map().image, test), uniform);
  params.congestion = true;
  row("measured, links priced", simulate(fabric, map().image, test), uniform);
}

}  // namespace

int main() {
  try {
    const DataSplits data = load_data("mnist");
    std::printf("%-26s %9s %7s %9s %7s %9s %7s %9s %7s\n", "placed by traffic that is", "hops", "", "latency",
                "", "cycles", "", "busiest", "");
    for (const double density : {0.3, 0.1}) {
      const FixedNetwork network = pruned(data, density);
      std::printf("LeNet-300-100, %.0f %% of its synapses\n", 100 * density);
      bench(network, data.train, data.test,
            {"width=14", "height=14", "core.axons=64", "core.neurons=64", "core.row_lanes=64"});
      bench(network, data.train, data.test,
            {"width=12", "height=12", "core.axons=128", "core.neurons=32", "core.row_lanes=128",
             "router.link_bits=12"});
    }
    std::printf(
        "hops: flit-hops of a frame; latency: cycles of a frame alone; cycles: of a step with a new frame "
        "every step; busiest: flits of a frame over the busiest link\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
