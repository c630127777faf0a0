// The preset truenorth from a network to its outputs: mapped, verified, in time, and equal to the integer
// reference.
#include <gtest/gtest.h>

#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "model/network/evaluate.hpp"
#include "sim/run.hpp"
#include "tests/model/truenorth_examples.hpp"
#include "tests/reference/run_both.hpp"

namespace weft::test {
namespace {

Stimulus random_spikes(std::uint64_t seed, std::int64_t frames, int steps) {
  Random random(seed);
  Stimulus stimulus;
  stimulus.frames = {frames, 6, {}};
  stimulus.frame_steps = stimulus.interval_steps = steps;
  stimulus.event_begin = {0};
  for (std::int64_t list = 0; list < frames * steps; ++list) {
    for (std::uint32_t input = 0; input < 6; ++input) {
      if (random.below(2) == 0) stimulus.events.push_back({input, 1});
    }
    stimulus.event_begin.push_back(stimulus.events.size());
  }
  return stimulus;
}

TEST(TrueNorthPreset, RunsANetworkAsTheReferenceSays) {
  const Fabric fabric = load_fabric("truenorth");
  const FixedNetwork network = truenorth_network(1);
  const Image image = mapping::map_network(network, fabric, {}).image;
  ASSERT_EQ(describe(mapping::verify_mapping(network, fabric, image)), "");
  const Stimulus stimulus = random_spikes(1, 3, 40);
  const Outcome outcome = sim::run_image(fabric, image, stimulus);
  EXPECT_EQ(outcome.outputs.values, evaluate_frames(network, stimulus).values);
  EXPECT_GT(outcome.outputs.values[0] + outcome.outputs.values[1] + outcome.outputs.values[2], 0);
  EXPECT_TRUE(outcome.first_late.empty());
  EXPECT_EQ(outcome.cycles, outcome.steps * 100000) << "1 ms each";
  const EnergyParts joule = energy(outcome, fabric);
  EXPECT_NEAR(joule.leakage, 64.4e-3 * 1e-3 * static_cast<double>(outcome.steps), 0.01 * joule.leakage);
  EXPECT_DOUBLE_EQ(joule.synapses, 2.297e-12 * static_cast<double>(totals(outcome).synaptic_ops));
}

TEST(TrueNorthPreset, TakesTheSameCyclesInTheSecondModelInTimeAndLate) {
  for (const char* tick : {"step.tick_cycles=200", "step.tick_cycles=12"}) {
    const Fabric fabric = load_fabric("truenorth", {"width=3", "height=2", tick});
    const FixedNetwork network = truenorth_network(2);
    const Image image = mapping::map_network(network, fabric, {}).image;
    Random random(3);
    Outcome outcome;
    EXPECT_TRUE(run_both(fabric, image, random_spikes(2, 2, 30), random, outcome)) << tick;
  }
}

}  // namespace
}  // namespace weft::test
