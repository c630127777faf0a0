// Spiking neurons: their update rules by hand, the rules of networks that hold them, their file, and frames
// of many steps through the integer reference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "model/network/evaluate.hpp"
#include "model/network/neurons/neuron_model.hpp"
#include "model/network/spiking_mlp.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/spiking_networks.hpp"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();

// The spikes of a neuron at these inputs, one per step.
std::vector<int> spikes(NeuronModel model, const SpikeRule& rule, const std::vector<std::int32_t>& inputs,
                        SpikeState* end = nullptr, int shift = 0) {
  SpikeState state;
  std::vector<int> out;
  for (const std::int32_t input : inputs) {
    out.push_back(update_spiking_neuron(model, rule, input, 0, shift, state));
  }
  if (end != nullptr) *end = state;
  return out;
}

SpikeRule threshold(std::int32_t value, SpikeReset reset = SpikeReset::Zero) {
  SpikeRule rule;
  rule.threshold = value;
  rule.reset = reset;
  return rule;
}

TEST(IfNeuron, AddsUpAndSpikesWhenItReachesItsThreshold) {
  SpikeState end;
  EXPECT_THAT(spikes(NeuronModel::If, threshold(10), {4, 5, 1, 9, 1}, &end), ElementsAre(0, 0, 1, 0, 1));
  EXPECT_EQ(end.potential, 0);
}

TEST(IfNeuron, KeepsWhatIsAboveTheThresholdOrAll) {
  EXPECT_THAT(spikes(NeuronModel::If, threshold(10, SpikeReset::Subtract), {25, 0, 0}), ElementsAre(1, 1, 0));
  EXPECT_THAT(spikes(NeuronModel::If, threshold(10, SpikeReset::None), {10, -1, 1}), ElementsAre(1, 0, 1));
}

TEST(IfNeuron, StandsStillWhileItIsRefractory) {
  SpikeRule rule = threshold(10);
  rule.refractory = 2;
  SpikeState end;
  EXPECT_THAT(spikes(NeuronModel::If, rule, {10, 100, 100, 9, 1}, &end), ElementsAre(1, 0, 0, 0, 1));
  EXPECT_EQ(end.rest, 2);
}

TEST(IfNeuron, SaturatesInsteadOfWrapping) {
  SpikeState end;
  EXPECT_THAT(spikes(NeuronModel::If, threshold(kMost, SpikeReset::None), {kMost, kMost, -1}, &end, 31),
              ElementsAre(1, 1, 0));
  EXPECT_EQ(end.potential, static_cast<std::int32_t>(std::int64_t{kMost} - (std::int64_t{1} << 31)));
  spikes(NeuronModel::If, threshold(1), {-kMost, -kMost}, &end, 31);
  EXPECT_EQ(end.potential, -kMost - 1);
}

TEST(LifNeuron, LeaksTowardsZeroAndNotBeyond) {
  SpikeRule rule = threshold(1000);
  rule.leak = 3;
  SpikeState end;
  spikes(NeuronModel::Lif, rule, {10, 0, 0}, &end);
  EXPECT_EQ(end.potential, 4);
  spikes(NeuronModel::Lif, rule, {2, 0}, &end);
  EXPECT_EQ(end.potential, 0);
  spikes(NeuronModel::Lif, rule, {-10, 0, 0, 0, 0}, &end);
  EXPECT_EQ(end.potential, 0);
  spikes(NeuronModel::Lif, rule, {-10, 0}, &end);
  EXPECT_EQ(end.potential, -7);
}

TEST(LifNeuron, LeaksAFractionRoundedTowardsZero) {
  SpikeRule rule = threshold(1000);
  rule.leak_kind = SpikeLeak::Fraction;
  rule.leak = 1024;  // three quarters stay
  SpikeState end;
  spikes(NeuronModel::Lif, rule, {10, 0}, &end);
  EXPECT_EQ(end.potential, 7);  // 7.5
  spikes(NeuronModel::Lif, rule, {-10, 0}, &end);
  EXPECT_EQ(end.potential, -7);  // -7.5
}

// u: 64 48 36; v: 64, 64 * 31/32 + 48 = 110, 106.5.. + 36 = 142.
TEST(CurrentLifNeuron, FiltersItsInputTwice) {
  SpikeRule rule = threshold(1000);
  rule.leak_kind = SpikeLeak::Fraction;
  rule.leak = 128;
  rule.current_decay = 1024;
  SpikeState end;
  spikes(NeuronModel::CurrentLif, rule, {1, 0, 0}, &end, 6);
  EXPECT_EQ(end.current, 36);
  EXPECT_EQ(end.potential, 142);
}

