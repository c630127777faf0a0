// What the signal model costs: engine and signal model side by side, in turns in one process, so that the
// machine is the same for both; user CPU seconds, the median ratio of five turns. Nothing is asserted by the
// clock; that both took the same cycles is.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "sim/run.hpp"
#include "sim/traffic.hpp"
#include "tests/bench/sim_cases.hpp"

namespace {

using namespace weft;

double user_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

// Cycles of a run.
using Run = std::function<std::uint64_t(sim::Model model)>;

Run mesh(int size, double rate, std::uint64_t cycles) {
  return [=](sim::Model model) {
    Fabric fabric;
    fabric.name = "bench";
    fabric.width = fabric.height = size;
    sim::TrafficParams params;
    params.model = model;
    params.rate = rate;
    params.packet_flits = 4;
    params.warmup_cycles = params.cooldown_cycles = 0;
    params.measure_cycles = cycles;
    return sim::run_traffic(fabric, params).cycles;
  };
}

Run frames(const bench::Case& made) {
  return [&made](sim::Model model) {
    sim::RunParams params;
    params.model = model;
    return sim::run_image(made.fabric, made.image, made.stimulus, params).cycles;
  };
}

double cycles_per_second(const Run& run, sim::Model model, std::uint64_t& cycles) {
  const double before = user_seconds();
  cycles = run(model);
  return static_cast<double>(cycles) / std::max(user_seconds() - before, 1e-9);
}

void measure(const char* title, const Run& run) {
  struct Turn {
    double engine = 0, signals = 0;
    double ratio() const { return engine / signals; }
  };
  std::vector<Turn> turns(5);
  for (Turn& turn : turns) {
    std::uint64_t engine_cycles = 0, signals_cycles = 0;
    turn.engine = cycles_per_second(run, sim::Model::Engine, engine_cycles);
    turn.signals = cycles_per_second(run, sim::Model::Signals, signals_cycles);
    if (engine_cycles != signals_cycles) {
      std::fprintf(stderr, "%s: the two models took different cycles\n", title);
      std::exit(1);
    }
  }
  std::sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.ratio() < b.ratio(); });
  const Turn& median = turns[turns.size() / 2];
  std::printf("%-40s %14.0f %14.0f %8.0f\n", title, median.engine, median.signals, median.ratio());
  std::fflush(stdout);
}

}  // namespace

int main() {
  const bench::Case demo = bench::demo_like(40);
  std::printf("%-40s %14s %14s %8s\n", "cycles per second", "engine", "signals", "ratio");
  measure("16 x 16, uniform, 4 flits, 0.01", mesh(16, 0.01, 30000));
  measure("16 x 16, 0.05", mesh(16, 0.05, 20000));
  measure("network like the demo's, 40 frames", frames(demo));
  return 0;
}
