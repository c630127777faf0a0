// The SystemC side: the hierarchy's names, probes, a clock instead of self-timing, several simulations in a
// process.
#include "sim/fabric_module.hpp"

#include <gtest/gtest.h>

#include "tests/sim/random_case.hpp"

namespace weft::sim {
namespace {

TEST(FabricModule, NamesItsPartsLikeTheHardware) {
  HandMade made(hand_made_fabric(3, 1));
  const Stimulus stimulus = made.stimulus(1);
  Engine engine(made.fabric, made.image, stimulus, {}, nullptr, nullptr, nullptr);
  Session session;
  FabricModule fabric("fabric", engine, sc_core::sc_time(10, sc_core::SC_NS));
  EXPECT_STREQ(fabric.tile(TileId(1)).router.name(), "fabric.tile_1_0.router");
  EXPECT_STREQ(fabric.tile(TileId(2)).core.name(), "fabric.tile_2_0.core");
  EXPECT_STREQ(fabric.tile(TileId(0)).port->name(), "fabric.tile_0_0.port");
  EXPECT_EQ(fabric.tile(TileId(1)).port, nullptr);
  EXPECT_NE(sc_core::sc_find_object("fabric.tile_2_0.router"), nullptr);
}

TEST(FabricModule, AClockAndSelfTimingGiveTheSame) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    RandomCase one = random_case(seed);
    const Outcome self_timed = one.made.run(one.stimulus);
    Engine engine(one.made.fabric, one.made.image, one.stimulus, {}, nullptr, nullptr, nullptr);
    {
      Session session;
      sc_core::sc_clock clock("clock", 10, sc_core::SC_NS);
      FabricModule fabric("fabric", engine, sc_core::sc_time(10, sc_core::SC_NS));
      fabric.clk(clock);
      sc_core::sc_start(sc_core::sc_time(10.0 * static_cast<double>(self_timed.cycles), sc_core::SC_NS));
      EXPECT_TRUE(fabric.finished());
    }
    const Outcome clocked = engine.outcome();
    EXPECT_EQ(clocked.step_cycles, self_timed.step_cycles);
    EXPECT_EQ(clocked.outputs.values, self_timed.outputs.values);
    EXPECT_TRUE(clocked.tiles == self_timed.tiles);
  }
}

// The worked example of TIMING.md with D = 1, looked at through the modules' probes.
TEST(FabricModule, ProbesShowTheStateOfTheCycle) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.router.pipeline_cycles = 3;
  HandMade made = sender_to(fabric, 1);
  const Stimulus stimulus = made.stimulus(1);
  Engine engine(made.fabric, made.image, stimulus, {}, nullptr, nullptr, nullptr);
  Session session;
  sc_core::sc_clock clock("clock", 10, sc_core::SC_NS);
  FabricModule module("fabric", engine, sc_core::sc_time(10, sc_core::SC_NS));
  module.clk(clock);
  const TileModule& sender = module.tile(TileId(0));
  const TileModule& receiver = module.tile(TileId(1));
  auto run_cycles = [](int cycles) { sc_core::sc_start(sc_core::sc_time(10.0 * cycles, sc_core::SC_NS)); };
  run_cycles(1);  // cycle 0: both update
  EXPECT_EQ(sender.core.phase(), CorePhase::Update);
  EXPECT_TRUE(sender.core.used());
  EXPECT_EQ(sender.core.queue_length(), 1);
  run_cycles(1);  // 1: the message leaves the queue
  EXPECT_EQ(sender.core.queue_length(), 0);
  EXPECT_EQ(sender.core.phase(), CorePhase::Idle);
  EXPECT_EQ(sender.router.credits(Direction::East), 4);
  run_cycles(4);  // 5: granted, 2 + P
  EXPECT_EQ(sender.router.credits(Direction::East), 3);
  EXPECT_EQ(sender.router.flits(Direction::East), 1u);
  run_cycles(2);  // 7: in the neighbor's buffer since 6
  EXPECT_EQ(receiver.router.occupancy(Direction::West), 1);
  EXPECT_EQ(receiver.counters().deliveries, 0u);
  run_cycles(2);  // 9: granted Local
  EXPECT_EQ(receiver.router.occupancy(Direction::West), 0);
  EXPECT_EQ(receiver.counters().deliveries, 1u);
  EXPECT_EQ(receiver.port->injected(), 0u);
  EXPECT_EQ(receiver.port->emitted(), 0u);
  EXPECT_FALSE(receiver.port->injecting());
  EXPECT_EQ(sender.core.stall_cycles(), 0u);
}

TEST(Session, ManySimulationsRunOneAfterAnotherInAProcess) {
  RandomCase one = random_case(3);
  const Outcome first = one.made.run(one.stimulus);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(one.made.run(one.stimulus).tiles == first.tiles);
}

// Also after a run that failed.
TEST(Session, AFailedRunLeavesNothingBehind) {
  RandomCase one = random_case(4);
  RandomCase bad = random_case(4);
  bad.stimulus.frames.values[0] = 100000;
  EXPECT_THROW(bad.made.run(bad.stimulus), InputError);
  EXPECT_GT(one.made.run(one.stimulus).cycles, 0u);
}

}  // namespace
}  // namespace weft::sim
