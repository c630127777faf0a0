// The checks that are always on, each set off by a state that only a fault of ours could make.
#include "sim/engine/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/engine/engine.hpp"
#include "sim/engine/router.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {
namespace {

using testing::HasSubstr;

template <class Act>
std::string fault_of(Act act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Internal);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(Check, ALostDeliveryBreaksConservation) {
  const HandMade made = one_hop(hand_made_fabric(2, 1));
  const Program program = compile_program(made.fabric, made.image);
  State state(program);
  Context context(program, state, {});
  EXPECT_NO_THROW(check_step(context));
  state.expected += program.cores[0].totals[0];
  EXPECT_THAT(
      fault_of([&] { check_step(context); }),
      HasSubstr("conservation broken in step 0: 0 deliveries, 0 emissions, 0 hops, expected 1, 0, 1"));
  state.done = state.expected;
  EXPECT_NO_THROW(check_step(context));
}

TEST(Check, ACreditTooManyIsAFault) {
  const HandMade made = one_hop(hand_made_fabric(2, 1));
  const Program program = compile_program(made.fabric, made.image);
  State state(program);
  Context context(program, state, {});
  Buffer& buffer = state.routers[1].inputs[static_cast<std::size_t>(Direction::West)];
  EXPECT_THAT(fault_of([&] { add_credit(RouterCycle(context, 1), buffer); }),
              HasSubstr("step 0, tile_1_0: the sender to a buffer has more credits than it has slots"));
}

// validate() refuses such an image; the engine by itself must not add one value to another.
TEST(Check, TwoValuesForOneAxonAreAFault) {
  HandMade made = one_hop(hand_made_fabric(2, 1));
  made.neuron(0, 6, MessageKey(8));
  made.route(0, 8, kEast);
  made.route(1, 8, kLocal, {{0, 1}});
  const Stimulus stimulus = made.stimulus(1);
  Engine engine(made.fabric, made.image, stimulus, {}, nullptr, nullptr, nullptr);
  EXPECT_THAT(fault_of([&] { engine.run_step(); }),
              HasSubstr("step 0, tile_1_0: an axon got two values for one step"));
}

TEST(Check, CompiledTreesKnowWhatOneFlitBecomes) {
  HandMade made(hand_made_fabric(3, 1));
  made.neuron(1, 1, MessageKey(4));
  made.axon(1);
  made.axon(1);
  made.route(1, 4, kLocal | kEast | kWest, {{0, 1}, {1, 2}});
  made.axon(0);
  made.neuron(0, 0);
  made.route(0, 4, kLocal, {{0, 1}});
  made.output(1, 4);
  made.route(2, 4, kEdge);
  const Program program = compile_program(made.fabric, made.image);
  const TreeTotals& totals = program.cores[1].totals[0];
  EXPECT_EQ(totals.deliveries, 3u);
  EXPECT_EQ(totals.emissions, 1u);
  EXPECT_EQ(totals.hops, 2u);
}

}  // namespace
}  // namespace weft::sim
