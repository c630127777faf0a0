// How fast the simulator is: flit-hops, frames, cycles and synaptic additions per second of CPU time, in one
// table. Nothing is asserted by the clock. Cases: a network like the demo's (sparse rows, pipelined frames),
// a fabric loaded by uniform traffic, an idle one with bursts, dense rows, a TrueNorth-like one in which
// every neuron fires in every step. T_min is a lower bound for a run on a machine of the 2.6 GHz class:
// flit-hops x 12 ns + additions / rate of their residency + neuron updates x 0.25 ns.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "sim/run.hpp"
#include "tests/bench/sim_cases.hpp"
#include "tests/bench/tick_case.hpp"

namespace {

using namespace weft;
using namespace weft::bench;

long peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

void report(const char* name, const Case& made) {
  const Outcome outcome = sim::run_image(made.fabric, made.image, made.stimulus);
  const OutcomeTotals sum = totals(outcome);
  const double seconds = outcome.cpu_seconds;
  const double flit_hops = static_cast<double>(sum.flit_hops),
               additions = static_cast<double>(sum.synaptic_ops);
  const double lower_bound =
      flit_hops * 12e-9 + additions / 20e9 + static_cast<double>(sum.neuron_updates) * 0.25e-9;
  std::printf("%-14s %8.3f s %10.2f M %10.2f %12.0f %12.3f %10.2f %7.1f %% %6ld\n", name, seconds,
              flit_hops / seconds * 1e-6, static_cast<double>(outcome.cycles) / seconds * 1e-6,
              static_cast<double>(outcome.steps) / seconds, additions / seconds * 1e-9,
              static_cast<double>(sum.deliveries) / seconds * 1e-6, 100 * lower_bound / seconds,
              peak_rss_mb());
}

}  // namespace

// With arguments: only the cases whose names are given; --short runs a twentieth of each, for callgrind.
int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool brief = std::find(arguments.begin(), arguments.end(), "--short") != arguments.end();
  const int part = brief ? 20 : 1;
  std::printf("%-14s %10s %12s %10s %12s %12s %10s %9s %6s\n", "case", "CPU", "flit-hops/s", "Mcycles/s",
              "steps/s", "G additions/s", "M deliv./s", "T_min/T", "MB");
  const std::vector<std::pair<const char*, std::function<Case()>>> cases = {
      {"demo-like", [part] { return demo_like(10000 / part); }},
      {"loaded-8x8", [part] { return uniform_load(8, 256, 300 / part); }},
      {"light-16x16", [part] { return uniform_load(16, 4, 3000 / part); }},
      {"bursts-16x16", [part] { return bursts(16, 2000 / part); }},
      {"dense-rows", [part] { return dense_rows(8, 256, 3000 / part); }},
      {"every-neuron", [part] { return every_neuron_fires(200 / part); }},
  };
  for (const auto& [name, make] : cases) {
    const bool all = arguments.size() == (brief ? 1u : 0u);
    const bool wanted = all || std::find(arguments.begin(), arguments.end(), name) != arguments.end();
    if (wanted) report(name, make());
  }
  return 0;
}
