// The FPGA-like preset through the program: tracks given, fewest tracks found, too few refused, and a whole
// flow without a mismatch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/base/files.hpp"
#include "model/fabric/fabric.hpp"
#include "model/network/fixed_network.hpp"
#include "tests/app/tiny_flows.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class MapCircuitsCommand : public testing::Test {
 protected:
  void SetUp() override {
    write_fixed_network(network_, mapping::layered_network({{40, 12, 5}, 60, 8}, Random(1)));
  }
  Finished map(const std::string& output, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"--json",
                                      "map",
                                      network_,
                                      "--fabric",
                                      "fpga-units",
                                      "--set",
                                      "width=4",
                                      "--set",
                                      "height=4",
                                      "--set",
                                      "core.neurons=4",
                                      "--set",
                                      "core.unit_synapses=16",
                                      "-o",
                                      scratch_ / output};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }

  Scratch scratch_;
  std::string network_ = scratch_ / "net.npz";
};

TEST_F(MapCircuitsCommand, FindsTheFewestTracksAndWritesTheFabricWithThem) {
  const Finished fewest = map("fewest", {"--min-tracks"});
  ASSERT_EQ(fewest.code, 0) << fewest.err;
  const json circuits = json::parse(fewest.out)["mapping"]["circuits"];
  const std::int64_t tracks = circuits["tracks"];
  EXPECT_EQ(circuits["channel_width"], tracks);
  EXPECT_LE(circuits["lower_bound_given_placement"], tracks);
  EXPECT_EQ(circuits["iterations"].back()["overused"], 0);
  EXPECT_EQ(read_fabric(scratch_ / "fewest/fabric.yaml").router.tracks, tracks);
  EXPECT_EQ(run_weft({"map", "--check", scratch_ / "fewest"}).code, 0);

  const std::string one_less = "router.tracks=" + std::to_string(tracks - 1);
  const Finished short_of_one = map("short", {"--set", one_less});
  EXPECT_EQ(short_of_one.code, 1);
  EXPECT_THAT(short_of_one.err,
              HasSubstr("the circuits need " + std::to_string(tracks) + " tracks per link"));
  EXPECT_THAT(short_of_one.err, HasSubstr("router.tracks is " + std::to_string(tracks - 1)));
}

TEST_F(MapCircuitsCommand, TellsOfTheRouterInItsReport) {
  const Finished mapped = run_weft({"map", network_, "--fabric", "fpga-units", "-o", scratch_ / "told"});
  ASSERT_EQ(mapped.code, 0) << mapped.err;
  for (const char* text : {"channel width", "holds for any mapping", "given these clusters",
                           "given this placement", "router iterations", "links by tracks taken"}) {
    EXPECT_THAT(mapped.err + mapped.out, HasSubstr(text));
  }
}

TEST_F(MapCircuitsCommand, HasNoTracksToFindWhereRoutersSwitch) {
  const Finished refused = run_weft({"map", network_, "--min-tracks", "-o", scratch_ / "refused"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--min-tracks: found the fabric default with router.routing multicast"));
}

TEST(FlowOnCircuits, EndsWithoutAMismatch) {
  if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
  const Scratch scratch;
  const Finished flow =
      run_weft({"--json", "flow", scratch.file("tiny.yaml", tiny_flow("fpga-units")), "-o", scratch / "out"});
  ASSERT_EQ(flow.code, 0) << flow.err;
  const json report = json::parse(flow.out);
  EXPECT_EQ(report["accuracy"]["mismatches"], 0);
  EXPECT_EQ(report["accuracy"]["samples"], 12);
  EXPECT_GT(report["mapping"]["partial_sums"], 0) << "784 inputs do not fit into 64 synapses";
  EXPECT_LE(report["mapping"]["circuits"]["channel_width"], 128);
  EXPECT_THAT(read_all(scratch / "out/report.html"), HasSubstr("Occupancy of the channels"));
}

}  // namespace
}  // namespace weft::test
