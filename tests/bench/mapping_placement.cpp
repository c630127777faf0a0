// Prints what placement reaches beside the Gilmore-Lawler bound on sheets of neurons that hear their
// neighbors (316 x 316, about 90 distinct targets each, normal with sigma 6, ids shuffled; small world: a
// tenth of them anywhere), packed into cores of 1,000 neurons on 10 x 10 tiles. Traffic is of pairs of cores:
// a flit for each neuron and core that hears it. Reported, not asserted.
#include <cmath>
#include <cstdio>
#include <ctime>

#include "mapping/graph/nets.hpp"
#include "mapping/pack/strips.hpp"
#include "mapping/place/place.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

constexpr double kTarget = 1.01;
constexpr int kSide = 316;
constexpr int kTargets = 100;

// Each neuron is a source too: what hears it is in its readers.
Lines sheet(int uniform_percent, Random random) {
  const auto neurons = static_cast<std::uint32_t>(kSide * kSide);
  std::vector<std::uint32_t> id(neurons);
  for (std::uint32_t n = 0; n < neurons; ++n) id[n] = n;
  random.shuffle(id);
  std::vector<std::vector<LineId>> reads(neurons);
  const auto near = [&](std::uint32_t at) {
    return static_cast<int>(at) + static_cast<int>(6 * random.normal() + 1000.5) - 1000;
  };
  for (std::uint32_t n = 0; n < neurons; ++n) {
    for (int i = 0; i < kTargets; ++i) {
      int x = near(n % kSide), y = near(n / kSide);
      if (random.below(100) < static_cast<std::uint64_t>(uniform_percent)) {
        x = static_cast<int>(random.below(kSide));
        y = static_cast<int>(random.below(kSide));
      }
      if (x < 0 || y < 0 || x >= kSide || y >= kSide) continue;
      reads[id[static_cast<std::uint32_t>(x + kSide * y)]].push_back(LineId(id[n]));
    }
  }
  Lines lines;
  for (std::uint32_t n = 0; n < neurons; ++n) lines.lines.push_back({NodeId(n), 1});
  for (std::vector<LineId>& list : reads) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    for (LineId line : list) lines.of_node.add(line);
    lines.of_node.close();
  }
  lines.readers = inverted(lines.of_node, neurons);
  return lines;
}

Nets nets_of(const Lines& lines, const Clusters& clusters) {
  NeuronGraph graph;  // of all that find_nets() asks for: no inputs, no outputs
  graph.configs.resize(lines.of_node.keys());
  return find_nets(graph, lines, clusters);
}

double report(const char* name, int uniform_percent, std::uint64_t seed) {
  Fabric fabric = small_fabric(10, 10, 1 << 16, 1000);
  fabric.router.routing = Routing::Unicast;
  const Random random = Random(seed).fork("sheet");
  const Lines lines = sheet(uniform_percent, random);
  const CoreLimits limits = core_limits(fabric.core);
  std::clock_t start = std::clock();
  Clusters clusters = pack_by_growth(lines, limits, NodeId(0), {});
  if (auto strips = pack_in_strips(lines, limits, NodeId(0), clusters.cores);
      strips && better(*strips, clusters))
    clusters = std::move(*strips);
  const double packing = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (clusters.cores > 100) {
    std::printf("%-12s %4d  %u cores\n", name, static_cast<int>(seed), clusters.cores);
    return 0;
  }
  const Nets nets = nets_of(lines, clusters);
  start = std::clock();
  const Placement placement =
      place(fabric, nets, clusters.cores, 0, {}, {}, random.fork("place"), {}, {}, nullptr);
  const double placing = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const std::int64_t bound = hops_lower_bound(nets, fabric, clusters.cores);
  const double ratio = static_cast<double>(placement.hops) / static_cast<double>(bound);
  std::printf("%-12s %4d %9zu %6u %9lld %9lld %7.3f %8.2f %8.2f\n", name, static_cast<int>(seed),
              lines.of_node.items(), clusters.cores, static_cast<long long>(placement.hops),
              static_cast<long long>(bound), ratio, packing, placing);
  std::fflush(stdout);
  return std::log(ratio);
}

}  // namespace
}  // namespace weft::mapping

int main() {
  using namespace weft::mapping;
  std::printf("%-12s %4s %9s %6s %9s %9s %7s %8s %8s\n", "network", "seed", "synapses", "cores", "hops",
              "bound", "ratio", "pack, s", "place, s");
  constexpr int kSeeds = 6;
  double logarithms = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) logarithms += report("sheet", 0, seed);
  std::printf(
      "hop traffic over the Gilmore-Lawler bound, geometric mean of %d seeds: %.3f (to reach: %.2f; known "
      "from prototypes: 1.038)\n",
      kSeeds, std::exp(logarithms / kSeeds), kTarget);
  report("small world", 10, 1);
  return 0;
}
