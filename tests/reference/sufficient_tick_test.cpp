// The tick that is said to be long enough is: on random fabrics, where credits that come back earlier or
// links that are free earlier may make a step longer than it was with a barrier.
#include <gtest/gtest.h>

#include "sim/run.hpp"
#include "tests/reference/random_cases.hpp"

namespace weft::test {
namespace {

void check_tick(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  Fabric fabric = random_fabric(random);
  Image image = random_image(random, fabric, static_cast<Traffic>(random.below(kTraffics)));
  const Stimulus stimulus = random_stimulus(random, image.input_count, image.input_format);
  if (fabric.router.routing == Routing::Circuit) return;
  fabric.step.tick_cycles =
      static_cast<std::int64_t>(sim::sufficient_tick(fabric, image, stimulus) + random.below(20));
  fabric.step.synchronization = Synchronization::Tick;
  image.fabric = digest(fabric);
  EXPECT_TRUE(sim::run_image(fabric, image, stimulus).first_late.empty());
}

TEST(SufficientTick, LeavesNothingLate) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) check_tick(seed);
}
TEST(SufficientTick, LeavesNothingLateWhereAStepThatBeginsBetterOffEndsLater) {
  check_tick(101942);
}
TEST(SufficientTickFull, LeavesNothingLate) {
  for (std::uint64_t seed = 100000; seed < 105000; ++seed) check_tick(seed);
}

}  // namespace
}  // namespace weft::test
