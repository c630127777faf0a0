// Exports of real logs: the JSON is what the trace event format documents, the raster is what was sent.
#include "traces/export/exports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "model/base/npz.hpp"
#include "simulated_log.hpp"
#include "tests/model/expect_error.hpp"
#include "traces/question/step_events.hpp"

namespace weft::traces {
namespace {

using nlohmann::json;
using Track = std::pair<int, int>;

// All events of a log by kind.
std::map<EventKind, int> counts(const std::filesystem::path& log) {
  EventLogReader reader(log);
  std::map<EventKind, int> found;
  std::vector<Event> block;
  while (reader.next(block))
    for (const Event& event : block) ++found[event.kind];
  return found;
}

json perfetto_of(const SimulatedLog& log) {
  const ExportSummary summary = export_perfetto(log.file, log.directory / "log.json");
  const json trace = json::parse(read_text_file(log.directory / "log.json"));
  EXPECT_EQ(trace.at("traceEvents").size(), summary.written);
  return trace.at("traceEvents");
}

// The rules of the trace event format: keys, types, order per track, nesting, arrows that begin and end in a
// slice.
void expect_documented_schema(const json& events) {
  std::map<Track, double> latest;
  std::map<Track, int> open;
  std::map<int, json> arrows;
  std::map<Track, std::string> names;
  for (const json& event : events) {
    const std::string phase = event.at("ph");
    ASSERT_THAT(phase, testing::AnyOf("B", "E", "C", "s", "f", "M"));
    const Track track{event.at("pid").get<int>(), event.at("tid").get<int>()};
    if (phase == "M") {
      ASSERT_THAT(event.at("name"), testing::AnyOf("process_name", "thread_name"));
      if (event.at("name") == "thread_name") {
        EXPECT_TRUE(names.emplace(track, event.at("args").at("name")).second) << "a track is named twice";
      }
      continue;
    }
    EXPECT_EQ(names.count(track), 1u) << "a track without a name";
    const double time = event.at("ts").get<double>();
    ASSERT_GE(time, latest[track]) << event;
    latest[track] = time;
    if (phase == "B") {
      EXPECT_TRUE(event.at("name").is_string());
      EXPECT_TRUE(event.at("cat").is_string());
      // One flit at a time; in a core the step, in it rows or a stall, in that an update.
      ASSERT_LE(++open[track], names[track] == "core" ? 3 : 1) << event;
    } else if (phase == "E") {
      ASSERT_GT(open[track]--, 0) << event;
    } else if (phase == "C") {
      ASSERT_TRUE(event.at("args").at("flits").is_number_integer());
      EXPECT_GE(event["args"]["flits"], 0);
    } else {
      ASSERT_GT(open[track], 0) << "an arrow outside a slice";
      const int id = event.at("id");
      EXPECT_EQ(event.at("cat"), "message");
      if (phase == "s") {
        EXPECT_TRUE(arrows.emplace(id, event).second);
      } else {
        EXPECT_EQ(event.at("bp"), "e");
        ASSERT_EQ(arrows.count(id), 1u) << "an arrow ends that never began";
        EXPECT_GT(time, arrows[id].at("ts").get<double>());
        arrows.erase(id);
      }
    }
  }
  EXPECT_TRUE(arrows.empty());
  for (const auto& [track, depth] : open) EXPECT_EQ(depth, 0) << "track " << track.second;
}

TEST(Perfetto, IsWhatTheTraceEventFormatDocuments) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) expect_documented_schema(perfetto_of(SimulatedLog(seed)));
}

TEST(Perfetto, IsWholeForALogThatBeginsAndEndsWithinSteps) {
  for (std::uint64_t from = 0; from < 40; from += 7)
    expect_documented_schema(perfetto_of(SimulatedLog(3, from, from + 30)));
}

TEST(Perfetto, DrawsEachFlitOnceAndAnArrowToWhereverItGoes) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const SimulatedLog log(seed);
    std::map<EventKind, int> told = counts(log.file);
    int flits = 0, rows = 0, arrows = 0, steps = 0;
    for (const json& event : perfetto_of(log)) {
      if (event["ph"] == "f") ++arrows;
      if (event["ph"] != "B") continue;
      if (event["cat"] == "message") ++flits;
      if (event["pid"] == 0) ++steps;
      if (event["name"].get<std::string>().rfind("axon", 0) == 0) ++rows;
    }
    const int taken_on = told[EventKind::Hop] + told[EventKind::Arrive] + told[EventKind::Output];
    EXPECT_EQ(flits, taken_on + told[EventKind::Send] + told[EventKind::Inject]);
    EXPECT_EQ(arrows, taken_on);
    EXPECT_EQ(rows, told[EventKind::Row]);
    EXPECT_EQ(steps, static_cast<int>(log.outcome.steps));
  }
}

