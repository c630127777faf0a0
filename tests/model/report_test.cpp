// report.json: its keys are a contract, and what is written can be read.
#include "model/report/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/base/error.hpp"

namespace weft {
namespace {

Report full_report() {
  Report report;
  report.title = "demo";
  report.accuracy = AccuracyReport{0.9, 0.89, 0.885, 0.885, 10000, 0};
  report.accuracy->answers = AnswersReport{{"a", "b"}, {5, 1, 0, 4}, 1, 2, 1, {{7, 0, 1, "AAE="}}};
  report.closer_look = CloserLookReport{"frames.events", 100, {{"median", 3, 40, 3, 6}}};
  report.compression = CompressionReport{
      266200, 12000, 410, 458, 22.2, {{"fc1", "factorized+pruned", 48, 235200, 9000, 0.17, 0.4}}};
  report.tradeoff =
      TradeoffReport{"cores", 0.98,         12,   10000,
                     0.97,    std::nullopt, true, {{"both", 0.975, 3, 9000, 400, "fc1:rank=3", true}}};
  report.utilization.emplace();
  report.utilization->cores = {9, 64, 5};
  report.utilization->links = {80, 224, std::nullopt};
  report.latency = make_latency_report({10, 20, 30, 40}, 5, 1e8);
  report.frames_per_second = 125000.5;
  report.energy = EnergyReport{1.5, 0.00015, {{"hops", 1.0}, {"rows", 0.5}}};
  report.mapping = MappingReport{300, 300, 480, 250, 17, 900, 60, 12, 1, std::nullopt};
  report.mapping->core_bounds = {{"axons", 5, "holds for any mapping"}};
  report.mapping->packing_optimal = true;
  report.mapping->circuits = CircuitReport{16, 14, 2, 9, 13, {{1, 40, 90, 300}}, {0, 0.1, {7, 0, 3}}};
  report.mapping->unshared_entries = 1574;
  report.mapping->max_unshared_entries = 272;
  report.mapping->placer = {{1, "middle", 1000, 300, 420, 60}, {2, "best", 1000, 200, 400, 50}};
  report.mapping->traffic = TrafficReport{256, 9000, 20000, 700, 300, true};
  report.mapping->link_loads = HistogramReport{0, 0.1, {40, 5, 1}};
  report.mapping->critical_path = CriticalPathReport{"core", "tile_0_0", "tile_2_1", 300, 256, 3, 33, 8};
  report.simulation = SimulationReport{8000000, 50000000, 120000000, 90000000, 3.5, 3.4};
  report.fabric = FabricReport{"default", 8, 8, {{1, 2, "fc1", 200, 256, 3000, 400, 3, 1, 2, 3, 4, 5}}};
  report.fabric->tiles[0].cores = {{"fc1", 150, 200, 2500}, {"fc2", 50, 56, 500}};
  report.fabric->tiles[0].routes = {4, 3, 2, 1};
  report.fabric->flows = {{0, 0, 12}, {0, 1, 3}};
  report.tick = TickReport{100, 12, 3, 250, {{4, 1, 2, 5, true}, {4, 2, 2, 7, false}}};
  report.interrupted = InterruptedReport{"simulate", 12, 300, 14, 302};
  report.provenance = {"0.1.0", 7, {{"image", "00ff"}}, "data: fashion-mnist\n"};
  report.stage_seconds = {{"train", 30.5}};
  return report;
}

TEST(Report, WritesEveryKeyOfTheContract) {
  const auto json = nlohmann::json::parse(format_report_json(full_report()));
  for (const char* pointer : {"/accuracy/float",
                              "/accuracy/compressed",
                              "/accuracy/fixed",
                              "/accuracy/fabric",
                              "/accuracy/samples",
                              "/accuracy/mismatches",
                              "/accuracy/answers/classes/1",
                              "/accuracy/answers/confusion/3",
                              "/accuracy/answers/wrong_frames",
                              "/accuracy/answers/wrong/0/pixels",
                              "/closer_look/events",
                              "/closer_look/of_frames",
                              "/closer_look/frames/0/first_step",
                              "/mapping/unshared_entries",
                              "/mapping/max_unshared_entries",
                              "/mapping/placer/1/accepted",
                              "/mapping/traffic/flit_hops",
                              "/mapping/link_loads/counts/0",
                              "/mapping/critical_path/cycles",
                              "/fabric/tiles/0/routes/3",
                              "/fabric/flows/1/senders",
                              "/compression/synapses_before",
                              "/compression/synapses_after",
                              "/compression/ratio",
                              "/compression/neurons_before",
                              "/compression/neurons_after",
                              "/tradeoff/cost",
                              "/tradeoff/dense_accuracy",
                              "/tradeoff/least_accuracy",
                              "/tradeoff/met",
                              "/tradeoff/points/0/series",
                              "/tradeoff/points/0/accuracy",
                              "/tradeoff/points/0/chosen",
                              "/compression/layers/0/name",
                              "/utilization/cores/used",
                              "/utilization/cores/available",
                              "/utilization/cores/lower_bound",
                              "/mapping/core_bounds/0/counts",
                              "/mapping/core_bounds/0/cores",
                              "/mapping/core_bounds/0/holds",
                              "/mapping/packing_optimal",
                              "/utilization/axons/used",
                              "/utilization/neurons/used",
                              "/utilization/synapses/used",
                              "/utilization/links/available",
                              "/latency/cycles/mean",
                              "/latency/cycles/p50",
                              "/latency/cycles/p99",
                              "/latency/cycles/max",
                              "/latency/steps",
                              "/tick/cycles",
                              "/tick/late_messages",
                              "/tick/late_steps",
                              "/tick/sufficient_cycles",
                              "/tick/first/1/core",
                              "/latency/seconds",
                              "/throughput/frames_per_second",
                              "/energy/total_joule",
                              "/energy/per_frame_joule",
                              "/energy/parts/hops",
                              "/mapping/hops",
                              "/mapping/lower_bound",
                              "/mapping/max_link_load",
                              "/mapping/circuits/tracks",
                              "/mapping/circuits/channel_width",
                              "/mapping/circuits/lower_bound_any_mapping",
                              "/mapping/circuits/lower_bound_given_clusters",
                              "/mapping/circuits/lower_bound_given_placement",
                              "/mapping/circuits/iterations/0/overused",
                              "/mapping/circuits/occupancy/counts/2",
                              "/simulation/cycles",
                              "/simulation/wall_seconds",
                              "/simulation/cpu_seconds",
                              "/simulation/flit_hops",
                              "/simulation/synaptic_ops",
                              "/simulation/peak_rss_bytes",
                              "/provenance/version",
                              "/provenance/seed",
                              "/provenance/digests/image",
                              "/interrupted/frames_done",
                              "/provenance/effective_config"}) {
    EXPECT_TRUE(json.contains(nlohmann::json::json_pointer(pointer))) << pointer;
  }
  EXPECT_EQ(json["accuracy"]["float"], 0.9);
  EXPECT_EQ(json["utilization"]["cores"]["lower_bound"], 5);
  EXPECT_FALSE(json["utilization"]["links"].contains("lower_bound"));
}

TEST(Report, ReadsBackWhatItWrote) {
  const std::string text = format_report_json(full_report());
  EXPECT_EQ(format_report_json(parse_report_json(text, "report.json")), text);
}

TEST(Report, LeavesOutTheSectionsThatAStageDidNotProduce) {
  Report report;
  report.title = "map only";
  const std::string text = format_report_json(report);
  EXPECT_EQ(text.find("accuracy"), std::string::npos);
  EXPECT_EQ(text.find("throughput"), std::string::npos);
  EXPECT_FALSE(parse_report_json(text, "r").accuracy.has_value());
}

std::string error_of(const std::string& text) {
  try {
    parse_report_json(text, "r.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Report, NamesTheKeyThatIsMissingOrOfTheWrongType) {
  EXPECT_EQ(error_of("{}"), "r.json: key \"title\": is missing");
  EXPECT_EQ(error_of("[1]"), "r.json: found a JSON value that is no object, expected a Weft report");
  EXPECT_EQ(error_of("{").rfind("r.json: not JSON", 0), 0u);
  std::string text = format_report_json(full_report());
  const std::string from = "\"samples\": 10000";
  EXPECT_EQ(error_of(std::string(text).replace(text.find(from), from.size(), "\"samples\": \"many\"")),
            "r.json: key \"accuracy.samples\": expected an integer");
  const std::string rank = "\"rank\": 48";
  EXPECT_EQ(error_of(std::string(text).replace(text.find(rank), rank.size(), "\"rank\": -48")),
            "r.json: key \"compression.layers[0].rank\": expected an integer from 0 to 1000000");
}

TEST(Report, RefusesAnswersThatDoNotFitTheirClasses) {
  const auto error_of = [](const Report& report) {
    try {
      parse_report_json(format_report_json(report), "r.json");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  Report report = full_report();
  report.accuracy->answers->confusion.pop_back();
  EXPECT_EQ(error_of(report),
            "r.json: key \"accuracy.answers.confusion\": expected 4 counts, one for each two classes");
  report = full_report();
  report.accuracy->answers->wrong[0].answer = 2;
  EXPECT_EQ(error_of(report), "r.json: key \"accuracy.answers.wrong\": a class 2 of 2");
}

TEST(LatencyReport, TakesPercentilesByNearestRank) {
  std::vector<std::uint64_t> cycles;
  for (std::uint64_t i = 100; i > 0; --i) cycles.push_back(i);
  const LatencyReport report = make_latency_report(cycles, 4, 1e6);
  EXPECT_EQ(report.cycles_mean, 50.5);
  EXPECT_EQ(report.cycles_p50, 50);
  EXPECT_EQ(report.cycles_p99, 99);
  EXPECT_EQ(report.cycles_max, 100);
  EXPECT_DOUBLE_EQ(report.seconds, 50.5e-6);
  EXPECT_EQ(report.steps, 4);
}

TEST(LatencyReport, PutsEachFrameIntoOneBin) {
  const LatencyReport report = make_latency_report({5, 5, 6, 1000}, 1, 1e6);
  std::int64_t sum = 0;
  for (std::int64_t count : report.histogram.counts) sum += count;
  EXPECT_EQ(sum, 4);
  EXPECT_EQ(report.histogram.counts.front(), 3);
  EXPECT_EQ(report.histogram.counts.back(), 1);
  EXPECT_EQ(report.histogram.first, 5);
}

TEST(LatencyReport, OfNoFramesIsZero) {
  EXPECT_EQ(make_latency_report({}, 3, 1e6).cycles_mean, 0);
  EXPECT_TRUE(make_latency_report({}, 3, 1e6).histogram.counts.empty());
}

}  // namespace
}  // namespace weft
