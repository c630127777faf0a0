// When points would end, against sums that can be done by hand.
#include "sweep/schedule.hpp"

#include <gtest/gtest.h>

namespace weft::sweep {
namespace {

std::vector<StageWork> point(std::int64_t entry, double shared, double own) {
  return {{0, entry, shared}, {1, -1, own}};
}

TEST(Schedule, TakesPointsAsWorkersAreFree) {
  Schedule one(1), two(2);
  for (const double seconds : {3.0, 1.0, 1.0, 2.0}) {
    one.add({{0, -1, seconds}});
    two.add({{0, -1, seconds}});
  }
  EXPECT_EQ(one.seconds(), 7);
  EXPECT_EQ(two.seconds(), 4) << "3, beside it 1 + 1 + 2";
}

TEST(Schedule, ComputesASharedStageOnceWhileOthersWaitForIt) {
  Schedule schedule(2);
  schedule.add(point(0, 10, 1));
  schedule.add(point(0, 10, 2));
  EXPECT_EQ(schedule.seconds(), 12) << "both go on at 10";
  schedule.add(point(0, 10, 2));
  EXPECT_EQ(schedule.seconds(), 13) << "it is there: 11 + 2";
  schedule.add(point(1, 10, 1));
  EXPECT_EQ(schedule.seconds(), 23) << "12 + 10 + 1";
}

TEST(Schedule, TellsStagesWithEqualNumbersOfEntriesApart) {
  Schedule schedule(1);
  schedule.add({{0, 7, 1}, {1, 7, 2}});
  schedule.add({{0, 7, 1}, {1, 7, 2}});
  EXPECT_EQ(schedule.seconds(), 3);
}

TEST(Schedule, FindsWhatIsThereFromTheStart) {
  Schedule schedule(1);
  schedule.have(0, 5);
  schedule.add(point(5, 100, 1));
  EXPECT_EQ(schedule.seconds(), 1);
}

TEST(Schedule, LetsABatchWaitForTheOneBefore) {
  Schedule schedule(2);
  schedule.add({{0, -1, 5}});
  schedule.add({{0, -1, 1}});
  schedule.wait_for_all();
  schedule.add({{0, -1, 1}});
  EXPECT_EQ(schedule.seconds(), 6);
}

}  // namespace
}  // namespace weft::sweep
