// The verifier's rules for spiking neurons, each broken once in a mapped network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "mapping/map.hpp"
#include "tests/mapping/verify_example.hpp"
#include "tests/model/spiking_networks.hpp"
#include "tests/model/truenorth_examples.hpp"

namespace weft::test {
namespace {

using mapping::verify_mapping;

struct Spiking {
  FixedNetwork network = spiking_network(3);
  Fabric fabric;
  Image image;

  Spiking() {
    fabric.width = fabric.height = 2;
    image = mapping::map_network(network, fabric, {}).image;
  }
  NeuronConfig& first(NeuronModel model) {
    for (TileImage& tile : image.tiles) {
      for (NeuronConfig& neuron : tile.core.neurons) {
        if (neuron.model == model) return neuron;
      }
    }
    throw std::logic_error("no such neuron");
  }
  ImageSpikeRule& rule(NeuronModel model) { return image.spike_rules.at(first(model).table); }
  std::set<std::string> violations() const {
    std::set<std::string> rules;
    for (const Violation& violation : verify_mapping(network, fabric, image)) rules.insert(violation.rule);
    return rules;
  }
};

TEST(VerifySpiking, AcceptsWhatTheMapperMakes) {
  const Spiking made;
  EXPECT_EQ(describe(verify_mapping(made.network, made.fabric, made.image)), "");
  EXPECT_EQ(describe(validate(made.image, made.fabric)), "");
  EXPECT_EQ(made.image.spike_rules.size(), 3u);
}

struct Damage {
  const char* name;
  std::set<std::string> rules;
  std::function<void(Spiking&)> apply;
};

// Its bias is its leak: what a constant adds to the sum is no part of it.
TEST(VerifySpiking, HoldsTrueNorthsRuleAndLeakAgainstTheNetworks) {
  Spiking made;
  made.network = truenorth_network(1);
  made.image = mapping::map_network(made.network, made.fabric, {}).image;
  EXPECT_THAT(made.violations(), testing::IsEmpty());
  const Image good = made.image;
  ++made.first(NeuronModel::TrueNorth).bias;
  EXPECT_THAT(made.violations(), testing::ElementsAre("neuron-bias"));
  made.image = good;
  ++made.rule(NeuronModel::TrueNorth).spike.truenorth.reset_potential;
  EXPECT_THAT(made.violations(), testing::ElementsAre("neuron-rule"));
}

TEST(VerifySpiking, ReportsExactlyTheRuleThatIsBroken) {
  const std::vector<Damage> damages = {
      {"threshold", {"neuron-rule"}, [](Spiking& s) { ++s.rule(NeuronModel::If).spike.threshold; }},
      {"leak", {"neuron-rule"}, [](Spiking& s) { --s.rule(NeuronModel::Lif).spike.leak; }},
      {"reset", {"neuron-rule"}, [](Spiking& s) { s.rule(NeuronModel::If).spike.reset = SpikeReset::None; }},
      {"decay", {"neuron-rule"}, [](Spiking& s) { ++s.rule(NeuronModel::CurrentLif).spike.current_decay; }},
      {"refractory", {"neuron-rule"}, [](Spiking& s) { ++s.rule(NeuronModel::Lif).spike.refractory; }},
      {"early", {"clear-step"}, [](Spiking& s) { --s.rule(NeuronModel::CurrentLif).clear_step; }},
      {"late", {"clear-step"}, [](Spiking& s) { ++s.rule(NeuronModel::If).clear_step; }},
      {"model", {"neuron-model"}, [](Spiking& s) { s.first(NeuronModel::If).model = NeuronModel::Lif; }},
      {"table", {"neuron-rule"}, [](Spiking& s) { s.first(NeuronModel::If).table = 77; }},
      {"range", {"neuron-range"}, [](Spiking& s) { s.first(NeuronModel::Lif).maximum = 3; }},
      {"shift", {"neuron-shift"}, [](Spiking& s) { ++s.first(NeuronModel::Lif).shift; }},
      {"bias", {"neuron-bias"}, [](Spiking& s) { ++s.first(NeuronModel::Lif).bias; }}};
  for (const Damage& damage : damages) {
    Spiking made;
    damage.apply(made);
    EXPECT_EQ(made.violations(), damage.rules) << damage.name;
  }
}

}  // namespace
}  // namespace weft::test