TEST(CurrentLifNeuron, SpikesAboveItsThresholdOnlyAndKeepsItsCurrent) {
  SpikeRule rule = threshold(10);
  rule.leak_kind = SpikeLeak::Fraction;
  rule.current_decay = 4096;
  EXPECT_THAT(spikes(NeuronModel::CurrentLif, rule, {10, 1, 10}), ElementsAre(0, 1, 0));
  rule.current_decay = 0;
  rule.refractory = 1;
  SpikeState end;
  EXPECT_THAT(spikes(NeuronModel::CurrentLif, rule, {11, 1, 0}, &end), ElementsAre(1, 0, 1));
  EXPECT_EQ(end.current, 12);
}

struct Fault {
  const char* name;
  const char* words;
  std::function<void(SpikeRule&, NeuronModel&)> make;
};

TEST(SpikeRule, IsCheckedFieldByField) {
  const std::vector<Fault> faults = {
      {"threshold", "a threshold of 0, expected 1 to 2147483647", [](auto& r, auto&) { r.threshold = 0; }},
      {"reset", "no such reset", [](auto& r, auto&) { r.reset = static_cast<SpikeReset>(3); }},
      {"leak_kind", "no such kind of leak", [](auto& r, auto&) { r.leak_kind = static_cast<SpikeLeak>(2); }},
      {"kind", "a leak that is not a fraction",
       [](auto& r, auto& m) {
         m = NeuronModel::CurrentLif;
         r.leak_kind = SpikeLeak::Subtract;
       }},
      {"leak", "a leak of -1, expected 0 to 4096", [](auto& r, auto&) { r.leak = -1; }},
      {"whole", "a leak of 4097, expected 0 to 4096", [](auto& r, auto&) { r.leak = 4097; }},
      {"if", "a leak of 5, expected 0 to 0", [](auto& r, auto& m) { r.leak = 5, m = NeuronModel::If; }},
      {"decay", "a current decay of 1, expected 0 to 0", [](auto& r, auto&) { r.current_decay = 1; }},
      {"refractory", "a refractory period of 65536, expected 0 to 65535",
       [](auto& r, auto&) { r.refractory = 65536; }}};
  for (const Fault& fault : faults) {
    NeuronModel model = NeuronModel::Lif;
    SpikeRule rule;
    rule.leak_kind = SpikeLeak::Fraction;
    EXPECT_EQ(find_fault(model, rule), "");
    fault.make(rule, model);
    EXPECT_EQ(find_fault(model, rule), fault.words) << fault.name;
  }
}

TEST(SpikingNetwork, IsValidOnlyWithASoundRuleAndSpikesAsValues) {
  FixedNetwork network = spiking_network(1);
  EXPECT_EQ(describe(validate(network)), "");
  network.populations[PopulationId(1)].spike.threshold = -5;
  EXPECT_EQ(validate(network).at(0).rule, "spike-rule");
  network = spiking_network(1);
  network.populations[PopulationId(1)].format = {2, false};
  EXPECT_EQ(validate(network).at(0).rule, "spike-value");
}

