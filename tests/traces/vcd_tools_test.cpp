// The waveform is read by the tools of GTKWave, where they are installed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "example_run.hpp"
#include "model/base/files.hpp"
#include "tests/model/temporary_directory.hpp"
#include "traces/waveform/vcd.hpp"
#include "vcd_parser.hpp"

namespace weft::traces {
namespace {

TEST(VcdTools, ConvertTheWaveformToFstAndBackWithoutLoss) {
  if (std::system("command -v vcd2fst fst2vcd > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "vcd2fst and fst2vcd (package gtkwave) are not installed";
  }
  TemporaryDirectory directory;
  VcdParams params;
  params.file = directory / "run.vcd";
  VcdWriter writer(params);
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

TEST(VcdToolsFull, ShowTheSignalsThatTheSaveFileLists) {
  if (std::system("command -v gtkwave xvfb-run > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "gtkwave and xvfb-run (packages gtkwave and xvfb) are not installed";
  }
  TemporaryDirectory directory;
  VcdParams params;
  params.file = directory / "run.vcd";
  params.scopes = {"tile_1_2.*", "step"};
  VcdWriter writer(params);
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
