// What it costs to open the fabric: the same run self-timed, by a clock, and with modules in places of
// routers, as user CPU seconds and as a ratio to the clocked run alone. Every run must take the same cycles.
// And how long a large fabric with all its pins takes to be there.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "sim/open_fabric.hpp"
#include "tests/bench/sim_cases.hpp"
#include "tests/sim/own_parts.hpp"

namespace {

using namespace weft;
using namespace weft::sim;

double user_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

struct Measured {
  double seconds = 0;
  std::uint64_t cycles = 0;
};

// `routers` < 0: without a clock.
Measured run(const bench::Case& one, int routers) {
  Session session;
  const sc_core::sc_time period(10, sc_core::SC_NS);
  std::unique_ptr<sc_core::sc_clock> clock;
  if (routers >= 0) clock = std::make_unique<sc_core::sc_clock>("clock", period);
  OpenFabric fabric("fabric", one.fabric);
  fabric.load(one.image, one.stimulus);
  if (routers >= 0) fabric.clk(*clock);
  std::vector<std::unique_ptr<RouterAdapter>> adapters;
  std::vector<std::unique_ptr<OwnRouter>> own;
  for (int i = 0; i < routers; ++i) {
    // No two of them are neighbors.
    const TileId tile = one.fabric.tile(1 + 3 * (i % 4), 1 + 3 * (i / 4));
    const std::string name = tile_name(one.fabric, tile);
    adapters.push_back(std::make_unique<RouterAdapter>((name + "_place").c_str(), fabric, tile));
    own.push_back(std::make_unique<OwnRouter>(name.c_str(), *adapters.back(), one.fabric));
    own.back()->clk(*clock);
  }
  const double before = user_seconds();
  while (!fabric.finished()) sc_core::sc_start(1000 * period);
  return {user_seconds() - before, fabric.outcome().cycles};
}

void report(const char* title, const bench::Case& one, int routers, double clocked_seconds, double& seconds) {
  std::vector<Measured> runs;
  for (int i = 0; i < 5; ++i) runs.push_back(run(one, routers));
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.seconds < b.seconds; });
  seconds = runs[2].seconds;
  std::printf("%-44s %10.0f cycles/s %10llu cycles", title, static_cast<double>(runs[2].cycles) / seconds,
              static_cast<unsigned long long>(runs[2].cycles));
  if (clocked_seconds > 0) std::printf("  %5.2f times the clocked run's time", seconds / clocked_seconds);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int main() {
  const bench::Case busy = bench::uniform_load(16, 16, 200);
  const bench::Case quiet = bench::bursts(16, 100);
  for (const auto& [name, one] :
       {std::pair("16 x 16, uniform load", &busy), std::pair("16 x 16, bursts", &quiet)}) {
    std::printf("%s\n", name);
    double clocked = 0, seconds = 0;
    report("  self-timed", *one, -1, 0, seconds);
    report("  clk bound", *one, 0, 0, clocked);
    report("  ... one router replaced", *one, 1, clocked, seconds);
    report("  ... sixteen routers replaced", *one, 16, clocked, seconds);
  }
  const double before = user_seconds();
  {
    Session session;
    Fabric fabric;
    fabric.name = "large";
    fabric.width = fabric.height = 256;
    const OpenFabric open("fabric", fabric);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  std::printf("256 x 256 tiles with pins at 512 ports: %.2f s to be there and gone\n",
              user_seconds() - before);
  return 0;
}
