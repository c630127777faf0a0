// Distillation: its gradient against finite differences, its ends, and what a teacher is good for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "model/base/random.hpp"
#include "model/data/moves.hpp"
#include "model/network/engine/distill.hpp"
#include "model/network/train.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/network_examples.hpp"

namespace weft {
namespace {

using testing::HasSubstr;

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(3 * random.normal());
  return values;
}

double loss_of(const std::vector<float>& outputs, const std::vector<float>& teacher, double temperature) {
  std::vector<float> delta(outputs.size(), 0.0f);
  return add_distillation(outputs.data(), teacher.data(), 4, 5, {1, temperature}, 1, delta.data());
}

TEST(Distillation, HasTheGradientOfItsLoss) {
  for (const double temperature : {1.0, 4.0}) {
    std::vector<float> outputs = random_values(20, 1);
    const std::vector<float> teacher = random_values(20, 2);
    std::vector<float> delta(20, 7.0f);
    add_distillation(outputs.data(), teacher.data(), 4, 5, {1, temperature}, 1, delta.data());
    for (std::size_t i = 0; i < 20; ++i) {
      const float kept = outputs[i];
      outputs[i] = kept + 1e-2f;
      const double high = loss_of(outputs, teacher, temperature);
      outputs[i] = kept - 1e-2f;
      const double low = loss_of(outputs, teacher, temperature);
      outputs[i] = kept;
      EXPECT_NEAR(delta[i], (high - low) / 2e-2, 2e-3) << i;
    }
  }
}

TEST(Distillation, MixesWithTheLabelsGradientByItsShare) {
  const std::vector<float> outputs = random_values(20, 3), teacher = random_values(20, 4);
  std::vector<float> none(20, 0.0f), all(20, 0.0f), mixed(20, 2.0f);
  add_distillation(outputs.data(), teacher.data(), 4, 5, {0, 2}, 0.5f, none.data());
  add_distillation(outputs.data(), teacher.data(), 4, 5, {1, 2}, 0.5f, all.data());
  add_distillation(outputs.data(), teacher.data(), 4, 5, {0.25, 2}, 0.5f, mixed.data());
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(none[i], 0.0f);
    EXPECT_NEAR(mixed[i], 0.75f * 2 + 0.25f * all[i], 1e-6);
  }
}

TEST(Distillation, IsAtRestWhereThePupilEqualsTheTeacher) {
  const std::vector<float> outputs = random_values(20, 5);
  EXPECT_NEAR(loss_of(outputs, outputs, 3), 0, 1e-12);
  EXPECT_GT(loss_of(outputs, random_values(20, 6), 3), 0.1);
}

TEST(Distillation, TeachesAPupilItsTeachersOutputs) {
  const Dataset data = test::random_dataset({1, 4, 4}, 3, 64, 9);
  Network teacher = make_mlp("teacher", {1, 4, 4}, {16, 8, 3}, Activation::Relu);
  initialize(teacher, 1);
  Network pupil = teacher;
  initialize(pupil, 2);
  const FloatMatrix lesson = outputs(teacher, data);
  TrainParams params;
  params.epochs = 60;
  params.batch_size = 16;
  params.learning_rate = 0.01;
  params.distill = 1;
  params.temperature = 2;
  const TrainResult result = train(pupil, data, params, nullptr, &lesson);
  EXPECT_LT(result.epochs.back().loss, 0.05 * result.epochs.front().loss);
}

TEST(Distillation, WantsATeacherForEverySample) {
  const Dataset data = test::random_dataset({1, 4, 4}, 3, 8, 9);
  Network network = make_mlp("pupil", {1, 4, 4}, {16, 3}, Activation::Relu);
  TrainParams params;
  params.distill = 0.5;
  const auto complaint = [&](const FloatMatrix* lesson) {
    return input_error_of([&] { train(network, data, params, nullptr, lesson); });
  };
  EXPECT_THAT(complaint(nullptr),
              HasSubstr("found distillation without a teacher, expected outputs of 8 x 3"));
  const FloatMatrix lesson{7, 3, std::vector<float>(21)};
  EXPECT_THAT(complaint(&lesson), HasSubstr("a teacher's outputs of 7 x 3"));
  params.distill = 1.5;
  EXPECT_THAT(complaint(nullptr), HasSubstr("a share of distillation of 1.5"));
  params.distill = 0.5;
  params.temperature = 0.5;
  EXPECT_THAT(complaint(nullptr), HasSubstr("a temperature of 0.5"));
}

