// Logs of tiles that several cores share (TIMING.md section 16): which core it was, and that a message waited
// for another core's turn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "model/base/files.hpp"
#include "model/base/npz.hpp"
#include "tests/model/temporary_directory.hpp"
#include "tests/sim/hand_made.hpp"
#include "traces/export/exports.hpp"
#include "traces/log/event_log.hpp"
#include "traces/question/questions.hpp"

namespace weft::traces {
namespace {

using testing::HasSubstr;

class SharedTileLog : public testing::Test {
 protected:
  // Two cores in tile 0, a message from each (keys 0, 1) to tile 1. Core 1's waits for a cycle.
  SharedTileLog() {
    Fabric fabric = sim::hand_made_fabric(2, 1);
    fabric.cores_per_tile = 2;
    sim::HandMade made(fabric);
    for (std::uint32_t key = 0; key < 2; ++key) {
      made.neuron(0, 5, MessageKey(key));
      made.end_core(0);
      made.axon(1);
      made.neuron(1, 0);
      made.end_core(1);
      made.route(0, key, sim::kEast);
      made.route(1, key, sim::kLocal, {{static_cast<std::uint16_t>(key), 1}});
    }
    EventLogWriter writer(fabric, {log_});
    made.run(made.stimulus(1), {}, &writer);
    writer.finish();
  }

  TemporaryDirectory directory_;
  std::filesystem::path log_ = directory_ / "log";
};

TEST_F(SharedTileLog, NamesTheCoreThatSentAndTheOneThatTook) {
  const std::vector<Sender> senders = who_sent_to(log_, TileId(1), 0);
  ASSERT_EQ(senders.size(), 2u);
  EXPECT_EQ(senders[0].from_core, 0);
  EXPECT_EQ(senders[1].from_core, 1);
  const std::vector<Passage> life = life_of(log_, 1, 0);
  const EventLogHeader header = EventLogReader(log_).header();
  EXPECT_EQ(header.cores, 2u);
  ASSERT_FALSE(life.empty());
  EXPECT_EQ(describe(header, life.front().event), "tile_0_0.core_1 update 0 value 5");
  EXPECT_EQ(describe(header, life.back().event), "tile_1_0.core_1 deliver 0 value 5 delay 1");
}

TEST_F(SharedTileLog, SaysThatAMessageWaitedForAnotherCoresTurn) {
  const auto send_of = [&](std::uint32_t key) {
    for (const Passage& passage : life_of(log_, key, 0))
      if (passage.event.kind == EventKind::Send) return passage;
    return Passage();
  };
  EXPECT_EQ(send_of(0).wait.total(), 0u);
  EXPECT_EQ(send_of(1).wait.arbitration, 1u);
  EXPECT_EQ(send_of(1).wait.total(), 1u);
}

TEST_F(SharedTileLog, FollowsTheCoreOfTheCriticalPath) {
  const CriticalPath path = critical_path(log_, 0);
  ASSERT_FALSE(path.parts.empty());
  EXPECT_THAT(path.parts.front().detail, HasSubstr("core_1: up to neuron 0"));
  std::uint64_t cycle = path.begin;
  for (const PathPart& part : path.parts) {
    EXPECT_EQ(part.from, cycle);
    cycle = part.to;
  }
  EXPECT_EQ(cycle, path.last + 1);
}

TEST_F(SharedTileLog, IsExportedCoreByCore) {
  export_csv(log_, directory_ / "log.csv");
  EXPECT_THAT(read_text_file(directory_ / "log.csv"), HasSubstr("\n0,0,0,1,update,0,0,5\n"));
  export_raster(log_, directory_ / "log.npz");
  const NpzArchive raster = read_npz(directory_ / "log.npz");
  const auto cores = raster.at("core", "raster").as<std::uint8_t>("core");
  EXPECT_EQ(std::set<std::uint8_t>(cores.begin(), cores.end()), (std::set<std::uint8_t>{0, 1}));
  export_perfetto(log_, directory_ / "log.json");
  const auto trace = nlohmann::json::parse(read_text_file(directory_ / "log.json"));
  std::set<std::string> tracks;
  for (const auto& event : trace.at("traceEvents")) {
    if (event.value("name", "") == "thread_name") tracks.insert(event.at("args").at("name"));
  }
  EXPECT_THAT(tracks, testing::IsSupersetOf({"core_0", "core_1", "queue_0", "queue_1", "router.east"}));
}

}  // namespace
}  // namespace weft::traces
