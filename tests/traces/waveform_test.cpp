// The waveform: parsed back it says what the run told.
#include "traces/waveform/waveform.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "example_run.hpp"
#include "model/base/files.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"
#include "tests/traces/small_disk.hpp"
#include "traces/waveform/gtkw.hpp"
#include "traces/waveform/vcd_file.hpp"
#include "vcd_parser.hpp"

namespace weft::traces {
namespace {

class Vcd : public testing::Test {
 protected:
  WaveformParams params(std::vector<std::string> scopes = {"*"}) const {
    WaveformParams made;
    made.file = directory_ / "run.vcd";
    made.scopes = std::move(scopes);
    return made;
  }
  ParsedVcd write(const WaveformParams& params, const std::vector<Change>& changes, std::uint64_t end) const {
    WaveformWriter writer(params);
    writer.choose(example_signals());
    for (const Change& change : changes) writer.change(change.cycle, change.signal, change.value);
    writer.finish(end);
    return parse_vcd(read_text_file(params.file));
  }
  TemporaryDirectory directory_;
};

std::string binary(std::uint64_t value) {
  std::string digits;
  for (; value > 1; value >>= 1) digits.insert(digits.begin(), static_cast<char>('0' + (value & 1)));
  digits.insert(digits.begin(), static_cast<char>('0' + value));
  return digits;
}

TEST_F(Vcd, SaysInEveryCycleWhatTheRunTold) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const std::vector<Change> changes = example_changes(0, 300, seed);
    const ParsedVcd vcd = write(params(), changes, 300);
    const std::vector<SignalInfo> signals = example_signals();
    std::vector<std::uint64_t> values(signals.size());
    std::size_t next = 0;
    for (std::uint64_t cycle = 0; cycle < 300; ++cycle) {
      for (; next < changes.size() && changes[next].cycle == cycle; ++next) {
        values[changes[next].signal] = changes[next].value;
      }
      for (std::size_t i = 0; i < signals.size(); ++i) {
        ASSERT_EQ(vcd.at(signals[i].name, cycle), binary(values[i]))
            << signals[i].name << " in cycle " << cycle;
      }
    }
  }
}

TEST_F(Vcd, WritesEachTimeOnceAndEachChangeOnce) {
  const ParsedVcd vcd = write(params(), example_changes(0, 300, 4), 300);
  for (std::size_t i = 1; i < vcd.times.size(); ++i) EXPECT_LT(vcd.times[i - 1], vcd.times[i]);
  for (const auto& [name, changes] : vcd.changes) {
    for (std::size_t i = 1; i < changes.size(); ++i) {
      EXPECT_LT(changes[i - 1].first, changes[i].first) << name;
      EXPECT_NE(changes[i - 1].second, changes[i].second) << name;
    }
  }
}

TEST_F(Vcd, DeclaresTheHierarchyWithItsWidths) {
  const ParsedVcd vcd = write(params(), {}, 10);
  std::map<std::string, int> widths;
  for (const SignalInfo& signal : example_signals()) widths[signal.name] = signal.width;
  EXPECT_EQ(vcd.widths, widths);
}

TEST_F(Vcd, IsUnknownBeforeTheFirstValue) {
  const ParsedVcd vcd = write(params({"tile_1_2.core"}), {{7, 8, 1}}, 10);
  EXPECT_EQ(vcd.changes.at("fabric.tile_1_2.core.busy"),
            (std::vector<std::pair<std::uint64_t, std::string>>{{0, "x"}, {7, "1"}}));
  EXPECT_EQ(vcd.changes.at("fabric.tile_1_2.core.potential"),
            (std::vector<std::pair<std::uint64_t, std::string>>{{0, "x"}}));
  EXPECT_EQ(vcd.times.back(), 10u);
}

