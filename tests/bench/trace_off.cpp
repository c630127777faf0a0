// A run that nobody watches: for callgrind, which counts its instructions (see the target trace_off).
#include <cstdio>

#include "sim/run.hpp"
#include "tests/bench/sim_cases.hpp"

int main() {
  const weft::bench::Case demo = weft::bench::demo_like(40);
  const weft::Outcome outcome = weft::sim::run_image(demo.fabric, demo.image, demo.stimulus);
  std::printf("%llu cycles\n", static_cast<unsigned long long>(outcome.cycles));
  return 0;
}
