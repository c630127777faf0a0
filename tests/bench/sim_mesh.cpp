// The simulator's speed beside its targets, one row each: user CPU seconds, the median of five runs. Nothing
// is asserted by the clock. With --instructions also instructions per cycle and per flit-hop, which do not
// depend on the machine: callgrind counts two lengths of the same run, and the difference is what a cycle
// costs.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/run.hpp"
#include "sim/traffic.hpp"
#include "tests/bench/sim_cases.hpp"

namespace {

using namespace weft;

struct Work {
  double cycles = 0;
  double flit_hops = 0;
  double additions = 0;
  double bound_seconds = 0;  // T_min: flit-hops x 12 ns + additions / 20 per ns + neuron updates x 0.25 ns
};

struct Row {
  const char* name;  // for --once
  const char* title;
  double length;  // cycles, steps or frames of a run
  std::function<Work(double length)> run;
  std::function<double(const Work& work, double seconds)> figure;
  const char* unit;
  const char* target;
};

double user_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

template <class Tiles>
double flit_hops(const Tiles& tiles) {
  std::uint64_t sum = 0;
  for (const TileCounters& tile : tiles)
    for (std::size_t side = 1; side <= 4; ++side) sum += tile.flits[side];
  return static_cast<double>(sum);
}

// Uniform traffic of packets of four flits.
std::function<Work(double)> traffic(int size, double rate) {
  return [size, rate](double cycles) {
    Fabric fabric;
    fabric.name = "bench";
    fabric.width = fabric.height = size;
    sim::TrafficParams params;
    params.rate = rate;
    params.packet_flits = 4;
    params.warmup_cycles = params.cooldown_cycles = 0;
    params.measure_cycles = static_cast<std::uint64_t>(cycles);
    const sim::TrafficResult result = sim::run_traffic(fabric, params);
    return Work{static_cast<double>(result.cycles), flit_hops(result.tiles), 0, 0};
  };
}

std::function<Work(double)> network(std::function<bench::Case(std::int64_t)> make) {
  // Made once: its making is not what is measured.
  auto made = std::make_shared<std::pair<double, bench::Case>>(-1.0, bench::Case{});
  return [made, make = std::move(make)](double length) {
    if (made->first != length) *made = {length, make(static_cast<std::int64_t>(length))};
    const bench::Case& one = made->second;
    const Outcome outcome = sim::run_image(one.fabric, one.image, one.stimulus);
    const OutcomeTotals sum = totals(outcome);
    const auto hops = static_cast<double>(sum.flit_hops);
    const auto additions = static_cast<double>(sum.synaptic_ops);
    return Work{static_cast<double>(outcome.cycles), hops, additions,
                hops * 12e-9 + additions / 20e9 + static_cast<double>(sum.neuron_updates) * 0.25e-9};
  };
}

double cycles_per_second(const Work& work, double seconds) {
  return work.cycles / seconds;
}
double hops_per_second(const Work& work, double seconds) {
  return work.flit_hops / seconds * 1e-6;
}
double additions_per_second(const Work& work, double seconds) {
  return work.additions / seconds * 1e-9;
}
double only_seconds(const Work&, double seconds) {
  return seconds;
}
double share_of_bound(const Work& work, double seconds) {
  return 100 * work.bound_seconds / seconds;
}

std::vector<Row> make_rows() {
  const auto demo = network([](std::int64_t frames) { return bench::demo_like(frames); });
  return {
      {"mesh16", "16 x 16, uniform, 4 flits, 0.01", 300000, traffic(16, 0.01), cycles_per_second, "cycles/s",
       ">= 1,000,000"},
      {"mesh16-busy", "16 x 16, 0.05", 80000, traffic(16, 0.05), cycles_per_second, "cycles/s", ">= 250,000"},
      {"mesh32", "32 x 32, 0.01", 50000, traffic(32, 0.01), cycles_per_second, "cycles/s", ">= 160,000"},
      {"loaded", "loaded: 8 x 8, 0.25", 80000, traffic(8, 0.25), hops_per_second, "M flit-hops/s", ">= 30"},
      {"loaded16", "loaded: 16 x 16, 0.1", 40000, traffic(16, 0.1), hops_per_second, "M flit-hops/s",
       ">= 30"},
      {"bursts", "16 spikes per tile each 10,000 cycles, 16 x 16", 400,
       network([](std::int64_t steps) { return bench::bursts(16, steps); }), cycles_per_second, "cycles/s",
       ">= 10,000,000"},
      {"sparse64", "64 x 64, 0.0001", 400000, traffic(64, 0.0001), cycles_per_second, "cycles/s",
       ">= 1,000,000"},
      {"tiles65536", "256 x 256 tiles, from nothing to the first cycle", 1, traffic(256, 1e-5), only_seconds,
       "s", "< 1"},
      {"additions", "whole simulator, dense rows from cache", 1000,
       network([](std::int64_t frames) { return bench::dense_rows(frames); }), additions_per_second,
       "G additions/s", ">= 10"},
      {"frames", "network like the demo's, 10,000 frames", 10000, demo, only_seconds, "s", "<= 5"},
      {"bound", "... its lower bound's share", 10000, demo, share_of_bound, "%", ">= 40"},
  };
}

void measure(const Row& row) {
  std::vector<double> figures;
  row.run(row.length);
  for (int i = 0; i < 5; ++i) {
    const double before = user_seconds();
    const Work work = row.run(row.length);
    figures.push_back(row.figure(work, user_seconds() - before));
  }
  std::sort(figures.begin(), figures.end());
  std::printf("%-48s %14.*f %-14s %14s\n", row.title, figures[2] < 100 ? 2 : 0, figures[2], row.unit,
              row.target);
  std::fflush(stdout);
}

// Instructions of this program when it makes one run; 0 where callgrind is not there.
double count_instructions(const std::string& program, const Row& row, double length) {
  const std::string command = "valgrind --tool=callgrind --callgrind-out-file=/dev/null " + program +
                              " --once " + row.name + " " + std::to_string(length) + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return 0;
  double instructions = 0;
  char line[512];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    const char* found = std::strstr(line, "Collected : ");
    if (found != nullptr) instructions = std::atof(found + 12);
  }
  pclose(pipe);
  return instructions;
}

void report_instructions(const std::string& program, const Row& row) {
  const double length = row.length / 50;
  const double once = count_instructions(program, row, length);
  const double twice = count_instructions(program, row, 2 * length);
  if (once == 0) {
    std::printf("%-48s callgrind is not installed\n", row.title);
    return;
  }
  const Work short_run = row.run(length);
  const Work long_run = row.run(2 * length);
  std::printf("%-48s %8.0f instructions/cycle %8.1f instructions/flit-hop\n", row.title,
              (twice - once) / (long_run.cycles - short_run.cycles),
              (twice - once) / (long_run.flit_hops - short_run.flit_hops));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::vector<Row> rows = make_rows();
  if (words.size() == 3 && words[0] == "--once") {
    for (const Row& row : rows) {
      if (words[1] == row.name) row.run(std::atof(words[2].c_str()));
    }
    return 0;
  }
  const bool instructions = std::find(words.begin(), words.end(), "--instructions") != words.end();
  const bool all = words.size() == (instructions ? 1u : 0u);
  for (const Row& row : rows) {
    if (!all && std::find(words.begin(), words.end(), row.name) == words.end()) continue;
    if (instructions) {
      report_instructions(argv[0], row);
    } else {
      measure(row);
    }
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory %ld MB\n", usage.ru_maxrss / 1024);
  return 0;
}
