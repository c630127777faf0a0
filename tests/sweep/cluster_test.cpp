// Shards, plans and their way into the store: torn and damaged lines, strangers, and workers killed at random
// moments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <limits>

#include "model/base/files.hpp"
#include "model/base/random.hpp"
#include "sweep/cluster/collect.hpp"
#include "sweep/engine.hpp"
#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using test::line_sweep;
using test::Scratch;
using testing::ElementsAre;
using testing::HasSubstr;

struct Quiet : Progress {
  void update(std::int64_t, std::int64_t) override {}
};

ShardOrigin origin_of(const SweepFile& sweep) {
  return {digest(sweep), "1"};
}

PointResult square(const std::vector<std::string>& overrides) {
  const double x = std::stod(overrides[0].substr(2));
  PointResult result;
  result.figures.push_back({"square", x * x / 3});
  return result;
}

// A shard with these points, each with its number as a figure.
std::filesystem::path write_shard(const std::filesystem::path& directory, const SweepFile& sweep,
                                  const std::string& worker, const std::vector<std::int64_t>& points) {
  ShardWriter writer(directory, origin_of(sweep), sweep.title, worker);
  for (const std::int64_t point : points) {
    PointResult result;
    result.figures.push_back({"own", point});
    writer.finish(point, result);
  }
  return directory / (worker + ".0.jsonl");
}

std::vector<std::int64_t> numbers(const std::vector<Task>& tasks) {
  std::vector<std::int64_t> list;
  for (const Task& task : tasks) list.push_back(task.number);
  return list;
}

