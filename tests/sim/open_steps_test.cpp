// Pins edge by edge, and steps that begin and end as another module says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/open_lab.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;

// The worked example of TIMING.md: offered from edge 0 on, in a step that is opened at edge 0 and closed at
// edge 3.
TEST(OpenSteps, AFlitTakesTheCyclesOfTheWorkedExample) {
  Lab lab(through());
  std::vector<int> begins, actives, readies, waits;
  std::vector<std::int32_t> values;
  lab.run(30, [&](int edge) {
    if (lab.begin.read()) begins.push_back(edge);
    if (lab.active.read()) actives.push_back(edge);
    if (lab.ready.read()) readies.push_back(edge);
    if (lab.out_valid.read()) waits.push_back(edge);
    if (lab.out_valid.read() && lab.out_ready.read()) values.push_back(lab.out_value.read());
    lab.open.write(edge < 3 || edge >= 20);
    lab.key.write(7);
    lab.value.write(-5);
    lab.valid.write(edge < 2);
    lab.out_ready.write(edge == 8);
  });
  // Open is seen at edge 1, so the first step begins in cycle 2: the flit enters there, leaves in cycle 6.
  EXPECT_THAT(begins, ElementsAre(2, 22));
  EXPECT_THAT(waits, ElementsAre(7, 8, 9));
  EXPECT_THAT(values, ElementsAre(-5));
  // L(0) = 6: quiet is seen in cycle 7. The next step would begin in cycle 15, but is opened at edge 20.
  EXPECT_THAT(actives, ElementsAre(2, 3, 4, 5, 6, 7, 22, 23, 24, 25, 26, 27, 28, 29));
  EXPECT_EQ(readies, actives);
}

TEST(OpenSteps, AStepIsNotOverWhileItIsHeldOpen) {
  Lab lab(through());
  std::vector<int> actives;
  lab.run(60, [&](int edge) {
    if (lab.active.read()) actives.push_back(edge);
    lab.open.write(edge < 40);
    lab.key.write(7);
    lab.value.write(1);
    lab.valid.write(edge == 30);
    lab.out_ready.write(true);
  });
  EXPECT_EQ(actives.front(), 2);
  // Open is seen for the last time at edge 40: L(0) = 40.
  EXPECT_EQ(actives.back(), 41);
  EXPECT_EQ(lab.fabric.outcome().steps, 1u);
  EXPECT_EQ(lab.fabric.outcome().tiles[TileId(0)].injected, 1u);
}

TEST(OpenSteps, WithoutAnEndGoOnByThemselvesAndSumUpTheirFrames) {
  Lab lab(through(), false);
  std::vector<int> begins;
  std::uint64_t sent = 0;
  lab.run(60, [&](int edge) {
    if (lab.begin.read()) begins.push_back(edge);
    const bool entered = lab.valid.read() && lab.ready.read();
    if (entered) sent = lab.number.read();
    // The next step's flit is offered in the barrier before it, so that it enters in the step's first cycle.
    lab.valid.write(
        !entered && !lab.active.read() && lab.number.read() > sent ? true : lab.valid.read() && !entered);
    lab.key.write(7);
    lab.value.write(static_cast<std::int32_t>(lab.number.read()) + 10);
    lab.out_ready.write(true);
  });
  // A step without work has one cycle, one with a flit five, and the barrier has eight.
  EXPECT_THAT(begins, ElementsAre(0, 9, 22, 35, 48));
  EXPECT_THAT(lab.fabric.outcome().outputs.values, ElementsAre(11, 12, 13, 14));
}

TEST(OpenSteps, AWaitingFlitHoldsBackTheNextOne) {
  Lab lab(through());
  std::vector<std::pair<int, std::int32_t>> taken;
  HandMade made = through();
  lab.run(80, [&](int edge) {
    if (lab.out_valid.read() && lab.out_ready.read()) taken.emplace_back(edge, lab.out_value.read());
    lab.open.write(edge < 1 || (edge >= 30 && edge < 32));
    lab.key.write(7);
    lab.value.write(edge < 20 ? 1 : 2);
    lab.valid.write(edge < 2 || (edge >= 30 && edge < 32));
    lab.out_ready.write(edge >= 60);
  });
  // The second flit could leave in cycle 36, but the first one waits in its place until edge 61.
  EXPECT_THAT(taken, ElementsAre(std::pair(61, 1), std::pair(62, 2)));
  EXPECT_EQ(lab.fabric.outcome().steps, 2u);
  EXPECT_GT(lab.fabric.outcome().step_cycles[1], 25u);
}

}  // namespace
}  // namespace weft::sim
