// How fast RANC grids run, exact to the cycle: ticks and RTL cycles per second of CPU time. The trained MNIST
// net if its files are there (WEFT_DATA or ../shared/data), and two made grids. Nothing is asserted by the
// clock.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>

#include "model/ranc/ranc_files.hpp"
#include "sim/ranc/run.hpp"
#include "tests/model/data_path.hpp"
#include "tests/sim/ranc_random.hpp"

namespace {

using namespace weft;

// `target`: ticks per second, 0 if none is set.
void measure(const std::string& name, const RancNetwork& network, const RancStimulus& stimulus,
             std::uint64_t ticks, std::uint64_t tick_cycles, double target) {
  sim::RancRunParams params;
  params.tick_cycles = tick_cycles;
  double best = 1e30;
  sim::RancFigures figures;
  for (int repetition = 0; repetition < 3; ++repetition) {
    const std::clock_t begin = std::clock();
    figures = sim::run_ranc(network, stimulus, ticks, params);
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  best = std::max(best, 1e-6);
  std::printf("%-44s %10.0f %10.3g %10.3g %10.3g  %s\n", name.c_str(), static_cast<double>(ticks) / best,
              static_cast<double>(figures.cycles) / best, static_cast<double>(figures.packet_moves) / best,
              static_cast<double>(figures.visited_cycles) / static_cast<double>(figures.cycles),
              target == 0 ? "" : (">= " + std::to_string(static_cast<int>(target))).c_str());
}

// Every neuron fires in every tick, at a random core.
RancNetwork make_loaded(int side, int axons, int neurons) {
  RancNetwork network = sim::resting_ranc(side, side, side * side - 1, axons, neurons);
  Random random(1);
  for (int t = 0; t + 1 < side * side; ++t) {
    RancCore& core = network.cores[static_cast<std::size_t>(t)];
    for (std::uint64_t& word : core.connections)
      word = random.bits() & (axons < 64 ? (1ull << axons) - 1 : ~0ull);
    for (RancNeuron& neuron : core.neurons) {
      neuron.positive_threshold = 0;
      const int target = static_cast<int>(random.below(static_cast<std::uint64_t>(side * side)));
      neuron.destination.dx = static_cast<std::int16_t>(target % side - t % side);
      neuron.destination.dy = static_cast<std::int16_t>(target / side - t / side);
      neuron.destination.axon = static_cast<std::uint16_t>(random.below(static_cast<std::uint64_t>(axons)));
    }
  }
  return network;
}

}  // namespace

int main() {
  std::printf("%-44s %10s %10s %10s %10s  %s\n", "case", "ticks/s", "cycles/s", "moves/s", "visited",
              "target");
  const std::filesystem::path folder = data_path() / "ranc-256";
  if (std::filesystem::exists(folder)) {
    RancGrid grid;
    grid.width = 4;
    grid.height = 3;
    grid.output_tile = 8;
    const RancNetwork network = read_ranc_network(folder, grid);
    const RancStimulus ten = read_ranc_stimulus(folder, network);
    RancStimulus stimulus;  // the ten images over and over
    for (int i = 0; i < 200; ++i)
      stimulus.ticks.insert(stimulus.ticks.end(), ten.ticks.begin(), ten.ticks.end());
    measure("MNIST, 4 x 3 cores of 256, tick 70,000", network, stimulus, 2000, 70000, 2000);
  } else {
    std::printf("%s is not there: the MNIST net is left out\n", folder.string().c_str());
  }
  measure("8 x 8 cores of 256, every neuron fires", make_loaded(8, 256, 256), {}, 60, 70000, 0);
  measure("8 x 8 cores of 8 x 32, every neuron fires", make_loaded(8, 8, 32), {}, 500, 4000, 0);
  return 0;
}