template <class Act>
std::string refusal(const Act& act) {
  try {
    act();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

class Cluster : public testing::Test {
 protected:
  Cluster() { std::filesystem::create_directory(shards_); }
  const Scratch scratch_;
  const std::filesystem::path shards_ = scratch_ / "shards";
  const SweepFile sweep_ = line_sweep(10);
};

TEST_F(Cluster, GivesEveryRecordBackAsItWas) {
  PointResult result;
  result.state = PointState::Infeasible;
  result.error = "line one\nline \"two\", \xc3\xa4";
  result.seconds = 0.1;
  result.figures = {{"whole", std::int64_t{-7}},
                    {"third", 1.0 / 3},
                    {"round", 4.0},
                    {"least", std::numeric_limits<double>::denorm_min()},
                    {"text", std::string("x,y")},
                    {"none", std::monostate()}};
  result.reuse["train"] = {3, 1};
  ShardWriter(shards_, origin_of(sweep_), "t", "0-of-1").finish(3, result);
  const Shard shard = read_shard(list_shards(shards_).at(0));
  EXPECT_EQ(shard.origin, origin_of(sweep_));
  EXPECT_EQ(shard.title, "t");
  ASSERT_EQ(shard.records.size(), 1u);
  const PointResult& read = shard.records[0].result;
  EXPECT_EQ(shard.records[0].point, 3);
  EXPECT_EQ(read.state, result.state);
  EXPECT_EQ(read.error, result.error);
  EXPECT_EQ(read.seconds, result.seconds);
  EXPECT_EQ(read.reuse.at("train").hits, 3);
  EXPECT_EQ(read.reuse.at("train").misses, 1);
  ASSERT_EQ(read.figures.size(), result.figures.size());
  for (std::size_t i = 0; i < read.figures.size(); ++i) {
    EXPECT_EQ(read.figures[i].name, result.figures[i].name);
    EXPECT_EQ(read.figures[i].value, result.figures[i].value) << read.figures[i].name;
  }
}

TEST_F(Cluster, LeavesOutALineTornAtAnyByte) {
  const auto path = write_shard(shards_, sweep_, "0-of-1", {0, 1});
  const std::string text = read_text_file(path);
  const std::size_t first = text.find('\n') + 1, second = text.find('\n', first) + 1;
  for (std::size_t size = 0; size < text.size(); ++size) {
    std::ofstream(path, std::ios::trunc) << text.substr(0, size);
    const Shard shard = read_shard(path);
    EXPECT_EQ(shard.empty, size < first) << size;
    EXPECT_EQ(shard.records.size(), size < second ? 0u : 1u) << size;
    EXPECT_EQ(shard.damaged, 0) << size;
  }
}

TEST_F(Cluster, CountsADamagedLineAsNotWritten) {
  const auto path = write_shard(shards_, sweep_, "0-of-1", {0, 1, 2});
  std::string text = read_text_file(path);
  text[text.find("\"own\":1") + 6] = '7';
  std::ofstream(path, std::ios::trunc) << text;
  Store store(scratch_ / "s", sweep_, "1", true);
  const CollectSummary summary = collect_shards(store, shards_, origin_of(sweep_));
  EXPECT_EQ(summary.points, 2);
  EXPECT_EQ(summary.damaged, 1);
  EXPECT_THAT(store.pending(), ElementsAre(1, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(Cluster, BeginsAnotherFileWhenAWorkerBeginsAgain) {
  write_shard(shards_, sweep_, "0-of-2", {0});
  write_shard(shards_, sweep_, "0-of-2", {2});
  const auto paths = list_shards(shards_);
  ASSERT_EQ(paths.size(), 2u);
  EXPECT_EQ(paths[1].filename(), "0-of-2.1.jsonl");
  EXPECT_NE(read_shard(paths[0]).id, read_shard(paths[1]).id);
}

TEST_F(Cluster, MergesWhatIsNewAndKeepsTheFirstResult) {
  Store store(scratch_ / "s", sweep_, "1", true);
  ShardWriter writer(shards_, origin_of(sweep_), "t", "0-of-2");
  writer.finish(0, square({"x=0"}));
  EXPECT_EQ(collect_shards(store, shards_, origin_of(sweep_)).points, 1);
  writer.finish(2, square({"x=2"}));
  write_shard(shards_, sweep_, "1-of-2", {2, 1});
  EXPECT_EQ(collect_shards(store, shards_, origin_of(sweep_)).points, 2);
  EXPECT_EQ(collect_shards(store, shards_, origin_of(sweep_)).points, 0);
  EXPECT_EQ(store.read({"square"}, "done").rows[2][0], Value(4.0 / 3));
}

TEST_F(Cluster, RunsAFailedPointAgainOnceItIsAskedFor) {
  Store store(scratch_ / "s", sweep_, "1", true);
  PointResult failed;
  failed.state = PointState::Failed;
  ShardWriter(shards_, origin_of(sweep_), "t", "0-of-1").finish(4, failed);
  collect_shards(store, shards_, origin_of(sweep_));
  EXPECT_EQ(store.retry_failed(), 1);
  EXPECT_EQ(collect_shards(store, shards_, origin_of(sweep_)).points, 0) << "its old end is past";
  const Plan plan = plan_pending(store, sweep_);
  EXPECT_EQ(choose_share(plan, 0, 1, shards_, origin_of(sweep_)).size(), 10u);
  EXPECT_EQ(choose_share(plan_all(sweep_), 0, 1, shards_, origin_of(sweep_)).size(), 9u);
}

TEST_F(Cluster, RefusesAStrangersShardAndMergesNothing) {
  Store store(scratch_ / "s", sweep_, "1", true);
  const auto refused = [&] {
    const std::string why = refusal([&] { collect_shards(store, shards_, origin_of(sweep_)); });
    EXPECT_EQ(store.counts().done, 0);
    return why;
  };
  write_shard(shards_, sweep_, "0-of-2", {0});
  const auto other = write_shard(shards_, line_sweep(11, "title: other\n"), "1-of-2", {1});
  EXPECT_THAT(refused(), HasSubstr("1-of-2.0.jsonl: found a shard of another sweep (\"other\"), expected"));
  std::filesystem::remove(other);

  ShardWriter(shards_, {digest(sweep_), "2"}, "t", "1-of-2").finish(1, {});
  EXPECT_THAT(refused(), HasSubstr("found a shard of Weft 2, expected one of 1"));
  std::filesystem::remove(other);

  write_shard(shards_, sweep_, "1-of-2", {10});
  EXPECT_THAT(refused(), HasSubstr("found point 10, expected one from 0 to 9"));
  std::ofstream(other) << "{\"weft_shard\":1}\n";
  EXPECT_THAT(refused(), HasSubstr("1-of-2.0.jsonl:1:1: found a first line that is not that of a shard"));
}

TEST_F(Cluster, CountsSharesOffThePlanAndSkipsWhatAnyShardHas) {
  const Plan plan = plan_all(sweep_);
  EXPECT_THAT(numbers(choose_share(plan, 1, 4, shards_, origin_of(sweep_))), ElementsAre(1, 5, 9));
  write_shard(shards_, sweep_, "0-of-3", {5, 6});
  write_shard(shards_, line_sweep(11), "1-of-3", {1});  // of another sweep: not ours
  EXPECT_THAT(numbers(choose_share(plan, 1, 4, shards_, origin_of(sweep_))), ElementsAre(1, 9));
}

TEST_F(Cluster, ReadsThePlanThatItWrote) {
  Plan plan{{{7, {7}}, {2, {2}}}, {{"id", 99}}};
  write_plan(scratch_ / "plan", plan, origin_of(sweep_));
  const Plan read = read_plan(scratch_ / "plan", origin_of(sweep_), sweep_);
  EXPECT_THAT(numbers(read.tasks), ElementsAre(7, 2));
  EXPECT_EQ(read.tasks[0].point, Point{7});
  EXPECT_EQ(read.merged, plan.merged);
  EXPECT_TRUE(read.last && read.workers.empty());
  plan.workers = {0, 2, 3};
  plan.array = 5;
  plan.last = false;
  write_plan(scratch_ / "plan", plan, origin_of(sweep_));
  const Plan more = read_plan(scratch_ / "plan", origin_of(sweep_), sweep_);
  EXPECT_THAT(more.workers, ElementsAre(0, 2, 3));
  EXPECT_EQ(more.array, 5);
  EXPECT_FALSE(more.last);

  const auto refused = [&] {
    return refusal([&] { read_plan(scratch_ / "plan", origin_of(sweep_), sweep_); });
  };
  write_plan(scratch_ / "plan", plan, origin_of(line_sweep(3)));
  EXPECT_THAT(refused(), HasSubstr("a plan of another sweep"));
  plan.tasks[0].point = {10};
  write_plan(scratch_ / "plan", plan, origin_of(sweep_));
  EXPECT_THAT(refused(), HasSubstr("found a point [10], expected one of the axes"));
  std::ofstream(scratch_ / "plan") << "{\"weft_plan\":2}";
  EXPECT_THAT(refused(), HasSubstr("a plan with missing parts"));
  std::ofstream(scratch_ / "plan") << "[]";
  EXPECT_THAT(refused(), HasSubstr("expected a plan of \"weft sweep collect --plan\""));
}

TEST_F(Cluster, SaysWhyAShardCannotBeWritten) {
  ShardWriter writer(scratch_ / "none", origin_of(sweep_), "t", "0-of-1");
  EXPECT_THAT(refusal([&] { writer.finish(0, {}); }), HasSubstr("cannot be written: No such file"));
}

// Worker `index` of 2 in a process of its own, two points at a time.
pid_t start_worker(const std::filesystem::path& shards, const SweepFile& sweep, int index) {
  const pid_t process = fork();
  if (process != 0) return process;
  try {
    const ShardOrigin origin = origin_of(sweep);
    ShardWriter shard(shards, origin, "t", std::to_string(index) + "-of-2");
    Quiet progress;
    EngineParams params;
    params.jobs = 2;
    run_points(
        shard, choose_share(plan_all(sweep), index, 2, shards, origin), sweep,
        [](const auto& overrides) {
          usleep(3000);
          return square(overrides);
        },
        params, progress);
    _exit(0);
  } catch (const Error&) {
    _exit(1);
  }
}

TEST_F(Cluster, ComesToTheSameTableHoweverOftenWorkersAreKilled) {
  const SweepFile sweep = line_sweep(80);
  const std::vector<std::string> columns = {"point", "state", "error", "version", "x", "square"};
  Store undisturbed(scratch_ / "undisturbed", sweep, "1", true);
  Quiet progress;
  run_points(undisturbed, sweep, square, {}, progress);

  Random random(5);
  for (int round = 0; round < 8; ++round) {
    const pid_t first = start_worker(shards_, sweep, 0), second = start_worker(shards_, sweep, 1);
    usleep(static_cast<useconds_t>(2000 + random.below(25000)));
    for (const pid_t process : {first, second}) kill(process, SIGKILL);
    for (const pid_t process : {first, second}) waitpid(process, nullptr, 0);
  }
  for (const int index : {0, 1}) {
    int status = 1;
    waitpid(start_worker(shards_, sweep, index), &status, 0);
    EXPECT_EQ(status, 0);
  }
  Store store(scratch_ / "s", sweep, "1", true);
  const CollectSummary summary = collect_shards(store, shards_, origin_of(sweep));
  EXPECT_EQ(summary.points, 80);
  EXPECT_GT(summary.shards, 2) << "the kills came in the middle";
  EXPECT_EQ(store.read(columns).rows, undisturbed.read(columns).rows);
  std::size_t records = 0;
  for (const auto& path : list_shards(shards_)) records += read_shard(path).records.size();
  EXPECT_EQ(records, 80u) << "a finished point was run again";
}

}  // namespace
}  // namespace weft::sweep
