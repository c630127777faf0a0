// Waveforms by SystemC's own tracing say what those of our own writer say: equal declarations, and equal
// values at equal times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "model/base/files.hpp"
#include "sim/vcd_trace.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"
#include "tests/sim/random_case.hpp"
#include "tests/traces/small_disk.hpp"
#include "traces/waveform/trigger.hpp"
#include "traces/waveform/vcd_pipe.hpp"
#include "traces/waveform/waveform.hpp"
#include "vcd_parser.hpp"

namespace weft::traces {
namespace {

class SystemcTrace : public testing::Test {
 protected:
  struct Watch {
    WaveformParams params;
    std::optional<TriggerParams> trigger;
    bool by_systemc = true;
    EventSink* events = nullptr;
  };
  Watch watch(const std::string& name) const {
    Watch made;
    made.params.file = directory_ / name;
    return made;
  }

  void run(sim::RandomCase simulated, Watch watch) {
    WaveformWriter* waveform = nullptr;
    TriggeredWaveform* triggered = nullptr;
    sim::VcdTrace trace(
        [&](std::uint64_t cycles) { triggered ? triggered->end(cycles) : waveform->end(cycles); });
    if (watch.by_systemc) watch.params.player = &trace;
    WaveformWriter writer(watch.params);
    waveform = &writer;
    std::optional<TriggeredWaveform> around;
    if (watch.trigger) triggered = &around.emplace(writer, *watch.trigger);
    sim::RunParams params;
    if (watch.by_systemc) params.trace = &trace;
    SignalSink* const sink = triggered ? static_cast<SignalSink*>(triggered) : waveform;
    outcome_ = simulated.made.run(simulated.stimulus, params, watch.events, sink);
    triggered ? triggered->finish(outcome_.cycles) : waveform->finish(outcome_.cycles);
    changes_ = writer.changes();
  }

  // The same run by either writer.
  void expect_equal(const sim::RandomCase& simulated, Watch watch) {
    watch.params.file = directory_ / "ours.vcd";
    watch.by_systemc = false;
    run(simulated, watch);
    const std::uint64_t ours = changes_;
    watch.params.file = directory_ / "systemc.vcd";
    watch.by_systemc = true;
    run(simulated, watch);
    EXPECT_EQ(changes_, ours);
    const ParsedVcd a = read("ours.vcd"), b = read("systemc.vcd");
    EXPECT_EQ(b.timescale, a.timescale);
    EXPECT_EQ(b.widths, a.widths);
    EXPECT_EQ(b.times.front(), a.times.front());
    for (const auto& [name, changes] : a.changes) ASSERT_EQ(b.changes.at(name), changes) << name;
  }
  ParsedVcd read(const std::string& name) const { return parse_vcd(read_text_file(directory_ / name)); }

  TemporaryDirectory directory_;
  Outcome outcome_;
  std::uint64_t changes_ = 0;
};

TEST_F(SystemcTrace, IsWrittenBySystemC) {
  run(sim::random_case(1), watch("run.vcd"));
  EXPECT_THAT(read_text_file(directory_ / "run.vcd"), testing::HasSubstr("$version\n SystemC"));
}

TEST_F(SystemcTrace, SaysWhatOurOwnWriterSays) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    expect_equal(sim::random_case(seed), watch("run.vcd"));
    EXPECT_EQ(read("systemc.vcd").times.back(), read("ours.vcd").times.back());
  }
}

TEST_F(SystemcTrace, NamesEachNeuronsPotentialAsItIsNamedElsewhere) {
  Watch potentials = watch("run.vcd");
  potentials.params.scopes = {"*.potential*"};
  expect_equal(sim::random_case(2), potentials);
  EXPECT_THAT(read("systemc.vcd").widths.begin()->first, testing::HasSubstr(".potential["));
}

TEST_F(SystemcTrace, BeginsAndEndsWithItsWindow) {
  Watch window = watch("run.vcd");
  window.params.from_cycle = 20;
  window.params.to_cycle = 60;
  expect_equal(sim::random_case(3), window);
  ASSERT_GT(outcome_.cycles, 60u);
  EXPECT_EQ(read("systemc.vcd").times.front(), 20u);
  EXPECT_EQ(read("systemc.vcd").times.back(), 60u);
}

TEST_F(SystemcTrace, IsUnknownThroughoutWhereTheRunEndsBeforeItsWindow) {
  Watch late = watch("run.vcd");
  late.params.from_cycle = 1000000;
  expect_equal(sim::random_case(3), late);
  for (const auto& [name, changes] : read("systemc.vcd").changes) {
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0], std::pair(std::uint64_t{1000000}, std::string("x"))) << name;
  }
}

