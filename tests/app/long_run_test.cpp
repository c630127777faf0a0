// Runs that end before their time: by Ctrl-C, by kill -9, and how they are gone on with. What the results of
// a run that was gone on with are held against is an uninterrupted run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/cli/interrupt.hpp"
#include "tests/app/tiny_flows.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class LongRun : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
    const std::string flow = scratch_.file("tiny.yaml", quick_flow(2));
    const Finished weft = run_weft({"--quiet", "flow", flow, "-o", scratch_ / "made"});
    ASSERT_EQ(weft.code, 0) << weft.err;
  }
  // Steps enough that a signal always comes before the last one.
  std::vector<std::string> words(const std::string& output, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {
        "--json", "run", scratch_ / "made/image.npz", "--frames", "4000", "-o", scratch_ / output};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::vector<std::string> checkpointed(const std::string& output) const {
    return words(output, {"--checkpoint", scratch_ / "c", "--checkpoint-every", "50"});
  }
  // As soon as there is a checkpoint.
  Finished run_and_signal(const std::vector<std::string>& words, int signal) const {
    return run_weft_and_signal(words, signal, [&](const std::string&) { return fs::exists(scratch_ / "c"); });
  }
  json inspect(const std::string& file) const {
    return json::parse(run_weft({"--json", "inspect", scratch_ / file}).out);
  }
  // Outputs, latencies, cycles and steps are those of a run that nothing interrupted, and so is what is
  // counted.
  void expect_uninterrupted(const std::string& output) const {
    ASSERT_EQ(run_weft(words("whole")).code, 0);
    EXPECT_EQ(inspect(output + "/outcome.npz")["digest"], inspect("whole/outcome.npz")["digest"]);
    const json found = json::parse(read_all(scratch_ / (output + "/report.json")));
    const json whole = json::parse(read_all(scratch_ / "whole/report.json"));
    for (const char* section : {"accuracy", "latency", "energy", "throughput", "fabric", "utilization"})
      EXPECT_EQ(found[section], whole[section]) << section;
    EXPECT_FALSE(found.contains("interrupted"));
    EXPECT_EQ(found["accuracy"]["mismatches"], 0);
  }

  Scratch scratch_;
};

TEST_F(LongRun, GoesOnAfterKillNineFromItsLastCheckpoint) {
  const Finished killed = run_and_signal(checkpointed("run"), SIGKILL);
  EXPECT_EQ(killed.code, 128 + SIGKILL);
  EXPECT_FALSE(fs::exists(scratch_ / "run/outcome.npz"));
  const json checkpoint = inspect("c");
  EXPECT_EQ(checkpoint["kind"], "a checkpoint");
  EXPECT_EQ(checkpoint["steps_done"].get<int>() % 50, 0);
  const Finished rest = run_weft(words("run", {"--resume", scratch_ / "c"}));
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_THAT(rest.err, HasSubstr("steps are done"));
  expect_uninterrupted("run");
}

TEST_F(LongRun, EndsWithTheReportOfWhatWasDoneOnCtrlC) {
  const Finished stopped = run_and_signal(checkpointed("run"), SIGINT);
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.err, AllOf(HasSubstr("interrupted; what there is so far is in"),
                                 HasSubstr("--resume " + (scratch_ / "c") + " goes on from here")));
  const json report = json::parse(stopped.out);
  EXPECT_EQ(report["interrupted"]["stage"], "simulate");
  EXPECT_EQ(report["interrupted"]["frames"], 4000);
  EXPECT_EQ(report["interrupted"]["frames_done"], report["accuracy"]["samples"]);
  EXPECT_LT(report["interrupted"]["steps_done"], report["interrupted"]["steps"]);
  EXPECT_EQ(report["accuracy"]["mismatches"], 0);
  EXPECT_EQ(json::parse(read_all(scratch_ / "run/partial/report.json")), report);
  EXPECT_THAT(read_all(scratch_ / "run/partial/report.html"), HasSubstr("Interrupted in the stage simulate"));
  EXPECT_EQ(inspect("c")["steps_done"], report["interrupted"]["steps_done"]);
  // The same file serves the rest of the run.
  ASSERT_EQ(run_weft(words("run", {"--resume", scratch_ / "c", "--checkpoint", scratch_ / "c"})).code, 0);
  expect_uninterrupted("run");
}

TEST_F(LongRun, RecordsTheCyclesFromTheCheckpointOn) {
  run_and_signal(checkpointed("run"), SIGINT);
  std::vector<std::string> rest = words("run", {"--resume", scratch_ / "c", "--events", scratch_ / "log",
                                                "--trace", scratch_ / "w.vcd", "--trace-scope", "step"});
  const auto next = inspect("c")["next_cycle"].get<std::int64_t>();
  rest.insert(rest.end(), {"--trace-to", std::to_string(next + 1000)});
  ASSERT_EQ(run_weft(rest).code, 0);
  EXPECT_EQ(inspect("log")["first_cycle"], next);
  // What an earlier part may have recorded is left alone.
  const std::string before = read_all(scratch_ / "log");
  const Finished again = run_weft(rest);
  EXPECT_EQ(again.code, 3);
  EXPECT_THAT(again.err, HasSubstr("w.vcd: found a file that may hold the run up to the checkpoint"));
  EXPECT_EQ(read_all(scratch_ / "log"), before);
}

