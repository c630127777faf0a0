// Magnitude pruning: exactly the smallest go, exactly as many as asked.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compress/density.hpp"
#include "matrices.hpp"
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

TEST(MagnitudePruning, RemovesExactlyTheSmallestMagnitudes) {
  const std::vector<float> before = random_weights(1000, 21);
  for (const double density : {0.999, 0.5, 0.1, 0.013, 0.0001}) {
    const std::vector<float> after = pruned_by_magnitude(before, density);
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

TEST(MagnitudePruning, BreaksTiesByIndex) {
  EXPECT_EQ(pruned_by_magnitude({1, -1, 1, 2, -1, 1}, 0.5), (std::vector<float>{1, -1, 0, 2, 0, 0}));
}

TEST(MagnitudePruning, LeavesAllAtDensityOne) {
  const std::vector<float> before = random_weights(50, 22);
  EXPECT_EQ(pruned_by_magnitude(before, 1), before);
}

TEST(MagnitudePruning, OfAPrunedSetIsTheSameAsPruningAtOnce) {
  const std::vector<float> before = random_weights(300, 23);
  EXPECT_EQ(pruned_by_magnitude(pruned_by_magnitude(before, 0.4), 0.1), pruned_by_magnitude(before, 0.1));
}

}  // namespace
}  // namespace weft::compress
