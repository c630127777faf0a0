// The front against its definition, and candidates against the conditions.
#include "sweep/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/base/random.hpp"
#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using testing::ElementsAre;
using Rows = std::vector<std::vector<double>>;

std::vector<std::size_t> front_by_definition(const Rows& rows, const std::vector<bool>& maximize) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bool dominated = false;
    for (const auto& other : rows) {
      bool worse = false, better = false;
      for (std::size_t k = 0; k < maximize.size(); ++k) {
        const double gain = (rows[i][k] - other[k]) * (maximize[k] ? -1 : 1);
        worse |= gain < 0;
        better |= gain > 0;
      }
      dominated |= better && !worse;
    }
    if (!dominated) front.push_back(i);
  }
  return front;
}

TEST(Front, IsWhatTheDefinitionSays) {
  Random random(1);
  for (std::size_t columns = 1; columns <= 5; ++columns)
    for (int trial = 0; trial < 40; ++trial) {
      std::vector<bool> maximize;
      for (std::size_t k = 0; k < columns; ++k) maximize.push_back(random.below(2) == 1);
      Rows rows(80, std::vector<double>(columns));  // few values, so that many are equal
      for (auto& row : rows)
        for (double& value : row) value = static_cast<double>(random.below(9));
      EXPECT_EQ(find_front(rows, maximize), front_by_definition(rows, maximize)) << columns;
    }
}

TEST(Front, KeepsAllOfEqualRows) {
  EXPECT_THAT(find_front({{1, 2}, {2, 2}, {1, 2}}, {false, false}), ElementsAre(0, 2));
  EXPECT_TRUE(find_front({}, {false}).empty());
}

TEST(Best, OrdersByOneObjective) {
  const Rows rows = {{3}, {1}, {2}, {1}};
  EXPECT_THAT(find_best(rows, 0, false, 3), ElementsAre(1, 3, 2));
  EXPECT_THAT(find_best(rows, 0, true, 9), ElementsAre(0, 2, 1, 3));
}

TEST(Candidates, AreDoneMeetTheConditionsAndHaveTheirFigures) {
  const test::Scratch scratch;
  const SweepFile sweep =
      test::line_sweep(5, "objectives: {minimize: [cost], subject_to: [share >= 0.5, x < 4]}\n");
  Store store(scratch / "s", sweep, "1", true);
  EXPECT_TRUE(find_candidates(store, sweep).points.empty()) << "no figure is there yet";
  const auto finish = [&](std::int64_t point, PointState state, std::vector<Figure> figures) {
    store.finish(point, {state, "", std::move(figures), 0});
  };
  finish(0, PointState::Done, {{"cost", 3.0}, {"share", 0.5}});
  finish(1, PointState::Done, {{"cost", 2.0}, {"share", 0.4}});
  finish(2, PointState::Infeasible, {{"cost", 1.0}, {"share", 0.9}});
  finish(3, PointState::Done, {{"share", 0.9}});
  finish(4, PointState::Done, {{"cost", 1.0}, {"share", 0.9}});
  const Candidates candidates = find_candidates(store, sweep);
  EXPECT_THAT(candidates.points, ElementsAre(0));
  EXPECT_THAT(candidates.values, ElementsAre(ElementsAre(3.0)));
}

}  // namespace
}  // namespace weft::sweep
