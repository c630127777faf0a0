// The SystemC fabric against the second cycle model on random images that no mapper makes: hot spots,
// broadcasts, one busy port, neurons in circles, buffers of one flit. Far more contention than a mapped
// network gives.
#include <gtest/gtest.h>

#include <ostream>

#include "model/fabric/outcome.hpp"
#include "tests/reference/random_cases.hpp"
#include "tests/reference/run_both.hpp"

namespace weft::test {

void PrintTo(Traffic traffic, std::ostream* out) {
  *out << to_string(traffic);
}

namespace {

void check_random_images(std::uint64_t first_seed, int cases, Traffic traffic) {
  std::uint64_t stalls = 0, late = 0;
  for (int i = 0; i < cases; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Fabric fabric = random_fabric(random);
    ASSERT_EQ(describe(validate(fabric)), "");
    draw_tick(random, fabric);
    const Image image = random_image(random, fabric, traffic);
    ASSERT_EQ(describe(validate(image, fabric)), "");
    const Stimulus stimulus = random_stimulus(random, image.input_count, image.input_format);
    Outcome outcome;
    ASSERT_TRUE(run_both(fabric, image, stimulus, random, outcome));
    stalls += totals(outcome).stall_cycles;
    late += totals(outcome).late_messages + totals(outcome).late_steps;
  }
  EXPECT_GT(stalls, static_cast<std::uint64_t>(cases));  // there was contention
  EXPECT_GT(late, static_cast<std::uint64_t>(cases));
}

class RandomTraffic : public testing::TestWithParam<Traffic> {};
class RandomTrafficFull : public testing::TestWithParam<Traffic> {};

TEST_P(RandomTraffic, TakesTheSameCyclesOnBoth) {
  check_random_images(1, 40, GetParam());
}
TEST_P(RandomTrafficFull, TakesTheSameCyclesOnBoth) {
  check_random_images(100000, 2000, GetParam());
}

TEST(RandomImages, TakeNoStepWithoutFrames) {
  Random random(5);
  const Fabric fabric = random_fabric(random);
  const Image image = random_image(random, fabric, Traffic::Uniform);
  Stimulus stimulus;
  stimulus.frames.columns = image.input_count;
  Outcome outcome;
  EXPECT_TRUE(run_both(fabric, image, stimulus, random, outcome));
  EXPECT_EQ(outcome.cycles, 0u);
}

std::string traffic_name(const testing::TestParamInfo<Traffic>& info) {
  return to_string(info.param);
}
const auto kAllTraffic =
    testing::Values(Traffic::Uniform, Traffic::HotSpot, Traffic::Broadcast, Traffic::ToOnePort);
INSTANTIATE_TEST_SUITE_P(All, RandomTraffic, kAllTraffic, traffic_name);
INSTANTIATE_TEST_SUITE_P(All, RandomTrafficFull, kAllTraffic, traffic_name);

}  // namespace
}  // namespace weft::test
