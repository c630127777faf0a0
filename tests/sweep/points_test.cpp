// Which points each method chooses, against what defines the method.
#include "sweep/points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace weft::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SweepFile sweep(const std::string& rest) {
  return parse_sweep_file("flow_text: x\n" + rest, "s.yaml");
}

TEST(Grid, HasAllPointsWithTheLastAxisFastest) {
  EXPECT_THAT(choose_points(sweep("axes: {a: [1, 2], b: [1, 2, 3]}\n")),
              ElementsAre(Point{0, 0}, Point{0, 1}, Point{0, 2}, Point{1, 0}, Point{1, 1}, Point{1, 2}));
}

TEST(Grid, DropsWhatAConstraintForbids) {
  EXPECT_THAT(choose_points(sweep("axes: {a: [1, 2], b: [1, 2, 3]}\nconstraints: [b < 2 * a]\n")),
              ElementsAre(Point{0, 0}, Point{1, 0}, Point{1, 1}, Point{1, 2}));
}

TEST(Grid, SetsWhatIsDerivedFromItsAxes) {
  const SweepFile file =
      sweep("axes: {a: [1, 2], k: [x]}\nderived:\n  b: 3 * a\n  c: b / 4\nconstraints: [c > 1]\n");
  const auto points = choose_points(file);
  ASSERT_THAT(points, ElementsAre(Point{1, 0}));
  EXPECT_THAT(to_overrides(file, points[0]), ElementsAre("a=2", "k=x", "b=6", "c=1.5"));
}

TEST(Grid, SaysWhereADerivedValueIsNoNumber) {
  const SweepFile file = sweep("axes: {a: [0, 1]}\nderived:\n  b: 1 / a\n");
  EXPECT_THAT(to_overrides(file, {1}), ElementsAre("a=1", "b=1"));
  try {
    to_overrides(file, {0});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "s.yaml:4:6: found no number for b where a = 0, expected one, or a constraint that leaves "
                 "this point out");
  }
}

TEST(Grid, RefusesContradictoryConstraints) {
  try {
    choose_points(sweep("axes: {a: [1, 2]}\nconstraints: [a > 1, a < 2]\n"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("of which no point meets the constraints"));
  }
}

TEST(Grid, RefusesMorePointsThanAnyoneCanRun) {
  try {
    choose_points(sweep("axes:\n  a: range(1, 10000)\n  b: range(1, 10000)\n"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("a grid of more than ten million points"));
  }
}

TEST(RandomPoints, AreDistinctAndGiveTheWholeSpaceWhenAskedForMore) {
  const auto points =
      choose_points(sweep("axes: {a: [1, 2, 3], b: [1, 2, 3]}\nmethod: {kind: random, points: 50}\n"));
  EXPECT_EQ(points.size(), 9u);
  EXPECT_EQ(std::set<Point>(points.begin(), points.end()).size(), 9u);
}

TEST(RandomPoints, DependOnTheSeedAlone) {
  const std::string text =
      "axes:\n  a: range(1, 1000)\n  b: range(1, 1000)\nmethod: {kind: random, points: 20, seed: ";
  EXPECT_EQ(choose_points(sweep(text + "1}\n")), choose_points(sweep(text + "1}\n")));
  EXPECT_NE(choose_points(sweep(text + "1}\n")), choose_points(sweep(text + "2}\n")));
}

TEST(RandomPoints, GoOnUntilThereAreEnoughInASpaceTooLargeToList) {
  const auto points =
      choose_points(sweep("axes:\n  a: range(1, 2000)\n  b: range(1, 2000)\nconstraints: [a < b]\nmethod: "
                          "{kind: random, points: 30}\n"));
  EXPECT_EQ(points.size(), 30u);
  for (const Point& point : points) EXPECT_LT(point[0], point[1]);
}

TEST(LatinHypercube, TakesEachValueOfEachAxisEquallyOften) {
  const auto points = choose_points(
      sweep("axes:\n  a: range(1, 8)\n  b: range(1, 16)\nmethod: {kind: latin_hypercube, points: 16}\n"));
  ASSERT_EQ(points.size(), 16u);
  std::vector<int> of_a(8), of_b(16);
  for (const Point& point : points) {
    ++of_a[point[0]];
    ++of_b[point[1]];
  }
  EXPECT_THAT(of_a, testing::Each(2));
  EXPECT_THAT(of_b, testing::Each(1));
}

TEST(Sobol, HasOnePointPerStratumInEachDimension) {
  for (int dimension = 0; dimension < kMostSobolAxes; ++dimension) {
    std::set<int> strata;
    for (std::uint32_t i = 0; i < 1024; ++i)
      strata.insert(static_cast<int>(std::floor(sobol_coordinate(dimension, i) * 1024)));
    EXPECT_EQ(strata.size(), 1024u) << dimension;
  }
}

TEST(Sobol, BeginsAsTheSequenceDoes) {
  EXPECT_EQ(sobol_coordinate(0, 1), 0.5);
  EXPECT_EQ(sobol_coordinate(0, 3), 0.75);
  EXPECT_EQ(sobol_coordinate(1, 3), 0.25);
  EXPECT_EQ(sobol_coordinate(1, 4), 0.625);  // m = 1, 3, 5 by the recurrence of x + 1
  EXPECT_EQ(sobol_coordinate(2, 4), 0.375);  // m = 1, 3, 3 by that of x^2 + x + 1
}

TEST(Sobol, IsANetInItsFirstTwoDimensions) {
  // A (0, 4, 2)-net: each elementary box of area 1/16 holds one of the first 16 points.
  for (int split = 0; split <= 4; ++split) {
    std::set<std::pair<int, int>> boxes;
    for (std::uint32_t i = 0; i < 16; ++i)
      boxes.insert({static_cast<int>(sobol_coordinate(0, i) * (1 << split)),
                    static_cast<int>(sobol_coordinate(1, i) * (1 << (4 - split)))});
    EXPECT_EQ(boxes.size(), 16u) << split;
  }
}

TEST(Sobol, RefusesMoreAxesThanItHasDimensions) {
  std::string axes = "axes:\n";
  for (int i = 0; i < 17; ++i) axes += "  a" + std::to_string(i) + ": [1, 2]\n";
  try {
    choose_points(sweep(axes + "method: {kind: sobol, points: 2}\n"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("17 axes for a Sobol sequence, expected at most 16"));
  }
}

TEST(Points, BecomeOverrides) {
  const SweepFile file = sweep("axes: {a.b: [1, 2], 'c[0].d': [x]}\n");
  EXPECT_THAT(to_overrides(file, {1, 0}), ElementsAre("a.b=2", "c[0].d=x"));
}

}  // namespace
}  // namespace weft::sweep
