// A triggered waveform says within its windows what the whole waveform says, and nothing outside of them.
#include "traces/waveform/trigger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "example_run.hpp"
#include "model/base/files.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"
#include "vcd_parser.hpp"

namespace weft::traces {
namespace {

class Triggered : public testing::Test {
 protected:
  WaveformParams file(const std::string& name) const {
    WaveformParams params;
    params.file = directory_ / name;
    return params;
  }
  ParsedVcd write(const TriggerParams& params, const std::vector<Change>& changes, std::uint64_t end) {
    WaveformWriter waveform(file("run.vcd"));
    TriggeredWaveform triggered(waveform, params);
    triggered.choose(example_signals());
    for (const Change& change : changes) triggered.change(change.cycle, change.signal, change.value);
    triggered.finish(end);
    windows_ = triggered.windows();
    return parse_vcd(read_text_file(directory_ / "run.vcd"));
  }
  ParsedVcd write_whole(const std::vector<Change>& changes, std::uint64_t end) const {
    WaveformWriter waveform(file("whole.vcd"));
    waveform.choose(example_signals());
    for (const Change& change : changes) waveform.change(change.cycle, change.signal, change.value);
    waveform.finish(end);
    return parse_vcd(read_text_file(directory_ / "whole.vcd"));
  }
  TemporaryDirectory directory_;
  std::uint64_t windows_ = 0;
};

// Signal 0, "tile_0_0.core.busy", is 1 in these cycles; signal 2 counts cycles modulo 8.
std::vector<Change> busy_in(const std::vector<std::uint64_t>& cycles, std::uint64_t end) {
  std::vector<Change> changes;
  bool was = true;
  for (std::uint64_t cycle = 0; cycle < end; ++cycle) {
    const bool is = std::count(cycles.begin(), cycles.end(), cycle) > 0;
    if (is != was || cycle == 0) changes.push_back({cycle, 0, is ? 1u : 0u});
    changes.push_back({cycle, 2, cycle % 8});
    was = is;
  }
  return changes;
}

std::vector<std::uint64_t> known_cycles(const ParsedVcd& vcd, std::uint64_t end) {
  std::vector<std::uint64_t> known;
  for (std::uint64_t cycle = 0; cycle < end; ++cycle) {
    if (vcd.at("fabric.tile_0_0.router.east.occupancy", cycle) != "x") known.push_back(cycle);
  }
  return known;
}

std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (; first <= last; ++first) all.push_back(first);
  return all;
}

TEST_F(Triggered, ShowsTheCyclesAroundTheOneThatTriggers) {
  const auto vcd = write({parse_trigger("tile_0_0.core.busy == 1"), 3, 4}, busy_in({50}, 100), 100);
  EXPECT_EQ(known_cycles(vcd, 100), range(47, 54));
  EXPECT_EQ(windows_, 1u);
  EXPECT_EQ(vcd.at("fabric.tile_0_0.router.east.occupancy", 47), "111");
}

TEST_F(Triggered, GoesOnAsLongAsTheConditionHolds) {
  const auto vcd = write({parse_trigger("tile_0_0.core.busy == 1"), 0, 0}, busy_in(range(20, 29), 60), 60);
  EXPECT_EQ(known_cycles(vcd, 60), range(20, 29));
}

TEST_F(Triggered, JoinsWindowsThatMeetAndPartsThoseThatDoNot) {
  write({parse_trigger("tile_0_0.core.busy == 1"), 5, 5}, busy_in({20, 31}, 60), 60);
  EXPECT_EQ(windows_, 1u);
  const auto vcd = write({parse_trigger("tile_0_0.core.busy == 1"), 5, 5}, busy_in({20, 32}, 60), 60);
  EXPECT_EQ(windows_, 2u);
  std::vector<std::uint64_t> expected = range(15, 25);
  for (const std::uint64_t cycle : range(27, 37)) expected.push_back(cycle);
  EXPECT_EQ(known_cycles(vcd, 60), expected);
}

TEST_F(Triggered, WaitsUntilTheConditionHasHeldForSoManyCycles) {
  std::vector<std::uint64_t> cycles = range(10, 12);
  for (const std::uint64_t cycle : range(30, 34)) cycles.push_back(cycle);
  const auto vcd = write({parse_trigger("tile_0_0.core.busy == 1 for 4"), 1, 0}, busy_in(cycles, 60), 60);
  EXPECT_EQ(known_cycles(vcd, 60), range(32, 34));
}

TEST_F(Triggered, BeginsWithTheRunAndEndsWithIt) {
  EXPECT_EQ(known_cycles(write({parse_trigger("tile_0_0.core.busy == 1"), 9, 2}, busy_in({3}, 20), 20), 20),
            range(0, 5));
  EXPECT_EQ(known_cycles(write({parse_trigger("tile_0_0.core.busy == 1"), 2, 9}, busy_in({18}, 20), 20), 20),
            range(16, 19));
  EXPECT_EQ(known_cycles(write({parse_trigger("tile_0_0.core.busy == 1"), 9, 9}, busy_in({}, 20), 20), 20),
            range(1, 0));
  EXPECT_EQ(windows_, 0u);
}

TEST_F(Triggered, SaysInItsWindowsWhatTheWholeWaveformSays) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const std::vector<Change> changes = example_changes(0, 600, seed);
    const ParsedVcd whole = write_whole(changes, 600);
    const ParsedVcd part = write({parse_trigger("tile_1_0.router.east.occupancy>=7"), 6, 3}, changes, 600);
    std::vector<bool> shown(600, false);
    for (std::uint64_t cycle = 0; cycle < 600; ++cycle) {
      if (whole.at("fabric.tile_1_0.router.east.occupancy", cycle) != "111") continue;
      for (std::uint64_t c = cycle < 6 ? 0 : cycle - 6; c <= std::min<std::uint64_t>(cycle + 3, 599); ++c)
        shown[c] = true;
    }
    EXPECT_GT(windows_, 1u);
    EXPECT_TRUE(std::count(shown.begin(), shown.end(), false) > 0);
    for (const SignalInfo& signal : example_signals()) {
      for (std::uint64_t cycle = 0; cycle < 600; ++cycle) {
        ASSERT_EQ(part.at(signal.name, cycle), shown[cycle] ? whole.at(signal.name, cycle) : "x")
            << signal.name << " in cycle " << cycle << ", seed " << seed;
      }
    }
  }
}

