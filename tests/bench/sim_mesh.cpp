// The simulator's speed and memory beside the targets of the issue, one row each: user CPU seconds, the
// median of five runs. Nothing is asserted by the clock. With --instructions also instructions per cycle and
// per flit-hop, which do not depend on the machine: callgrind counts two lengths of the same run, and the
// difference is what a cycle costs. Names of rows as arguments choose them. RANC has weft_ranc_bench, the
// demo itself weft_demo_bench.
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

#include "model/fabric/presets.hpp"
#include "sim/run.hpp"
#include "sim/traffic.hpp"
#include "tests/bench/conv_case.hpp"
#include "tests/bench/sim_cases.hpp"
#include "tests/bench/tick_case.hpp"
#include "tests/model/temporary_directory.hpp"

namespace {

using namespace weft;

struct Work {
  double cycles = 0;
  double steps = 0;
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
  double target;
  bool at_least = true;
  double instructions_per_cycle = 0;  // targets; 0: none
  double instructions_per_hop = 0;
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
    return Work{static_cast<double>(result.cycles), 0, flit_hops(result.tiles), 0, 0};
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
    return Work{static_cast<double>(outcome.cycles), static_cast<double>(outcome.steps), hops, additions,
                hops * 12e-9 + additions / 20e9 + static_cast<double>(sum.neuron_updates) * 0.25e-9};
  };
}

double cycles_per_second(const Work& work, double seconds) {
  return work.cycles / seconds;
}
double steps_per_second(const Work& work, double seconds) {
  return work.steps / seconds;
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
       1e6, true, 6000},
      {"mesh16-busy", "16 x 16, 0.05", 80000, traffic(16, 0.05), cycles_per_second, "cycles/s", 250e3},
      {"mesh32", "32 x 32, 0.01", 50000, traffic(32, 0.01), cycles_per_second, "cycles/s", 160e3},
      {"loaded", "loaded: 16 x 16, 0.1", 40000, traffic(16, 0.1), hops_per_second, "M flit-hops/s", 30, true,
       0, 200},
      {"loaded-short", "loaded, short ways: 8 x 8, 0.25", 80000, traffic(8, 0.25), hops_per_second,
       "M flit-hops/s", 30, true, 0, 200},
      {"bursts", "16 spikes per tile each 10,000 cycles, 16 x 16", 400,
       network([](std::int64_t steps) { return bench::bursts(16, steps); }), cycles_per_second, "cycles/s",
       10e6},
      {"sparse64", "64 x 64, 0.0001", 400000, traffic(64, 0.0001), cycles_per_second, "cycles/s", 1e6},
      {"tiles65536", "256 x 256 tiles, from nothing to the first cycle", 1, traffic(256, 1e-5), only_seconds,
       "s", 1, false},
      {"additions", "additions from cache, rows of 1,024", 2000,
       network([](std::int64_t frames) { return bench::dense_rows(4, 1024, frames); }), additions_per_second,
       "G additions/s", 10},
      {"additions-256", "... rows of 256", 1000,
       network([](std::int64_t frames) { return bench::dense_rows(8, 256, frames); }), additions_per_second,
       "G additions/s", 10},
      {"additions-memory", "... from memory, 64 MB", 20,
       network([](std::int64_t frames) { return bench::dense_rows(64, 4096, frames); }), additions_per_second,
       "G additions/s", 3},
      {"frames", "network like the demo's, 10,000 frames", 10000, demo, only_seconds, "s", 5, false},
      {"bound", "... its lower bound's share", 10000, demo, share_of_bound, "%", 40},
      {"tick", "64 cores of 256 x 256, every neuron fires", 300, network(bench::every_neuron_fires),
       steps_per_second, "ticks/s", 500},
      {"conv", "convolutional spiking net on Loihi", 500, network(bench::conv_case), steps_per_second,
       "steps/s", 500},
  };
}

void print(const char* title, double figure, const char* unit, double target, bool at_least) {
  const bool met = at_least ? figure >= target : figure <= target;
  const auto digits = [](double number) { return number < 1000 ? 2 : 0; };
  std::printf("%-50s %14.*f %-20s %s %12.*f  %s\n", title, digits(figure), figure, unit,
              at_least ? ">=" : "<=", digits(target), target, met ? "met" : "MISSED");
  std::fflush(stdout);
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
  print(row.title, figures[2], row.unit, row.target, row.at_least);
}

