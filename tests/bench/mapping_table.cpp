// Prints what mapping reaches on a suite of networks: cores beside their lower bounds (for any mapping,
// and given the neurons and partial sums that it chose), hops, seconds of one
// core's time; at the end how far the suite is from its bounds. Reported, not asserted. With a word: networks
// whose names hold it. With --large: a sheet of a million neurons and 90 million synapses, which wants 16
// GiB.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>

#include <sys/resource.h>

#include "mapping/map.hpp"
#include "model/base/error.hpp"
#include "tests/bench/mapping_cases.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

Fabric fabric_of(int side) {
  Fabric fabric = small_fabric(side, side, 256, 256);
  fabric.router.table_entries = 1 << 16;
  return fabric;
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

// Of the process so far, so that small networks come first; before the verifier has run.
long long peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

std::int64_t bound_given_neurons(const MappingReport& mapping) {
  for (const CoreBoundReport& bound : mapping.core_bounds) {
    if (bound.counts == "packing") return bound.cores;
  }
  return 0;
}

struct Suite {
  int networks = 0, optimal = 0;  // optimal: as few cores as the bound
  int optimal_given = 0;          // as few as the bound for these neurons and partial sums
  double log_ratio = 0;           // of cores over bound, added up
};

void report(FixedNetwork network, const Fabric& fabric, Suite& suite) {
  if (fabric.core.native_sums) network.name += ", native";
  if (network.name.find(wanted) == std::string::npos) return;
  const std::clock_t start = std::clock();
  try {
    const Mapped mapped = map_network(network, fabric, {});
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    const long long peak = peak_mebibytes();
    const std::size_t wrong = verify_mapping(network, fabric, mapped.image).size();
    const auto cores = static_cast<double>(mapped.utilization.cores.used);
    const auto bound = static_cast<double>(*mapped.utilization.cores.lower_bound);
    const std::int64_t given = bound_given_neurons(mapped.mapping);
    ++suite.networks;
    suite.optimal_given += cores <= std::max(bound, static_cast<double>(given)) ? 1 : 0;
    suite.optimal += cores == bound ? 1 : 0;
    suite.log_ratio += std::log(cores / bound);
    std::printf(
        "%-40s %9lld %6lld %6lld %6lld %7lld %7lld %8lld %9lld %8lld %6lld %7.2f %6lld %s\n",
        network.name.c_str(), static_cast<long long>(mapped.utilization.synapses.used),
        static_cast<long long>(mapped.utilization.cores.used),
        static_cast<long long>(*mapped.utilization.cores.lower_bound), static_cast<long long>(given),
        static_cast<long long>(mapped.utilization.axons.used),
        static_cast<long long>(*mapped.utilization.axons.lower_bound),
        static_cast<long long>(mapped.mapping.hops), static_cast<long long>(mapped.mapping.hops_lower_bound),
        static_cast<long long>(mapped.mapping.partial_sums),
        static_cast<long long>(mapped.mapping.added_steps), seconds, peak, wrong == 0 ? "verified" : "WRONG");
  } catch (const Error& error) {
    std::printf("%-40s %s\n", network.name.c_str(), error.what());
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace weft::mapping

int main(int argc, char** argv) {
  using namespace weft;
  using namespace weft::mapping;
  const bool large = argc > 1 && std::strcmp(argv[1], "--large") == 0;
  if (argc > 1 && !large) wanted = argv[1];
  std::printf("%-40s %9s %6s %6s %6s %7s %7s %8s %9s %8s %6s %7s %6s\n", "network", "synapses", "cores",
              "bound", "given", "axons", "bound", "hops", "bound", "partials", "steps", "seconds", "MiB");
  if (large) {
    Suite alone;
    Fabric million = large_cores(36);
    million.router.key_bits = 21;
    million.router.flit_bits = million.router.key_bits + million.core.value_bits;
    report(sheet(1000), million, alone);
    return 0;
  }
  Suite suite;
  Fabric native = fabric_of(8);
  native.core.native_sums = true;
  for (const FixedNetwork& network : trained_networks()) {
    report(network, fabric_of(8), suite);
    report(network, native, suite);
  }
  for (int percent : {5, 8, 10, 20}) {
    const FixedNetwork network = layers("300-100 pruned to " + std::to_string(percent) + "%", 784,
                                        {{300, percent}, {100, percent}, {10, 100}});
    report(network, fabric_of(8), suite);
    report(network, native, suite);
  }
  report(layers("300-100 dense", 784, {{300, 100}, {100, 100}, {10, 100}}), fabric_of(8), suite);
  report(layers("300-100 dense", 784, {{300, 100}, {100, 100}, {10, 100}}), native, suite);
  for (const Middle middle : {Middle::Rounded, Middle::Exact}) {
    const std::string name =
        middle == Middle::Exact ? "rank 32/16, pruned, exact middles" : "rank 32/16, pruned";
    report(layers(name, 784, {{32, 20, middle}, {300, 30}, {16, 30, middle}, {100, 40}, {10, 40}}),
           fabric_of(8), suite);
  }
  report(layers("256-156-100-10", 256, {{156, 30}, {100, 30}, {10, 100}}), fabric_of(8), suite);
  report(convolution(32, 16, 16), fabric_of(20), suite);
  report(sheet(100), large_cores(6), suite);
  report(sheet(316), large_cores(12), suite);
  if (suite.networks > 0) {
    std::printf(
        "cores over bound: geometric mean %.3f over %d networks, %d proven optimal among all mappings, %d "
        "given their "
        "neurons and partial sums\n",
        std::exp(suite.log_ratio / suite.networks), suite.networks, suite.optimal, suite.optimal_given);
  }
  return 0;
}
