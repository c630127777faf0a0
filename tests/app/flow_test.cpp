// A small flow from data to figures, through the program, once for all the tests of what it leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/app/tiny_flows.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/traces/vcd_parser.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace fs = std::filesystem;

class TinyFlow : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
    flow_ = scratch_.file("tiny.yaml", tiny_flow("default"));
  }
  Finished run_flow(const std::string& output, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--json", "flow", flow_, "-o", scratch_ / output};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }
  json report(const std::string& output) const {
    return json::parse(read_all(scratch_ / (output + "/report.json")));
  }

  Scratch scratch_;
  std::string flow_;
};

class TinyFlowFull : public TinyFlow {};

TEST_F(TinyFlowFull, IsNotAcceptableWhereWorkIsLateForItsTick) {
  const std::vector<std::string> ticks = {"--set", "fabric.step.synchronization=tick", "--set"};
  const auto run = [&](const std::string& output, const std::string& cycles) {
    std::vector<std::string> more = ticks;
    more.push_back("fabric.step.tick_cycles=" + cycles);
    return run_flow(output, more);
  };
  const Finished late = run("late", "100");
  EXPECT_EQ(late.code, 1) << late.err;
  const json tick = report("late")["tick"];
  EXPECT_EQ(tick["cycles"], 100);
  EXPECT_GT(tick["late_messages"], 0);
  EXPECT_GT(tick["first"].size(), 0u);
  const std::string enough = std::to_string(tick["sufficient_cycles"].get<int>());
  EXPECT_THAT(late.err, HasSubstr("late for their ticks of 100 cycles: "));
  EXPECT_THAT(late.err, HasSubstr("a tick of " + enough + " cycles would have sufficed (step.tick_cycles)"));
  EXPECT_THAT(read_all(scratch_ / "late/report.html"), HasSubstr("A tick of "));
  const Finished in_time = run("in_time", enough);
  EXPECT_EQ(in_time.code, 0) << in_time.err;
  EXPECT_EQ(report("in_time")["tick"]["late_messages"], 0);
  EXPECT_EQ(report("in_time")["accuracy"]["mismatches"], 0);
  EXPECT_EQ(run("one_less", std::to_string(std::stoi(enough) - 1)).code, 1);
}

TEST_F(TinyFlow, EndsWithoutAMismatchAndWithEveryFigure) {
  const Finished weft = run_flow("out");
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json stdout_json = json::parse(weft.out);
  const json report = this->report("out");
  EXPECT_EQ(stdout_json, report);
  EXPECT_EQ(report["accuracy"]["mismatches"], 0);
  EXPECT_EQ(report["accuracy"]["samples"], 12);
  EXPECT_EQ(report["accuracy"]["fixed"], report["accuracy"]["fabric"]);
  for (const char* key : {"/accuracy/float",
                          "/accuracy/compressed",
                          "/accuracy/fixed",
                          "/accuracy/fabric",
                          "/compression/synapses_before",
                          "/compression/synapses_after",
                          "/compression/ratio",
                          "/compression/neurons_before",
                          "/compression/neurons_after",
                          "/compression/layers/0",
                          "/utilization/cores/used",
                          "/utilization/cores/available",
                          "/utilization/cores/lower_bound",
                          "/utilization/axons/used",
                          "/utilization/neurons/used",
                          "/utilization/synapses/used",
                          "/utilization/links/used",
                          "/utilization/links/available",
                          "/latency/cycles/mean",
                          "/latency/cycles/p50",
                          "/latency/cycles/p99",
                          "/latency/cycles/max",
                          "/latency/steps",
                          "/latency/seconds",
                          "/throughput/frames_per_second",
                          "/energy/total_joule",
                          "/energy/per_frame_joule",
                          "/energy/parts/hops",
                          "/mapping/hops",
                          "/mapping/multicast_hops",
                          "/mapping/unicast_hops",
                          "/mapping/lower_bound",
                          "/mapping/max_link_load",
                          "/simulation/cycles",
                          "/simulation/wall_seconds",
                          "/simulation/cpu_seconds",
                          "/simulation/flit_hops",
                          "/simulation/synaptic_ops",
                          "/simulation/peak_rss_bytes",
                          "/provenance/version",
                          "/provenance/seed",
                          "/provenance/digests/dense",
                          "/provenance/digests/compressed",
                          "/provenance/digests/fixed",
                          "/provenance/digests/fabric",
                          "/provenance/digests/image",
                          "/provenance/digests/outcome",
                          "/provenance/effective_config"})
    EXPECT_TRUE(report.contains(json::json_pointer(key))) << key;
  EXPECT_GT(report["latency"]["cycles"]["mean"], 0);
  EXPECT_GT(report["energy"]["total_joule"], 0);
  EXPECT_GT(report["simulation"]["flit_hops"], 0);
}

