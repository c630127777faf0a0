// The simulator's speed, memory and checks beside the targets of the issue, one row each with a verdict:
//   weft_sim_table [--quick] [--unchecked PROGRAM] [--demo WEFT] [ROW...]
// Speeds are user CPU seconds, the median of several runs; nothing is asserted by the clock. Instructions do
// not depend on the machine: callgrind counts two lengths of the same run, and the difference is what a cycle
// or a flit-hop costs; --quick leaves them out. PROGRAM is this one built without the checks of conservation
// and credits: what it saves is their share. The textbook twin (sim/signals) is run beside the engine as its
// peer. WEFT runs the demo itself. Names of rows choose them, all without a name. What the machine lacks
// (data, callgrind) is said in the row's place.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "model/base/files.hpp"
#include "model/fabric/presets.hpp"
#include "model/report/report.hpp"
#include "sim/run.hpp"
#include "tests/bench/conv_case.hpp"
#include "tests/bench/sim_rows.hpp"
#include "tests/model/temporary_directory.hpp"

namespace {

using namespace weft;
using bench::Row;
using bench::Work;

constexpr double kLargestShareOfChecks = 5;  // percent

struct Options {
  std::string program;    // this one
  std::string unchecked;  // empty: the checks' share is not measured
  std::string demo;       // empty: the demo is not run
  bool quick = false;
  std::vector<std::string> rows;

