// weft sweep worker and collect through the program: shares, drains, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/app/tiny_flows.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/sweep/slurm_cluster.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

class TinyCluster : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
    file_ = scratch_.file("tiny.yaml", kTinySweep);
  }
  Finished act(const std::string& action, const std::vector<std::string>& more = {},
               const std::string& output = "out") {
    std::vector<std::string> words = {"--json", "sweep", action, file_, "-o", scratch_ / output};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }
  // The columns that do not depend on the clock.
  json table(const std::string& output) {
    json rows = json::parse(act("export", {}, output).out);
    for (json& row : rows)
      for (auto item = row.begin(); item != row.end();) {
        const std::string& name = item.key();
        const bool of_time = name.find("seconds") != std::string::npos || name == "simulation.peak_rss_bytes";
        item = of_time && name != "latency.seconds" ? row.erase(item) : std::next(item);
      }
    return rows;
  }

  Scratch scratch_;
  std::string file_;
};

TEST_F(TinyCluster, ComesToTheTableOfALocalRun) {
  ASSERT_EQ(act("run", {}, "local").code, 0);
  const Finished first = act("worker", {"--shard", "0/2"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(act("collect", {"--plan", scratch_ / "next"}).code, 1) << "two points are pending";
  const Finished second = act("worker", {"--shard", "0/1", "--plan", scratch_ / "next"});
  EXPECT_THAT(second.err, HasSubstr("2 points"));
  const Finished collected = act("collect");
  EXPECT_EQ(collected.code, 0) << collected.err;
  EXPECT_THAT(collected.err, HasSubstr("2 points collected from 2 shards"));
  EXPECT_EQ(table("out"), table("local"));
  EXPECT_THAT(act("worker").err, HasSubstr("0 points")) << "no point is run twice";
}

TEST_F(TinyCluster, LetsALocalRunGoOnWithWhatWorkersDid) {
  ASSERT_EQ(act("worker", {"--shard", "1/2"}).code, 0);
  const Finished run = act("run");
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.err, HasSubstr("2 points collected from 1 shards"));
  EXPECT_EQ(json::parse(run.out)["done"], 2);
}

TEST_F(TinyCluster, DrainsAWorkerOnSigusr1) {
  std::string text = kTinySweep;
  text.replace(text.find("[1, 64]"), 7, "range(64, 256, 1)");
  file_ = scratch_.file("tiny.yaml", text);
  const std::string shard = scratch_ / "out/shards/0-of-1.0.jsonl";
  const Finished worker = run_weft_and_signal(
      {"sweep", "worker", file_, "-o", scratch_ / "out", "--jobs", "2"}, SIGUSR1,
      [&](const std::string&) { return fs::exists(shard) && fs::file_size(shard) > 2000; });
  EXPECT_EQ(worker.code, 1);
  EXPECT_THAT(worker.err, HasSubstr("drained"));
  const json counts = json::parse(act("collect").out);
  EXPECT_GT(counts["done"], 0);
  EXPECT_EQ(counts["failed"], 0) << "the signal reached no point";
  EXPECT_GT(counts["pending"], 0);
}

TEST_F(TinyCluster, RefusesAShardOfAnotherSweep) {
  ASSERT_EQ(act("worker", {"--shard", "0/2"}).code, 0);
  std::string text = kTinySweep;
  text.replace(text.find("256"), 3, "200");
  file_ = scratch_.file("tiny.yaml", text);
  for (const char* action : {"collect", "run"}) {
    const Finished refused = act(action);
    EXPECT_EQ(refused.code, 3) << action;
    EXPECT_THAT(refused.err, HasSubstr("found a shard of another sweep (\"sweep\")")) << action;
  }
  EXPECT_TRUE(fs::exists(scratch_ / "out/shards/0-of-2.0.jsonl"));
}

TEST_F(TinyCluster, RefusesSharesThatAreNone) {
  for (const char* shard : {"3", "2/2", "-1/2", "0/0", "a/b"}) {
    const Finished worker = act("worker", {"--shard", shard});
    EXPECT_EQ(worker.code, 2) << shard;
    EXPECT_THAT(worker.err, HasSubstr("--shard: found")) << shard;
  }
  EXPECT_EQ(act("worker", {"--plan", scratch_ / "none"}).code, 3);
  const Finished follow = act("worker", {"--follow"});
  EXPECT_EQ(follow.code, 2);
  EXPECT_THAT(follow.err, HasSubstr("--follow: found no --plan, expected the first of the plans"));
}

TEST_F(TinyCluster, SearchesByGenerationsWithOrWithoutAParentAtWork) {
  std::string text = kTinySweep;
  text.replace(text.find("[1, 64]"), 7, "range(50, 64)");
  text +=
      "objectives: {minimize: [energy.per_frame_joule, latency.cycles.p99]}\n"
      "method: {kind: nsga2, population: 4, points: 10, seed: 3}\n";
  file_ = scratch_.file("tiny.yaml", text);
  const Finished dry = act("run", {"--dry-run", "--probe", "0"});
  EXPECT_EQ(json::parse(dry.out).size(), 4u);
  EXPECT_THAT(dry.err, HasSubstr("the first of up to 10 points"));
  const Finished run = act("run", {}, "local");
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(json::parse(run.out)["points"], 10);

  EXPECT_THAT(act("worker").err, HasSubstr("--plan: found none, expected that of"));
  const std::string plan = scratch_ / "plan";
  for (int generation = 0; generation < 3; ++generation) {
    ASSERT_EQ(act("collect", {"--plan", plan}).code, 1) << generation;
    ASSERT_EQ(act("worker", {"--plan", plan}).code, 0) << generation;
  }
  EXPECT_EQ(act("collect").code, 0);
  EXPECT_EQ(table("out"), table("local"));
}

TEST_F(TinyCluster, SaysWhyThereIsNoEngineSlurm) {
  const Finished run =
      run_weft({"sweep", "run", file_, "-o", scratch_ / "out", "--engine", "slurm"}, {{"PATH", "/nowhere"}});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("--engine slurm: found no sbatch on the PATH"));
  EXPECT_EQ(act("run", {"--engine", "lsf"}).code, 2);
}

