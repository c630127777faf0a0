// weft run --traffic as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/flow/traffic_sweep.hpp"
#include "model/base/error.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/traces/vcd_parser.hpp"

namespace weft::test {
namespace {

using testing::HasSubstr;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(TrafficCommand, SweepsRatesIntoATableCsvAndJson) {
  const std::filesystem::path directory = testing::TempDir() + "/weft_traffic";
  const Finished weft = run_weft({"--json", "run", "--traffic", "uniform", "--rate", "0.05:0.65:0.3",
                                  "--fabric", "small", "--cycles", "2000", "-o", directory.string()});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const auto document = nlohmann::json::parse(weft.out);
  EXPECT_EQ(weft.out, text_of(directory / "traffic.json"));
  ASSERT_EQ(document["points"].size(), 3u);
  const auto& light = document["points"][0];
  EXPECT_NEAR(light["latency_mean"].get<double>(), light["zero_load_latency"].get<double>(), 2);
  EXPECT_FALSE(light["saturated"].get<bool>());
  EXPECT_NEAR(light["accepted"].get<double>(), 0.05, 0.01);
  const std::string csv = text_of(directory / "traffic.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4);
  EXPECT_THAT(
      csv, testing::StartsWith("rate,offered,accepted,packets,hops,latency_mean,latency_p50,latency_p99,"));
  EXPECT_THAT(csv, HasSubstr(document["points"][2]["cycles"].dump().substr(0, 4)));
}

TEST(TrafficCommand, GivesTheSameOnTheEngineAndOnTheSignalModel) {
  const Scratch scratch;
  for (const std::string model : {"engine", "signals"}) {
    const Finished weft = run_weft({"run", "--traffic", "transpose", "--rate", "0.2", "--set", "width=4",
                                    "--set", "height=4", "--cycles", "500", "--model", model, "--trace",
                                    scratch / (model + ".vcd"), "-o", scratch / model});
    ASSERT_EQ(weft.code, 0) << weft.err;
  }
  EXPECT_EQ(text_of(scratch / "engine/traffic.csv"), text_of(scratch / "signals/traffic.csv"));
  // SystemC's own tracing writes the one, our own writer the other.
  const traces::ParsedVcd engine = traces::parse_vcd(text_of(scratch / "engine.vcd")),
                          signals = traces::parse_vcd(text_of(scratch / "signals.vcd"));
  EXPECT_EQ(engine.widths, signals.widths);
  EXPECT_TRUE(engine.changes == signals.changes);
}

TEST(TrafficCommand, WritesAWaveformAndEventsOfOneRate) {
  const std::filesystem::path directory = testing::TempDir() + "/weft_traffic_files";
  const std::string vcd = testing::TempDir() + "/traffic.vcd";
  const std::string events = testing::TempDir() + "/traffic.events";
  const Finished weft = run_weft({"run", "--traffic", "hotspot", "--fabric", "small", "--cycles", "200",
                                  "--trace", vcd, "--events", events, "-o", directory.string()});
  ASSERT_EQ(weft.code, 0) << weft.err;
  EXPECT_THAT(weft.out, HasSubstr("Without contention a packet takes"));
  EXPECT_THAT(text_of(vcd), HasSubstr("$enddefinitions"));
  EXPECT_EQ(run_weft({"inspect", events}).code, 0);
}

TEST(TrafficCommand, ShowsTheCyclesAroundATrigger) {
  const Scratch scratch;
  const auto run = [&](const std::string& condition, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {
        "run",     "--traffic",       "uniform",      "--rate",  "0.2", "--fabric",     "small",
        "--trace", scratch / "a.vcd", "--trace-when", condition, "-o",  scratch / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  };
  const Finished never = run("tile_0_0.router.east.stalled == 1 for 5000");
  EXPECT_EQ(never.code, 0) << never.err;
  EXPECT_THAT(never.err,
              HasSubstr("the waveform is empty: in no cycle \"tile_0_0.router.east.stalled == 1 for 5000\""));
  ASSERT_EQ(
      run("tile_0_0.router.east.stalled == 1 for 4", {"--trace-before", "10", "--trace-after", "2"}).code, 0);
  EXPECT_THAT(text_of(scratch / "a.vcd"), HasSubstr("bX"));
  const Finished unknown = run("tile_0_0.router.est.stalled == 1");
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'tile_0_0.router.east.stalled'"));
}

TEST(TrafficCommand, RefusesTraceOptionsWithoutWhatTheyNeed) {
  const auto complaint = [](std::vector<std::string> words) {
    words.insert(words.begin(), {"run", "--traffic", "uniform"});
    const Finished weft = run_weft(words);
    EXPECT_EQ(weft.code, 2);
    return weft.err;
  };
  EXPECT_THAT(complaint({"--trace-when", "a == 1"}), HasSubstr("--trace-when needs --trace FILE"));
  EXPECT_THAT(complaint({"--trace", "a.vcd", "--trace-before", "3"}),
              HasSubstr("--trace-before and --trace-after need --trace-when CONDITION"));
  EXPECT_THAT(complaint({"--trace-after", "3"}),
              HasSubstr("--trace-before and --trace-after need --trace-when CONDITION"));
}

TEST(TrafficCommand, KeepsItsResultsWhereTheDiskIsTooSmallForTheEvents) {
  const Scratch scratch;
  const std::string run = std::string(WEFT_PROGRAM) + " run --traffic uniform --rate 0.2 --fabric small" +
                          " --events " + scratch / "events" + " -o " + scratch / "out";
  // No file can have more than 200 blocks of 512 bytes.
  const Finished weft = run_program({"/bin/sh", "-c", "ulimit -f 200; trap '' XFSZ; exec " + run});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("events: cannot write: File too large"));
  EXPECT_THAT(text_of(scratch / "out/traffic.csv"), testing::StartsWith("rate,"));
  const Finished inspect = run_weft({"inspect", scratch / "events.partial"});
  EXPECT_EQ(inspect.code, 0) << inspect.err;
  EXPECT_THAT(inspect.out, testing::ContainsRegex("truncated +true"));
}

TEST(TrafficCommand, SaysWhatIsWrong) {
  const auto complaint = [](std::vector<std::string> words) {
    words.insert(words.begin(), "run");
    const Finished weft = run_weft(words);
    EXPECT_NE(weft.code, 0);
    return weft.err;
  };
  EXPECT_THAT(complaint({"--traffic", "circles"}), HasSubstr("circles"));
  EXPECT_THAT(complaint({"--traffic", "uniform", "--model", "signal"}),
              HasSubstr("--model: found \"signal\", expected engine, signals (did you mean 'signals'?)"));
  EXPECT_THAT(complaint({"--traffic", "uniform", "image.npz"}), HasSubstr("too many words"));
  EXPECT_THAT(complaint({"--traffic", "uniform", "--rate", "0.1:0.2"}),
              HasSubstr("expected RATE or FROM:TO:STEP"));
  EXPECT_THAT(complaint({"--traffic", "uniform", "--rate", "0.2:0.1:0.01"}),
              HasSubstr("expected 1 to 1000 rates"));
  EXPECT_THAT(complaint({"--traffic", "uniform", "--rate", "0.1:0.2:0.05", "--events", "x"}),
              HasSubstr("--trace and --events need a single --rate"));
}

TEST(TrafficSweep, CountsTheLastRate) {
  EXPECT_EQ(app::parse_rates("0.25"), std::vector<double>{0.25});
  const std::vector<double> rates = app::parse_rates("0.01:0.3:0.01");
  ASSERT_EQ(rates.size(), 30u);
  EXPECT_NEAR(rates.back(), 0.3, 1e-12);
}

}  // namespace
}  // namespace weft::test
