// Prints the smallest channel width beside the cut bound for circuits on several networks and grids.
// Reported, not asserted. Arguments: files of integer networks (weft demo leaves one in out/demo/fixed.npz),
// mapped too.
#include <cmath>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "mapping/map.hpp"
#include "model/base/error.hpp"
#include "model/fabric/presets.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

constexpr double kTarget = 1.03;

struct Mean {
  double logarithms = 0;
  int count = 0;
};

FixedNetwork layers(const std::string& name, const std::vector<int>& widths, int density_percent) {
  FixedNetwork network = layered_network({widths, density_percent, 8}, Random(5));
  network.name = name;
  return network;
}

// A sheet of neurons, each of which reads its neighbors up to `reach` away.
FixedNetwork sheet(int side, int reach) {
  FixedNetwork network = single_layer(1, 1, 1);
  network.name = "sheet " + std::to_string(side) + ", reach " + std::to_string(reach);
  network.populations[PopulationId(0)].shape = {1, side, side};
  FixedPopulation& out = network.populations[PopulationId(1)];
  out.shape = {1, side, side};
  out.bias.assign(static_cast<std::size_t>(side * side), 0);
  out.shift.assign(static_cast<std::size_t>(side * side), 8);
  FixedProjection& projection = network.projections[ProjectionId(0)];
  projection.kind = FixedProjectionKind::Convolution;
  const int width = 2 * reach + 1;
  projection.window = {width, width, 1, 1, reach, reach};
  projection.weights.assign(static_cast<std::size_t>(width * width), 1);
  return network;
}

Fabric units(int side, int neurons) {
  return load_fabric("fpga-units", {"width=" + std::to_string(side), "height=" + std::to_string(side),
                                    "core.neurons=" + std::to_string(neurons)});
}

// The default fabric's crossbars, joined by circuits.
Fabric crossbars(int side) {
  return load_fabric("default", {"width=" + std::to_string(side), "height=" + std::to_string(side),
                                 "router.routing=circuit", "core.axons=64", "core.neurons=64"});
}

void report(const FixedNetwork& network, const Fabric& fabric, Mean& mean) {
  const std::string grid = std::to_string(fabric.width) + " x " + std::to_string(fabric.height) + " " +
                           to_string(fabric.core.kind);
  MapParams params;
  params.min_tracks = true;
  const std::clock_t start = std::clock();
  try {
    const Mapped mapped = map_network(network, fabric, params);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    const CircuitReport& circuits = *mapped.mapping.circuits;
    const double ratio = static_cast<double>(circuits.channel_width) /
                         static_cast<double>(std::max<std::int64_t>(1, circuits.bound_placement));
    const bool right = verify_mapping(network, mapped.fabric, mapped.image).empty();
    std::printf("%-26s %-17s %6lld %7lld %9lld %9lld %6lld %7.3f %7.2f %s\n", network.name.c_str(),
                grid.c_str(), static_cast<long long>(mapped.utilization.cores.used),
                static_cast<long long>(mapped.mapping.hops), static_cast<long long>(circuits.bound_clusters),
                static_cast<long long>(circuits.bound_placement),
                static_cast<long long>(circuits.channel_width), ratio, seconds, right ? "verified" : "WRONG");
    mean.logarithms += std::log(ratio);
    ++mean.count;
  } catch (const Error& error) {
    std::printf("%-26s %-17s %s\n", network.name.c_str(), grid.c_str(), error.what());
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace weft::mapping

int main(int argc, char** argv) {
  using namespace weft::mapping;
  Mean mean;
  std::printf("%-26s %-17s %6s %7s %9s %9s %6s %7s %7s\n", "network", "fabric", "cores", "hops", "clusters",
              "placement", "width", "ratio", "seconds");
  report(layers("256-156-100-10, 30%", {256, 156, 100, 10}, 30), units(12, 16), mean);
  report(layers("256-156-100-10, 10%", {256, 156, 100, 10}, 10), units(6, 16), mean);
  report(layers("128-128-128-10, 20%", {128, 128, 128, 10}, 20), units(10, 8), mean);
  report(layers("64-48-32-10, dense", {64, 48, 32, 10}, 100), units(8, 4), mean);
  report(layers("784-300-100-10, 5%", {784, 300, 100, 10}, 5), units(10, 16), mean);
  report(sheet(16, 1), units(8, 8), mean);
  report(sheet(24, 3), units(12, 8), mean);
  report(sheet(32, 2), units(16, 8), mean);
  report(layers("256-156-100-10, 30%", {256, 156, 100, 10}, 30), crossbars(8), mean);
  report(layers("784-300-100-10, 5%", {784, 300, 100, 10}, 5), crossbars(12), mean);
  report(sheet(32, 2), crossbars(8), mean);
  for (int i = 1; i < argc; ++i) {
    try {
      const weft::FixedNetwork network = weft::read_fixed_network(argv[i]);
      for (const int side : {8, 12, 16}) report(network, units(side, 16), mean);
    } catch (const weft::Error& error) {
      std::printf("%s\n", error.what());
      return 1;
    }
  }
  const double geometric = mean.count == 0 ? 0 : std::exp(mean.logarithms / mean.count);
  std::printf(
      "smallest channel width over cut bound, geometric mean of %d: %.3f (to reach: %.2f; known from "
      "prototypes: 1.00 to 1.075)\n",
      mean.count, geometric, kTarget);
  return 0;
}
