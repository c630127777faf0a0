// How long a sweep will take: sums by hand over made-up times, and the program's dry run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/sweep/dry_run.hpp"
#include "app/sweep/estimate.hpp"
#include "sweep/points.hpp"
#include "tests/app/tiny_flows.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using app::Measured;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace fs = std::filesystem;

sweep::SweepFile sweep_over(const std::string& axes, const std::string& flow = "") {
  return sweep::parse_sweep_file(
      "flow_text: |\n  data: {train_samples: 100}\n  train: {epochs: 1}\n  fabric: {preset: small}\n" + flow +
          "axes:\n" + axes,
      "s.yaml");
}

// A point that computed every stage, each in so many seconds, and 1 beside them.
sweep::PointResult took(double train, double quantize, double map, double simulate, double compare = 0) {
  sweep::PointResult result;
  result.seconds = train + quantize + map + simulate + compare + 1;
  for (const auto& [stage, seconds] : {std::pair("train", train),
                                       {"quantize", quantize},
                                       {"map", map},
                                       {"simulate", simulate},
                                       {"compare", compare}})
    result.figures.push_back({std::string("stage_seconds.") + stage, seconds});
  return result;
}

struct Case {
  explicit Case(sweep::SweepFile file) : sweep(std::move(file)), points(sweep::choose_points(sweep)) {}
  app::Estimate estimate(int jobs = 1, bool shared = true) {
    return app::estimate_time(sweep, {points}, measured, jobs, shared);
  }
  sweep::SweepFile sweep;
  std::vector<sweep::Point> points;
  Measured measured;
};

TEST(SweepEstimate, CountsASharedStageOncePerSettingThatReachesIt) {
  // Four weights, each with five links: links reach no stage before the simulation.
  Case a(sweep_over("  quantize.weight_bits: [4, 5, 6, 7]\n  fabric.router.link_cycles: range(1, 5)\n"));
  app::add_measured(a.measured, a.points[0], took(100, 10, 20, 2));
  // Trained, and of the first weights quantized and mapped, by the point that was measured.
  EXPECT_DOUBLE_EQ(a.estimate().seconds, 3 * (10 + 20) + 20 * (2 + 1));
  EXPECT_DOUBLE_EQ(a.estimate(1, false).seconds, 20 * (100 + 10 + 20 + 2 + 1)) << "without a cache";
  EXPECT_THAT(a.estimate().unknown, IsEmpty()) << "a flow without a compression misses none";
}

TEST(SweepEstimate, CarriesWhatAnAxisReachesOnToLaterStages) {
  Case a(sweep_over("  train.learning_rate: [0.1, 0.2]\n"));
  app::add_measured(a.measured, a.points[0], took(100, 10, 20, 2));
  EXPECT_DOUBLE_EQ(a.estimate().seconds, (100 + 10 + 20) + 2 * (2 + 1)) << "another network is mapped anew";
}

TEST(SweepEstimate, ScalesWithFramesEpochsAndSamples) {
  Case a(sweep_over("  run.frames: [10, 100]\n"));
  app::add_measured(a.measured, a.points[0], took(100, 10, 20, 2, 3));
  EXPECT_DOUBLE_EQ(a.estimate().seconds, (2 + 3 + 1) + (20 + 30 + 1));
  Case b(sweep_over("  train.epochs: [1, 4]\n  data.train_samples: [100, 200]\n"));
  app::add_measured(b.measured, b.points[0], took(100, 0, 0, 0));
  EXPECT_DOUBLE_EQ(b.estimate().seconds, 4 + 200 + 400 + 800);
}

TEST(SweepEstimate, LetsWorkersWaitForAStageOfAnother) {
  Case a(sweep_over("  quantize.weight_bits: [4, 5]\n  fabric.router.link_cycles: [1, 2]\n"));
  sweep::PointResult one = took(0, 30, 0, 1);
  app::add_measured(a.measured, {1, 1}, one);
  EXPECT_DOUBLE_EQ(a.estimate(2).seconds, 30 + 2 + 2) << "the other two come after, with what is there";
}

TEST(SweepEstimate, SaysHowFarTheMeasuredPointsLieApart) {
  Case a(sweep_over("  seed: [1]\n  fabric.router.link_cycles: range(1, 4)\n"));
  app::add_measured(a.measured, a.points[0], took(1, 1, 1, 2));
  app::add_measured(a.measured, a.points[3], took(1, 1, 1, 6));
  const app::Estimate estimate = a.estimate();
  EXPECT_DOUBLE_EQ(estimate.seconds, 4 * (4 + 1));
  EXPECT_DOUBLE_EQ(estimate.least, 4 * (2 + 1));
  EXPECT_DOUBLE_EQ(estimate.most, 4 * (6 + 1));
}

