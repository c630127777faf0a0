// Recordings of an event camera: their file, and what becomes of them as a stimulus; the rules of stimuli.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/data/recordings.hpp"
#include "model/network/stimulus.hpp"
#include "tests/model/evp_example.hpp"
#include "tests/model/expect_error.hpp"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Evp, IsReadEventByEvent) {
  const Recordings recordings = parse_evp(evp_example(), "e.evp", "toy");
  EXPECT_EQ(recordings.name, "toy");
  EXPECT_EQ(recordings.shape.size(), 2312);
  EXPECT_EQ(recordings.size(), 2);
  EXPECT_THAT(recordings.labels, ElementsAre(7, 3));
  EXPECT_THAT(recordings.begin, ElementsAre(0, 3, 4));
  EXPECT_EQ(recordings.events[0].input, 2 * 34 + 1u);
  EXPECT_EQ(recordings.events[0].microseconds, 10u);
  EXPECT_EQ(recordings.events[1].input, 1156u + 33 * 34 + 33);  // polarity 1
  EXPECT_EQ(recordings.events[3].microseconds, 0x7fffffu);
}

std::string error_of(const std::function<void(Bytes&)>& damage) {
  Bytes data = evp_example();
  damage(data);
  return input_error_of([&] { parse_evp(data, "e.evp", "toy"); });
}

TEST(Evp, SaysWhatIsWrong) {
  EXPECT_THAT(error_of([](Bytes& d) { d.resize(7); }),
              HasSubstr("e.evp: found no \"EVP1\" at the beginning"));
  EXPECT_THAT(error_of([](Bytes& d) { d[3] = '2'; }), HasSubstr("no \"EVP1\""));
  EXPECT_THAT(error_of([](Bytes& d) { d[7] = 1; }),
              HasSubstr("a header of 16777218 recordings, expected at most 4"));
  EXPECT_THAT(error_of([](Bytes& d) { d[8] = 14; }),
              HasSubstr("14 bytes in recording 0, expected a multiple of 5"));
  EXPECT_THAT(error_of([](Bytes& d) { d[16] = 10; }),
              HasSubstr("only 5 bytes left in recording 1, expected 10"));
  EXPECT_THAT(error_of([](Bytes& d) { d[16] = 0; }),
              HasSubstr("5 bytes after the last recording, expected the end"));
  EXPECT_THAT(error_of([](Bytes& d) { d[12] = 10; }), HasSubstr("label 10 in recording 0, expected 0 to 9"));
  EXPECT_THAT(error_of([](Bytes& d) { d[14] = 2; }), HasSubstr("split 2 in recording 0, expected 0 or 1"));
  EXPECT_THAT(error_of([](Bytes& d) { d[24] = 34; }),
              HasSubstr("pixel 34, 2 in recording 0, expected 0 to 33"));
  EXPECT_THAT(error_of([](Bytes& d) { d[28] = 255; }), HasSubstr("time 20 after 255 in recording 0"));
}

TEST(Recordings, AreLookedForByName) {
  EXPECT_THAT(input_error_of([] { load_recordings("nmist"); }), HasSubstr("expected nmnist"));
  EXPECT_THAT(input_error_of([] { load_recordings("nmnist", "/nowhere"); }),
              HasSubstr("were not found at /nowhere/nmnist/nmnist_train1000.evp"));
}

TEST(EventStimulus, PutsEventsIntoStepsOnceEach) {
  Recordings recordings;
  recordings.shape = {1, 1, 4};
  recordings.labels = {0, 1};
  recordings.begin = {0, 6, 7};
  recordings.events = {{0, 3}, {999, 1}, {999, 3}, {1000, 2}, {2999, 0}, {3000, 1}, {1500, 2}};
  const Stimulus stimulus = make_stimulus(recordings, 0, 10, 3);
  EXPECT_EQ(stimulus.frames.rows, 2);
  EXPECT_EQ(stimulus.interval_steps, 3);
  EXPECT_THAT(stimulus.event_begin, ElementsAre(0, 2, 3, 4, 4, 5, 5));
  std::vector<std::uint32_t> inputs;
  for (const InputEvent& event : stimulus.events) inputs.push_back(event.input);
  EXPECT_THAT(inputs, ElementsAre(1, 3, 2, 0, 2));
  std::vector<std::int32_t> values(4, 9);
  stimulus.read_step(0, 0, values.data());
  EXPECT_THAT(values, ElementsAre(0, 1, 0, 1));
  check_stimulus(stimulus, 4, {1, false});
  EXPECT_EQ(make_stimulus(recordings, 1, 10, 3).events.size(), 1u);
  EXPECT_THROW(make_stimulus(recordings, 0, 1, 0), Error);
}

std::string refusal(const std::function<void(Stimulus&)>& damage) {
  Stimulus stimulus;
  stimulus.frames = {1, 4, {}};
  stimulus.frame_steps = stimulus.interval_steps = 2;
  stimulus.event_begin = {0, 2, 3};
  stimulus.events = {{0, 1}, {3, 1}, {2, 1}};
  damage(stimulus);
  return input_error_of([&] { check_stimulus(stimulus, 4, {1, false}); });
}

TEST(EventStimulus, IsRefusedWhereItsListsAreNotSound) {
  EXPECT_THAT(refusal([](auto& s) { s.frame_steps = 0; }),
              HasSubstr("frames of 0 steps, expected at least 1"));
  EXPECT_THAT(refusal([](auto& s) { s.interval_steps = 1; }),
              HasSubstr("an interval of 1 steps, expected at least the 2 steps of a frame"));
  EXPECT_THAT(refusal([](auto& s) { s.event_begin.pop_back(); }), HasSubstr("expected 2 of them"));
  EXPECT_THAT(refusal([](auto& s) { s.event_begin[1] = 4; }), HasSubstr("do not share out its 3 events"));
  EXPECT_THAT(refusal([](auto& s) { s.events[1].input = 0; }), HasSubstr("frame 0, input 0"));
  EXPECT_THAT(refusal([](auto& s) { s.events[1].input = 4; }), HasSubstr("ascending inputs below 4"));
  EXPECT_THAT(refusal([](auto& s) { s.events[2].value = 2; }),
              HasSubstr("frame 0, input 2: 2, expected 0 to 1"));
  EXPECT_THAT(refusal([](auto& s) { s.frames.values = {1}; }), HasSubstr("4 inputs per frame"));
}

}  // namespace
}  // namespace weft
