// The second cycle model on its own: the worked examples and closed forms of sim/TIMING.md.
#include "tests/reference/cycle_model.hpp"

#include <gtest/gtest.h>

#include "tests/reference/image_builder.hpp"

namespace weft::test {
namespace {

Fabric make_fabric(int width, int height) {
  Fabric fabric;
  fabric.name = "worked";
  fabric.width = width;
  fabric.height = height;
  return fabric;
}

NeuronConfig constant(int bias) {
  NeuronConfig config;
  config.bias = bias;
  config.minimum = -100;
  config.maximum = 100;
  return config;
}

// One frame of one input that is bound nowhere: steps 0 to depth_steps.
Outcome run(const Fabric& fabric, const ImageBuilder& builder, int depth_steps = 1) {
  Stimulus stimulus;
  stimulus.frames = {1, 1, {1}};
  return run_cycle_model(fabric, builder.build(depth_steps, 1, 0, {8, false}), stimulus);
}

const TileCounters& at(const Outcome& outcome, std::uint32_t tile) {
  return outcome.tiles[TileId(tile)];
}
std::uint64_t flits(const Outcome& outcome, std::uint32_t tile, Direction side) {
  return at(outcome, tile).flits[static_cast<std::size_t>(side)];
}

TEST(CycleModel, TakesOneMessageOneHopAsWorkedOut) {
  const Fabric fabric = make_fabric(2, 1);
  ImageBuilder builder(fabric);
  const Source sender = builder.neuron(TileId(0), constant(5));
  builder.axon(TileId(1), sender);
  builder.mute_neuron(TileId(1), constant(0));
  const Outcome outcome = run(fabric, builder);
  EXPECT_EQ(outcome.step_cycles, (std::vector<std::uint64_t>{14, 14}));
  EXPECT_EQ(outcome.cycles, 28u);
  EXPECT_EQ(flits(outcome, 0, Direction::East), 2u);
  EXPECT_EQ(flits(outcome, 1, Direction::Local), 2u);
  EXPECT_EQ(at(outcome, 1).rows, 1u);
  EXPECT_EQ(at(outcome, 1).busy_cycles, 3u);
  EXPECT_EQ(at(outcome, 0).messages, 2u);
}

TEST(CycleModel, GrantsAllBranchesOfAForkAtOnce) {
  const Fabric fabric = make_fabric(3, 1);
  ImageBuilder builder(fabric);
  const Source sender = builder.neuron(TileId(1), constant(1));
  for (const std::uint32_t tile : {0u, 1u, 2u}) {
    builder.axon(TileId(tile), sender);
    if (tile != 1) builder.mute_neuron(TileId(tile), constant(0));
  }
  const Outcome outcome = run(fabric, builder);
  EXPECT_EQ(outcome.step_cycles[0], 5u + 1 + 8);
  for (const Direction side : {Direction::Local, Direction::East, Direction::West}) {
    EXPECT_EQ(flits(outcome, 1, side), 2u);
  }
}

TEST(CycleModel, LetsTheRoundRobinPointerDecideAContention) {
  const Fabric fabric = make_fabric(2, 1);
  ImageBuilder builder(fabric);
  const Source far = builder.neuron(TileId(0), constant(5));
  builder.mute_neuron(TileId(1), constant(0));
  builder.mute_neuron(TileId(1), constant(0));
  const Source near = builder.neuron(TileId(1), constant(1));
  builder.axon(TileId(1), far);
  builder.axon(TileId(1), near);
  EXPECT_EQ(run(fabric, builder).step_cycles[0], 15u);
}

TEST(CycleModel, HoldsAFlitUntilTheCreditIsHome) {
  Fabric fabric = make_fabric(2, 1);
  fabric.router.buffer_depth = 1;
  ImageBuilder builder(fabric);
  for (int n = 0; n < 2; ++n) builder.axon(TileId(1), builder.neuron(TileId(0), constant(5)));
  builder.mute_neuron(TileId(1), constant(0));
  const Outcome outcome = run(fabric, builder);
  EXPECT_EQ(outcome.step_cycles[0], 8u + 1 + 8);
  EXPECT_EQ(at(outcome, 0).stall_cycles, 0u);
}

TEST(CycleModel, StallsACoreWhoseQueueIsFull) {
  Fabric fabric = make_fabric(1, 1);
  fabric.core.neuron_lanes = 4;
  fabric.core.output_queue = 2;
  ImageBuilder builder(fabric);
  for (int n = 0; n < 4; ++n) builder.axon(TileId(0), builder.neuron(TileId(0), constant(5)));
  const Outcome outcome = run(fabric, builder);
  EXPECT_EQ(outcome.step_cycles, (std::vector<std::uint64_t>{6 + 1 + 8, 4 + 6 + 1 + 8}));
  EXPECT_EQ(at(outcome, 0).busy_cycles, 4u + 8);
  EXPECT_EQ(at(outcome, 0).stall_cycles, 3u + 3);
}

TEST(CycleModel, DrawsTheStallsOfThePage) {
  EXPECT_EQ(stall_hash(1, 0, 0, 0), 0x5e41ab087439611eu);
  EXPECT_EQ(stall_hash(1, 1000, 63, 5), 0xd5cc2bf769e304e9u);
}

TEST(CycleModel, TakesAStepWithoutWorkForOneCycleAndABarrier) {
  const Fabric fabric = make_fabric(2, 2);
  EXPECT_EQ(run(fabric, ImageBuilder(fabric), 3).step_cycles, (std::vector<std::uint64_t>{9, 9, 9, 9}));
}

// u + 2 + P + h (K + P) for a message, i + 1 + P + h (K + P) for an input, at every distance and latency.
TEST(CycleModel, DeliversAtTheClosedFormOfAnEmptyFabric) {
  for (int p = 1; p <= 3; ++p) {
    for (int k = 1; k <= 3; ++k) {
      for (int r = 1; r <= 4; ++r) {
        for (int hops = 1; hops <= 4; ++hops) {
          Fabric fabric = make_fabric(5, 1);
          fabric.router.pipeline_cycles = p;
          fabric.router.link_cycles = k;
          fabric.router.credit_cycles = r;
          ImageBuilder sent(fabric);
          sent.axon(TileId(static_cast<std::uint32_t>(hops)), sent.neuron(TileId(0), constant(1)));
          sent.mute_neuron(TileId(static_cast<std::uint32_t>(hops)), constant(0));
          // The credit of the last hop is on its way at the starts of R - 1 more cycles.
          const int flight = 2 + p + hops * (k + p) + r - 1;
          EXPECT_EQ(run(fabric, sent).step_cycles[0], static_cast<std::uint64_t>(flight + 1 + 8));

          ImageBuilder injected(fabric);
          injected.axon(TileId(static_cast<std::uint32_t>(hops)), injected.input(0, PortId(0)));
          injected.mute_neuron(TileId(static_cast<std::uint32_t>(hops)), constant(0));
          EXPECT_EQ(run(fabric, injected).step_cycles[0], static_cast<std::uint64_t>(flight - 1 + 1 + 8));
        }
      }
    }
  }
}

// min(1, D / (K + P + R)) flits per cycle over one link.
TEST(CycleModel, LoadsALinkAsFarAsItsCreditsReach) {
  for (int depth = 1; depth <= 8; ++depth) {
    Fabric fabric = make_fabric(2, 1);
    fabric.router.buffer_depth = depth;
    fabric.router.link_cycles = 3;
    fabric.router.credit_cycles = 2;
    const int round_trip = 3 + 1 + 2;
    const int messages = 24;
    ImageBuilder builder(fabric);
    for (int n = 0; n < messages; ++n) builder.axon(TileId(1), builder.neuron(TileId(0), constant(1)));
    builder.mute_neuron(TileId(1), constant(0));
    const int first = 2 + 1 + 3 + 1;
    // Flits go in rounds of D, one each cycle; a round begins when the first credit of the last one is home.
    const int period = std::max(round_trip, depth);
    const int last = first + (messages - 1) / depth * period + (messages - 1) % depth;
    EXPECT_EQ(run(fabric, builder).step_cycles[0], static_cast<std::uint64_t>(last + 1 + 1 + 8)) << depth;
  }
}

TEST(CycleModel, CountsLatencyFromTheFramesStepToItsLastResult) {
  Fabric fabric = make_fabric(1, 1);
  fabric.step.barrier_cycles = 3;
  ImageBuilder builder(fabric);
  NeuronConfig pass = constant(0);
  const Source input = builder.input(0, PortId(0));
  const Source output = builder.neuron(TileId(0), pass);
  builder.synapse(TileId(0), builder.axon(TileId(0), input), output.neuron, 1);
  builder.output(0, output, PortId(0));
  Stimulus stimulus;
  stimulus.frames = {3, 1, {7, 0, 9}};
  stimulus.interval_steps = 2;
  const Outcome outcome = run_cycle_model(fabric, builder.build(1, 1, 1, {8, false}), stimulus);
  EXPECT_EQ(outcome.outputs.values, (std::vector<std::int32_t>{7, 0, 9}));
  ASSERT_EQ(outcome.steps, 6u);
  // Step 0: injected 0, buffer 1, granted 2. Step 1: row 0, update 1, queue 2, buffer 3, out 4. Without a
  // value the step that enters and the one that leaves hold the update alone.
  EXPECT_EQ(outcome.step_cycles, (std::vector<std::uint64_t>{6, 8, 4, 4, 6, 8}));
  EXPECT_EQ(outcome.latency_cycles, (std::vector<std::uint64_t>{6 + 5, 4 + 1, 6 + 5}));
}

}  // namespace
}  // namespace weft::test