TEST_F(Vcd, ShowsTheChosenScopesOnly) {
  const auto names = [&](const std::vector<std::string>& scopes) {
    std::vector<std::string> found;
    for (const auto& [name, width] : write(params(scopes), example_changes(0, 50, 5), 50).widths)
      found.push_back(name);
    return found;
  };
  EXPECT_THAT(
      names({"tile_1_2.core.*", "step"}),
      testing::ElementsAre("fabric.step", "fabric.tile_1_2.core.busy", "fabric.tile_1_2.core.potential"));
  EXPECT_THAT(names({"*.busy"}),
              testing::ElementsAre("fabric.tile_0_0.core.busy", "fabric.tile_1_0.core.busy",
                                   "fabric.tile_1_2.core.busy"));
  EXPECT_THAT(
      names({"fabric.tile_?_0.router.w*"}),
      testing::ElementsAre("fabric.tile_0_0.router.west.occupancy", "fabric.tile_1_0.router.west.occupancy"));
}

TEST_F(Vcd, ShowsPotentialsOnlyWhereAScopeNamesThem) {
  const std::vector<SignalInfo> signals = {{"fabric.tile_0_0.core.state", 2},
                                           {"fabric.tile_0_0.core.potential[0]", 32, true},
                                           {"fabric.tile_0_0.core.potential[1]", 32, true}};
  const auto chosen = [&](const std::string& scope) {
    WaveformWriter writer(params({scope}));
    std::vector<bool> found = writer.choose(signals);
    EXPECT_EQ(writer.wants_potentials(), found[1] || found[2]) << scope;
    return found;
  };
  EXPECT_EQ(chosen("*"), (std::vector<bool>{true, false, false}));
  EXPECT_EQ(chosen("tile_0_0.*"), (std::vector<bool>{true, false, false}));
  EXPECT_EQ(chosen("tile_0_0.core.potential"), (std::vector<bool>{false, true, true}));
  EXPECT_EQ(chosen("*.potential*"), (std::vector<bool>{false, true, true}));
  EXPECT_EQ(chosen("tile_0_0.core.potential[1]"), (std::vector<bool>{false, false, true}));
}

TEST_F(Vcd, IsShownByGtkwaveWithItsSigns) {
  WaveformWriter writer(params({"*.potential*"}));
  writer.choose({{"fabric.tile_0_0.core.potential[3]", 32, true}});
  writer.change(0, 0, static_cast<std::uint64_t>(-2));
  writer.finish(1);
  EXPECT_THAT(read_text_file(directory_ / "run.gtkw"),
              testing::HasSubstr("@420\nfabric.tile_0_0.core.potential[3][31:0]\n"));
  EXPECT_EQ(parse_vcd(read_text_file(directory_ / "run.vcd")).at("fabric.tile_0_0.core.potential[3]", 0),
            std::string(31, '1') + "0");
}

TEST_F(Vcd, TellsTheRunWhatItWants) {
  WaveformParams windowed = params({"tile_1_0.core"});
  windowed.from_cycle = 100;
  windowed.to_cycle = 400;
  WaveformWriter writer(windowed);
  const std::vector<bool> chosen = writer.choose(example_signals());
  std::vector<bool> expected(example_signals().size(), false);
  expected[4] = expected[5] = true;
  EXPECT_EQ(chosen, expected);
  EXPECT_EQ(writer.chosen_signals(), 2u);
  EXPECT_EQ(writer.from(), 100u);
  EXPECT_EQ(writer.to(), 400u);
}

TEST_F(Vcd, ShowsTheWindowOnly) {
  WaveformParams windowed = params();
  windowed.from_cycle = 100;
  windowed.to_cycle = 200;
  const ParsedVcd vcd = write(windowed, example_changes(50, 300, 6), 300);
  EXPECT_EQ(vcd.times.front(), 100u);
  EXPECT_EQ(vcd.times.back(), 200u);
  EXPECT_EQ(vcd.at("fabric.step", 99), "");
}

TEST_F(Vcd, EndsWithTheRunWhereThatIsBeforeTheWindowsEnd) {
  WaveformParams windowed = params();
  windowed.to_cycle = 200;
  EXPECT_EQ(write(windowed, example_changes(0, 20, 6), 20).times.back(), 20u);
}

TEST_F(Vcd, OfARunThatEndedBeforeTheWindowHasNoChanges) {
  WaveformParams windowed = params();
  windowed.from_cycle = 100;
  WaveformWriter writer(windowed);
  writer.choose(example_signals());
  writer.finish(50);
  EXPECT_EQ(writer.changes(), 0u);
  EXPECT_EQ(parse_vcd(read_text_file(windowed.file)).at("fabric.step", 100), "x");
}

