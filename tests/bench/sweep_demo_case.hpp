// A thousand points of the demo's network through the program, as a user runs them.
#pragma once

namespace weft::sweep {

struct DemoSweepSpeed {
  int points = 0;           // 0: the data set is not here
  double wall_seconds = 0;  // of the run, its start and the loading of the data with it
  double cpu_seconds = 0;   // of all its processes
  double own_seconds = 0;   // mean over the points: what simulation and comparison took of each
};

// Compression is found in a cache that a run of one point has filled; so are mappings but for those of other
// core sizes, `mappings` of them (1 to 10), which this run makes. Two points at a time.
DemoSweepSpeed run_demo_sweep(int mappings);

}  // namespace weft::sweep
