// The steps of a run with a barrier begin as those of ticks that are long enough, if no port is still busy
// with the step before: so the barrier lasts as long as a port can be, and the tick is the longest step with
// it.
#include <algorithm>

#include "sim/engine/engine.hpp"
#include "sim/run.hpp"

namespace weft::sim {

std::uint64_t sufficient_tick(const Fabric& fabric, const Image& image, const Stimulus& stimulus) {
  Fabric waiting = fabric;
  waiting.step.synchronization = Synchronization::Barrier;
  waiting.step.barrier_cycles = fabric.ports.cycles_per_flit - 1;
  waiting.step.barrier_level_cycles = 0;
  Engine engine(waiting, image, stimulus, {}, nullptr, nullptr, nullptr);
  while (!engine.finished()) engine.run_step();
  const std::vector<std::uint64_t> steps = engine.outcome().step_cycles;
  return steps.empty() ? 1 : *std::max_element(steps.begin(), steps.end());
}

}  // namespace weft::sim