TEST_F(Triggered, NamesTheNearestSignalForOneThatDoesNotExist) {
  WaveformWriter waveform(file("run.vcd"));
  TriggeredWaveform triggered(waveform, {parse_trigger("tile_0_0.core.bussy == 1"), 1, 1});
  EXPECT_THAT(input_error_of([&] { triggered.choose(example_signals()); }),
              testing::StartsWith(
                  "trace trigger: no signal 'tile_0_0.core.bussy' (did you mean 'tile_0_0.core.busy'"));
}

TEST_F(Triggered, RefusesAValueThatTheSignalCannotHave) {
  WaveformWriter waveform(file("run.vcd"));
  TriggeredWaveform triggered(waveform, {parse_trigger("tile_0_0.core.busy > 16"), 1, 1});
  EXPECT_EQ(input_error_of([&] { triggered.choose(example_signals()); }),
            "trace trigger: found the value 16 for fabric.tile_0_0.core.busy, expected one of 1 bit");
}

// A neuron's potential is there only for who asks, and has a sign.
const std::vector<SignalInfo> kPotentials = {{"fabric.step", 4},
                                             {"fabric.tile_0_0.core.potential[0]", 8, true}};

TEST_F(Triggered, ComparesSignedSignalsWithTheirSign) {
  const auto shown = [&](const std::string& condition) {
    WaveformWriter waveform(file("run.vcd"));
    TriggeredWaveform triggered(waveform, {parse_trigger(condition), 0, 0});
    EXPECT_TRUE(triggered.wants_potentials());
    EXPECT_EQ(triggered.choose(kPotentials), (std::vector<bool>{true, true}));
    const std::vector<int> values = {-128, -3, 0, 2, 127};
    for (std::uint64_t cycle = 0; cycle < values.size(); ++cycle) {
      triggered.change(cycle, 0, cycle);
      triggered.change(cycle, 1, static_cast<std::uint64_t>(values[cycle]) & 0xff);
    }
    triggered.finish(values.size());
    std::vector<std::uint64_t> cycles;
    const ParsedVcd vcd = parse_vcd(read_text_file(directory_ / "run.vcd"));
    for (std::uint64_t cycle = 0; cycle < values.size(); ++cycle)
      if (vcd.at("fabric.step", cycle) != "x") cycles.push_back(cycle);
    return cycles;
  };
  const std::string name = "tile_0_0.core.potential[0] ";
  EXPECT_EQ(shown(name + "> 0"), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(shown(name + "<= -3"), (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(shown(name + "== -128"), (std::vector<std::uint64_t>{0}));
  EXPECT_EQ(shown(name + ">= 0x7f"), (std::vector<std::uint64_t>{4}));
}

TEST_F(Triggered, RefusesASignedValueThatTheSignalCannotHave) {
  const auto refusal = [&](const std::string& condition) {
    WaveformWriter waveform(file("run.vcd"));
    TriggeredWaveform triggered(waveform, {parse_trigger(condition), 1, 1});
    return input_error_of([&] { triggered.choose(kPotentials); });
  };
  EXPECT_EQ(
      refusal("tile_0_0.core.potential[0] > 128"),
      "trace trigger: found the value 128 for fabric.tile_0_0.core.potential[0], expected one of 8 bits with "
      "its sign");
  EXPECT_EQ(refusal("tile_0_0.core.potential[0] > -129"),
            "trace trigger: found the value -129 for fabric.tile_0_0.core.potential[0], expected one of 8 "
            "bits with "
            "its sign");
  EXPECT_EQ(refusal("step > -1"),
            "trace trigger: found the value -1 for fabric.step, expected one of 4 bits");
}

TEST(Trigger, IsReadWithOrWithoutBlanks) {
  for (const char* text : {"a.b >= 0x1f for 3", "  a.b>=31   for 3 "}) {
    const Trigger trigger = parse_trigger(text);
    EXPECT_EQ(trigger.signal, "a.b");
    EXPECT_EQ(trigger.comparison, Comparison::GreaterEqual);
    EXPECT_EQ(trigger.value, 31u);
    EXPECT_EQ(trigger.for_cycles, 3u);
  }
}

TEST(Trigger, SaysWhatItCannotRead) {
  const auto refusal = [](const std::string& text) { return input_error_of([&] { parse_trigger(text); }); };
  EXPECT_EQ(refusal(""), "trigger '':1:1: found its end, expected the name of a signal");
  EXPECT_EQ(refusal("a.b"), "trigger 'a.b':1:4: found its end, expected one of == != < <= > >=");
  EXPECT_EQ(refusal("a.b = 3"), "trigger 'a.b = 3':1:5: found \"=\", expected one of == != < <= > >=");
  EXPECT_EQ(refusal("a.b > x"), "trigger 'a.b > x':1:7: found \"x\", expected a number");
  EXPECT_EQ(refusal("a > 3 fro 2"),
            "trigger 'a > 3 fro 2':1:7: found \"fro\", expected \"for\" and a number of cycles, or the end");
  EXPECT_EQ(refusal("a > 3 for 0"),
            "trigger 'a > 3 for 0':1:11: found \"0\", expected a number of cycles, 1 or more");
  EXPECT_EQ(refusal("a > 3 for 2 b"), "trigger 'a > 3 for 2 b':1:13: found \"b\", expected the end");
}

}  // namespace
}  // namespace weft::traces
