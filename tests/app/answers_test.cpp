// Labels against answers in closed form, and pictures that are what the samples were.
#include "app/flow/answers.hpp"

#include <gtest/gtest.h>

#include "app/report/base64.hpp"
#include "model/data/class_names.hpp"

namespace weft::app {
namespace {

Dataset three_frames() {
  return {"own", {2, 1, 2}, 3, {0, 100, 200, 101, 1, 2, 3, 4, 9, 9, 9, 9}, {2, 0, 1}};
}

TEST(Answers, CountsEachLabelWithTheFirstOfTheLargestOutputs) {
  const Dataset data = three_frames();
  const IntMatrix outputs = {3, 3, {7, 7, 7, 0, 5, 5, -3, -1, -2}};
  const auto answers = answer_figures(outputs, data.labels, data.name, pictures_of(data));
  ASSERT_TRUE(answers);
  EXPECT_EQ(answers->confusion, (std::vector<std::int64_t>{0, 1, 0, 0, 1, 0, 1, 0, 0}));
  EXPECT_EQ(answers->classes, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(answers->wrong_frames, 2);
  ASSERT_EQ(answers->wrong.size(), 2u);
  EXPECT_EQ(answers->wrong[0].frame, 0);
  EXPECT_EQ(answers->wrong[0].label, 2);
  EXPECT_EQ(answers->wrong[0].answer, 0);
}

TEST(Answers, DrawsTheMeanOfAFramesChannels) {
  const Dataset data = three_frames();
  EXPECT_EQ(pictures_of(data).pixels(0), (Bytes{100, 100}));
  EXPECT_EQ(pictures_of(data).pixels(1), (Bytes{2, 3}));
}

TEST(Answers, DrawsTheEventsOfARecordingPerPixel) {
  const Recordings data = {"own", {2, 1, 3}, 2, {1}, {0, 4}, {{0, 0}, {1, 3}, {2, 2}, {3, 0}}};
  EXPECT_EQ(pictures_of(data).pixels(0), (Bytes{255, 0, 85}));
}

TEST(Answers, AreNoneWhereALabelIsNoOutputsNumber) {
  const Dataset data = three_frames();
  EXPECT_FALSE(answer_figures({3, 2, {1, 0, 1, 0, 1, 0}}, data.labels, data.name, pictures_of(data)));
  EXPECT_FALSE(answer_figures({0, 3, {}}, data.labels, data.name, pictures_of(data)));
}

TEST(Answers, KeepsTheFirstPicturesAndCountsAll) {
  const std::vector<std::uint16_t> labels(100, 1);
  const auto answers = answer_figures({100, 2, std::vector<std::int32_t>(200, 0)}, labels, "own", {});
  ASSERT_TRUE(answers);
  EXPECT_EQ(answers->wrong_frames, 100);
  EXPECT_EQ(static_cast<std::int64_t>(answers->wrong.size()), kWrongFramesShown);
}

TEST(ClassNames, AreTheirMakersOrNumbers) {
  EXPECT_EQ(class_names("fashion-mnist", 10)[9], "Ankle boot");
  EXPECT_EQ(class_names("mnist", 10)[9], "9");
  EXPECT_EQ(class_names("fashion-mnist", 3), (std::vector<std::string>{"0", "1", "2"}));
}

TEST(Base64, WritesTheExamplesOfItsStandard) {
  const auto text = [](const std::string& word) { return to_base64(Bytes(word.begin(), word.end())); };
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("f"), "Zg==");
  EXPECT_EQ(text("fo"), "Zm8=");
  EXPECT_EQ(text("foo"), "Zm9v");
  EXPECT_EQ(text("foobar"), "Zm9vYmFy");
}

TEST(Base64, ReadsWhatItWritesAndNothingElse) {
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(37 * i + size));
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes) << size;
  }
  for (const char* text :
       {"Z", "Zg=", "Zh==", "Zg===", "Z===", "====", "Zg\n=", "Zg==Zg==", "Zm9=", "Zm9v\n"})
    EXPECT_FALSE(from_base64(text)) << text;
}

}  // namespace
}  // namespace weft::app
