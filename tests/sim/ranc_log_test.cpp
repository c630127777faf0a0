// Ground truth from outside: what RANC's own RTL did under Verilator, cycle by cycle, is what our engine
// does.
#include <gtest/gtest.h>

#include "model/ranc/ranc_files.hpp"
#include "sim/ranc/run.hpp"
#include "tests/model/data_path.hpp"
#include "tests/sim/ranc_log.hpp"

namespace weft::sim {
namespace {

struct Recording {
  RancNetwork network;
  RancStimulus stimulus;
  RancLog log;
  RancRunParams params;
  bool counts_pulse_before = false;  // its T lines count the pulse's cycle with the tick before
};

struct Ours {
  std::vector<std::vector<std::string>> lines;
  std::vector<std::vector<RancTileTime>> tiles;
  std::vector<std::vector<int>> outputs;
  RancFigures figures;
};

Ours run(const Recording& recording, std::uint64_t ticks) {
  Ours ours;
  ours.figures =
      run_ranc(recording.network, recording.stimulus, ticks, recording.params, [&](const RancTick& tick) {
        ours.lines.push_back(log_lines(static_cast<int>(ours.lines.size()), tick));
        ours.tiles.push_back(tick.tiles);
        std::vector<int>& outputs = ours.outputs.emplace_back();
        for (const RancEvent& event : tick.events) {
          if (event.kind == RancEventKind::Output) outputs.push_back(static_cast<int>(event.index));
        }
      });
  return ours;
}

void expect_equal(const Recording& recording, const Ours& ours) {
  std::size_t compared = 0;
  for (const auto& [tick, expected] : recording.log.events) {
    const auto& found = ours.lines.at(static_cast<std::size_t>(tick));
    EXPECT_EQ(first_difference(expected, found), "") << "tick " << tick;
    compared += found.size();
  }
  EXPECT_GT(compared, 6000u);
  for (const auto& [tick, expected] : recording.log.tiles) {
    for (std::size_t t = 0; t < expected.size(); ++t) {
      const bool core = static_cast<int>(t) != recording.network.grid.output_tile;
      RancTileTime found = ours.tiles.at(static_cast<std::size_t>(tick))[t];
      if (recording.counts_pulse_before && core) found.busy += tick == 0 ? 1 : 0;  // one leaves, one comes
      EXPECT_EQ(found.busy, expected[t].busy) << "tick " << tick << " tile " << t;
      EXPECT_EQ(found.stalled, expected[t].stalled) << "tick " << tick << " tile " << t;
    }
  }
}

std::filesystem::path folder(const char* name) {
  return data_path() / name;
}

#define SKIP_WITHOUT(name) \
  if (!std::filesystem::exists(folder(name))) GTEST_SKIP() << folder(name) << " is not there"

Recording mnist() {
  Recording recording;
  RancGrid grid;
  grid.width = 4;
  grid.height = 3;
  grid.output_tile = 8;
  recording.network = read_ranc_network(folder("ranc-256"), grid);
  recording.stimulus = read_ranc_stimulus(folder("ranc-256"), recording.network);
  recording.log = read_ranc_log(folder("ranc-256") / "events.txt", grid.tiles());
  recording.params.tick_cycles = 70000;
  recording.params.first_burst_cycle = 28;
  return recording;
}

TEST(RancLog, EveryLineOfTheTrainedNetIsReproduced) {
  SKIP_WITHOUT("ranc-256");
  const Recording recording = mnist();
  EXPECT_EQ(recording.log.events.size(), 12u);
  EXPECT_EQ(recording.log.tiles.size(), 12u);
  const Ours ours = run(recording, 12);
  expect_equal(recording, ours);
  EXPECT_EQ(ours.figures.missed_ticks, 0u);
}

TEST(RancLog, TheTenImagesGiveTheExpectedOutputPackets) {
  SKIP_WITHOUT("ranc-256");
  const Recording recording = mnist();
  const Ours ours = run(recording, 12);
  const auto expected = read_ranc_outputs(folder("ranc-256"));
  ASSERT_EQ(expected.size(), 10u);
  for (std::size_t row = 0; row < expected.size(); ++row) {
    EXPECT_EQ(ours.outputs[row + 2], expected[row]) << "image " << row;
  }
}

TEST(RancLog, EveryLineOfTheContendedMeshIsReproduced) {
  SKIP_WITHOUT("ranc-transpose");
  Recording recording;
  RancGrid grid;
  grid.width = grid.height = 8;
  grid.output_tile = 63;
  recording.network = read_ranc_network(folder("ranc-transpose"), grid);
  recording.log = read_ranc_log(folder("ranc-transpose") / "events.txt", grid.tiles());
  recording.params.tick_cycles = 4000;
  recording.counts_pulse_before = true;
  EXPECT_EQ(recording.network.axons, 8);
  EXPECT_EQ(recording.network.neurons, 32);
  EXPECT_EQ(recording.log.events.size(), 4u);
  EXPECT_EQ(recording.log.tiles.size(), 4u);
  const Ours ours = run(recording, 5);
  expect_equal(recording, ours);
  EXPECT_EQ(ours.figures.packets_left, 0u);
}

}  // namespace
}  // namespace weft::sim