TEST(SweepEstimate, NamesStagesThatWereOnlyFound) {
  Case a(sweep_over("  quantize.weight_bits: [4, 5]\n"));
  sweep::PointResult found = took(0.01, 0.01, 0.01, 2);
  for (const char* stage : {"train", "quantize", "map"}) found.reuse[stage] = {1, 0};
  app::add_measured(a.measured, a.points[0], found);
  EXPECT_THAT(a.estimate().unknown, ElementsAre("quantize", "map")) << "the network is there";
}

TEST(SweepEstimate, CountsPointsThatNothingHolds) {
  Case a(sweep_over("  fabric.router.link_cycles: [1, 2]\n"));
  app::add_measured(a.measured, a.points[0], took(0, 0, 0, 6));
  sweep::PointResult none;
  none.state = sweep::PointState::Infeasible;
  app::add_measured(a.measured, a.points[1], none);
  EXPECT_DOUBLE_EQ(a.estimate().seconds, 2 * (3 + 1)) << "half of them have no simulation";
}

TEST(Duration, HasAUnitThatFits) {
  EXPECT_EQ(app::format_duration(0.04), "0.0 s");
  EXPECT_EQ(app::format_duration(9.9), "9.9 s");
  EXPECT_EQ(app::format_duration(89), "89 s");
  EXPECT_EQ(app::format_duration(90), "2 min");
  EXPECT_EQ(app::format_duration(3 * 3600), "3.0 h");
  EXPECT_EQ(app::format_duration(4.1 * 86400), "4.1 days");
}

class DryRun : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
    file_ = scratch_.file("tiny.yaml", kTinySweep);
  }
  Finished run(const std::vector<std::string>& more) {
    std::vector<std::string> words = {"--json", "sweep", "run", file_, "-o", scratch_ / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }

  Scratch scratch_;
  std::string file_;
};

TEST_F(DryRun, TriesAFewPointsAndWritesNoStore) {
  const Finished dry = run({"--dry-run"});
  ASSERT_EQ(dry.code, 0) << dry.err;
  EXPECT_EQ(json::parse(dry.out).size(), 4u);
  EXPECT_THAT(dry.err,
              testing::ContainsRegex("4 points; by 4 of them, run one at a time: (about|at least) "));
  EXPECT_THAT(dry.err, HasSubstr(" if all were like the quick or like the slow ones"));
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
  const Finished real = run({});
  EXPECT_EQ(json::parse(real.out)["reuse"]["train"]["misses"], 0) << "the probe's stages are kept";
}

TEST_F(DryRun, SaysWhatItDoesNotKnow) {
  EXPECT_THAT(run({"--dry-run", "--probe", "0"}).err,
              HasSubstr("4 points; none was run yet, and --probe 0 runs none"));
  std::string text = kTinySweep;
  text.replace(text.find("epochs: 1"), 9, "epochs: 100000");
  scratch_.file("tiny.yaml", text);
  const Finished slow = run({"--dry-run", "--probe", "1"});
  EXPECT_EQ(slow.code, 0);
  EXPECT_THAT(slow.err,
              HasSubstr("none came to an end in the 1.0 s of --probe: how long they take is not known. "
                        "Stages that ended are kept"));
}

TEST_F(DryRun, GoesByTheStoreWherePointsHaveEnded) {
  ASSERT_EQ(run_weft({"sweep", "worker", file_, "-o", scratch_ / "out", "--shard", "1/4"}).code, 0);
  ASSERT_EQ(run_weft({"sweep", "collect", file_, "-o", scratch_ / "out"}).code, 1) << "three are pending";
  EXPECT_THAT(run({"--dry-run"}).err,
              testing::ContainsRegex("3 points to run; by the 1 that ended: (about|at least) "));
  ASSERT_EQ(run({}).code, 0);
  EXPECT_THAT(run({"--dry-run"}).err, HasSubstr("all points have ended: nothing is left to run"));
}

TEST_F(DryRun, TellsOfPointsThatFail) {
  std::string text = kTinySweep;
  text.replace(text.find("hidden: [16]"), 12, "from: nowhere.npz");
  scratch_.file("tiny.yaml", text);
  EXPECT_THAT(run({"--dry-run"}).err, testing::ContainsRegex("a point failed: .*nowhere.npz"));
}

TEST_F(DryRun, CountsAllPointsOfASearch) {
  std::string text = kTinySweep;
  text.replace(text.find("[1, 64]"), 7, "range(50, 64)");
  scratch_.file("tiny.yaml", text +
                                 "objectives: {minimize: [energy.per_frame_joule, latency.cycles.p99]}\n"
                                 "method: {kind: nsga2, population: 4, points: 10, seed: 3}\n");
  const Finished dry = run({"--dry-run"});
  EXPECT_EQ(json::parse(dry.out).size(), 4u);
  EXPECT_THAT(dry.err,
              testing::ContainsRegex("10 points; by 4 of them, run one at a time: (about|at least) "));
}

}  // namespace
}  // namespace weft::test
