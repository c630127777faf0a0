// All recordings of N-MNIST through the spiking network, cycle by cycle on loihi1-measured: accuracy, steps,
// cycles and synaptic additions per second of CPU time. Needs the data in WEFT_DATA. An argument: only so
// many recordings.
#include <cstdio>
#include <cstdlib>

#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "model/network/evaluate.hpp"
#include "sim/run.hpp"
#include "tests/reference/nmnist.hpp"

int main(int argc, char** argv) {
  using namespace weft;
  if (!test::has_nmnist()) {
    std::printf("N-MNIST is not here: set WEFT_DATA\n");
    return 0;
  }
  const std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 1000;
  const FixedNetwork network = test::read_nmnist_network();
  const Fabric fabric = load_fabric("loihi1-measured");
  const mapping::Mapped mapped = mapping::map_network(network, fabric, {});
  const Recordings recordings = test::read_nmnist();
  const Stimulus stimulus = make_stimulus(recordings, 0, count);
  const Outcome outcome = sim::run_image(fabric, mapped.image, stimulus);
  const OutcomeTotals sums = totals(outcome);
  const IntMatrix expected = evaluate_frames(network, stimulus);
  const double seconds = outcome.cpu_seconds;
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  std::printf("network      %lld synapses on %lld cores\n", static_cast<long long>(count_synapses(network)),
              static_cast<long long>(mapped.utilization.cores.used));
  std::printf("recordings   %lld of %d steps, %llu cycles\n", static_cast<long long>(outcome.outputs.rows),
              stimulus.frame_steps, static_cast<unsigned long long>(outcome.cycles));
  std::printf("accuracy     %.2f%%, %s the reference\n",
              100 * accuracy(outcome.outputs, recordings.labels, recordings.name),
              outcome.outputs.values == expected.values ? "equal to" : "DIFFERENT FROM");
  std::printf(
      "CPU          %.2f s: %.0f steps/s, %.0f cycles/s, %.2f billion additions/s, %.2f million "
      "flit-hops/s\n",
      seconds, number(outcome.steps) / seconds, number(outcome.cycles) / seconds,
      number(sums.synaptic_ops) / seconds / 1e9, number(sums.flit_hops) / seconds / 1e6);
  return outcome.outputs.values == expected.values ? 0 : 1;
}
