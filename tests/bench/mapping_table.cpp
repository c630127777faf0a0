// Prints what mapping reaches on a suite of networks: cores beside their lower bound, hops, seconds of one
// core's time. Weights are random where the shape alone matters. Reported, not asserted.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>

#include "mapping/map.hpp"
#include "model/base/error.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

Fabric fabric_of(int side) {
  Fabric fabric = small_fabric(side, side, 256, 256);
  fabric.router.table_entries = 1 << 16;
  return fabric;
}

// Layers with a density (percent) each; an odd width list entry may be a linear middle of low rank.
struct LayerShape {
  int width;
  int density_percent;
  bool linear = false;
};

FixedNetwork layers(const std::string& name, int inputs, const std::vector<LayerShape>& shapes) {
  LayerParams params;
  params.widths.push_back(inputs);
  for (const LayerShape& shape : shapes) params.widths.push_back(shape.width);
  params.density_percent = 100;
  FixedNetwork network = layered_network(params, Random(5));
  network.name = name;
  Random random(9);
  for (std::size_t p = 0; p < shapes.size(); ++p) {
    for (std::int16_t& weight : network.projections[ProjectionId(static_cast<std::uint32_t>(p))].weights) {
      if (random.below(1000) >= static_cast<std::uint64_t>(shapes[p].density_percent) * 10) weight = 0;
    }
    FixedPopulation& population = network.populations[PopulationId(static_cast<std::uint32_t>(p + 1))];
    if (shapes[p].linear) {
      population.model = NeuronModel::Linear;
      population.format = {8, true};
    }
  }
  return network;
}

FixedNetwork convolution(int side, int channels, int to_channels) {
  FixedNetwork network = single_layer(1, 1, 1);
  network.name = "convolution 3x3";
  network.populations[PopulationId(0)].shape = {channels, side, side};
  FixedPopulation& out = network.populations[PopulationId(1)];
  out.shape = {to_channels, side, side};
  out.bias.assign(static_cast<std::size_t>(out.shape.size()), 0);
  out.shift.assign(static_cast<std::size_t>(out.shape.size()), 8);
  FixedProjection& projection = network.projections[ProjectionId(0)];
  projection.kind = FixedProjectionKind::Convolution;
  projection.window = {3, 3, 1, 1, 1, 1};
  projection.weights.assign(static_cast<std::size_t>(to_channels * channels * 9), 1);
  return network;
}

// A sheet of side x side inputs onto as many neurons: each input reaches about 90 neurons near it (normal,
// sigma 6), ids shuffled.
FixedNetwork sheet(int side) {
  FixedNetwork network = single_layer(1, 1, 1);
  network.name = "sheet " + std::to_string(side);
  network.populations[PopulationId(0)].shape = {1, side, side};
  FixedPopulation& out = network.populations[PopulationId(1)];
  out.shape = {1, side, side};
  const auto neurons = static_cast<std::uint32_t>(out.shape.size());
  out.bias.assign(neurons, 0);
  out.shift.assign(neurons, 8);
  Random random(3);
  std::vector<std::uint32_t> id(neurons);
  for (std::uint32_t n = 0; n < neurons; ++n) id[n] = n;
  random.shuffle(id);
  FixedProjection& projection = network.projections[ProjectionId(0)];
  projection.kind = FixedProjectionKind::Sparse;
  constexpr int kTargets = 100;
  for (std::uint32_t n = 0; n < neurons; ++n) {
    for (int i = 0; i < kTargets; ++i) {
      const int x = static_cast<int>(n) % side + static_cast<int>(6 * random.normal() + 1000.5) - 1000;
      const int y = static_cast<int>(n) / side + static_cast<int>(6 * random.normal() + 1000.5) - 1000;
      if (x < 0 || y < 0 || x >= side || y >= side) continue;
      projection.synapses.push_back({id[n], id[static_cast<std::uint32_t>(x + side * y)]});
    }
  }
  std::sort(projection.synapses.begin(), projection.synapses.end(),
            [](const SparseSynapse& a, const SparseSynapse& b) {
              return a.target != b.target ? a.target < b.target : a.source < b.source;
            });
  const auto last = std::unique(projection.synapses.begin(), projection.synapses.end(),
                                [](const SparseSynapse& a, const SparseSynapse& b) {
                                  return a.target == b.target && a.source == b.source;
                                });
  projection.synapses.erase(last, projection.synapses.end());
  projection.weights.assign(projection.synapses.size(), 1);
  return network;
}

// Memory cores of Loihi's size.
Fabric large_cores(int side) {
  Fabric fabric = fabric_of(side);
  fabric.core.kind = CoreKind::Memory;
  fabric.core.axons = 4096;
  fabric.core.neurons = 1024;
  fabric.core.synapse_memory_bits = std::int64_t{1} << 23;
  fabric.router.table_entries = 1 << 20;
  return fabric;
}

std::string wanted;  // only networks whose names hold this

void report(const FixedNetwork& network, const Fabric& fabric) {
  if (network.name.find(wanted) == std::string::npos) return;
  const std::clock_t start = std::clock();
  try {
    const Mapped mapped = map_network(network, fabric, {});
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    const std::size_t wrong = verify_mapping(network, fabric, mapped.image).size();
    std::printf(
        "%-34s %9lld %6lld %6lld %8lld %9lld %8lld %6lld %7.2f %s\n", network.name.c_str(),
        static_cast<long long>(mapped.utilization.synapses.used),
        static_cast<long long>(mapped.utilization.cores.used),
        static_cast<long long>(*mapped.utilization.cores.lower_bound),
        static_cast<long long>(mapped.mapping.hops), static_cast<long long>(mapped.mapping.hops_lower_bound),
        static_cast<long long>(mapped.mapping.partial_sums),
        static_cast<long long>(mapped.mapping.added_steps), seconds, wrong == 0 ? "verified" : "WRONG");
  } catch (const Error& error) {
    std::printf("%-34s %s\n", network.name.c_str(), error.what());
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace weft::mapping

int main(int argc, char** argv) {
  using namespace weft::mapping;
  if (argc > 1) wanted = argv[1];
  std::printf("%-34s %9s %6s %6s %8s %9s %8s %6s %7s\n", "network", "synapses", "cores", "bound", "hops",
              "bound", "partials", "steps", "seconds");
  for (int percent : {5, 8, 10, 20}) {
    report(layers("300-100 pruned to " + std::to_string(percent) + "%", 784,
                  {{300, percent}, {100, percent}, {10, 100}}),
           fabric_of(8));
  }
  report(layers("300-100 dense", 784, {{300, 100}, {100, 100}, {10, 100}}), fabric_of(8));
  report(layers("rank 32/16, pruned", 784, {{32, 20, true}, {300, 30}, {16, 30, true}, {100, 40}, {10, 40}}),
         fabric_of(8));
  report(layers("256-156-100-10", 256, {{156, 30}, {100, 30}, {10, 100}}), fabric_of(8));
  report(convolution(32, 16, 16), fabric_of(20));
  report(sheet(100), large_cores(6));
  report(sheet(316), large_cores(12));
  return 0;
}
