// Weights chosen by the axons' types, and a limit on fan-out: types are found where they were planted, and
// what does not fit is said.
#include "mapping/axon_types.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mapping/map.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/truenorth_examples.hpp"

namespace weft::mapping {
namespace {

using testing::HasSubstr;

// A core whose neurons have a weight per type: axon a has type a % types, and one in `every` crosspoints is
// taken.
CoreImage planted_core(std::uint64_t seed, std::uint16_t axons, std::uint16_t neurons, int types,
                       std::uint64_t every = 2) {
  Random random(seed);
  std::vector<std::vector<std::int16_t>> weights(neurons);
  for (auto& of_type : weights) {
    for (int type = 0; type < types; ++type)
      of_type.push_back(static_cast<std::int16_t>(1 + static_cast<int>(random.below(255))));
  }
  CoreImage core;
  core.neurons.resize(neurons);
  for (std::uint16_t a = 0; a < axons; ++a) {
    for (std::uint16_t n = 0; n < neurons; ++n) {
      if (random.below(every) != 0) continue;
      core.neuron.push_back(n);
      core.weight.push_back(weights[n][static_cast<std::size_t>(a % types)]);
    }
    core.row_begin.push_back(static_cast<std::uint32_t>(core.weight.size()));
  }
  return core;
}

bool agrees(const CoreImage& core, const std::vector<std::uint8_t>& types, std::size_t a, std::size_t b) {
  if (types[a] != types[b]) return true;
  for (std::uint32_t s = core.row_begin[a]; s < core.row_begin[a + 1]; ++s) {
    for (std::uint32_t t = core.row_begin[b]; t < core.row_begin[b + 1]; ++t) {
      if (core.neuron[s] == core.neuron[t] && core.weight[s] != core.weight[t]) return false;
    }
  }
  return true;
}

TEST(AxonTypes, AreFoundWhereTheyWerePlanted) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const CoreImage core = planted_core(seed, 60, 40, 4, seed);  // from full to sparse
    const std::vector<std::uint8_t> types = assign_axon_types(core, 4);
    ASSERT_EQ(types.size(), 60u) << "seed " << seed;
    for (std::size_t a = 0; a < types.size(); ++a) {
      EXPECT_LT(types[a], 4);
      for (std::size_t b = 0; b < a; ++b) EXPECT_TRUE(agrees(core, types, a, b)) << a << " " << b;
    }
  }
}

TEST(AxonTypes, AreNotFoundWhereTooFewAreAllowed) {
  EXPECT_TRUE(assign_axon_types(planted_core(1, 20, 40, 5), 4).empty());
  EXPECT_EQ(assign_axon_types(planted_core(1, 20, 40, 1), 4).size(), 20u);
}

Fabric truenorth_like() {
  Fabric fabric;
  fabric.width = fabric.height = 2;
  fabric.core.axon_types = 4;
  fabric.core.fan_out = 1;
  return fabric;
}

TEST(AxonTypes, AreInTheImageOfAMappedNetwork) {
  const FixedNetwork network = truenorth_network(1);
  const Fabric fabric = truenorth_like();
  const Mapped mapped = map_network(network, fabric, {});
  EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
  EXPECT_EQ(describe(validate(mapped.image, fabric)), "");
  for (std::uint64_t seed = 2; seed <= 30; ++seed) {
    const FixedNetwork other = truenorth_network(seed);
    EXPECT_EQ(describe(verify_mapping(other, fabric, map_network(other, fabric, {}).image)), "")
        << "seed " << seed;
  }
  std::size_t typed = 0;
  for (const TileImage& tile : mapped.image.tiles) typed += tile.core.axon_type.size();
  EXPECT_EQ(typed, 11u) << "6 inputs and 5 hidden neurons";
}

TEST(AxonTypes, AreCheckedByTheVerifiers) {
  const FixedNetwork network = truenorth_network(1);
  const Fabric fabric = truenorth_like();
  const Image good = map_network(network, fabric, {}).image;
  const auto first = [](Image& image) -> std::vector<std::uint8_t>& {
    for (TileImage& tile : image.tiles) {
      if (!tile.core.axon_type.empty()) return tile.core.axon_type;
    }
    throw std::logic_error("no types");
  };
  const auto found = [&](Image image) {
    const std::string rules = describe(verify_mapping(network, fabric, image));
    EXPECT_THAT(describe(validate(image, fabric)), HasSubstr("axon-type")) << rules;
    return rules;
  };
  Image image = good;
  std::fill(first(image).begin(), first(image).end(), std::uint8_t{0});
  EXPECT_THAT(found(image), HasSubstr("axon-type"));
  EXPECT_THAT(found(image), HasSubstr("on axons of type 0"));
  image = good;
  first(image)[0] = 4;
  EXPECT_THAT(found(image), HasSubstr("axon 0 has type 4 of 4"));
  image = good;
  first(image).clear();
  EXPECT_THAT(found(image), HasSubstr("0 types of"));
  Fabric plain = fabric;
  plain.core.axon_types = 0;
  image = good;
  image.fabric = digest(plain);
  EXPECT_THAT(describe(verify_mapping(network, plain, image)),
              HasSubstr("axons have types, the core knows none"));
  EXPECT_THAT(describe(validate(image, plain)), HasSubstr("types of axons, expected 0"));
}

std::string refusal(const FixedNetwork& network, const Fabric& fabric) {
  try {
    map_network(network, fabric, {});
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Unacceptable);
    return error.what();
  }
  return "mapped";
}

TEST(AxonTypes, SayWhichNeuronHasTooManyWeights) {
  const FixedNetwork network = one_layer(6, 1, {1, 2, 3, 4, 5, 6}, NeuronModel::TrueNorth, {1, false});
  EXPECT_THAT(
      refusal(network, truenorth_like()),
      HasSubstr("1 neurons have more distinct weights than axons have types (core.axon_types = 4), "));
}

TEST(AxonTypes, SayWhichCoreCannotHaveThem) {
  // Three neurons with two weights each, of which no two axons agree at all.
  const FixedNetwork network = one_layer(6, 3, {1, 2, 1, 2, 1, 2, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1, 2, 2},
                                         NeuronModel::TrueNorth, {1, false});
  Fabric fabric = truenorth_like();
  fabric.core.axon_types = 2;
  EXPECT_THAT(refusal(network, fabric),
              HasSubstr("do not follow from 2 types of its axons (core.axon_types)"));
  fabric.core.neurons = 1;
  EXPECT_EQ(refusal(network, fabric), "mapped");
}

TEST(FanOut, IsRefusedWithTheNumberOfNeuronsThatReachTooFar) {
  const FixedNetwork network = truenorth_network(1);
  Fabric fabric = truenorth_like();
  fabric.width = 4;
  fabric.core.neurons = 2;  // the three outputs need two cores
  EXPECT_THAT(refusal(network, fabric), HasSubstr("of 8 neurons reach more axons than core.fan_out = 1, "));
  fabric.core.fan_out = 2;
  EXPECT_EQ(refusal(network, fabric), "mapped");
  const Image image = map_network(network, fabric, {}).image;
  EXPECT_EQ(describe(validate(image, fabric)), "");
  Fabric narrow = fabric;
  narrow.core.fan_out = 1;
  Image same = image;
  same.fabric = digest(narrow);
  EXPECT_THAT(describe(validate(same, narrow)), HasSubstr("reaches 2 axons, 1 are allowed; "));
}

}  // namespace
}  // namespace weft::mapping
