// What run_image() refuses, and what it calls a fault of the fabric: every message has its case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/engine/program.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class Act>
std::string error_of(ErrorKind kind, Act act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

HandMade relay() {
  HandMade made(hand_made_fabric(2, 1));
  made.input(0, 1);
  made.output(1, 1);
  made.route(0, 1, kEast);
  made.route(1, 1, kEdge);
  return made;
}

TEST(RunInput, RefusesAnImageOfAnotherFabric) {
  HandMade made = relay();
  made.image.fabric = digest(made.fabric);
  made.fabric.router.buffer_depth = 2;
  const std::string text =
      error_of(ErrorKind::BadInput, [&] { run_image(made.fabric, made.image, made.stimulus(1, {1})); });
  EXPECT_THAT(text, AllOf(HasSubstr("made for a fabric with digest"), HasSubstr(digest(made.fabric).hex())));
}

TEST(RunInput, RefusesAnImageThatIsNotValid) {
  HandMade made = relay();
  made.image.tiles[TileId(1)].routes[0].directions = kEast;
  EXPECT_THAT(error_of(ErrorKind::BadInput, [&] { made.run(made.stimulus(1, {1})); }),
              HasSubstr("not valid"));
}

TEST(RunInput, RefusesValuesOutsideTheInputFormat) {
  HandMade made = relay();
  EXPECT_THAT(error_of(ErrorKind::BadInput,
                       [&] {
                         made.run(made.stimulus(2, {1, 256}));
                       }),
              AllOf(HasSubstr("frame 1, input 0: 256"), HasSubstr("0 to 255")));
  EXPECT_THAT(error_of(ErrorKind::BadInput, [&] { made.run(made.stimulus(2, {-1, 0})); }), HasSubstr("-1"));
}

TEST(RunInput, RefusesFramesOfAnotherWidth) {
  HandMade made = relay();
  Stimulus stimulus = made.stimulus(1, {1});
  stimulus.frames = {1, 2, {1, 1}};
  EXPECT_THAT(error_of(ErrorKind::BadInput, [&] { made.run(stimulus); }),
              AllOf(HasSubstr("2 inputs per frame"), HasSubstr("1 as the image has")));
}

TEST(RunInput, RefusesAnIntervalOfNoSteps) {
  HandMade made = relay();
  Stimulus stimulus = made.stimulus(1, {1});
  stimulus.interval_steps = 0;
  EXPECT_THAT(error_of(ErrorKind::BadInput, [&] { made.run(stimulus); }), HasSubstr("interval of 0 steps"));
}

TEST(RunInput, RefusesAStallShareThatIsNoShare) {
  HandMade made = relay();
  for (double share : {-0.1, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
    RunParams params;
    params.stall_share = share;
    EXPECT_THAT(error_of(ErrorKind::BadInput, [&] { made.run(made.stimulus(1, {1}), params); }),
                HasSubstr("at least 0 and less than 1"));
  }
}

// compile_program() by itself: it trusts no image, even one that validate() would have refused.
TEST(CompileProgram, RefusesRoutesThatLeadNowhere) {
  auto refused = [](HandMade made) {
    return error_of(ErrorKind::BadInput, [&made] { compile_program(made.fabric, made.image); });
  };
  HandMade made = relay();
  made.image.tiles[TileId(1)].routes[0].directions = kEast;
  EXPECT_THAT(refused(made), HasSubstr("tile_1_0: key 1 leaves to the east, where nothing is"));
  made = relay();
  made.image.tiles[TileId(1)].routes.clear();
  EXPECT_THAT(refused(made), HasSubstr("tile_1_0: no route for key 1"));
  made = relay();
  made.image.tiles[TileId(0)].routes.clear();
  EXPECT_THAT(refused(made), HasSubstr("tile_0_0: no route for key 1 of input 0"));
  made = relay();
  made.image.tiles[TileId(1)].routes[0].directions = kWest;
  EXPECT_THAT(refused(made), HasSubstr("the route of key 1 is a loop"));
  made = relay();
  made.image.tiles[TileId(1)].routes[0].directions = 0;
  EXPECT_THAT(refused(made), HasSubstr("the sides of key 1 do not fit its deliveries"));
  made = relay();
  made.image.tiles[TileId(1)].ranges = {{MessageKey(0), MessageKey(1), kWest}};
  EXPECT_THAT(refused(made), HasSubstr("the route of key 1 is a loop")) << "the table says so, not the route";
  made = relay();
  made.image.tiles[TileId(1)].ranges = {{MessageKey(2), MessageKey(9), kEdge}};
  EXPECT_THAT(refused(made), HasSubstr("the sides of key 1 do not fit its deliveries"));
  made = relay();
  made.image.tiles[TileId(1)].routes[0].delivery_end = 1;
  EXPECT_THAT(refused(made), HasSubstr("the deliveries of key 1 are outside the table"));
  made = relay();
  made.route(1, 2, kLocal, {{0, 1}});
  EXPECT_THAT(refused(made), HasSubstr("key 2 is delivered to axon 0 with delay 1"));
  made = relay();
  made.neuron(1, 0);
  made.route(1, 2, kLocal, {{0, 1, true}});
  EXPECT_THAT(refused(made), HasSubstr("key 2 is delivered to the sum of neuron 0 with delay 1"))
      << "the fabric has no native sums";
  made.fabric.core.native_sums = true;
  made.image.tiles[TileId(1)].deliveries[0].axon = 1;
  EXPECT_THAT(refused(made), HasSubstr("key 2 is delivered to the sum of neuron 1 with delay 1"));
  made = relay();
  made.neuron(0, 1, MessageKey(5));
  EXPECT_THAT(refused(made), HasSubstr("tile_0_0: no route for key 5 of neuron 0"));
  made = relay();
  made.input(9, 1);
  EXPECT_THAT(refused(made), HasSubstr("input 1 enters at port 9"));
  made = relay();
  made.output(9, 1);
  EXPECT_THAT(refused(made), HasSubstr("output 1 leaves at port 9"));
  made = relay();
  made.output(1, 1);
  EXPECT_THAT(refused(made), HasSubstr("key 1 is both output 0 and 1"));
  made = relay();
  made.image.tiles.resize(1);
  EXPECT_THAT(refused(made), HasSubstr("1 tiles"));
}

// Four routers in a ring, each full of flits that turn left: no buffer can drain, whatever the order.
TEST(Watchdog, NamesTheStuckTilesAndWhatTheyWaitFor) {
  HandMade made = ring_that_jams();
  RunParams params;
  const Stimulus stimulus = made.stimulus(1, std::vector<std::int32_t>(16, 1));
  std::string text = error_of(ErrorKind::Internal, [&] { made.run(stimulus, params); });
  EXPECT_THAT(text, AllOf(HasSubstr("stuck in step 0"), HasSubstr("tile_0_0"), HasSubstr("tile_1_1"),
                          HasSubstr("waits for east (no credit: the input buffer tile_1_0 west is full)"),
                          HasSubstr("deadlock: these input buffers wait for each other in a circle: "
                                    "tile_0_0 south -> tile_1_0 west -> tile_1_1 north -> tile_0_1 east -> "
                                    "tile_0_0 south")));
  // With stalls every blocked output is looked at in each cycle: then the limit ends it.
  params.stall_share = 0.1;
  params.watchdog_cycles = 500;
  text = error_of(ErrorKind::Internal, [&] { made.run(stimulus, params); });
  EXPECT_THAT(text, HasSubstr("stuck in step 0"));
}

// An output that is hardly ever free: the buffer before it fills, then the queue, then the core stalls.
TEST(Watchdog, SaysWhyCoresQueuesAndPortsWait) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.router.buffer_depth = 2;
  fabric.core.output_queue = 2;
  HandMade made(fabric);
  for (std::uint32_t key = 0; key < 6; ++key) {
    made.neuron(0, 1, MessageKey(key));
    made.route(0, key, kEast);
    made.route(1, key, kEdge);
    made.output(1, key);
  }
  for (std::uint32_t key = 6; key < 10; ++key) {
    made.input(0, key);
    made.route(0, key, kEast);
    made.route(1, key, kEdge);
    made.output(1, key);
  }
  RunParams params;
  params.stall_share = 1 - 1e-10;
  params.watchdog_cycles = 200;
  const Stimulus stimulus = made.stimulus(1, std::vector<std::int32_t>(4, 1));
  const std::string text = error_of(ErrorKind::Internal, [&] { made.run(stimulus, params); });
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("no progress from cycle 4 to cycle 205"),
            HasSubstr("tile_0_0: local input holds 2 of 2 flits, the first (key 0) waits for east "
                      "(blocked by a random stall)"),
            HasSubstr("edge input holds 2 of 2 flits, the first (key 6) waits for east"),
            HasSubstr("2 of 2 messages in the output queue wait for the local input, which holds 2 of 2, "
                      "neuron 4 waits for the full output queue"),
            HasSubstr("the port has flits for the edge input, which holds 2 of 2")));
  EXPECT_THAT(text, testing::Not(HasSubstr("deadlock")));
}

TEST(Watchdog, LetsACoreTakeItsTime) {
  Fabric fabric = hand_made_fabric(1, 1);
  fabric.core.row_cycles = 1 << 20;
  HandMade made(fabric);
  made.axon(0, {{0, 1}});
  made.neuron(0, 1, MessageKey(0));
  made.route(0, 0, kLocal, {{0, 1}});
  RunParams params;
  params.watchdog_cycles = 10;
  const Outcome outcome = made.run(made.stimulus(2), params);
  EXPECT_GT(outcome.cycles, std::uint64_t{2} << 20);
}

}  // namespace
}  // namespace weft::sim
