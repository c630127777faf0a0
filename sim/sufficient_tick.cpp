// The steps of a run with a barrier begin as those of ticks that are long enough, if no port is still busy
// with the step before: so the barrier lasts as long as a port can be, and the longest step with it is the
// tick to try. Ticks begin their steps a little later than that, with other credits back and other links
// free, and a step that begins better off can end later (as Graham showed of schedules); so the tick is
// tried, and lengthened for as long as anything is late.
#include <algorithm>

#include "sim/engine/engine.hpp"
#include "sim/run.hpp"

namespace weft::sim {
namespace {

std::uint64_t longest_step_with_barrier(Fabric fabric, const Image& image, const Stimulus& stimulus) {
  fabric.step.synchronization = Synchronization::Barrier;
  fabric.step.barrier_cycles = fabric.ports.cycles_per_flit - 1;
  fabric.step.barrier_level_cycles = 0;
  Engine engine(fabric, image, stimulus, {}, nullptr, nullptr, nullptr);
  while (!engine.finished()) engine.run_step();
  const std::vector<std::uint64_t> steps = engine.outcome().step_cycles;
  return steps.empty() ? 1 : *std::max_element(steps.begin(), steps.end());
}

bool is_late(Fabric fabric, std::uint64_t tick, const Image& image, const Stimulus& stimulus) {
  fabric.step.synchronization = Synchronization::Tick;
  fabric.step.tick_cycles = static_cast<std::int64_t>(tick);
  Engine engine(fabric, image, stimulus, {}, nullptr, nullptr, nullptr);
  while (!engine.finished() && !engine.is_late()) engine.run_step();
  return engine.is_late();
}

}  // namespace

std::uint64_t sufficient_tick(const Fabric& fabric, const Image& image, const Stimulus& stimulus) {
  std::uint64_t tick = longest_step_with_barrier(fabric, image, stimulus);
  while (is_late(fabric, tick, image, stimulus)) tick += std::max<std::uint64_t>(1, tick / 64);
  return tick;
}

}  // namespace weft::sim