TEST(Shifts, AddTheSamplesMovedInFourDirections) {
  Dataset data;
  data.name = "dot";
  data.shape = {1, 3, 3};
  data.classes = 2;
  data.samples = {0, 0, 0, 0, 9, 0, 0, 0, 0};
  data.labels = {1};
  const Dataset shifted = with_shifts(data, 2);
  ASSERT_EQ(shifted.size(), 9);
  EXPECT_EQ(describe(validate(shifted)), "");
  const int dots[] = {4, 7, 1, 5, 3};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(shifted.sample(i)[dots[i]], 9) << i;
  for (int i = 5; i < 9; ++i) {  // by two pixels it is gone
    EXPECT_EQ(std::count(shifted.sample(i), shifted.sample(i) + 9, 0), 9) << i;
  }
}

TEST(Moves, RepeatTheEdgeAndMoveAllChannelsAlike) {
  Dataset data;
  data.name = "two channels";
  data.shape = {2, 2, 3};
  data.classes = 3;
  data.samples = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
  data.labels = {2};
  const Dataset moved = moves(data, 300, 1, 5);
  ASSERT_EQ(moved.size(), 300);
  EXPECT_EQ(describe(validate(moved)), "");
  std::map<std::vector<std::uint8_t>, int> kinds;
  for (std::int64_t i = 0; i < moved.size(); ++i) {
    const std::uint8_t* sample = moved.sample(i);
    ++kinds[{sample, sample + 6}];
    for (int k = 0; k < 6; ++k) ASSERT_EQ(sample[6 + k], sample[k] + 10);
    EXPECT_EQ(moved.labels[static_cast<std::size_t>(i)], 2);
  }
  ASSERT_EQ(kinds.size(), 9u);
  for (const auto& [kind, count] : kinds) EXPECT_GT(count, 15);
  EXPECT_EQ(kinds.count({1, 2, 3, 4, 5, 6}), 1u);
  EXPECT_EQ(kinds.count({1, 1, 2, 1, 1, 2}), 1u);  // down and right
  EXPECT_EQ(kinds.count({5, 6, 6, 5, 6, 6}), 1u);  // up and left
  EXPECT_EQ(moves(data, 300, 1, 5).samples, moved.samples);
  EXPECT_NE(moves(data, 300, 1, 6).samples, moved.samples);
}

TEST(Mixes, LieBetweenTwoSamplesAndHaveTheNearersLabel) {
  Dataset data;
  data.name = "two";
  data.shape = {1, 1, 2};
  data.classes = 2;
  data.samples = {0, 200, 100, 0};
  data.labels = {0, 1};
  const Dataset mixed = mixes(data, 200, 3);
  ASSERT_EQ(mixed.size(), 200);
  EXPECT_EQ(describe(validate(mixed)), "");
  int between = 0;
  for (std::int64_t i = 0; i < mixed.size(); ++i) {
    const int first = mixed.sample(i)[0], second = mixed.sample(i)[1];
    EXPECT_NEAR(200 - 2 * first, second, 2);  // on the line between the two
    EXPECT_EQ(mixed.labels[static_cast<std::size_t>(i)], first > 50 ? 1
                                                         : first < 50
                                                             ? 0
                                                             : mixed.labels[static_cast<std::size_t>(i)]);
    between += first > 0 && first < 100;
    if (first > 0 && first < 100) {
      EXPECT_GE(first, 24);
      EXPECT_LE(first, 76);
    }
  }
  EXPECT_GT(between, 70);
  EXPECT_EQ(mixes(data, 200, 3).samples, mixed.samples);
  EXPECT_NE(mixes(data, 200, 4).samples, mixed.samples);
}

}  // namespace
}  // namespace weft