TEST_F(TinyFlow, RunsWithUnicastRoutingToo) {
  // Cores so small that many senders are heard by several.
  const Finished weft = run_flow("unicast", {"--set", "fabric.router.routing=unicast", "--set",
                                             "fabric.core.neurons=8", "--set", "fabric.core.axons=128"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json report = this->report("unicast");
  EXPECT_EQ(report["accuracy"]["mismatches"], 0);
  EXPECT_EQ(report["mapping"]["hops"], report["mapping"]["unicast_hops"]);
  EXPECT_LT(report["mapping"]["multicast_hops"], report["mapping"]["unicast_hops"]);
}

TEST_F(TinyFlow, SaysOneLinePerStageOnStderr) {
  const Finished weft = run_flow("out");
  for (const char* stage : {"load", "train", "compress", "quantize", "map", "simulate", "compare", "write"})
    EXPECT_THAT(weft.err, testing::ContainsRegex(std::string("(^|\n)") + stage + " ")) << stage;
  EXPECT_THAT(weft.err, Not(HasSubstr("\r")));
  EXPECT_THAT(run_weft({"--quiet", "flow", flow_, "-o", scratch_ / "out"}).err, IsEmpty());
}

TEST_F(TinyFlow, DrawsABarOnATerminal) {
  if (!terminals_can_be_opened()) GTEST_SKIP() << "no /dev/pts here";
  const Finished weft = run_weft_on_terminal({"flow", flow_, "-o", scratch_ / "out"}, {{"TERM", "xterm"}});
  EXPECT_THAT(weft.err, HasSubstr("["));
  EXPECT_THAT(weft.err, HasSubstr("%"));
  EXPECT_THAT(weft.err, HasSubstr("\r"));
}

TEST_F(TinyFlow, IsRepeatedByItsEffectiveConfiguration) {
  ASSERT_EQ(run_flow("first").code, 0);
  const Finished again =
      run_weft({"--threads", "1", "flow", scratch_ / "first/effective.yaml", "-o", scratch_ / "second"});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(report("first")["provenance"]["digests"], report("second")["provenance"]["digests"]);
  EXPECT_EQ(report("first")["provenance"]["effective_config"],
            report("second")["provenance"]["effective_config"]);
}

TEST_F(TinyFlow, DependsOnItsSeed) {
  ASSERT_EQ(run_flow("first").code, 0);
  ASSERT_EQ(run_weft({"--seed", "2", "flow", flow_, "-o", scratch_ / "second"}).code, 0);
  EXPECT_EQ(report("second")["provenance"]["seed"], 2);
  EXPECT_NE(report("first")["provenance"]["digests"]["dense"],
            report("second")["provenance"]["digests"]["dense"]);
}

TEST_F(TinyFlow, LeavesFilesThatLaterCommandsAccept) {
  ASSERT_EQ(run_flow("out").code, 0);
  for (const char* file : {"dense.npz", "compressed.npz", "fixed.npz", "image.npz", "outcome.npz",
                           "report.json", "fabric.yaml", "effective.yaml"})
    EXPECT_EQ(run_weft({"inspect", scratch_ / (std::string("out/") + file)}).code, 0) << file;

  const Finished map = run_weft({"--json", "map", scratch_ / "out/fixed.npz", "--fabric",
                                 scratch_ / "out/fabric.yaml", "-o", scratch_ / "map"});
  ASSERT_EQ(map.code, 0) << map.err;

  const Finished run = run_weft({"--json", "run", scratch_ / "map/image.npz", "--frames", "12", "-o",
                                 scratch_ / "run", "--trace", scratch_ / "run.vcd", "--trace-scope",
                                 "*tile_0_0.*", "--events", scratch_ / "run.events"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(json::parse(run.out)["accuracy"]["mismatches"], 0);
  EXPECT_THAT(read_all(scratch_ / "run.vcd"), HasSubstr("$timescale"));
  const Finished events = run_weft({"--json", "inspect", scratch_ / "run.events"});
  EXPECT_EQ(events.code, 0) << events.err;
  EXPECT_GT(json::parse(events.out)["events"], 0);

  const Finished page = run_weft({"report", scratch_ / "run", "-o", scratch_ / "page.html"});
  EXPECT_EQ(page.code, 0) << page.err;
  EXPECT_THAT(read_all(scratch_ / "page.html"), HasSubstr("<html"));
  EXPECT_EQ(run_weft({"map", scratch_ / "out/compressed.npz", "-o", scratch_ / "map2"}).code, 0);
  EXPECT_EQ(
      run_weft({"compress", scratch_ / "out/dense.npz", "--train-samples", "300", "--layer",
                "fc1:density=0.5", "--prune-rounds", "1", "--final-epochs", "0", "-o", scratch_ / "compress"})
          .code,
      0);
}

TEST_F(TinyFlow, RunsAlikeOnTheEngineAndOnTheSignalModel) {
  ASSERT_EQ(run_flow("out").code, 0);
  for (const std::string model : {"engine", "signals"}) {
    const Finished run = run_weft({"--json", "run", scratch_ / "out/image.npz", "--frames", "3", "--model",
                                   model, "-o", scratch_ / model, "--trace", scratch_ / (model + ".vcd"),
                                   "--trace-scope", "*", "--trace-scope", "*.potential*"});
    ASSERT_EQ(run.code, 0) << run.err;
    EXPECT_EQ(json::parse(run.out)["accuracy"]["mismatches"], 0) << model;
  }
  EXPECT_EQ(report("engine")["provenance"]["digests"], report("signals")["provenance"]["digests"]);
  EXPECT_EQ(report("engine")["energy"], report("signals")["energy"]);
  // SystemC's own tracing writes the one, our own writer the other.
  const traces::ParsedVcd engine = traces::parse_vcd(read_all(scratch_ / "engine.vcd")),
                          signals = traces::parse_vcd(read_all(scratch_ / "signals.vcd"));
  EXPECT_EQ(engine.widths, signals.widths);
  EXPECT_TRUE(engine.changes == signals.changes);
}

TEST_F(TinyFlow, DrawsItsAnswersItsCriticalPathsAndItsReplay) {
  ASSERT_EQ(run_flow("out").code, 0);
  const json report = this->report("out");
  std::int64_t frames = 0;
  for (const auto& count : report["accuracy"]["answers"]["confusion"]) frames += count.get<std::int64_t>();
  EXPECT_EQ(frames, 12);
  EXPECT_EQ(report["accuracy"]["answers"]["classes"][0], "T-shirt/top");
  EXPECT_EQ(report["closer_look"]["frames"][1]["cycles"], report["latency"]["cycles"]["max"]);
  const std::string page = read_all(scratch_ / "out/report.html");
  for (const char* section : {"id=\"paths\"", "id=\"replay\"", "class=\"confusion\""})
    EXPECT_THAT(page, HasSubstr(section));
  // The page can be made again from what lies beside it, and with a log of the whole run.
  const std::string image = scratch_ / "out/image.npz", log = scratch_ / "all.events";
  ASSERT_EQ(run_weft({"report", scratch_ / "out", "-o", scratch_ / "again.html"}).code, 0);
  EXPECT_EQ(read_all(scratch_ / "again.html"), page);
  ASSERT_EQ(run_weft({"run", image, "--frames", "12", "--events", log, "-o", scratch_ / "run"}).code, 0);
  ASSERT_EQ(run_weft({"report", scratch_ / "run", "--events", log, "-o", scratch_ / "all.html"}).code, 0);
  EXPECT_EQ(read_all(scratch_ / "all.html"), read_all(scratch_ / "run/report.html"));
  EXPECT_THAT(
      read_all(scratch_ / "all.html"),
      HasSubstr("events of " + std::to_string(12 + report["latency"]["steps"].get<int>()) + " steps"));
}

TEST_F(TinyFlow, RefusesToReplayALogOfAnotherFabric) {
  ASSERT_EQ(run_flow("out").code, 0);
  ASSERT_EQ(run_flow("wide", {"--set", "fabric.width=9"}).code, 0);
  const Finished weft = run_weft({"report", scratch_ / "out", "--events", scratch_ / "wide/frames.events"});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("frames.events: found events of the fabric with digest "));
  EXPECT_THAT(weft.err, HasSubstr("expected the report's, whose digest is "));
}

TEST_F(TinyFlow, RefusesAnImageOnAnotherFabric) {
  ASSERT_EQ(run_flow("out").code, 0);
  const Finished run = run_weft(
      {"run", scratch_ / "out/image.npz", "--fabric", "small", "--frames", "1", "-o", scratch_ / "run"});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("image.npz: found an image for the fabric with digest"));
  EXPECT_THAT(run.err, HasSubstr("expected one for small, whose digest is"));
  EXPECT_FALSE(fs::exists(scratch_ / "run/report.json"));
}

TEST_F(TinyFlow, RefusesAnotherNetworkThanTheImages) {
  ASSERT_EQ(run_flow("out").code, 0);
  ASSERT_EQ(run_weft({"--seed", "2", "flow", flow_, "-o", scratch_ / "other"}).code, 0);
  const Finished run = run_weft({"run", scratch_ / "out/image.npz", "--network", scratch_ / "other/fixed.npz",
                                 "--frames", "1", "-o", scratch_ / "run"});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("digest"));
}

TEST_F(TinyFlow, RecordsAWindowOfStepsAndFrames) {
  ASSERT_EQ(run_flow("out").code, 0);
  const auto run = [this](const std::string& name, std::vector<std::string> words) {
    std::vector<std::string> all = {"run",
                                    scratch_ / "out/image.npz",
                                    "--frames",
                                    "3",
                                    "-o",
                                    scratch_ / "run",
                                    "--trace",
                                    scratch_ / name,
                                    "--trace-scope",
                                    "step"};
    all.insert(all.end(), words.begin(), words.end());
    return run_weft(all);
  };
  for (const std::string unit : {"step", "frame"}) {
    const Finished one = run("one.vcd", {"--trace-from", unit + " 1", "--trace-to", unit + " 2"});
    ASSERT_EQ(one.code, 0) << one.err;
    const traces::ParsedVcd vcd = traces::parse_vcd(read_all(scratch_ / "one.vcd"));
    const auto& changes = vcd.changes.at("fabric.step");  // step 1 from the first cycle to the last
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0], std::pair(vcd.times.front(), std::string("1")));
    EXPECT_GT(vcd.times.back(), vcd.times.front());
  }
  const Finished outside = run("none.vcd", {"--trace-from", "step 99"});
  EXPECT_EQ(outside.code, 2);
  EXPECT_THAT(outside.err,
              testing::ContainsRegex("--trace-from: found \"step 99\", expected one of the run's "
                                     "steps, 0 to [0-9]+"));
  // Two steps more pass until the last of the three frames is out.
  const Finished no_frame = run("none.vcd", {"--trace-from", "frame 3"});
  EXPECT_EQ(no_frame.code, 2);
  EXPECT_THAT(no_frame.err,
              HasSubstr("--trace-from: found \"frame 3\", expected one of the run's frames, 0 to 2"));
  const Finished late = run("none.vcd", {"--trace-from", "99999999"});
  EXPECT_EQ(late.code, 2);
  EXPECT_THAT(late.err,
              testing::ContainsRegex("--trace-from: found cycle 99999999, expected one of the run's, 0 to "
                                     "[0-9]+; nothing was recorded"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "none.vcd"));
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "run/report.json"));  // the run's own results are there
  const Finished empty = run("none.vcd", {"--trace-from", "frame 2", "--trace-to", "step 1"});
  EXPECT_EQ(empty.code, 2);
  EXPECT_THAT(empty.err, HasSubstr("--trace-to step 1 is not after --trace-from frame 2"));
}