using TinyClusterFull = TinyCluster;

TEST_F(TinyClusterFull, RunsUnderARealSlurm) {
  const sweep::test::SlurmCluster cluster;
  if (cluster.may_be_missing()) GTEST_SKIP() << "no Slurm to test with: " << cluster.missing();
  ASSERT_EQ(cluster.missing(), "");
  ASSERT_EQ(act("run", {}, "local").code, 0);
  const std::vector<std::string> slurm = {"--engine", "slurm", "--workers", "2", "--sbatch=--comment=x"};
  const Finished run = act("run", slurm);
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(table("out"), table("local"));

  const Finished refused = act("run", {"--engine", "slurm", "--partition", "none"}, "refused");
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("invalid partition specified: none"));

  std::vector<std::string> detached = slurm;
  detached.emplace_back("--detach");
  ASSERT_EQ(act("run", detached, "detached").code, 0);
  const Finished beside = act("run", {}, "detached");
  EXPECT_EQ(beside.code, 1);
  EXPECT_THAT(beside.err, HasSubstr("workers of this sweep are at work on the cluster as job weft-"));
  EXPECT_EQ(act("run", slurm, "detached").code, 0);
  EXPECT_EQ(table("detached"), table("local"));
}

TEST_F(TinyClusterFull, SearchesUnderARealSlurm) {
  std::string text = kTinySweep;
  text.replace(text.find("[1, 64]"), 7, "range(50, 64)");
  text +=
      "objectives: {minimize: [energy.per_frame_joule, latency.cycles.p99]}\n"
      "method: {kind: nsga2, population: 4, points: 12, seed: 3}\n";
  file_ = scratch_.file("tiny.yaml", text);
  const sweep::test::SlurmCluster cluster;
  if (cluster.may_be_missing()) GTEST_SKIP() << "no Slurm to test with: " << cluster.missing();
  ASSERT_EQ(cluster.missing(), "");
  ASSERT_EQ(act("run", {}, "local").code, 0);
  const Finished run = act("run", {"--engine", "slurm", "--workers", "2"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("1 arrays of workers")) << "for all generations";
  EXPECT_EQ(table("out"), table("local"));
}

}  // namespace
}  // namespace weft::test
