// Magnitude pruning: exactly the smallest go, exactly as many as asked.
#include "compress/prune.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "small_network.hpp"

namespace weft::compress {
namespace {

TEST(KeptWeights, RoundsHalvesUpAndKeepsOneAtLeast) {
  EXPECT_EQ(kept_weights(10, 1), 10);
  EXPECT_EQ(kept_weights(10, 0.25), 3);
  EXPECT_EQ(kept_weights(10, 0.24), 2);
  EXPECT_EQ(kept_weights(10, 0.01), 1);
  EXPECT_EQ(kept_weights(0, 0.5), 0);
}

TEST(RampDensity, FallsFromOneToTheFinalDensityAsACube) {
  EXPECT_DOUBLE_EQ(ramp_density(0.1, 4, 4), 0.1);
  EXPECT_DOUBLE_EQ(ramp_density(0.1, 2, 4), 0.1 + 0.9 / 8);
  EXPECT_DOUBLE_EQ(ramp_density(0.1, 0, 4), 1.0);
  EXPECT_DOUBLE_EQ(ramp_density(0.1, 1, 1), 0.1);
}

TEST(PruneWeights, RemovesExactlyTheSmallestMagnitudes) {
  const std::vector<float> before = random_weights(1000, 21);
  for (const double density : {0.999, 0.5, 0.1, 0.013, 0.0001}) {
    std::vector<float> after = before;
    prune_weights(after, density);
    float largest_removed = 0, smallest_kept = 1e9f;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (after[i] == 0) {
        largest_removed = std::max(largest_removed, std::fabs(before[i]));
      } else {
        EXPECT_EQ(after[i], before[i]);
        smallest_kept = std::min(smallest_kept, std::fabs(after[i]));
      }
    }
    EXPECT_LE(largest_removed, smallest_kept) << density;
    EXPECT_EQ(nonzeros(after), kept_weights(1000, density)) << density;
  }
}

TEST(PruneWeights, BreaksTiesByIndex) {
  std::vector<float> weights = {1, -1, 1, 2, -1, 1};
  prune_weights(weights, 0.5);
  EXPECT_EQ(weights, (std::vector<float>{1, -1, 0, 2, 0, 0}));
}

TEST(PruneWeights, LeavesAllAtDensityOne) {
  std::vector<float> weights = random_weights(50, 22);
  const std::vector<float> before = weights;
  prune_weights(weights, 1);
  EXPECT_EQ(weights, before);
}

TEST(PruneWeights, OfAPrunedSetIsTheSameAsPruningAtOnce) {
  std::vector<float> in_two = random_weights(300, 23), at_once = in_two;
  prune_weights(in_two, 0.4);
  prune_weights(in_two, 0.1);
  prune_weights(at_once, 0.1);
  EXPECT_EQ(in_two, at_once);
}

TEST(Prune, ChangesTheNamedProjectionOnly) {
  const Network before = small_network();
  const Network after = prune(before, {"conv", 0.5});
  EXPECT_EQ(nonzeros(projection_named(after, "conv").weights), 4);
  for (const char* name : {"hidden", "skip", "out"}) {
    EXPECT_EQ(projection_named(after, name).weights, projection_named(before, name).weights);
  }
  EXPECT_THROW(prune(before, {"nothing", 0.5}), Error);
}

}  // namespace
}  // namespace weft::compress