TEST(SpikingNetwork, HasADigestThatCoversTheRule) {
  const Digest original = digest(spiking_network(1));
  const std::vector<std::function<void(SpikeRule&)>> changes = {
      [](auto& r) { ++r.threshold; },     [](auto& r) { r.reset = SpikeReset::None; },
      [](auto& r) { ++r.leak; },          [](auto& r) { r.leak_kind = SpikeLeak::Subtract; },
      [](auto& r) { ++r.current_decay; }, [](auto& r) { ++r.refractory; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    FixedNetwork changed = spiking_network(1);
    changes[i](changed.populations[PopulationId(2)].spike);
    EXPECT_NE(digest(changed), original) << "change " << i;
  }
}

TEST(SpikingNetwork, RoundTripsThroughItsFile) {
  const FixedNetwork network = spiking_network(1);
  const Bytes bytes = format_npz(to_npz(network));
  const FixedNetwork back = fixed_network_from_npz(parse_npz(bytes, "file"), "file");
  EXPECT_EQ(digest(back), digest(network));
  EXPECT_EQ(format_npz(to_npz(back)), bytes);
}

TEST(SpikingNetwork, RefusesAResetOfAnotherName) {
  NpzArchive archive = to_npz(spiking_network(1));
  const std::size_t at = archive.header.find("\"subtract\"");
  ASSERT_NE(at, std::string::npos);
  archive.header.replace(at, 10, "\"divide\"");
  EXPECT_THAT(input_error_of([&] { fixed_network_from_npz(archive, "f.npz"); }),
              HasSubstr("found \"divide\", expected one of"));
}

// A neuron of threshold 3 that hears 1 in each step spikes in every third: 300 steps, 100 spikes, in each
// frame anew.
TEST(EvaluateFrames, CountsSpikesAndBeginsEachFrameAtRest) {
  FixedNetwork network = one_layer(1, 1, {1}, NeuronModel::If, {1, false});
  network.populations[PopulationId(1)].spike = threshold(3);
  Stimulus stimulus;
  stimulus.frames = {3, 1, {1, 0, 1}};
  stimulus.frame_steps = 301;
  stimulus.interval_steps = 301;
  EXPECT_THAT(evaluate_frames(network, stimulus).values, ElementsAre(100, 0, 100));
}

TEST(EvaluateFrames, EqualsTheOneStepReferenceInFramesOfOneStep) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const FixedNetwork network = random_network(seed);
    Random random(seed);
    Stimulus stimulus;
    stimulus.frames = {1, 60, random_values(random, network.populations[network.input()])};
    EXPECT_EQ(evaluate_frames(network, stimulus).values, evaluate(network, stimulus.frames.values).back());
  }
}

TEST(EvaluateFrames, TakesEventsAsWhatTheyAreWorth) {
  const FixedNetwork network = spiking_network(2);
  Stimulus dense;
  dense.frames = {2, 3, {1, 0, 1, 0, 1, 0}};
  dense.frame_steps = dense.interval_steps = 50;
  Stimulus events;
  events.frames = {2, 3, {}};
  events.frame_steps = events.interval_steps = 50;
  events.event_begin = {0};
  for (int step = 0; step < 100; ++step) {
    if (step < 50) events.events.insert(events.events.end(), {{0, 1}, {2, 1}});
    if (step >= 50) events.events.push_back({1, 1});
    events.event_begin.push_back(events.events.size());
  }
  const IntMatrix outputs = evaluate_frames(network, events);
  EXPECT_EQ(outputs.values, evaluate_frames(network, dense).values);
  EXPECT_GT(outputs.values[0] + outputs.values[1], 0);
}

TEST(EvaluateFrames, SaturatesItsSums) {
  FixedNetwork network = one_layer(1, 1, {1}, NeuronModel::Linear, {31, true});
  network.populations[PopulationId(1)].bias[0] = (1 << 30) - 2;
  Stimulus stimulus;
  stimulus.frames = {1, 1, {1}};
  stimulus.frame_steps = stimulus.interval_steps = 3;
  EXPECT_THAT(evaluate_frames(network, stimulus).values, ElementsAre(kMost));
}

TEST(SpikingMlp, IsMadeOfItsWeights) {
  SpikingMlpParams params = nmnist_mlp_params();
  params.input = {1, 1, 3};
  const auto weights = [](std::vector<std::int8_t> items, std::int64_t rows, std::int64_t columns) {
    return NpyArray::from(items, {rows, columns});
  };
  const FixedNetwork network =
      make_spiking_mlp({weights({1, 2, 3, 4, 5, -128}, 2, 3), weights({7, 8}, 1, 2)}, params);
  EXPECT_EQ(count_synapses(network), 8);
  EXPECT_EQ(network.projections[ProjectionId(0)].weights[5], -128);
  EXPECT_EQ(network.populations[PopulationId(2)].shift[0], 6);
  EXPECT_THAT(input_error_of([&] {
                make_spiking_mlp({weights({1, 2}, 1, 2)}, params);
              }),
              HasSubstr("fc1: found weights of shape 1 x 2, expected neurons x 3"));
  params.weight_exponent = 32;
  EXPECT_THAT(input_error_of([&] {
                make_spiking_mlp({weights({1, 2, 3}, 1, 3)}, params);
              }),
              HasSubstr("a weight exponent of 32, expected 0 to 31"));
}

}  // namespace
}  // namespace weft