  bool wants(const char* name) const {
    return rows.empty() || std::find(rows.begin(), rows.end(), name) != rows.end();
  }
};

struct Verdicts {
  int met = 0;
  int missed = 0;
};

double user_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

void print(Verdicts& verdicts, const char* title, double figure, const char* unit, double target,
           bool at_least) {
  const bool met = at_least ? figure >= target : figure <= target;
  ++(met ? verdicts.met : verdicts.missed);
  const auto digits = [](double number) { return number < 1000 ? 2 : 0; };
  std::printf("%-54s %12.*f %-18s %s %10.*f  %s\n", title, digits(figure), figure, unit,
              at_least ? ">=" : "<=", digits(target), target, met ? "met" : "MISSED");
  std::fflush(stdout);
}

void say(const char* title, const std::string& text) {
  std::printf("%-54s %s\n", title, text.c_str());
  std::fflush(stdout);
}

// Seconds of a run.
double time_of(const Row& row, double length, sim::Model model, Work& work) {
  const double before = user_seconds();
  work = row.run(length, model);
  return std::max(user_seconds() - before, 1e-9);
}

void measure(const Row& row, Verdicts& verdicts) {
  std::vector<double> figures;
  Work work;
  if (row.turns > 1) row.run(row.length, sim::Model::Engine);
  for (int i = 0; i < row.turns; ++i) {
    const double seconds = time_of(row, row.length, sim::Model::Engine, work);
    figures.push_back(row.figure(work, seconds));
  }
  std::sort(figures.begin(), figures.end());
  print(verdicts, row.title, figures[figures.size() / 2], row.unit, row.target, row.at_least);
}

// Engine and twin in turns: the machine is the same for both.
void compare_with_twin(const Row& row) {
  struct Turn {
    double engine = 0, twin = 0;  // cycles per second
  };
  std::vector<Turn> turns(3);
  for (Turn& turn : turns) {
    Work work, twin_work;
    turn.engine = 1 / time_of(row, row.length, sim::Model::Engine, work) * work.cycles;
    turn.twin = 1 / time_of(row, row.twin_length, sim::Model::Signals, twin_work) * twin_work.cycles;
  }
  std::sort(turns.begin(), turns.end(),
            [](const Turn& a, const Turn& b) { return a.engine * b.twin < b.engine * a.twin; });
  const Turn& median = turns[1];
  std::printf("%-54s %12.0f %-18s engine: %.0f times\n", "    peer: textbook twin", median.twin, "cycles/s",
              median.engine / median.twin);
  std::fflush(stdout);
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

// Instructions of a program that makes one run; 0 where callgrind is not there.
double count_instructions(const std::string& program, const Row& row, double length) {
  return number_behind("valgrind --tool=callgrind --callgrind-out-file=/dev/null '" + program + "' --once " +
                           row.name + " " + std::to_string(length) + " 2>&1",
                       "Collected : ");
}

void report_instructions(const Options& options, const Row& row, Verdicts& verdicts) {
  const bool needed = row.instructions_per_cycle != 0 || row.instructions_per_hop != 0 || row.checks;
  if (!needed) return;
  const double length = std::max(2.0, row.length / 50);
  const double once = count_instructions(options.program, row, length);
  if (once == 0) return say(row.title, "instructions not counted: callgrind is not there");
  const double counted = count_instructions(options.program, row, 2 * length) - once;
  const Work short_run = row.run(length, sim::Model::Engine);
  const Work long_run = row.run(2 * length, sim::Model::Engine);
  const auto per = [&](double short_amount, double long_amount) {
    return counted / (long_amount - short_amount);
  };
  if (row.instructions_per_cycle != 0)
    print(verdicts, "    instructions", per(short_run.cycles, long_run.cycles), "per cycle",
          row.instructions_per_cycle, false);
  if (row.instructions_per_hop != 0)
    print(verdicts, "    instructions", per(short_run.flit_hops, long_run.flit_hops), "per flit-hop",
          row.instructions_per_hop, false);
  if (!row.checks || options.unchecked.empty()) return;
  const double without = count_instructions(options.unchecked, row, 2 * length) -
                         count_instructions(options.unchecked, row, length);
  if (without <= 0) return say("    checks of conservation and credits", options.unchecked + " does not run");
  print(verdicts, "    checks of conservation and credits", 100 * (counted - without) / counted,
        "% of instructions", kLargestShareOfChecks, false);
}

// Memory is that of programs of their own: the convolutional net from its file, idle tiles from nothing.
void report_memory(const Options& options, Verdicts& verdicts) {
  const TemporaryDirectory folder;
  const std::string file = (folder.path() / "conv.npz").string();
  const FixedNetwork network = bench::conv_network();
  const auto synapses = static_cast<double>(count_synapses(network));
  constexpr int kSteps = 500;
  const bench::Case active = bench::conv_case(kSteps);
  const OutcomeTotals sum = totals(sim::run_image(active.fabric, active.image, active.stimulus));
  std::size_t cores = 0;
  for (const TileImage& tile : active.image.tiles) cores += tile.core.cores();
  std::printf(
      "the convolutional net: %lld neurons, %.0f synapses, %zu cores; %.0f messages, %.0f synaptic "
      "events per step\n",
      static_cast<long long>(count_neurons(network)), synapses, cores,
      static_cast<double>(sum.messages) / kSteps, static_cast<double>(sum.synaptic_ops) / kSteps);
  write_image(file, active.image);
  const std::string program = "'" + options.program + "'";
  const std::string run = program + " --image '" + file + "'";
  const double megabytes = number_behind(run, "peak memory ");
  const double before = number_behind(program + " --once none 1", "peak memory ");
  print(verdicts, "... loaded from its file", number_behind(run, "loaded in "), "s", 1, false);
  print(verdicts, "... memory of the whole program", megabytes, "MB", 400, false);
  print(verdicts, "... of which for a synapse", (megabytes - before) * 1048576 / synapses, "bytes", 20,
        false);
  const double tiles = number_behind(program + " --once tiles65536 1", "peak memory ");
  print(verdicts, "256 x 256 tiles, memory", tiles, "MB", 200, false);
  print(verdicts, "... of which for an idle tile", (tiles - before) * 1048576 / 65536, "bytes", 2048, false);
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

// The demo from its training on; neuron updates, which its report does not have, are left out of T_min.
void report_demo(const Options& options, Verdicts& verdicts) {
  const TemporaryDirectory folder;
  const auto target = folder.path() / "demo";
  const std::string command = "'" + options.demo + "' --quiet demo -o '" + target.string() + "' >/dev/null";
  if (std::system(command.c_str()) != 0) return say("the demo", "failed: " + command);
  const Report report = parse_report_json(read_text_file(target / "report.json"), "report.json");
  const SimulationReport& simulation = report.simulation.value();
  print(verdicts, "the demo, 10,000 frames", simulation.cpu_seconds, "s", 5, false);
  const double bound =
      static_cast<double>(simulation.flit_hops) * 12e-9 + static_cast<double>(simulation.synaptic_ops) / 20e9;
  print(verdicts, "... its lower bound's share", 100 * bound / simulation.cpu_seconds, "%", 40, true);
}

void report(const Options& options) {
  Verdicts verdicts;
  for (const Row& row : bench::make_rows()) {
    if (!options.wants(row.name)) continue;
    if (!row.missing.empty()) {
      say(row.title, "not run: no " + row.missing + " in WEFT_DATA");
      continue;
    }
    measure(row, verdicts);
    if (!options.quick) report_instructions(options, row, verdicts);
    if (row.twin_length != 0) compare_with_twin(row);
  }
  if (options.wants("memory")) report_memory(options, verdicts);
  if (!options.demo.empty() && options.wants("demo")) report_demo(options, verdicts);
  std::printf("%d met, %d missed\n", verdicts.met, verdicts.missed);
}

// One run, for callgrind and for the memory of a program of its own.
void run_once(const std::string& name, double length) {
  for (const Row& row : bench::make_rows()) {
    if (name == row.name) row.run(length, sim::Model::Engine);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory %.2f MB\n", static_cast<double>(usage.ru_maxrss) / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "--once") {
    run_once(words[1], std::atof(words[2].c_str()));
    return 0;
  }
  if (words.size() == 2 && words[0] == "--image") {
    run_file(argv[2]);
    run_once("none", 0);
    return 0;
  }
  Options options;
  options.program = argv[0];
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--quick") {
      options.quick = true;
    } else if (words[i] == "--unchecked" && i + 1 < words.size()) {
      options.unchecked = words[++i];
    } else if (words[i] == "--demo" && i + 1 < words.size()) {
      options.demo = words[++i];
    } else {
      options.rows.push_back(words[i]);
    }
  }
  report(options);
  return 0;
}
