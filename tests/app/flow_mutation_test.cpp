// Flow files against damage: a flow that is accepted can be written and read back, anything else is an
// InputError.
#include <gtest/gtest.h>

#include "app/flow/flow_config.hpp"
#include "model/base/error.hpp"
#include "tests/model/mutator.hpp"

namespace weft::app {
namespace {

void feed_flows(int variants) {
  const Bytes valid = read_file("examples/demo.yaml");
  const auto read = [](const Bytes& data) -> std::string {
    const FlowConfig config = parse_flow_config(std::string(data.begin(), data.end()), "flow.yaml");
    const std::string text = format_flow_config(config);
    try {
      return format_flow_config(parse_flow_config(text, "again.yaml")) == text ? ""
                                                                               : "read back as another flow";
    } catch (const InputError& error) {
      return std::string("what was written is refused: ") + error.what();
    }
  };
  EXPECT_NO_THROW(EXPECT_EQ(read(valid), ""));
  const Feeding feeding = feed(
      "flow", variants, [&](Random& random) { return damage(valid, random); }, read);
  EXPECT_EQ(feeding.failure, "");
  EXPECT_GT(feeding.refused, variants / 4) << "the damage is no damage";
}

TEST(MutatedFlows, GiveValidFlowsOrCleanErrors) {
  feed_flows(5000);
}
TEST(MutatedFlowsFull, GiveValidFlowsOrCleanErrors) {
  feed_flows(100000);
}

}  // namespace
}  // namespace weft::app