TEST(Perfetto, LinksNothingWhereAKeyDoesNotNameAMessage) {
  const TemporaryDirectory directory;
  Fabric fabric;
  EventLogWriter writer(fabric, {directory / "log"});
  for (std::uint64_t cycle : {1, 11}) {  // as synthetic traffic does: the key is the destination
    writer.event({cycle, TileId(0), EventKind::Send, 0, 0, 7, 1});
    writer.event({cycle + 2, TileId(0), EventKind::Hop, 2, 0, 7, 1});
  }
  writer.finish();
  export_perfetto(directory / "log", directory / "log.json");
  const json trace = json::parse(read_text_file(directory / "log.json"));
  expect_documented_schema(trace.at("traceEvents"));
  int flits = 0;
  for (const json& event : trace["traceEvents"]) {
    EXPECT_THAT(event["ph"], testing::AnyOf("M", "B", "E"));
    flits += event["ph"] == "B" && event["cat"] == "message";
  }
  EXPECT_EQ(flits, 4);
}

TEST(Perfetto, CountsEachBufferUpToItsDepthAndBackToNothing) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const SimulatedLog log(seed);
    std::map<std::pair<int, std::string>, int> flits;
    for (const json& event : perfetto_of(log)) {
      if (event["ph"] != "C") continue;
      flits[{event["pid"], event["name"]}] = event["args"]["flits"];
      EXPECT_LE(event["args"]["flits"], log.simulated.made.fabric.router.buffer_depth);
    }
    for (const auto& [buffer, left] : flits) EXPECT_EQ(left, 0) << buffer.second;
  }
}

TEST(Raster, HoldsWhatWasSentInWhichStep) {
  const SimulatedLog log(4);
  const ExportSummary summary = export_raster(log.file, log.directory / "raster.npz");
  std::map<EventKind, int> told = counts(log.file);
  const NpzArchive raster = read_npz(log.directory / "raster.npz");
  const auto column = [&](const std::string& name) {
    return raster.at(name, "raster").as<std::uint32_t>(name);
  };
  EXPECT_EQ(column("neuron").size(), static_cast<std::size_t>(told[EventKind::Update]));
  EXPECT_EQ(column("message_key").size(),
            static_cast<std::size_t>(told[EventKind::Send] + told[EventKind::Inject]));
  EXPECT_EQ(summary.written, column("step").size() + column("message_step").size());
  EXPECT_EQ(column("step").back() + 1, log.outcome.steps);
  // The same spikes, read directly from the log.
  StepReader reader(log.file);
  StepEvents step;
  std::size_t i = 0;
  while (reader.next(step)) {
    for (const Event& event : step.events) {
      if (event.kind != EventKind::Update) continue;
      EXPECT_EQ(column("step")[i], step.step);
      EXPECT_EQ(column("tile")[i], event.tile.value());
      EXPECT_EQ(column("neuron")[i], event.subject);
      EXPECT_EQ(raster.at("value", "raster").as<std::int32_t>("value")[i], event.value);
      ++i;
    }
  }
  EXPECT_EQ(i, column("step").size());
}

TEST(StepReader, GivesEachEventOnceWithinItsStep) {
  const SimulatedLog log(5);
  StepReader reader(log.file);
  StepEvents step;
  std::uint64_t events = 0, steps = 0;
  while (reader.next(step)) {
    EXPECT_EQ(step.step, steps++);
    EXPECT_TRUE(step.whole);
    events += step.events.size() + 2;
    for (const Event& event : step.events) {
      EXPECT_GE(event.cycle, step.begin);
      EXPECT_LE(event.cycle, step.last);
    }
    EXPECT_TRUE(std::is_sorted(step.events.begin(), step.events.end(), in_step_order));
  }
  EXPECT_EQ(steps, log.outcome.steps);
  EXPECT_EQ(events, reader.events());
}

TEST(StepReader, NumbersAStepWhoseBeginIsNotInTheLog) {
  const SimulatedLog whole(5);
  StepReader all(whole.file);
  StepEvents first, second;
  ASSERT_TRUE(all.next(first));
  ASSERT_TRUE(all.next(second));
  const SimulatedLog cut(5, 1);
  StepReader reader(cut.file);
  StepEvents step;
  ASSERT_TRUE(reader.next(step));
  EXPECT_EQ(step.step, 0u);
  EXPECT_FALSE(step.whole);
  ASSERT_TRUE(reader.next(step));
  EXPECT_EQ(step.step, 1u);
  EXPECT_TRUE(step.whole);
  EXPECT_EQ(step.begin, second.begin);
}

TEST(StepReader, DoesNotGuessTheNumberOfAStepThatTheLogDoesNotTell) {
  const SimulatedLog cut(5, 1, 4);
  StepReader reader(cut.file);
  StepEvents step;
  ASSERT_TRUE(reader.next(step));
  EXPECT_EQ(step.step, kUnknownStep);
}

TEST(Exports, RefuseADamagedLogAndLeaveNoFile) {
  const SimulatedLog log(1);
  Bytes data = read_file(log.file);
  data[data.size() - 30] ^= 1;
  write_file(log.directory / "bad", data);
  for (const auto act : {export_csv, export_perfetto, export_raster}) {
    EXPECT_THAT(input_error_of([&] { act(log.directory / "bad", log.directory / "out"); }),
                testing::HasSubstr("event log, block 0"));
  }
  EXPECT_EQ(log.directory.entries(), 2);
}

}  // namespace
}  // namespace weft::traces