TEST_F(Vcd, CountsTheValuesThatItWrites) {
  WaveformWriter writer(params());
  writer.choose(example_signals());
  writer.change(0, 0, 1);
  writer.change(3, 0, 1);  // no change
  writer.change(4, 0, 0);
  writer.change(5, 0, 1);
  writer.change(5, 0, 0);  // back within the cycle
  writer.finish(10);
  EXPECT_EQ(writer.changes(), 2u);
}

TEST_F(Vcd, CutsAValueToItsWidth) {
  const ParsedVcd vcd = write(params(), {{0, 2, 0xff}, {0, 1, static_cast<std::uint64_t>(-2)}}, 1);
  EXPECT_EQ(vcd.at("fabric.tile_0_0.router.east.occupancy", 0), "111");
  EXPECT_EQ(vcd.at("fabric.tile_0_0.core.potential", 0), std::string(31, '1') + "0");
}

TEST_F(Vcd, CountsTimeInPeriodsOfTheClock) {
  WaveformParams slow = params();
  slow.clock_hz = 4e8;  // 2.5 ns
  const ParsedVcd vcd = write(slow, {{0, 0, 0}, {3, 0, 1}}, 4);
  EXPECT_EQ(vcd.timescale, "100 ps");
  EXPECT_EQ(vcd.times, (std::vector<std::uint64_t>{0, 75, 100}));
}

TEST(Timescale, IsTheCoarsestUnitThatIsExact) {
  const auto text = [](double clock_hz) {
    const Timescale scale = make_timescale(clock_hz);
    return scale.unit + " x " + std::to_string(scale.time(1000));
  };
  EXPECT_EQ(text(1), "1 s x 1000");
  EXPECT_EQ(text(1e8), "10 ns x 1000");
  EXPECT_EQ(text(5e8), "1 ns x 2000");
  EXPECT_EQ(text(1.6e8), "10 ps x 625000");
  EXPECT_EQ(text(3e8), "1 fs x 3333333333");
  EXPECT_EQ(text(1e15), "1 fs x 1000");
}

TEST_F(Vcd, LeavesNoFileBehindWithoutFinish) {
  {
    WaveformWriter writer(params());
    writer.choose(example_signals());
    for (const Change& change : example_changes(0, 100, 7))
      writer.change(change.cycle, change.signal, change.value);
  }
  EXPECT_EQ(directory_.entries(), 0);
}

TEST_F(Vcd, ListsTheSignalsByTileForGtkwave) {
  write(params({"tile_1_2.core", "tile_0_0.core", "step"}), {}, 1);
  const std::string save = read_text_file(directory_ / "run.gtkw");
  EXPECT_EQ(save.rfind("[dumpfile] \"run.vcd\"\n[timestart] 0\n", 0), 0u);
  EXPECT_EQ(save.substr(save.find("@800200")),
            "@800200\n-tile_0_0\n@200\n-core\n@28\nfabric.tile_0_0.core.busy\n"
            "@24\nfabric.tile_0_0.core.potential[31:0]\n@1000200\n-tile_0_0\n"
            "@800200\n-tile_1_2\n@200\n-core\n@28\nfabric.tile_1_2.core.busy\n"
            "@24\nfabric.tile_1_2.core.potential[31:0]\n@1000200\n-tile_1_2\n"
            "@800200\n-fabric\n@24\nfabric.step[63:0]\n@1000200\n-fabric\n");
}

TEST(GtkwaveSave, ZoomsOutUntilTheWholeWindowShows) {
  const auto zoom_of = [](double duration) {
    SavedView view;
    view.duration = duration;
    const std::string text = gtkwave_save(view);
    const std::size_t star = text.find("\n*");
    return std::stod(text.substr(star + 2));
  };
  EXPECT_EQ(zoom_of(1), 0);
  for (const double duration : {1000.0, 1e6, 4.3e9}) {
    const double units_per_pixel = std::exp2(-zoom_of(duration)) / 200;
    EXPECT_GE(units_per_pixel * 840, duration);         // it fits into the window
    EXPECT_LE(units_per_pixel * 840 * 0.95, duration);  // and fills it
  }
}