TEST_F(LongRun, RefusesCheckpointsThatAreNotItsOwn) {
  run_and_signal(checkpointed("run"), SIGKILL);
  ASSERT_EQ(run_weft(words("run", {"--frames", "3"})).code, 2);  // given twice
  const auto refused = [&](const std::vector<std::string>& all, int code, const std::string& text) {
    const Finished weft = run_weft(all);
    EXPECT_EQ(weft.code, code) << weft.err;
    EXPECT_THAT(weft.err, HasSubstr(text));
    EXPECT_FALSE(fs::exists(scratch_ / "run/outcome.npz"));
  };
  const std::string kept = read_all(scratch_ / "c");
  refused(checkpointed("run"), 3, "c: found an earlier checkpoint, expected a new file, or --resume");
  refused(words("run", {"--checkpoint-every", "5"}), 2, "--checkpoint-every needs --checkpoint FILE");
  refused(words("run", {"--checkpoint", scratch_ / "run.ckpt", "--model", "signals"}), 2,
          "--checkpoint and --resume need --model engine");
  refused(words("run", {"--resume", scratch_ / "none"}), 3, "none");
  refused(words("run", {"--resume", scratch_ / "made/image.npz"}), 3, "\"weft-checkpoint\"");
  refused(words("run", {"--resume", scratch_ / "c", "--interval", "2"}), 3, "a run with another stimulus");
  refused(words("run", {"--resume", scratch_.file("cut", kept.substr(0, kept.size() / 2))}), 3, "cut");
  std::string damaged = kept;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x10);
  refused(words("run", {"--resume", scratch_.file("damaged", damaged)}), 3, "damaged");
  ASSERT_EQ(run_weft({"--seed", "2", "flow", scratch_ / "tiny.yaml", "-o", scratch_ / "made"}).code, 0);
  refused(words("run", {"--resume", scratch_ / "c"}), 3, "a run with another image");
  EXPECT_EQ(read_all(scratch_ / "c"), kept);
}

TEST_F(LongRun, ShowsItsFramesAndTheTimeLeftOnATerminal) {
  if (!terminals_can_be_opened()) GTEST_SKIP() << "no /dev/pts here";
  const Finished weft = run_weft_on_terminal(words("run"), {{"TERM", "xterm"}});
  EXPECT_EQ(weft.code, 0);
  EXPECT_THAT(weft.err, ContainsRegex("simulate +\\[=+>.*%.* s left  [0-9,]+ of 4,000 frames"));
}

TEST_F(LongRun, HearsCtrlCOnATerminalAndWipesItsBar) {
  if (!terminals_can_be_opened()) GTEST_SKIP() << "no /dev/pts here";
  std::vector<std::string> all = words("run");
  all.erase(all.begin());  // the report as a table
  const Finished weft =
      run_weft_on_terminal(all, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}, "of 4,000 frames", "\x03");
  EXPECT_EQ(weft.code, 1);
  EXPECT_THAT(weft.err, AllOf(HasSubstr("^C\r\033[Ksimulate "),
                              HasSubstr("weft: warning: interrupted; what there is so far is in")));
  EXPECT_THAT(weft.out, testing::StartsWith("Interrupted in the stage simulate: "));
}

TEST(LongTraffic, LeavesEarlierResultsAloneOnCtrlC) {
  const Scratch scratch;
  const std::vector<std::string> words = {"run",   "--traffic", "uniform",      "--fabric",
                                          "small", "-o",        scratch / "out"};
  ASSERT_EQ(run_weft(words).code, 0);
  const std::string before = read_all(scratch / "out/traffic.json");
  std::vector<std::string> endless = {"--json"};
  endless.insert(endless.end(), words.begin(), words.end());
  endless.insert(endless.end(), {"--cycles", "1000000000000", "--events", scratch / "log"});
  // The log's temporary file says that the run has begun.
  const Finished stopped = run_weft_and_signal(endless, SIGINT, [&](const std::string&) {
    return std::distance(fs::directory_iterator(scratch.path()), {}) > 1;
  });
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.err, HasSubstr("interrupted: 0 of 1 rates were done; they are in"));
  EXPECT_EQ(json::parse(stopped.out)["interrupted"], true);
  EXPECT_EQ(read_all(scratch / "out/traffic.json"), before);
  EXPECT_EQ(read_all(scratch / "out/partial/traffic.json"), stopped.out);
}

TEST(Interrupt, TheFirstAsksAndTheSecondKills) {
  const auto interrupt_twice = [] {
    app::install_interrupt_handler();
    std::raise(SIGINT);
    if (app::interrupted()) std::raise(SIGINT);
  };
  EXPECT_EXIT(interrupt_twice(), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace weft::test
