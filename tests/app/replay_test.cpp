// What the page carries of a log: all events that it draws, whole steps, and timelines that cover a frame.
#include "app/report/replay/replay.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "app/report/base64.hpp"
#include "model/base/error.hpp"
#include "tests/app/example_page.hpp"

namespace weft::app {
namespace {

struct Record {
  std::uint64_t shown = 0, tile = 0, kind = 0, neuron = 0;
};

std::vector<Record> unpack(const Replay& replay) {
  const Bytes bytes = from_base64(replay.data).value();
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint8_t next = bytes.at(at++);
      value |= std::uint64_t{next & 0x7fu} << shift;
      if (next < 0x80) return value;
    }
  };
  std::vector<Record> records;
  for (std::uint64_t shown = 0; at < bytes.size();) {
    shown += varint();
    const std::uint64_t place = varint();
    records.push_back({shown, place / 16, place % 16, place % 16 == 5 ? varint() : 0});
  }
  return records;
}

TEST(Replay, HoldsEveryHopOfTheLogInItsCycle) {
  const test::ExamplePage page;
  const std::vector<Record> records = unpack(page.view.replay);
  EXPECT_EQ(static_cast<std::int64_t>(records.size()), page.view.replay.events);
  traces::StepReader reader(page.log);
  std::vector<std::uint64_t> expected, found;
  std::size_t number = 0;
  for (traces::StepEvents step; reader.next(step); ++number) {
    const ReplayStep& shown = page.view.replay.steps.at(number);
    EXPECT_EQ(shown.step, step.step);
    for (const Event& event : step.events)
      if (event.kind == EventKind::Hop)
        expected.push_back(event.cycle * 100 + event.tile.value() * 4 + event.detail - 1);
  }
  for (const Record& record : records) {
    const auto& steps = page.view.replay.steps;
    const auto after = std::find_if(steps.begin(), steps.end(),
                                    [&](const ReplayStep& step) { return step.shown > record.shown; });
    const ReplayStep& step = *(after - 1);
    EXPECT_LT(record.shown - step.shown, step.length);
    if (record.kind < 4)
      found.push_back((step.cycle + record.shown - step.shown) * 100 + record.tile * 4 + record.kind);
  }
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, expected);
  EXPECT_GT(found.size(), 100u);
}

TEST(Replay, TakesWholeStepsFromTheFrontWhereTheLogIsTooLong) {
  const test::ExamplePage page;
  const Replay whole = page.view.replay;
  EXPECT_TRUE(whole.all);
  const Replay part = view_log(page.log, {}, whole.events / 2).replay;
  EXPECT_FALSE(part.all);
  EXPECT_LE(part.events, whole.events / 2);
  ASSERT_GT(part.steps.size(), 0u);
  EXPECT_LT(part.steps.size(), whole.steps.size());
  const Bytes front = from_base64(part.data).value(), all = from_base64(whole.data).value();
  EXPECT_TRUE(std::equal(front.begin(), front.end(), all.begin()));
}

TEST(FrameTimelines, CoverEachCycleOfAFrameOnce) {
  const test::ExamplePage page;
  ASSERT_EQ(page.view.timelines.size(), 2u);
  for (const FrameTimeline& timeline : page.view.timelines) {
    std::uint64_t at = timeline.begin;
    for (const traces::PathPart& part : timeline.parts) {
      EXPECT_EQ(part.from, at);
      at = part.to;
    }
    EXPECT_EQ(at - timeline.begin, static_cast<std::uint64_t>(timeline.frame.cycles)) << timeline.frame.name;
    EXPECT_EQ(static_cast<std::int64_t>(timeline.step_begins.size()), timeline.frame.steps);
  }
  EXPECT_EQ(page.view.timelines[1].frame.cycles, static_cast<std::int64_t>(page.report.latency->cycles_max));
}

TEST(FrameTimelines, AreLeftOutWhereTheLogHasNotAllSteps) {
  const test::ExamplePage page;
  std::vector<WatchedFrameReport> frames = page.report.closer_look->frames;
  frames[0].first_step += 1000;
  EXPECT_EQ(view_log(page.log, frames).timelines.size(), 1u);
}

TEST(CloserLook, RepeatsTheMedianAndTheSlowestFrame) {
  const test::ExamplePage page;
  const CloserLookReport& look = *page.report.closer_look;
  EXPECT_EQ(look.events, "frames.events");
  ASSERT_EQ(look.frames.size(), 2u);
  EXPECT_EQ(look.frames[0].name, "median");
  EXPECT_EQ(look.frames[0].cycles, static_cast<std::int64_t>(page.report.latency->cycles_p50));
  EXPECT_EQ(look.frames[1].name, "slowest");
  EXPECT_EQ(look.frames[1].cycles, static_cast<std::int64_t>(page.report.latency->cycles_max));
}

TEST(CloserLook, LeavesOutWhatWouldTakeTooLong) {
  const test::ExamplePage page;
  Outcome outcome = sim::run_image(page.run.fabric, page.run.image, page.run.stimulus);
  outcome.cycles = std::uint64_t{1} << 40;
  const std::string file = page.scratch / "none.events";
  EXPECT_FALSE(look_closer(page.run.fabric, page.run.image, page.run.stimulus, outcome, file));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(CloserLook, RefusesARunThatIsNotTheOneItRepeats) {
  const test::ExamplePage page;
  Outcome outcome = sim::run_image(page.run.fabric, page.run.image, page.run.stimulus);
  ++outcome.latency_cycles.front();
  ++outcome.latency_cycles.back();
  for (std::uint64_t& cycles : outcome.latency_cycles) cycles += 5;
  EXPECT_THROW(
      look_closer(page.run.fabric, page.run.image, page.run.stimulus, outcome, page.scratch / "x.events"),
      Error);
}

TEST(Front, KeepsTheFirstFramesAlone) {
  Stimulus stimulus;
  stimulus.frames = {3, 2, {1, 2, 3, 4, 5, 6}};
  EXPECT_EQ(front(stimulus, 2).frames.values, (std::vector<std::int32_t>{1, 2, 3, 4}));
  EXPECT_EQ(front(stimulus, 9).frames.rows, 3);
  Stimulus events;
  events.frames = {2, 4, {}};
  events.frame_steps = 2;
  events.interval_steps = 2;
  events.event_begin = {0, 1, 3, 3, 4};
  events.events.resize(4);
  const Stimulus one = front(events, 1);
  EXPECT_EQ(one.event_begin, (std::vector<std::uint64_t>{0, 1, 3}));
  EXPECT_EQ(one.events.size(), 3u);
}

}  // namespace
}  // namespace weft::app