TEST(VcdIds, AreShortAndNeverTheSame) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < 20000; ++i) ids.insert(vcd_id(i));
  EXPECT_EQ(ids.size(), 20000u);
  EXPECT_EQ(vcd_id(0), "!");
  EXPECT_EQ(vcd_id(93), "~");
  EXPECT_EQ(vcd_id(94).size(), 2u);
  EXPECT_EQ(vcd_id(94 + 94 * 94 - 1), "~~");
}

TEST_F(Vcd, NamesTheNearestScopesForOneThatMatchesNothing) {
  const auto message = [&](const std::string& scope) {
    WaveformWriter writer(params({scope}));
    return input_error_of([&] { writer.choose(example_signals()); });
  };
  EXPECT_EQ(message("tile_1_1.*"),
            "trace scope 'tile_1_1.*' matches no signal (did you mean 'tile_1_0.*', 'tile_1_2.*' or "
            "'tile_0_0.*'?)");
  EXPECT_EQ(message("fabric.tile_1_2.coer.busy"),
            "trace scope 'fabric.tile_1_2.coer.busy' matches no signal (did you mean 'tile_1_2.core.busy', "
            "'tile_1_0.core.busy' or 'tile_0_0.core.busy'?)");
  EXPECT_EQ(message("qqqqqqqqqq"), "trace scope 'qqqqqqqqqq' matches no signal");
  EXPECT_EQ(directory_.entries(), 0);
}

TEST_F(Vcd, IsRefusedUnderAnotherName) {
  WaveformParams other = params();
  other.file = directory_ / "run.wave";
  EXPECT_THAT(input_error_of([&] { WaveformWriter writer(other); }),
              testing::EndsWith("run.wave: found a waveform's name, expected one that ends in .vcd or .fst"));
}

TEST_F(Vcd, RefusesAnEmptyWindowAndNoScopeAndNoClock) {
  WaveformParams bad = params();
  bad.from_cycle = bad.to_cycle = 5;
  EXPECT_EQ(input_error_of([&] { WaveformWriter writer(bad); }),
            "trace window: found cycles 5 to 5, expected a first cycle below the last");
  EXPECT_EQ(input_error_of([&] { WaveformWriter writer(params({})); }),
            "trace scope: found none, expected one or more");
  bad = params();
  bad.clock_hz = 0;
  EXPECT_EQ(input_error_of([&] { WaveformWriter writer(bad); }), "trace: expected a clock above 0 Hz");
}

TEST_F(Vcd, TellsThatTheDiskIsFull) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this machine";
  WaveformParams full = params();
  full.file = directory_ / "full.vcd";
  std::filesystem::create_symlink("/dev/full", full.file);
  WaveformWriter writer(full);
  writer.choose(example_signals());
  EXPECT_THAT(input_error_of([&] { writer.finish(1); }), testing::HasSubstr("No space left"));
}

TEST_F(Vcd, EndsAtAWholeCycleWhereTheDiskFillsUp) {
  const SmallDisk disk(600000);
  WaveformWriter writer(params());
  writer.choose(example_signals());
  for (std::uint64_t cycle = 0; cycle < 100000; ++cycle) writer.change(cycle, 1, cycle);  // the run goes on
  EXPECT_THAT(input_error_of([&] { writer.finish(100000); }), testing::HasSubstr("File too large"));

  const std::string text = read_text_file(params().file.string() + ".partial");
  EXPECT_GT(text.size(), 200000u);
  const std::string last_line = text.substr(text.rfind('\n', text.size() - 2) + 1);
  EXPECT_THAT(last_line, testing::MatchesRegex("b[01]+ .+\n"));
  const std::size_t time = text.rfind('#');
  EXPECT_EQ(std::count(text.begin() + static_cast<std::ptrdiff_t>(time), text.end(), '\n'), 2);
}

TEST_F(Vcd, TakesChangesInAscendingCyclesOnly) {
  WaveformWriter writer(params());
  writer.choose(example_signals());
  writer.change(5, 0, 1);
  EXPECT_THROW(writer.change(4, 0, 0), Error);
}

}  // namespace
}  // namespace weft::traces
