// The waveform is read by the tools of GTKWave, where they are installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "example_run.hpp"
#include "model/base/files.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"
#include "tests/traces/small_disk.hpp"
#include "traces/waveform/wave_file.hpp"
#include "traces/waveform/waveform.hpp"
#include "vcd_parser.hpp"

namespace weft::traces {
namespace {

TEST(VcdTools, ConvertTheWaveformToFstAndBackWithoutLoss) {
  if (std::system("command -v vcd2fst fst2vcd > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "vcd2fst and fst2vcd (package gtkwave) are not installed";
  }
  TemporaryDirectory directory;
  WaveformParams params;
  params.file = directory / "run.vcd";
  WaveformWriter writer(params);
  writer.choose(example_signals());
  for (const Change& change : example_changes(0, 500, 8))
    writer.change(change.cycle, change.signal, change.value);
  writer.finish(500);
  const std::string base = (directory / "run").string();
  ASSERT_EQ(std::system(("vcd2fst " + base + ".vcd " + base + ".fst > " + base + ".log 2>&1 && fst2vcd " +
                         base + ".fst > " + base + ".back 2>> " + base + ".log")
                            .c_str()),
            0)
      << read_text_file(directory / "run.log");
  const ParsedVcd ours = parse_vcd(read_text_file(params.file)),
                  back = parse_vcd(read_text_file(directory / "run.back"));
  EXPECT_EQ(back.widths, ours.widths);
  for (const SignalInfo& signal : example_signals()) {
    for (std::uint64_t cycle = 0; cycle < 500; ++cycle) {
      ASSERT_EQ(back.at(signal.name, cycle), ours.at(signal.name, cycle))
          << signal.name << " in cycle " << cycle;
    }
  }
}

class Fst : public testing::Test {
 protected:
  // Skips the test where the build or the machine cannot do it.
  void SetUp() override {
    if (std::system("command -v fst2vcd > /dev/null 2>&1") != 0) {
      GTEST_SKIP() << "fst2vcd (package gtkwave) is not installed";
    }
    try {
      open_fst(directory_ / "probe.fst");
    } catch (const InputError& error) {
      GTEST_SKIP() << error.what();
    }
  }
  void write(const std::string& name, std::uint64_t cycles) const {
    WaveformParams params;
    params.file = directory_ / name;
    params.from_cycle = 100;
    params.to_cycle = 400;
    WaveformWriter writer(params);
    writer.choose(example_signals());
    for (const Change& change : example_changes(100, cycles, 8))
      writer.change(change.cycle, change.signal, change.value);
    writer.finish(cycles);
  }
  std::string to_vcd(const std::string& name) const {
    const std::string base = (directory_ / name).string();
    EXPECT_EQ(std::system(("fst2vcd " + base + " > " + base + ".back 2> " + base + ".log").c_str()), 0)
        << read_text_file(base + ".log");
    return read_text_file(base + ".back");
  }
  TemporaryDirectory directory_;
};

TEST_F(Fst, SaysTheSameAsTheVcd) {
  write("run.fst", 500);
  write("run.vcd", 500);
  const ParsedVcd fst = parse_vcd(to_vcd("run.fst")), vcd = parse_vcd(read_text_file(directory_ / "run.vcd"));
  EXPECT_EQ(fst.timescale, "10ns");
  EXPECT_EQ(vcd.timescale, "10 ns");
  EXPECT_EQ(fst.widths, vcd.widths);
  for (const SignalInfo& signal : example_signals()) {
    for (std::uint64_t cycle = 100; cycle < 400; ++cycle) {
      ASSERT_EQ(fst.at(signal.name, cycle), vcd.at(signal.name, cycle))
          << signal.name << " in cycle " << cycle;
    }
  }
  EXPECT_EQ(fst.times.front(), 100u);
  EXPECT_EQ(fst.times.back(), vcd.times.back());
  EXPECT_EQ(read_text_file(directory_ / "run.gtkw").find("run.fst"), std::string::npos);  // the later one's
}

// The library packs its changes in several blocks then.
TEST_F(Fst, SaysTheSameAsTheVcdInAFileOfSeveralBlocks) {
  for (const char* name : {"long.fst", "long.vcd"}) {
    WaveformParams params;
    params.file = directory_ / name;
    WaveformWriter writer(params);
    writer.choose(example_signals());
    for (std::uint64_t cycle = 0; cycle < 140000; ++cycle) {
      const std::array<SignalChange, 2> changes = {{{0, cycle & 1}, {1, cycle * cycle}}};
      writer.tell(cycle, changes.data(), changes.size());
    }
    writer.finish(140000);
    EXPECT_GT(writer.changes(), 270000u);  // a block has 262,144
  }
  const ParsedVcd fst = parse_vcd(to_vcd("long.fst")),
                  vcd = parse_vcd(read_text_file(directory_ / "long.vcd"));
  for (std::size_t i : {0, 1}) {
    const std::string name = example_signals()[i].name;
    const auto& ours = vcd.changes.at(name);
    const auto& theirs = fst.changes.at(name);
    ASSERT_EQ(theirs.size(), ours.size());
    const auto number = [](const std::string& digits) {
      return digits.substr(std::min(digits.find('1'), digits.size() - 1));
    };
    for (std::size_t k = 0; k < ours.size(); ++k) {
      ASSERT_EQ(theirs[k].first, ours[k].first) << name;
      ASSERT_EQ(number(theirs[k].second), number(ours[k].second)) << name << " at " << ours[k].first;
    }
  }
}

TEST_F(Fst, OfEqualRunsIsEqual) {
  write("a.fst", 300);
  write("b.fst", 300);
  EXPECT_EQ(read_file(directory_ / "a.fst"), read_file(directory_ / "b.fst"));
}

TEST_F(Fst, OfARunThatFailedStaysAsAPartialFile) {
  {
    WaveformParams params;
    params.file = directory_ / "run.fst";
    WaveformWriter writer(params);
    writer.choose(example_signals());
    for (std::uint64_t cycle = 0; cycle < 10; ++cycle) writer.change(cycle, 0, cycle & 1);
  }
  EXPECT_FALSE(std::filesystem::exists(directory_ / "run.fst"));
  EXPECT_EQ(parse_vcd(to_vcd("run.fst.partial")).changes.at("fabric.tile_0_0.core.busy").size(), 9u);
}

TEST_F(Fst, TellsThatTheDiskIsFull) {
  write_file(directory_ / "run.fst", std::string_view("old"));
  const SmallDisk disk(700);
  EXPECT_THAT(input_error_of([&] { write("run.fst", 400); }), testing::HasSubstr("run.fst: cannot write: "));
  EXPECT_EQ(read_text_file(directory_ / "run.fst"), "old");
}

TEST_F(Fst, TellsWhyItCannotBeMade) {
  EXPECT_THAT(input_error_of([&] { write("no/run.fst", 400); }),
              testing::HasSubstr("cannot write: No such file or directory"));
  std::filesystem::create_directory(directory_ / "d.fst");
  EXPECT_THAT(input_error_of([&] { write("d.fst", 400); }),
              testing::HasSubstr("cannot write: Is a directory"));
}

TEST(VcdToolsFull, ShowTheSignalsThatTheSaveFileLists) {
  if (std::system("command -v gtkwave xvfb-run > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "gtkwave and xvfb-run (packages gtkwave and xvfb) are not installed";
  }
  TemporaryDirectory directory;
  WaveformParams params;
  params.file = directory / "run.vcd";
  params.scopes = {"tile_1_2.*", "step"};
  WaveformWriter writer(params);
  writer.choose(example_signals());
  for (const Change& change : example_changes(0, 50, 9))
    writer.change(change.cycle, change.signal, change.value);
  writer.finish(50);
  write_file(directory / "list.tcl",
             std::string_view("puts \"shown: [gtkwave::getDisplayedSignals]\"\ngtkwave::/File/Quit\n"));
  const std::string base = directory.path().string();
  ASSERT_EQ(std::system(
                ("cd " + base + " && timeout 120 xvfb-run -a gtkwave -S list.tcl run.vcd run.gtkw > log 2>&1")
                    .c_str()),
            0)
      << read_text_file(directory / "log");
  EXPECT_NE(read_text_file(directory / "log")
                .find("shown: fabric.tile_1_2.core.busy fabric.tile_1_2.core.potential[31:0] "
                      "fabric.tile_1_2.router.east.occupancy[2:0] fabric.tile_1_2.router.west.occupancy[2:0] "
                      "fabric.step[63:0]"),
            std::string::npos)
      << read_text_file(directory / "log");
}

}  // namespace
}  // namespace weft::traces
