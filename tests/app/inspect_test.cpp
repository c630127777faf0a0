// weft inspect tells a file's kind from its content, and both forms of its answer agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/fabric/fabric.hpp"
#include "model/network/network.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/sim/hand_made.hpp"
#include "traces/log/event_log.hpp"

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

// A 2 x 1 mesh: an input enters at tile 0, whose neuron sends one hop east, to tile 1's axon; tile 1's neuron
// is the output.
std::string write_small_image(const Scratch& scratch) {
  sim::HandMade made(sim::hand_made_fabric(2, 1));
  made.axon(0, {{0, 1}});
  made.neuron(0, 5, MessageKey(7));
  made.input(0, 1);
  made.route(0, 1, sim::kLocal, {{0, 1}});
  made.route(0, 7, sim::kEast);
  made.axon(1, {{0, 1}});
  made.neuron(1, 0, MessageKey(8));
  made.route(1, 7, sim::kLocal, {{0, 1}});
  made.route(1, 8, sim::kEdge);
  made.output(1, 8);
  made.image.depth_steps = 2;
  made.image.fabric = digest(made.fabric);
  scratch.file("fabric.yaml", format_fabric(made.fabric));
  write_image(scratch / "image.npz", made.image);
  return scratch / "image.npz";
}

TEST(Inspect, ListsTheSignalsThatAScopeMatches) {
  const Scratch scratch;
  const Finished weft = run_weft({"--json", "inspect", "--signals", write_small_image(scratch),
                                  "--trace-scope", "tile_1_0.router.local"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json answer = json::parse(weft.out);
  EXPECT_EQ(answer["count"], 3);
  EXPECT_EQ(answer["signals"][0], json({{"name", "fabric.tile_1_0.router.local.occupancy"}, {"width", 3}}));
  EXPECT_EQ(answer["signals"][1]["width"], 1);
}

TEST(Inspect, ListsEverySignalAsText) {
  const Scratch scratch;
  const std::string image = write_small_image(scratch);
  const Finished weft = run_weft({"inspect", "--signals", image, "--frames", "1000"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  EXPECT_THAT(weft.out, testing::ContainsRegex("fabric.frame +10 "));
  EXPECT_THAT(weft.out, testing::ContainsRegex("fabric.tile_0_0.core.queue +4 "));
}

TEST(Inspect, ListsPotentialsInALinePerCoreUnlessAScopeNamesThem) {
  const Scratch scratch;
  const std::string image = write_small_image(scratch);
  const Finished all = run_weft({"inspect", "--signals", image});
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(all.out, testing::ContainsRegex("fabric.tile_0_0.core.potential.0..0. +32 "));
  const Finished one = run_weft({"--json", "inspect", "--signals", image, "--trace-scope", "*.potential[0]"});
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(json::parse(one.out)["signals"][0],
            json({{"name", "fabric.tile_0_0.core.potential[0]"}, {"width", 32}, {"signed", true}}));
}

TEST(Inspect, NamesTheNearestScopeOfOneThatMatchesNothing) {
  const Scratch scratch;
  const Finished weft =
      run_weft({"inspect", "--signals", write_small_image(scratch), "--trace-scope", "tile_1_0.ruter"});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("did you mean 'tile_1_0.router'"));
}

TEST(Inspect, TakesAScopeOnlyWithSignals) {
  const Scratch scratch;
  const Finished weft = run_weft({"inspect", write_small_image(scratch), "--trace-scope", "*"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("--trace-scope and --fabric need --signals"));
}

// One neuron per tile; tile 0's sends `bias` to tile 1 in each of three steps.
std::string write_small_log(const Scratch& scratch, const std::string& name, int bias = 5) {
  sim::HandMade made(sim::hand_made_fabric(2, 1));
  made.neuron(0, bias, MessageKey(7));
  made.route(0, 7, sim::kEast);
  made.axon(1, {{0, 1}});
  made.neuron(1, 0);
  made.route(1, 7, sim::kLocal, {{0, 1}});
  traces::EventLogWriter log(made.fabric, {scratch / name});
  made.run(made.stimulus(2), {}, &log);
  log.finish();
  return scratch / name;
}

TEST(Inspect, AnswersWhoSentToATile) {
  const Scratch scratch;
  const std::string log = write_small_log(scratch, "a.events");
  const Finished weft = run_weft({"--json", "inspect", log, "--who-sent-to", "tile_1_0", "--step", "1"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json answer = json::parse(weft.out);
  ASSERT_EQ(answer["messages"], 1);
  EXPECT_EQ(answer["received"][0]["from"], "tile_0_0");
  EXPECT_EQ(answer["received"][0]["sender"], "core");
  EXPECT_EQ(answer["received"][0]["hops"], 1);
  const Finished by_number = run_weft({"--json", "inspect", log, "--who-sent-to", "1", "--step", "1"});
  EXPECT_EQ(json::parse(by_number.out), answer);
}

TEST(Inspect, AnswersEachQuestionAsText) {
  const Scratch scratch;
  const std::string log = write_small_log(scratch, "a.events");
  EXPECT_THAT(run_weft({"inspect", log, "--life", "7", "--step", "0"}).out,
              HasSubstr("tile_0_0 hop 7 value 5 east"));
  EXPECT_THAT(run_weft({"inspect", log, "--life", "9", "--step", "0"}).out, HasSubstr("none"));
  EXPECT_THAT(run_weft({"inspect", log, "--busiest-links", "3"}).out, HasSubstr("tile_0_0 east"));
  EXPECT_THAT(run_weft({"inspect", log, "--critical-path", "0"}).out, HasSubstr("longest_part"));
}

TEST(Inspect, ExitsWithOneWhereLogsDiffer) {
  const Scratch scratch;
  const std::string log = write_small_log(scratch, "a.events");
  EXPECT_EQ(run_weft({"inspect", log, "--diff", log}).code, 0);
  const Finished weft =
      run_weft({"--json", "inspect", log, "--diff", write_small_log(scratch, "b.events", 6)});
  EXPECT_EQ(weft.code, 1);
  EXPECT_EQ(json::parse(weft.out)["field"], "update.value");
  EXPECT_EQ(json::parse(weft.out)["tile"], "tile_0_0");
}

TEST(Inspect, RefusesAQuestionThatIsNotWhole) {
  const Scratch scratch;
  const std::string log = write_small_log(scratch, "a.events");
  const auto refusal = [&](std::vector<std::string> words, int code) {
    words.insert(words.begin(), {"inspect", log});
    const Finished weft = run_weft(words);
    EXPECT_EQ(weft.code, code);
    return weft.err;
  };
  EXPECT_THAT(refusal({"--life", "7"}, 2), HasSubstr("--who-sent-to and --life need --step N"));
  EXPECT_THAT(refusal({"--step", "7"}, 2), HasSubstr("one question"));
  EXPECT_THAT(refusal({"--busiest-links", "7", "--step", "1"}, 2), HasSubstr("--step needs --who-sent-to"));
  EXPECT_THAT(refusal({"--life", "7", "--critical-path", "1", "--step", "1"}, 2), HasSubstr("one question"));
  EXPECT_THAT(refusal({"--who-sent-to", "tile", "--step", "1"}, 2),
              HasSubstr("expected a tile such as tile_1_2"));
  EXPECT_THAT(refusal({"--who-sent-to", "tile_2_0", "--step", "1"}, 3),
              HasSubstr("a log of 2 x 1 tiles, expected one that has tile_2_0"));
  EXPECT_THAT(refusal({"--who-sent-to", "2", "--step", "1"}, 3),
              HasSubstr("a log of 2 x 1 tiles, expected one that has tile number 2"));
  EXPECT_THAT(refusal({"--critical-path", "50"}, 3), HasSubstr("one of the steps 0 to"));
}

TEST(Inspect, ExportsAnEventLogInEachFormat) {
  const Scratch scratch;
  sim::HandMade made(sim::hand_made_fabric(2, 1));
  made.neuron(0, 5);
  traces::EventLogWriter log(made.fabric, {scratch / "run.events"});
  made.run(made.stimulus(3), {}, &log);
  log.finish();
  const Finished weft = run_weft({"--json", "inspect", scratch / "run.events", "--csv", scratch / "a.csv",
                                  "--perfetto", scratch / "a.json", "--raster", scratch / "a.npz"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json answer = json::parse(weft.out);
  ASSERT_EQ(answer["written"].size(), 3u);
  EXPECT_EQ(answer["written"][0]["events"], log.events());
  EXPECT_THAT(read_all(scratch / "a.csv"), HasSubstr("update"));
  EXPECT_TRUE(json::accept(read_all(scratch / "a.json")));
  EXPECT_THAT(run_weft({"inspect", scratch / "run.events"}).out, HasSubstr("events"));
}

TEST(Inspect, RefusesWhatIsNotOfWeft) {
  const Scratch scratch;
  for (const char* text : {"", "hello\n", "{\"a\": 1}", "PK\x03\x04", "a: 1\n"}) {
    const Finished weft = run_weft({"inspect", scratch.file("x", text)});
    EXPECT_EQ(weft.code, 3) << text;
    EXPECT_THAT(weft.err, HasSubstr(scratch / "x")) << text;
  }
  EXPECT_THAT(run_weft({"inspect", scratch.file("x", "hello\n")}).err,
              HasSubstr(": found neither an archive"));
  EXPECT_EQ(run_weft({"inspect", scratch.path()}).code, 3);
}

}  // namespace
}  // namespace weft::test
