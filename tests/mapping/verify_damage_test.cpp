// Random damage: a single random edit of a correct image either is reported or changes nothing that can be
// seen, which a naive interpreter of images, step by step, decides. On the image made by hand and on those of
// random networks.
#include <gtest/gtest.h>

#include "mapping/map.hpp"
#include "model/base/random.hpp"
#include "model/network/evaluate.hpp"
#include "tests/mapping/verify_example.hpp"
#include "tests/reference/damage.hpp"
#include "tests/reference/random_cases.hpp"
#include "tests/reference/step_model.hpp"

namespace weft::test {
namespace {

using mapping::verify_mapping;

constexpr int kFrameSteps = 3;  // what spiking neurons remember shows

Frames random_frames(Random& random, const FixedNetwork& network) {
  const FixedPopulation& input = network.populations[network.input()];
  const auto span = static_cast<std::uint64_t>(input.format.maximum() - input.format.minimum() + 1);
  Frames frames(6);
  for (auto& frame : frames) {
    for (int i = 0; i < input.shape.size(); ++i) {
      frame.push_back(input.format.minimum() + static_cast<std::int32_t>(random.below(span)));
    }
  }
  return frames;
}

Frames expected_results(const FixedNetwork& network, const Frames& frames) {
  Stimulus stimulus;
  stimulus.frame_steps = stimulus.interval_steps = kFrameSteps;
  stimulus.frames = {
      static_cast<std::int64_t>(frames.size()), network.populations[network.input()].shape.size(), {}};
  for (const auto& frame : frames)
    stimulus.frames.values.insert(stimulus.frames.values.end(), frame.begin(), frame.end());
  const IntMatrix outputs = evaluate_frames(network, stimulus, 1);
  Frames results;
  for (std::int64_t f = 0; f < outputs.rows; ++f) results.emplace_back(outputs.row(f), outputs.row(f + 1));
  return results;
}

// Returns how many of the trials were reported; the others had no effect.
int check_random_damage(const FixedNetwork& network, const Fabric& fabric, const Image& image, Random& random,
                        int trials) {
  const Frames frames = random_frames(random, network);
  const Frames expected = expected_results(network, frames);
  EXPECT_EQ(run_steps(fabric, image, frames, kFrameSteps), expected);
  int reported = 0;
  for (int trial = 0; trial < trials; ++trial) {
    Image damaged = image;
    damage(damaged, random);
    if (!verify_mapping(network, fabric, damaged).empty()) {
      ++reported;
    } else if (run_steps(fabric, damaged, frames, kFrameSteps) != expected) {
      ADD_FAILURE() << "trial " << trial << ": damage with an effect was not reported";
      return reported;
    }
  }
  return reported;
}

void check_example(std::uint64_t seed, int trials) {
  const Example example = make_example();
  Random random(seed);
  EXPECT_GT(check_random_damage(example.network, example.fabric, example.image, random, trials), trials / 2);
}

void check_mapped(std::uint64_t first_seed, int networks, int trials) {
  int mapped = 0, reported = 0;
  for (int i = 0; i < networks; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const FixedNetwork network = random_network(random, 7);
    const Fabric fabric = random_fabric(random);
    mapping::MapParams params;
    params.pack_rounds = 2;
    params.place_moves = 100;
    Image image;
    try {
      image = mapping::map_network(network, fabric, params).image;
    } catch (const Error&) {
      continue;  // it does not fit
    }
    ++mapped;
    ASSERT_EQ(describe(verify_mapping(network, fabric, image)), "");
    reported += check_random_damage(network, fabric, image, random, trials);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(mapped, networks / 3);
  EXPECT_GT(reported, mapped * trials / 4);  // many edits hit tiles without any table
}

// Many edits at once, on top of each other: whatever the tables then say, nothing is thrown and nothing read
// beyond them.
void check_piles(std::uint64_t seed, int trials) {
  const Example example = make_example();
  Random random(seed);
  for (int trial = 0; trial < trials; ++trial) {
    Image image = example.image;
    for (std::uint64_t edits = 1 + random.below(30); edits > 0; --edits) damage(image, random);
    ASSERT_NO_THROW(verify_mapping(example.network, example.fabric, image))
        << "seed " << seed << ", trial " << trial;
  }
}

TEST(VerifyDamage, InPilesNeverLeadsAstray) {
  check_piles(3, 5000);
}
TEST(VerifyDamageFull, InPilesNeverLeadsAstray) {
  check_piles(4, 200000);
}
TEST(VerifyDamage, OfTheExampleIsReportedOrWithoutEffect) {
  check_example(1, 5000);
}
TEST(VerifyDamage, OfMappedNetworksIsReportedOrWithoutEffect) {
  check_mapped(1, 30, 40);
}
TEST(VerifyDamageFull, OfTheExampleIsReportedOrWithoutEffect) {
  check_example(2, 300000);
}
TEST(VerifyDamageFull, OfMappedNetworksIsReportedOrWithoutEffect) {
  check_mapped(100000, 1000, 200);
}

}  // namespace
}  // namespace weft::test
