// TrueNorth's neuron: its update rule by hand, what its parameters may be, its files, and a network of it
// through the integer reference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "model/fabric/image.hpp"
#include "model/network/evaluate.hpp"
#include "model/network/neurons/neuron_model.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/truenorth_examples.hpp"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Neuron {
  SpikeRule rule;
  std::int32_t leak = 0;
  SpikeState state;

  explicit Neuron(std::int32_t threshold, SpikeReset reset = SpikeReset::Zero) {
    rule.threshold = threshold;
    rule.reset = reset;
    rule.truenorth.negative_threshold = kTrueNorthThreshold;
  }
  int hear(std::int32_t sum) {
    return update_spiking_neuron(NeuronModel::TrueNorth, rule, sum, leak, 0, state);
  }
  std::vector<int> hear(const std::vector<std::int32_t>& sums) {
    std::vector<int> spikes;
    for (const std::int32_t sum : sums) spikes.push_back(hear(sum));
    return spikes;
  }
  // Its potential after one step in which it hears `sum`.
  std::int32_t after(std::int32_t sum) {
    hear(sum);
    return state.potential;
  }
};

TEST(TrueNorthNeuron, SpikesAtItsThresholdAndTakesItsResetPotential) {
  Neuron neuron(10);
  neuron.rule.truenorth.reset_potential = 4;
  EXPECT_THAT(neuron.hear({9, 1, 5, 1}), ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(neuron.state.potential, 4);
}

TEST(TrueNorthNeuron, KeepsWhatIsAboveTheThresholdOrAll) {
  EXPECT_THAT(Neuron(10, SpikeReset::Subtract).hear({25, 0, 0}), ElementsAre(1, 1, 0));
  EXPECT_THAT(Neuron(10, SpikeReset::None).hear({10, -1, 1}), ElementsAre(1, 0, 1));
}

TEST(TrueNorthNeuron, LeaksByASignedNumberEachStep) {
  Neuron neuron(100);
  neuron.leak = -3;
  EXPECT_EQ(neuron.after(10), 7);
  EXPECT_EQ(neuron.after(0), 4);
  EXPECT_EQ(neuron.after(-4), -3);
  EXPECT_EQ(neuron.after(0), -6) << "beyond zero: this leak does not look at the sign";
}

TEST(TrueNorthNeuron, TurnsTheLeakWithTheSignOfWhatItHolds) {
  Neuron neuron(100);
  neuron.leak = -3;
  neuron.rule.truenorth.leak_follows_sign = true;
  EXPECT_EQ(neuron.after(10), 7);
  EXPECT_EQ(neuron.after(-17), -7) << "-10, and towards zero by 3";
  EXPECT_EQ(neuron.after(7), 0) << "no sign, no leak";
}

TEST(TrueNorthNeuron, IsHeldOrResetBelowItsNegativeThreshold) {
  Neuron neuron(100);
  neuron.rule.truenorth = {20, 6, true, false};
  EXPECT_EQ(neuron.after(-20), -20) << "at the threshold nothing happens";
  EXPECT_EQ(neuron.after(-1), -20) << "held";
  neuron.rule.truenorth.holds_below = false;
  EXPECT_EQ(neuron.after(-1), -6) << "minus the reset potential";
  neuron.rule.reset = SpikeReset::Subtract;
  EXPECT_EQ(neuron.after(-30), -16) << "-36 and 20";
  neuron.rule.reset = SpikeReset::None;
  EXPECT_EQ(neuron.after(-30), -46);
  EXPECT_EQ(neuron.hear(0), 0) << "never a spike";
}

TEST(TrueNorthNeuron, SaturatesAtTheEndsOfTwentyBits) {
  Neuron neuron(10, SpikeReset::None);
  EXPECT_EQ(neuron.after(1 << 30), 524287);
  EXPECT_EQ(neuron.after(1), 524287);
  EXPECT_EQ(neuron.after(-(1 << 30)), -524288);
  neuron.rule.reset = SpikeReset::Zero;
  neuron.rule.truenorth.reset_potential = kTrueNorthLowest;
  EXPECT_EQ(neuron.after(0), 524287) << "minus the lowest number is one more than the highest";
}

TEST(TrueNorthRule, IsCheckedFieldByField) {
  struct Fault {
    const char* words;
    std::function<void(SpikeRule&)> make;
  };
  const std::vector<Fault> faults = {
      {"a threshold of 262144, expected 1 to 262143", [](auto& r) { r.threshold = 1 << 18; }},
      {"a leak of 1, expected 0 to 0", [](auto& r) { r.leak = 1; }},
      {"a refractory period of 1, expected 0 to 0", [](auto& r) { r.refractory = 1; }},
      {"a negative threshold of -1, expected 0 to 262143",
       [](auto& r) { r.truenorth.negative_threshold = -1; }},
      {"a reset potential of 524288, expected -524288 to 524287",
       [](auto& r) { r.truenorth.reset_potential = 1 << 19; }},
  };
  for (const Fault& fault : faults) {
    SpikeRule rule;
    EXPECT_EQ(find_fault(NeuronModel::TrueNorth, rule), "");
    fault.make(rule);
    EXPECT_EQ(find_fault(NeuronModel::TrueNorth, rule), fault.words);
  }
  SpikeRule rule;
  rule.truenorth.holds_below = true;
  EXPECT_EQ(find_fault(NeuronModel::If, rule), "parameters that only TrueNorth's neuron has");
  EXPECT_EQ(find_fault(NeuronModel::TrueNorth, -257, 0),
            "a leak (the neuron's bias) of -257, expected -256 to 255");
  EXPECT_EQ(find_fault(NeuronModel::TrueNorth, 255, 0), "");
  EXPECT_EQ(find_fault(NeuronModel::TrueNorth, 0, 1), "a shift of 1, expected 0 to 0");
  EXPECT_EQ(find_fault(NeuronModel::If, 1000, 5), "");
}

TEST(TrueNorthNetwork, RoundTripsThroughItsFileAndHasADigestThatCoversTheRule) {
  const FixedNetwork network = truenorth_network(1);
  EXPECT_EQ(describe(validate(network)), "");
  const Bytes bytes = format_npz(to_npz(network));
  const FixedNetwork back = fixed_network_from_npz(parse_npz(bytes, "file"), "file");
  EXPECT_EQ(digest(back), digest(network));
  EXPECT_EQ(format_npz(to_npz(back)), bytes);
  const std::vector<std::function<void(TrueNorthRule&)>> changes = {
      [](auto& r) { ++r.negative_threshold; }, [](auto& r) { ++r.reset_potential; },
      [](auto& r) { r.holds_below = !r.holds_below; },
      [](auto& r) { r.leak_follows_sign = !r.leak_follows_sign; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    FixedNetwork changed = network;
    changes[i](changed.populations[PopulationId(1)].spike.truenorth);
    EXPECT_NE(digest(changed), digest(network)) << "change " << i;
  }
}

TEST(TrueNorthNetwork, RefusesALeakOfMoreThanNineBits) {
  FixedNetwork network = truenorth_network(1);
  network.populations[PopulationId(1)].bias[2] = 300;
  EXPECT_EQ(describe(validate(network)),
            "neuron at population \"hidden\": neuron 2: a leak (the neuron's bias) of 300, "
            "expected -256 to 255\n");
}

// A leak of 1 and a threshold of 4: a spike every fourth step.
TEST(TrueNorthNetwork, IsEvaluatedStepByStep) {
  FixedNetwork network = one_layer(1, 1, {0}, NeuronModel::TrueNorth, {1, false});
  network.populations[PopulationId(1)].spike.threshold = 4;
  network.populations[PopulationId(1)].bias[0] = 1;
  Stimulus stimulus;
  stimulus.frames = {1, 1, {0}};
  stimulus.frame_steps = stimulus.interval_steps = 100;
  EXPECT_THAT(evaluate_frames(network, stimulus).values, ElementsAre(25));
}

TEST(TrueNorthImage, RoundTripsWithItsRulesAndItsAxonsTypes) {
  const Image image = truenorth_image();
  EXPECT_EQ(describe(validate(image)), "");
  const Bytes bytes = format_npz(to_npz(image));
  const Image back = image_from_npz(parse_npz(bytes, "file"), "file");
  EXPECT_EQ(back.spike_rules, image.spike_rules);
  EXPECT_EQ(back.tiles[TileId(0)].core.axon_type, image.tiles[TileId(0)].core.axon_type);
  EXPECT_EQ(format_npz(to_npz(back)), bytes);
  Image changed = image;
  changed.tiles[TileId(0)].core.axon_type[0] = 3;
  EXPECT_NE(digest(changed), digest(image));
  changed = image;
  ++changed.spike_rules[0].spike.truenorth.negative_threshold;
  EXPECT_NE(digest(changed), digest(image));
}

std::string image_error(const std::function<void(NpzArchive&)>& change) {
  NpzArchive archive = to_npz(truenorth_image());
  change(archive);
  return input_error_of([&] { image_from_npz(archive, "i.npz"); });
}

TEST(TrueNorthImage, RefusesRulesAndTypesThatDoNotFitTheRest) {
  EXPECT_THAT(image_error([](NpzArchive& a) {
                a.arrays["axon_type"] = NpyArray::from(std::vector<std::uint8_t>{1, 2, 3});
              }),
              HasSubstr("found 3 entries of axon_type, expected 2 as axons"));
  EXPECT_THAT(image_error([](NpzArchive& a) {
                a.arrays["truenorth_rules"] = NpyArray::from(std::vector<std::int32_t>{1, 2, 0});
              }),
              HasSubstr("found 3 entries of truenorth_rules, expected 4 per rule of spike_rules"));
  EXPECT_THAT(image_error([](NpzArchive& a) {
                a.arrays["truenorth_rules"] = NpyArray::from(std::vector<std::int32_t>{1, 2, 0, 7});
              }),
              HasSubstr("found 7 as a flag of truenorth_rules, expected 0 or 1"));
  EXPECT_THAT(image_error([](NpzArchive& a) { a.arrays.erase("spike_rules"); }),
              HasSubstr("truenorth_rules"));
  Image image = truenorth_image();
  image.tiles[TileId(0)].core.axon_type.push_back(0);
  EXPECT_EQ(describe(validate(image)), "axon-type at tile 0: 3 types of 2 axons\n");
  image = truenorth_image();
  image.tiles[TileId(0)].core.neurons[0].bias = 256;
  EXPECT_THAT(describe(validate(image)),
              HasSubstr("neuron at tile 0: neuron 0: a leak (the neuron's bias) of 256"));
}

}  // namespace
}  // namespace weft
