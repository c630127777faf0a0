// Networks that the benchmarks of the simulator run, made by hand so that no training comes before.
#pragma once

#include <cstdint>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"

namespace weft::bench {

struct Case {
  Fabric fabric;
  Image image;
  Stimulus stimulus;
};

// 784 inputs, 6 cores of partial sums, 300 and 100 hidden neurons, 10 outputs; 12,000 synapses on 11 cores.
Case demo_like(std::int64_t frames);
// Each tile's neurons all send, each step, to a random core each.
Case uniform_load(int size, int neurons, std::int64_t steps);
// Few messages per step and a long barrier: mostly cycles in which nothing happens.
Case bursts(int size, std::int64_t steps);
// Dense rows: 256 inputs' flits feed 256 x `neurons` synapses of 8 bits on each of some cores.
Case dense_rows(int cores, int neurons, std::int64_t frames);

}  // namespace weft::bench
