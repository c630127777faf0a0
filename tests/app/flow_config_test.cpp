// Flow files: defaults, every complaint with its place, and the text that repeats the flow.
#include "app/flow/flow_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/base/error.hpp"

namespace weft::app {
namespace {

using testing::HasSubstr;

const char* const kSmall = R"(network:
  hidden: [8]
train:
  epochs: 1
fabric:
  preset: small
)";

std::string complaint(const std::string& yaml, const std::vector<std::string>& overrides = {}) {
  try {
    parse_flow_config(yaml, "flow.yaml", overrides);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no complaint";
}

TEST(FlowConfig, HasDefaultsForWhatIsNotSaid) {
  const FlowConfig flow = parse_flow_config(kSmall, "flow.yaml");
  EXPECT_EQ(flow.seed, 1u);
  EXPECT_EQ(flow.data.set, "fashion-mnist");
  EXPECT_EQ(flow.network.hidden, std::vector<int>{8});
  EXPECT_EQ(flow.train->epochs, 1);
  EXPECT_FALSE(flow.compress.has_value());
  EXPECT_EQ(flow.fabric.name, "small");
}

TEST(FlowConfig, NamesTheLineOfAnUnknownKey) {
  EXPECT_THAT(complaint("network: {}\ntrain:\n  epoch: 3\nfabric: {preset: small}\n"),
              HasSubstr("flow.yaml:3:3"));
  EXPECT_THAT(complaint("network: {}\ntrain:\n  epoch: 3\nfabric: {preset: small}\n"), HasSubstr("epochs"));
}

TEST(FlowConfig, NamesTheLineOfADuplicateKey) {
  EXPECT_THAT(complaint("train:\n  epochs: 3\n  epochs: 4\n"), HasSubstr("flow.yaml:3:3"));
}

TEST(FlowConfig, NamesTheLineOfAnIllTypedKey) {
  EXPECT_THAT(complaint("train:\n  epochs: many\nfabric: {preset: small}\n"), HasSubstr("flow.yaml:2:11"));
}

TEST(FlowConfig, KeepsConstraintsForThePlacer) {
  const std::string yaml =
      std::string(kSmall) + "map:\n  fix: {layer fc1: [0..3, 0..2], core 2: [1, 0..1]}\n";
  const FlowConfig flow = parse_flow_config(yaml, "flow.yaml");
  ASSERT_EQ(flow.map.fix.size(), 2u);
  EXPECT_EQ(flow.map.fix[0].layer, "fc1");
  EXPECT_EQ(to_string(flow.map.fix[0].region), "[0..3, 0..2]");
  EXPECT_EQ(flow.map.fix[1].core, 2);
  EXPECT_EQ(to_string(flow.map.fix[1].region), "[1..1, 0..1]");
  const std::string text = format_flow_config(flow);
  EXPECT_EQ(format_flow_config(parse_flow_config(text, "again.yaml")), text);
}

TEST(FlowConfig, NamesTheLineOfAConstraintThatItCannotRead) {
  const std::string map = std::string(kSmall) + "map:\n  fix:\n    ";
  EXPECT_THAT(complaint(map + "fc1: [0..3, 0..2]\n"),
              HasSubstr("flow.yaml:9:10: found \"fc1\", expected \"layer NAME\" or \"core NUMBER\""));
  EXPECT_THAT(complaint(map + "layer fc1: [0..3]\n"), HasSubstr("found 1 ranges, expected two"));
  EXPECT_THAT(complaint(map + "layer fc1: [3..0, 1]\n"),
              HasSubstr("found \"3..0\", expected tiles as \"first..last\" or one number"));
}

TEST(FlowConfig, RefusesADensityOfZero) {
  EXPECT_THAT(
      complaint(
          "train: {}\nfabric: {preset: small}\ncompress:\n  layers:\n    - {projection: fc1, density: 0}\n"),
      HasSubstr("flow.yaml:5:"));
}

TEST(FlowConfig, RefusesAPresetItDoesNotKnow) {
  EXPECT_THAT(complaint("train: {}\nfabric: {preset: smal}\n"), HasSubstr("small"));
}

TEST(FlowConfig, WantsAFabric) {
  EXPECT_THAT(complaint("train: {}\n"), HasSubstr("fabric"));
}

TEST(FlowConfig, WantsANetworkFromSomewhere) {
  EXPECT_THAT(complaint("fabric: {preset: small}\n"), HasSubstr("train"));
}

TEST(FlowConfig, TakesOverrides) {
  const FlowConfig flow = parse_flow_config(
      kSmall, "flow.yaml", {"train.epochs=3", "network.hidden=[5, 6]", "fabric.core.axons=300"});
  EXPECT_EQ(flow.train->epochs, 3);
  EXPECT_EQ(flow.network.hidden, (std::vector<int>{5, 6}));
  EXPECT_EQ(flow.fabric.core.axons, 300);
}

TEST(FlowConfig, RefusesAnOverrideOfAnUnknownKey) {
  EXPECT_THAT(complaint(kSmall, {"train.epoch=3"}), HasSubstr("train.epoch"));
}

TEST(FlowConfig, WritesATextThatReadsAsTheSameFlow) {
  const std::string more =
      std::string(kSmall) +
      "title: \"a: title\"\nseed: 9\ncompress:\n  layers:\n    - {projection: fc1, rank: 3, "
      "density: 0.1}\n    - {projection: fc2, rank: -1, density: 0.2}\n  shared_density: 0.3\n  criterion: "
      "obs\n  factorization: "
      "data-aware-svd\n  calibration_samples: 300\n  damping: 0.02\nrun: {frames: 5, interval: 2}\nrequire: "
      "{accuracy_loss: 0.3}\n";
  for (const std::string& yaml : {std::string(kSmall), more}) {
    const std::string text = format_flow_config(parse_flow_config(yaml, "flow.yaml"));
    EXPECT_EQ(format_flow_config(parse_flow_config(text, "effective.yaml")), text);
  }
}

TEST(FlowConfig, ReadsTheRulesOfCompression) {
  const FlowConfig flow = parse_flow_config(
      std::string(kSmall) +
          "compress: {criterion: obs, factorization: data-aware-svd, calibration_samples: 300, "
          "shared_density: 0.25}\n",
      "flow.yaml");
  EXPECT_EQ(flow.compress->criterion, compress::PruneCriterion::ObsOneShot);
  EXPECT_EQ(flow.compress->factorization, compress::Factorization::DataAwareSvd);
  EXPECT_EQ(flow.compress->calibration_samples, 300);
  EXPECT_EQ(flow.compress->shared_density, 0.25);
  EXPECT_THAT(complaint(std::string(kSmall) + "compress: {criterion: abs}\n"), HasSubstr("obs"));
}

TEST(FlowConfig, ReadsGranularitiesAndAlignsBlocksWithTheCores) {
  const std::string yaml = std::string(kSmall) +
                           "compress:\n  layers:\n    - {projection: a, density: 0.5, granularity: inputs}\n"
                           "    - {projection: b, density: 0.5, granularity: blocks, block: [16, 32]}\n"
                           "    - {projection: c, density: 0.5, granularity: crossbar-rows}\n";
  const FlowConfig flow = parse_flow_config(yaml, "flow.yaml");
  ASSERT_EQ(flow.compress->layers.size(), 3u);
  EXPECT_EQ(flow.compress->layers[0].granularity, compress::Granularity::Inputs);
  EXPECT_EQ(flow.compress->layers[0].block_rows, 0);
  EXPECT_EQ(flow.compress->layers[1].block_rows, 16);
  EXPECT_EQ(flow.compress->layers[1].block_columns, 32);
  EXPECT_EQ(flow.compress->layers[2].block_rows, flow.fabric.core.neurons);
  EXPECT_EQ(flow.compress->layers[2].block_columns, flow.fabric.core.axons);
  const std::string text = format_flow_config(flow);
  EXPECT_EQ(format_flow_config(parse_flow_config(text, "effective.yaml")), text);
}

TEST(FlowConfig, RefusesAGranularityOrABlockThatIsNone) {
  const std::string layers = std::string(kSmall) + "compress:\n  layers:\n    - {projection: a, ";
  EXPECT_THAT(complaint(layers + "granularity: input}\n"), HasSubstr("inputs"));
  EXPECT_THAT(complaint(layers + "granularity: blocks, block: [4]}\n"),
              HasSubstr("found 1 numbers for compress.layers[0].block, expected two: neurons and inputs"));
}

TEST(FlowConfig, KeepsTheWholeFabricInItsText) {
  FlowConfig flow = parse_flow_config(kSmall, "flow.yaml", {"fabric.core.axons=300"});
  const FlowConfig again = parse_flow_config(format_flow_config(flow), "effective.yaml");
  EXPECT_EQ(digest(again.fabric), digest(flow.fabric));
}

TEST(FlowConfig, FindsNetworkFilesBesideIt) {
  const FlowConfig flow =
      parse_flow_config("network: {from: net.npz}\nfabric: {preset: small}\n", "/some/where/flow.yaml");
  EXPECT_EQ(flow.network.from, "/some/where/net.npz");
  EXPECT_FALSE(flow.train.has_value());
}

TEST(MakeNetwork, NamesANetworkByItsWidthsWhereTheFlowDoesNot) {
  NetworkConfig config;
  config.name.clear();
  config.hidden = {30, 20};
  EXPECT_EQ(make_network(config, Shape{1, 4, 4}, 10, 1).name, "mlp-16-30-20-10");
  config.name = "mine";
  EXPECT_EQ(make_network(config, Shape{1, 4, 4}, 10, 1).name, "mine");
  config.name.clear();
  config.kind = NetworkKind::Lenet5;
  EXPECT_EQ(make_network(config, Shape{1, 28, 28}, 10, 1).name, "lenet5");
}

}  // namespace
}  // namespace weft::app