// What a program printed behind `key` on its last line with it; 0 without.
double number_behind(const std::string& command, const char* key) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return 0;
  double number = 0;
  char line[512];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    const char* found = std::strstr(line, key);
    if (found != nullptr) number = std::atof(found + std::strlen(key));
  }
  pclose(pipe);
  return number;
}

// Memory is that of programs of their own: the convolutional net from its file, idle tiles from nothing.
void report_memory(const std::string& program) {
  const TemporaryDirectory folder;
  const std::string file = (folder.path() / "conv.npz").string();
  const FixedNetwork network = bench::conv_network();
  const auto synapses = static_cast<double>(count_synapses(network));
  constexpr int kSteps = 500;
  const bench::Case active = bench::conv_case(kSteps);
  const OutcomeTotals sum = totals(sim::run_image(active.fabric, active.image, active.stimulus));
  std::int64_t cores = 0;
  for (const TileImage& tile : active.image.tiles) cores += tile.core.used() ? 1 : 0;
  std::printf(
      "the convolutional net: %lld neurons, %.0f synapses, %lld cores; %.0f messages, %.0f synaptic "
      "events per step\n",
      static_cast<long long>(count_neurons(network)), synapses, static_cast<long long>(cores),
      static_cast<double>(sum.messages) / kSteps, static_cast<double>(sum.synaptic_ops) / kSteps);
  write_image(file, active.image);
  const std::string run = program + " --image '" + file + "'";
  const double megabytes = number_behind(run, "peak memory ");
  const double before = number_behind(program + " --once none 1", "peak memory ");
  print("... loaded from its file", number_behind(run, "loaded in "), "s", 1, false);
  print("... memory of the whole program", megabytes, "MB", 400, false);
  print("... of which for a synapse", (megabytes - before) * 1048576 / synapses, "bytes", 20, false);
  const double tiles = number_behind(program + " --once tiles65536 1", "peak memory ");
  print("256 x 256 tiles, memory", tiles, "MB", 200, false);
  print("... of which for an idle tile", (tiles - before) * 1048576 / 65536, "bytes", 2048, false);
}

// The convolutional net from a file: loading, and ten steps.
void run_file(const char* file) {
  const double begin = user_seconds();
  const Image image = read_image(file);
  std::printf("loaded in %.3f s\n", user_seconds() - begin);
  Stimulus stimulus;
  stimulus.frames.rows = 1;
  stimulus.frames.columns = image.input_count;
  stimulus.frame_steps = stimulus.interval_steps = 10;
  stimulus.event_begin.assign(11, 0);
  sim::run_image(load_fabric("loihi1-measured"), image, stimulus);
}

// Instructions of this program when it makes one run; 0 where callgrind is not there.
double count_instructions(const std::string& program, const Row& row, double length) {
  return number_behind("valgrind --tool=callgrind --callgrind-out-file=/dev/null " + program + " --once " +
                           row.name + " " + std::to_string(length) + " 2>&1",
                       "Collected : ");
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
  const double per_cycle = (twice - once) / (long_run.cycles - short_run.cycles);
  const double per_hop = (twice - once) / (long_run.flit_hops - short_run.flit_hops);
  if (row.instructions_per_cycle != 0)
    print(row.title, per_cycle, "instructions/cycle", row.instructions_per_cycle, false);
  if (row.instructions_per_hop != 0)
    print(row.title, per_hop, "instructions/hop", row.instructions_per_hop, false);
  if (row.instructions_per_cycle == 0 && row.instructions_per_hop == 0)
    std::printf("%-50s %14.0f instructions/cycle, %.1f instructions/hop\n", row.title, per_cycle, per_hop);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::vector<Row> rows = make_rows();
  if (words.size() == 2 && words[0] == "--image") {
    run_file(argv[2]);
  } else if (words.size() == 3 && words[0] == "--once") {
    for (const Row& row : rows) {
      if (words[1] == row.name) row.run(std::atof(words[2].c_str()));
    }
  } else {
    const bool instructions = std::find(words.begin(), words.end(), "--instructions") != words.end();
    const bool all = words.size() == (instructions ? 1u : 0u);
    const auto wanted = [&](const char* name) {
      return all || std::find(words.begin(), words.end(), name) != words.end();
    };
    for (const Row& row : rows) {
      if (!wanted(row.name)) continue;
      measure(row);
      if (instructions) report_instructions(argv[0], row);
    }
    if (wanted("memory")) report_memory(argv[0]);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory %ld MB\n", usage.ru_maxrss / 1024);
  return 0;
}
