// weft inspect tells a file's kind from its content, and both forms of its answer agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/fabric/fabric.hpp"
#include "model/network/network.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string write_small_network(const Scratch& scratch) {
  Network network = make_mlp("small", {1, 2, 2}, {4, 3, 2}, Activation::Relu);
  initialize(network, 1);
  write_network(scratch / "net.npz", network);
  return scratch / "net.npz";
}

TEST(Inspect, CountsWhatANetworkHolds) {
  const Scratch scratch;
  const Finished weft = run_weft({"--json", "inspect", write_small_network(scratch)});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json summary = json::parse(weft.out);
  EXPECT_EQ(summary["kind"], "a network");
  EXPECT_EQ(summary["neurons"], 5);
  EXPECT_EQ(summary["synapses"], 4 * 3 + 3 * 2);
  EXPECT_EQ(summary["populations"].size(), 3u);
}

TEST(Inspect, SaysTheSameAsText) {
  const Scratch scratch;
  const Finished weft = run_weft({"inspect", write_small_network(scratch)});
  EXPECT_EQ(weft.code, 0);
  EXPECT_THAT(weft.out, testing::ContainsRegex("synapses +18"));
  EXPECT_THAT(weft.out, HasSubstr("fc2"));
}

TEST(Inspect, KnowsAFabric) {
  const Scratch scratch;
  Fabric fabric;
  fabric.name = "mine";
  const Finished weft = run_weft({"--json", "inspect", scratch.file("f.yaml", format_fabric(fabric))});
  ASSERT_EQ(weft.code, 0) << weft.err;
  EXPECT_EQ(json::parse(weft.out)["kind"], "a fabric");
  EXPECT_EQ(json::parse(weft.out)["name"], "mine");
}

TEST(Inspect, KnowsAFlow) {
  const Finished weft = run_weft({"--json", "inspect", "examples/demo.yaml"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  EXPECT_EQ(json::parse(weft.out)["kind"], "a flow");
}

TEST(Inspect, RefusesWhatIsNotOfWeft) {
  const Scratch scratch;
  for (const char* text : {"", "hello\n", "{\"a\": 1}", "PK\x03\x04", "a: 1\n"}) {
    const Finished weft = run_weft({"inspect", scratch.file("x", text)});
    EXPECT_EQ(weft.code, 3) << text;
    EXPECT_THAT(weft.err, HasSubstr(scratch / "x")) << text;
  }
  EXPECT_EQ(run_weft({"inspect", scratch.path()}).code, 3);
}

}  // namespace
}  // namespace weft::test