// Read back by the tools of GTKWave: from VCD to FST and back, and beside the FST of the same run.
TEST_F(SystemcTrace, SaysTheSameAsTheFst) {
  if (std::system("command -v vcd2fst fst2vcd > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "vcd2fst and fst2vcd (package gtkwave) are not installed";
  run(sim::random_case(5), watch("run.vcd"));
  Watch fst = watch("run.fst");
  fst.by_systemc = false;
  try {
    run(sim::random_case(5), fst);
  } catch (const InputError& error) {
    GTEST_SKIP() << error.what();
  }
  const std::string base = (directory_ / "run").string();
  ASSERT_EQ(std::system(("vcd2fst " + base + ".vcd " + base + ".again > " + base + ".log 2>&1 && fst2vcd " +
                         base + ".again > " + base + ".back 2>> " + base + ".log && fst2vcd " + base +
                         ".fst > " + base + ".fst.back 2>> " + base + ".log")
                            .c_str()),
            0)
      << read_text_file(directory_ / "run.log");
  const ParsedVcd vcd = read("run.vcd"), back = read("run.back"), ours = read("run.fst.back");
  EXPECT_EQ(back.widths, vcd.widths);
  EXPECT_EQ(ours.widths, vcd.widths);
  for (const auto& [name, changes] : vcd.changes) {
    ASSERT_EQ(ours.changes.at(name), changes) << name;
    ASSERT_EQ(back.changes.at(name), changes) << name;
  }
}

// SystemC's time would be past the first cycles of a window by the cycle in which its trigger holds.
TEST_F(SystemcTrace, ShowsTheCyclesBeforeATrigger) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    Watch triggered = watch("run.vcd");
    triggered.trigger.emplace();
    triggered.trigger->trigger = parse_trigger("step >= 1");
    triggered.trigger->before_cycles = 7;
    triggered.trigger->after_cycles = 5;
    expect_equal(sim::random_case(seed), triggered);
  }
}

// 3 GHz: a period of no whole number of picoseconds, SystemC's finest unit by itself.
TEST_F(SystemcTrace, KeepsTimesThatAreFinerThanAPicosecond) {
  Watch fast = watch("run.vcd");
  fast.params.clock_hz = 3e9;
  expect_equal(sim::random_case(4), fast);
  EXPECT_EQ(read("systemc.vcd").timescale, "1 fs");
}

TEST_F(SystemcTrace, TellsThatTheDiskIsFullAndKeepsWholeTimes) {
  const sim::RandomCase simulated = sim::random_case(1);
  run(simulated, watch("whole.vcd"));
  const std::uint64_t cycles = outcome_.cycles;
  const std::string whole = read_text_file(directory_ / "whole.vcd");
  {
    const SmallDisk disk(whole.size() / 2);
    EXPECT_THAT(input_error_of([&] { run(simulated, watch("run.vcd")); }),
                testing::HasSubstr("File too large"));
  }
  EXPECT_EQ(outcome_.cycles, cycles);  // the run was not disturbed
  EXPECT_FALSE(std::filesystem::exists(directory_ / "run.vcd"));
}

// Nothing hangs, and what was written stays.
class Fails : public EventSink {
 public:
  explicit Fails(std::uint64_t cycle) : cycle_(cycle) {}
  void event(const Event& event) override {
    if (event.cycle >= cycle_) throw std::runtime_error("the sink gives up");
  }

 private:
  std::uint64_t cycle_;
};

TEST_F(SystemcTrace, OfARunThatFailsStaysAsAPartialFile) {
  run(sim::random_case(1), watch("whole.vcd"));
  Fails sink(outcome_.cycles / 2);
  Watch failing = watch("run.vcd");
  failing.events = &sink;
  EXPECT_THROW(run(sim::random_case(1), failing), std::runtime_error);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "run.vcd"));
  const std::string text = read_text_file(directory_ / "run.vcd.partial");
  EXPECT_EQ(text.back(), '\n');
  EXPECT_GT(parse_vcd(text).times.size(), 3u);
}

TEST_F(SystemcTrace, OfARunThatFailsAtOnceLeavesNothing) {
  Fails sink(0);
  Watch failing = watch("run.vcd");
  failing.events = &sink;
  EXPECT_THROW(run(sim::random_case(1), failing), std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST(VcdHeader, LosesTheLibrarysTopScopeAndGetsTheFirstTime) {
  const std::string library =
      "$timescale\n     10 ns\n$end\n\n$scope module SystemC $end\n$scope module fabric $end\n"
      "$var wire   32  aaaaa  potential(17) [31:0]  $end\n$upscope $end\n$upscope $end\n"
      "$enddefinitions  $end\n\n$dumpvars\n";
  EXPECT_EQ(adapt_vcd_header(library, 42),
            "$timescale\n     10 ns\n$end\n\n$scope module fabric $end\n"
            "$var wire   32  aaaaa  potential[17] [31:0]  $end\n$upscope $end\n"
            "$enddefinitions  $end\n\n#42\n$dumpvars\n");
}

TEST(VcdHeader, KeepsATimeThatTheLibraryWrites) {
  EXPECT_EQ(adapt_vcd_header("#7\n$dumpvars\n", 42), "#7\n$dumpvars\n");
}

}  // namespace
}  // namespace weft::traces
