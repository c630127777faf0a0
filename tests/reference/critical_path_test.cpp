// The critical path of a step against steps that are simulated: no step in which everybody sends is shorter,
// and one in which nothing waits is as long.
#include <gtest/gtest.h>

#include "mapping/critical_path.hpp"
#include "mapping/map.hpp"
#include "sim/run.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::test {
namespace {

using mapping::critical_path;
using mapping::small_fabric;

// Cycles of work of a step, without the barrier: every weight is positive and every input is on, so that
// every neuron sends.
std::uint64_t step_cycles(const FixedNetwork& network, const Fabric& fabric, const Image& image, int step) {
  Stimulus stimulus;
  const int frames = 3 * image.depth_steps;
  stimulus.frames = {frames, network.populations[network.input()].shape.size(), {}};
  stimulus.frames.values.assign(static_cast<std::size_t>(frames * stimulus.frames.columns), 200);
  const Outcome outcome = sim::run_image(fabric, image, stimulus);
  return outcome.step_cycles[static_cast<std::size_t>(step)] -
         static_cast<std::uint64_t>(fabric.step.barrier_cycles);
}
// In which all layers work on some frame.
std::uint64_t busy_step(const FixedNetwork& network, const Fabric& fabric, const Image& image) {
  return step_cycles(network, fabric, image, 2 * image.depth_steps);
}

FixedNetwork everybody_sends(const std::vector<int>& widths, std::uint64_t seed) {
  FixedNetwork network = mapping::layered_network({widths}, Random(seed));
  for (FixedProjection& projection : network.projections) {
    for (std::int16_t& weight : projection.weights)
      weight = static_cast<std::int16_t>(std::abs(weight) % 100 + 1);
  }
  for (FixedPopulation& population : network.populations) {
    for (std::int32_t& bias : population.bias) bias = 1 << 20;
  }
  return network;
}

Image mapped(const FixedNetwork& network, const Fabric& fabric) {
  mapping::MapParams params;
  params.pack_rounds = 5;
  params.place_moves = 500;
  return mapping::map_network(network, fabric, params).image;
}

// One core at its ports, few neurons: what it does is the step.
TEST(CriticalPath, OfOneCoreIsItsStep) {
  const FixedNetwork network = everybody_sends({20, 1}, 1);
  for (const int lanes : {1, 4}) {
    for (const int pipeline : {1, 3}) {
      Fabric fabric = small_fabric(1, 1, 32, 32);
      fabric.core.row_lanes = lanes;
      fabric.core.row_cycles = 7;
      fabric.router.pipeline_cycles = pipeline;
      const Image image = mapped(network, fabric);
      const CriticalPathReport path = critical_path(image, fabric);
      EXPECT_EQ(path.kind, "core");
      EXPECT_EQ(path.rows, (20 + lanes - 1) / lanes * 7);
      EXPECT_EQ(path.updates, 1);
      EXPECT_EQ(path.cycles, path.rows + path.updates + path.messages + path.links);
      EXPECT_EQ(static_cast<std::uint64_t>(path.cycles), busy_step(network, fabric, image));
    }
  }
}

TEST(CriticalPath, OfASlowPortIsItsFlitsOneAfterTheOther) {
  const FixedNetwork network = everybody_sends({12, 1}, 2);
  Fabric fabric = small_fabric(1, 1, 32, 32);
  fabric.ports.cycles_per_flit = 20;
  const Image image = mapped(network, fabric);
  const CriticalPathReport path = critical_path(image, fabric);
  EXPECT_EQ(path.kind, "port");
  EXPECT_EQ(path.messages, 11 * 20 + 1);
  // The first step: in later ones the port is still busy with the flit of the step before.
  EXPECT_EQ(static_cast<std::uint64_t>(path.cycles), step_cycles(network, fabric, image, 0));
}

TEST(CriticalPath, OfCircuitsIsTheStepWhereNothingWaits) {
  const FixedNetwork network = everybody_sends({20, 1}, 3);
  Fabric fabric = small_fabric(1, 1, 32, 32);
  fabric.router.routing = Routing::Circuit;
  fabric.router.tracks = 64;
  fabric.core.row_cycles = 5;
  const Image image = mapped(network, fabric);
  const CriticalPathReport path = critical_path(image, fabric);
  EXPECT_EQ(path.kind, "core");
  EXPECT_EQ(static_cast<std::uint64_t>(path.cycles), busy_step(network, fabric, image));
}

TEST(CriticalPath, IsNeverLongerThanAStepInWhichAllSend) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const FixedNetwork network = everybody_sends({24, 20, 16, 6}, seed);
    Random random(seed);
    Fabric fabric = small_fabric(4, 4, 24, 8);
    fabric.core.row_lanes = 1 + static_cast<int>(random.below(24));
    fabric.core.neuron_lanes = 1 + static_cast<int>(random.below(8));
    fabric.router.link_cycles = 1 + static_cast<int>(random.below(3));
    fabric.router.pipeline_cycles = 1 + static_cast<int>(random.below(3));
    fabric.ports.cycles_per_flit = 1 + static_cast<int>(random.below(5));
    if (random.below(3) == 0) fabric.router.link_bits = 8;
    if (random.below(3) == 0) fabric.router.routing = Routing::Unicast;
    const Image image = mapped(network, fabric);
    const CriticalPathReport path = critical_path(image, fabric);
    const std::uint64_t cycles = busy_step(network, fabric, image);
    EXPECT_LE(static_cast<std::uint64_t>(path.cycles), cycles) << path.kind;
    EXPECT_GE(static_cast<std::uint64_t>(3 * path.cycles), cycles) << path.kind << ": far from the truth";
  }
}

}  // namespace
}  // namespace weft::test
