// Workers that go from plan to plan: what each takes, what it waits for, and when it gives up.
#include "sweep/cluster/follow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "model/base/error.hpp"
#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using test::Scratch;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

struct Quiet : Progress {
  void update(std::int64_t, std::int64_t) override {}
  bool stop_requested() const override { return stop; }
  std::atomic<bool> stop{false};
};

class FollowPlans : public testing::Test {
 protected:
  void write(int number, const std::vector<std::int64_t>& points, const std::vector<int>& workers,
             bool last) {
    Plan plan;
    for (const std::int64_t point : points)
      plan.tasks.push_back({point, {static_cast<std::uint32_t>(point)}});
    plan.workers = workers;
    plan.last = last;
    write_plan(plan_path(scratch_ / "", number), plan, origin_);
  }
  EngineSummary follow(int index, double patience_seconds = 60) {
    FollowParams params;
    params.plan = plan_path(scratch_ / "", 0);
    params.shards = scratch_ / "shards";
    params.index = index;
    params.count = 3;
    params.patience_seconds = patience_seconds;
    return follow_plans(
        params, origin_, sweep_,
        [&](const std::vector<Task>& tasks) {
          for (const Task& task : tasks) taken_.push_back(task.number);
          EngineSummary summary;
          summary.finished = static_cast<std::int64_t>(tasks.size());
          return summary;
        },
        progress_);
  }

  const Scratch scratch_;
  const SweepFile sweep_ = test::line_sweep(20);
  const ShardOrigin origin_{digest(sweep_), "1"};
  std::vector<std::int64_t> taken_;
  Quiet progress_;
};

TEST_F(FollowPlans, TakesItsShareOfEachUpToTheLast) {
  write(0, {0, 1, 2, 3, 4}, {0, 1, 2}, false);
  write(1, {5, 6, 7}, {0, 2}, false);  // worker 1 is gone
  write(2, {}, {}, true);
  write(3, {8}, {2}, true);
  EXPECT_EQ(follow(2).finished, 2);
  EXPECT_THAT(taken_, ElementsAre(2, 6)) << "the second of two";
  for (int plan = 0; plan < 3; ++plan) EXPECT_TRUE(is_done(scratch_ / "", plan, 2)) << plan;
  EXPECT_FALSE(is_done(scratch_ / "", 0, 0));
  EXPECT_FALSE(is_done(scratch_ / "", 3, 2)) << "behind the last";
}

TEST_F(FollowPlans, TakesNothingOfAPlanForOthers) {
  write(0, {0, 1, 2, 3, 4}, {0, 2}, true);
  EXPECT_EQ(follow(1).finished, 0);
  EXPECT_TRUE(is_done(scratch_ / "", 0, 1));
}

TEST_F(FollowPlans, WaitsForThePlanThatFollowsWhatItDid) {
  write(0, {0}, {0}, false);
  std::thread parent([&] {
    while (!is_done(scratch_ / "", 0, 0)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    beat(scratch_ / "");
    write(1, {1}, {0}, true);
  });
  EXPECT_FALSE(follow(0).stopped);
  parent.join();
  EXPECT_THAT(taken_, ElementsAre(0, 1));
}

TEST_F(FollowPlans, GivesUpWhereNoParentIsLeft) {
  write(0, {0}, {0}, false);
  EXPECT_TRUE(follow(0, 0.01).stopped);
  EXPECT_THAT(taken_, ElementsAre(0));
}

TEST_F(FollowPlans, StopsWaitingWhenItIsAskedTo) {
  write(0, {0}, {0}, false);
  progress_.stop = true;
  EXPECT_TRUE(follow(0).stopped);
}

TEST_F(FollowPlans, AreNumberedByTheirNames) {
  EXPECT_EQ(plan_number("a/plan-12.json"), 12);
  for (const char* name : {"plan.json", "plan-x.json", "plan--1.json", "next"}) {
    try {
      plan_number(name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Usage);
      EXPECT_THAT(error.what(),
                  HasSubstr(std::string("found the plan \"") + name + "\", expected one named"));
    }
  }
}

}  // namespace
}  // namespace weft::sweep