TEST(RecordOptions, TakeACycleAStepOrAFrame) {
  const auto refusal = [](const std::string& from, const std::string& to) {
    const Finished run =
        run_weft({"run", "image.npz", "--trace", "a.vcd", "--trace-from", from, "--trace-to", to});
    EXPECT_EQ(run.code, 2);
    return run.err;
  };
  EXPECT_THAT(refusal("stp 3", "9"),
              HasSubstr("--trace-from: found \"stp 3\", expected a cycle, \"step N\" or \"frame N\""));
  EXPECT_THAT(refusal("3", "step x"), HasSubstr("--trace-to: found \"step x\", expected a cycle"));
  EXPECT_THAT(refusal("-3", "9"), HasSubstr("--trace-from: found \"-3\", expected a cycle"));
  EXPECT_THAT(refusal("step 3", "step 3"), HasSubstr("--trace-to step 3 is not after --trace-from step 3"));
  EXPECT_THAT(refusal("0", "0"), HasSubstr("--trace-to 0 is not after --trace-from 0"));
}

TEST_F(TinyFlow, RefusesAWaveformThatIsNoVcd) {
  ASSERT_EQ(run_flow("out").code, 0);
  const Finished run = run_weft({"run", scratch_ / "out/image.npz", "--frames", "1", "--trace",
                                 scratch_ / "a.wave", "-o", scratch_ / "run"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("a.wave\", expected one that ends in .vcd or .fst"));
}

TEST_F(TinyFlow, RefusesFilesOfTheWrongKind) {
  ASSERT_EQ(run_flow("out").code, 0);
  EXPECT_EQ(run_weft({"run", scratch_ / "out/dense.npz", "-o", scratch_ / "run"}).code, 3);
  const Finished map = run_weft({"map", scratch_ / "out/image.npz", "-o", scratch_ / "map"});
  EXPECT_EQ(map.code, 3);
  EXPECT_THAT(map.err, HasSubstr("found an image, expected a network"));
  EXPECT_EQ(run_weft({"flow", scratch_ / "out/fabric.yaml", "-o", scratch_ / "flow"}).code, 3);
  EXPECT_EQ(run_weft({"report", scratch_ / "out/fabric.yaml"}).code, 3);
}

TEST_F(TinyFlow, RefusesTruncatedFiles) {
  ASSERT_EQ(run_flow("out").code, 0);
  const std::string image = read_all(scratch_ / "out/image.npz");
  const std::string cut = scratch_.file("cut.npz", image.substr(0, image.size() / 2));
  for (const char* command : {"run", "map", "inspect"}) {
    const Finished weft = run_weft({command, cut});
    EXPECT_EQ(weft.code, 3) << command;
    EXPECT_THAT(weft.err, HasSubstr("cut.npz")) << command;
  }
}

TEST_F(TinyFlow, SaysWhatIsShortOnAFabricTooSmall) {
  ASSERT_EQ(run_flow("out").code, 0);
  const Finished map =
      run_weft({"map", scratch_ / "out/fixed.npz", "--set", "width=1", "--set", "height=1", "--set",
                "core.axons=16", "--set", "core.neurons=16", "-o", scratch_ / "map"});
  EXPECT_EQ(map.code, 1) << map.err;
  EXPECT_THAT(map.err, testing::ContainsRegex("[0-9]"));
  EXPECT_FALSE(fs::exists(scratch_ / "map/image.npz"));
}

TEST_F(TinyFlow, ExitsWithOneWhereARequirementIsMissed) {
  const Finished weft = run_flow("out", {"--set", "require.compression_ratio=1000"});
  EXPECT_EQ(weft.code, 1);
  EXPECT_THAT(weft.err, HasSubstr("1000.00 are required"));
  EXPECT_TRUE(json::accept(weft.out));
}

TEST_F(TinyFlow, LeavesEarlierResultsAfterAnError) {
  ASSERT_EQ(run_flow("out").code, 0);
  const std::string before = read_all(scratch_ / "out/report.json");
  EXPECT_EQ(run_flow("out", {"--set", "fabric.width=1", "--set", "fabric.height=1", "--set",
                             "fabric.core.neurons=4"})
                .code,
            1);
  EXPECT_EQ(read_all(scratch_ / "out/report.json"), before);
  for (const auto& entry : fs::directory_iterator(scratch_ / "out"))
    EXPECT_NE(entry.path().filename().string()[0], '.') << entry.path();
}

TEST_F(TinyFlow, EndsWithWhatItHasOnCtrlC) {
  ASSERT_EQ(run_flow("out").code, 0);
  const std::string before = read_all(scratch_ / "out/report.json");
  const Finished weft = run_weft_and_interrupt(
      {"flow", flow_, "-o", scratch_ / "out", "--set", "train.epochs=100000"}, "load ");
  EXPECT_EQ(weft.code, 1);
  EXPECT_THAT(weft.err, HasSubstr("interrupted"));
  EXPECT_EQ(read_all(scratch_ / "out/report.json"), before);
  // The signal comes where loading ends and training begins.
  EXPECT_THAT(report("out/partial")["interrupted"]["stage"].get<std::string>(),
              testing::AnyOf("load", "train"));
}

TEST_F(TinyFlow, LeavesNothingBehindOnAFullDisk) {
  // A limit on the size of files stands in for the disk: a write fails in the middle.
  const Finished weft = run_program({"/bin/sh", "-c",
                                     "trap '' XFSZ; ulimit -f 4; exec " WEFT_PROGRAM " flow '" + flow_ +
                                         "' -o '" + (scratch_ / "out") + "'"});
  EXPECT_EQ(weft.code, 3) << weft.err;
  EXPECT_THAT(weft.err, HasSubstr("frames.events: cannot write"));
  EXPECT_TRUE(fs::is_empty(scratch_ / "out"));
}

TEST(DemoFull, ReachesItsOwnRequirements) {
  if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
  const Scratch scratch;
  const Finished weft = run_weft({"--json", "demo", "-o", scratch.path()});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json report = json::parse(weft.out);
  EXPECT_EQ(report["accuracy"]["mismatches"], 0);
  EXPECT_EQ(report["accuracy"]["samples"], 10000);
  EXPECT_GE(report["compression"]["ratio"], 20);
  EXPECT_LE(report["accuracy"]["float"].get<double>() - report["accuracy"]["fabric"].get<double>(),
            0.01 + 1e-12);
  EXPECT_LE(report["simulation"]["peak_rss_bytes"], 500'000'000);
}

}  // namespace
}  // namespace weft::test
