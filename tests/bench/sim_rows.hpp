// The cases of the simulator's table (sim_table.cpp): what each one runs, and its figure and target.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/model.hpp"

namespace weft::bench {

// What a run did. A case that has nothing to say of a field leaves it at 0.
struct Work {
  double cycles = 0;
  double steps = 0;  // or ticks
  double flit_hops = 0;
  double additions = 0;
  double bound_seconds = 0;  // T_min: flit-hops x 12 ns + additions / 20 per ns + neuron updates x 0.25 ns
  double accuracy = 0;       // percent
};

struct Row {
  const char* name;  // on the command line
  const char* title;
  double length;  // cycles, steps, ticks or frames of a run
  std::function<Work(double length, sim::Model model)> run;
  std::function<double(const Work& work, double seconds)> figure;
  const char* unit;
  double target;
  bool at_least = true;
  double instructions_per_cycle = 0;  // targets; 0: none
  double instructions_per_hop = 0;
  double twin_length = 0;  // of runs of the signal model, the textbook twin; 0: none
  bool checks = false;     // their share of the instructions is counted here
  int turns = 5;           // runs of which the median counts
  std::string missing;     // what it needs and does not find on this machine: then it is not run
};

std::vector<Row> make_rows();

}  // namespace weft::bench
