// The verifier on images for unicast routing: the hand-made example with a message for each listener.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "mapping/map.hpp"
#include "tests/mapping/verify_example.hpp"
#include "tests/reference/unicast.hpp"

namespace weft::mapping {
namespace {

using test::Example;

Example unicast_example() {
  Example example = test::make_example();
  example.image = test::as_unicast(example.image, example.fabric);
  example.fabric.router.routing = Routing::Unicast;
  example.sign();
  return example;
}

using Rules = std::set<std::string>;

TEST(VerifyUnicast, AcceptsACorrectImage) {
  const Example example = unicast_example();
  EXPECT_EQ(describe(verify_mapping(example.network, example.fabric, example.image)), "");
  EXPECT_GT(example.image.inputs.size(), 2u) << "both inputs are heard by several cores";
}

TEST(VerifyUnicast, ReportsAFlitThatGoesToSeveralSides) {
  Example example = test::make_example();
  example.fabric.router.routing = Routing::Unicast;
  example.sign();
  EXPECT_EQ(rules(example), Rules{"unicast-fork"});
}

TEST(VerifyUnicast, ReportsMessagesThatCannotBe) {
  Example example = unicast_example();
  NeuronConfig& neuron = example.image.tiles[TileId(1)].core.neurons[0];
  const std::uint32_t messages = neuron.messages;
  neuron.messages = 0;
  EXPECT_EQ(rules(example), Rules{"neuron-messages"});
  neuron.messages = static_cast<std::uint32_t>(example.image.tiles[TileId(1)].routes.size() + 1);
  EXPECT_EQ(rules(example), Rules{"neuron-messages"});
  neuron.messages = messages + 1;
  EXPECT_EQ(rules(example), Rules{"sender-key"}) << "the next key is another's";
}

TEST(VerifyUnicast, ReportsAnInputThatEntersAtTwoPorts) {
  Example example = unicast_example();
  ASSERT_EQ(example.image.inputs[0].input, example.image.inputs[1].input);
  example.image.inputs[1].port = PortId(1);
  EXPECT_TRUE(rules(example).count("binding-port") == 1);
}

TEST(VerifyUnicast, ReportsSeveralMessagesWithMulticast) {
  Example example = test::make_example();
  example.image.tiles[TileId(1)].core.neurons[0].messages = 2;
  EXPECT_EQ(rules(example), Rules{"neuron-messages"});
}

}  // namespace
}  // namespace weft::mapping
