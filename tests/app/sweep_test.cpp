// weft sweep through the program: a tiny sweep from its file to its answers, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/sweep/area.hpp"
#include "app/sweep/constants.hpp"
#include "app/sweep/figures.hpp"
#include "app/sweep/sweep_table.hpp"
#include "model/base/random.hpp"
#include "sweep/store.hpp"
#include "tests/app/sweep_results.hpp"
#include "tests/app/tiny_flows.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

const std::string kTiny = std::string(kTinySweep) + R"(objectives:
  minimize: [energy.per_frame_joule]
  maximize: [accuracy.fabric]
  subject_to: [accuracy.fabric >= 0]
)";

class TinySweep : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
    file_ = scratch_.file("tiny.yaml", kTiny);
  }
  Finished act(const std::string& action, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--json", "sweep", action, file_, "-o", scratch_ / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }

  Scratch scratch_;
  std::string file_;
};

TEST_F(TinySweep, GoesFromItsFileToItsAnswers) {
  const Finished run = act("run");
  ASSERT_EQ(run.code, 0) << run.err;
  const json counts = json::parse(run.out);
  EXPECT_EQ(counts["points"], 4);
  EXPECT_EQ(counts["done"], 2);
  EXPECT_EQ(counts["infeasible"], 2) << "a core of one neuron holds no network: a result, not an error";

  const json points = json::parse(act("show").out);
  ASSERT_EQ(points.size(), 4u);
  EXPECT_EQ(points[0]["state"], "infeasible");
  EXPECT_THAT(points[0]["error"].get<std::string>(), testing::ContainsRegex("[0-9]+ "));
  EXPECT_EQ(points[1]["fabric.core.neurons"], 64);
  const json point = json::parse(act("show", {"--point", "1"}).out);
  EXPECT_EQ(point[0]["accuracy.mismatches"], 0);

  EXPECT_GE(json::parse(act("pareto").out).size(), 1u);
  const json best = json::parse(act("best", {"--by", "energy.per_frame_joule"}).out);
  ASSERT_EQ(best.size(), 2u);
  EXPECT_LE(best[0]["energy.per_frame_joule"], best[1]["energy.per_frame_joule"]);

  const std::string csv = scratch_ / "points.csv";
  ASSERT_EQ(act("export", {"--csv", csv}).code, 0);
  EXPECT_THAT(read_all(csv), HasSubstr("\r\n1,done,,"));
  EXPECT_THAT(act("run").err, testing::Not(HasSubstr("pending"))) << "nothing is run again";
}

TEST_F(TinySweep, PrintsItsPointsAndRunsNothingOnADryRun) {
  const Finished dry = act("run", {"--dry-run", "--probe", "0"});
  ASSERT_EQ(dry.code, 0) << dry.err;
  EXPECT_EQ(json::parse(dry.out).size(), 4u);
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(TinySweep, HasTheFiguresOfTheFlowAlone) {
  ASSERT_EQ(act("run").code, 0);
  const std::string flow = scratch_.file(
      "flow.yaml",
      "data: {train_samples: 200}\nnetwork: {hidden: [16]}\ntrain: {epochs: 1}\nfabric: {preset: "
      "default}\nmap: {pack_rounds: 1, place_moves: 100}\nrun: {frames: 4}\n");
  const Finished alone = run_weft({"--json", "flow", flow, "-o", scratch_ / "alone", "--set",
                                   "fabric.core.axons=256", "--set", "fabric.core.neurons=64"});
  ASSERT_EQ(alone.code, 0) << alone.err;
  const json report = json::parse(alone.out);
  const json point = json::parse(act("show", {"--point", "3"}).out)[0];
  EXPECT_EQ(point["energy.per_frame_joule"], report["energy"]["per_frame_joule"]);
  EXPECT_EQ(point["provenance.digests.outcome"], report["provenance"]["digests"]["outcome"]);
}

TEST_F(TinySweep, RefusesWhatTheFlowDoesNotKnow) {
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string text = kTiny;
    text.replace(text.find(from), from.size(), to);
    scratch_.file("tiny.yaml", text);
    const Finished run = act("run");
    EXPECT_EQ(run.code, 3);
    EXPECT_FALSE(fs::exists(scratch_ / "out"));
    return run.err;
  };
  const std::string axis = refused("fabric.core.axons:", "fabric.core.axon:");
  EXPECT_THAT(axis, HasSubstr("tiny.yaml:9:21: the axis fabric.core.axon with the value 128 cannot be used"));
  EXPECT_THAT(axis, HasSubstr("did you mean 'axons'"));
  EXPECT_THAT(refused("[128, 256]", "[128, many]"), HasSubstr("with the value many cannot be used"));
  EXPECT_THAT(
      refused("[accuracy.fabric]", "[accuracy.fabrics]"),
      HasSubstr("\"accuracy.fabrics\" in objectives, expected a figure of report.json or an axis (did "
                "you mean 'accuracy.fabric'"));
  EXPECT_THAT(refused("[accuracy.fabric >= 0]", "[latency.p99 >= 0]"),
              HasSubstr("\"latency.p99\" in objectives"));
}

TEST_F(TinySweep, RunsAndShowsWhatIsDerived) {
  std::string text = kTiny;
  text.replace(text.find("  fabric.core.neurons: [1, 64]\n"), 31,
               "derived:\n  fabric.core.neurons: fabric.core.axons / 2\n");
  scratch_.file("tiny.yaml", text);
  ASSERT_EQ(act("run").code, 0);
  EXPECT_EQ(json::parse(act("show").out)[0]["fabric.core.neurons"], 64);
  for (const json& row : json::parse(act("pareto").out))
    EXPECT_EQ(row["fabric.core.neurons"], row["fabric.core.axons"].get<int>() / 2);
  const std::string formula = "fabric.core.axons / 2";
  text.replace(text.find(formula), formula.size(), "fabric.core.axons / 3");
  scratch_.file("tiny.yaml", text);
  const Finished refused = act("run");
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("override \"fabric.core.neurons=42.66"));
}

TEST_F(TinySweep, RefusesAStoreOfAnotherSweep) {
  ASSERT_EQ(act("run").code, 0);
  std::string text = kTiny;
  text.replace(text.find("256"), 3, "200");
  scratch_.file("tiny.yaml", text);
  for (const char* action : {"run", "status", "pareto", "export"}) {
    const Finished weft = act(action);
    EXPECT_EQ(weft.code, 3) << action;
    EXPECT_THAT(weft.err, HasSubstr("the store of another sweep")) << action;
  }
}

TEST_F(TinySweep, IsAnotherOneWhereAFileOfItsFlowWasEdited) {
  std::string text = kTiny;
  text.replace(text.find("preset: default"), 15, "file: " + (scratch_ / "mine.yaml"));
  scratch_.file("tiny.yaml", text);
  const std::string fabric = "name: mine\nwidth: 3\nheight: 3\n";
  scratch_.file("mine.yaml", fabric);
  ASSERT_EQ(act("run").code, 0);
  EXPECT_EQ(act("run").code, 0) << "nothing changed";
  scratch_.file("mine.yaml", fabric + "router: {link_cycles: 2}\n");
  const Finished run = act("run");
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("the store of another sweep"));
}

TEST_F(TinySweep, ComesToTheSameTableAfterKills) {
  ASSERT_EQ(act("run").code, 0);
  const std::string undisturbed = timeless(act("export").out);
  Random random(3);
  for (int round = 0; round < 5; ++round) {
    const std::string output = scratch_ / "killed", cache = scratch_ / "cache";
    const pid_t process = fork();
    if (process == 0) {
      execl(WEFT_PROGRAM, WEFT_PROGRAM, "--quiet", "sweep", "run", file_.c_str(), "-o", output.c_str(),
            "--cache", cache.c_str(), nullptr);
      _exit(127);
    }
    usleep(static_cast<useconds_t>(50'000 + random.below(700'000)));
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
  }
  const std::vector<std::string> again = {"--json", "sweep", "run", file_, "-o", scratch_ / "killed"};
  Finished last = run_weft(again);
  for (int tries = 0; last.code != 0 && tries < 20; ++tries, last = run_weft(again)) usleep(50'000);
  ASSERT_EQ(last.code, 0) << last.err;
  const Finished table = run_weft({"--json", "sweep", "export", file_, "-o", scratch_ / "killed"});
  EXPECT_EQ(timeless(table.out), undisturbed);
}

TEST_F(TinySweep, RefusesConstraintsThatNoPointMeetsAndAxesWithoutValues) {
  const auto refused = [&](const std::string& text) {
    scratch_.file("tiny.yaml", text);
    const Finished run = act("run");
    EXPECT_EQ(run.code, 3);
    EXPECT_FALSE(fs::exists(scratch_ / "out"));
    return run.err;
  };
  const std::string tiny = kTiny;
  EXPECT_THAT(refused(tiny + "constraints: [fabric.core.axons > 200, fabric.core.axons < 200]\n"),
              HasSubstr("axes of which no point meets the constraints"));
  std::string empty = tiny;
  empty.replace(empty.find("[1, 64]"), 7, "[]");
  EXPECT_THAT(refused(empty), HasSubstr("an empty axis"));
}

TEST_F(TinySweep, LetsOneRunAtATimeIntoAStoreAndLosesNothing) {
  ASSERT_EQ(act("run").code, 0);
  const json before = json::parse(act("export").out);
  const sweep::StoreLock other(scratch_ / "out/sweep.lock");
  const Finished second = act("run");
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("another \"weft sweep run\" is at work on this store"));
  EXPECT_EQ(json::parse(act("export").out), before) << "questions are answered meanwhile";
}

const char* const kHalving = R"(flow_text: |
  data: {train_samples: 200}
  network: {hidden: [16]}
  train: {epochs: 1}
  fabric: {preset: default}
  map: {pack_rounds: 1, place_moves: 100}
axes:
  run.frames: [4, 8]
  fabric.router.link_cycles: [1, 2, 3, 4]
objectives: {minimize: [latency.cycles.p99]}
method: {kind: successive_halving, points: 4, budget: run.frames, eta: 2}
)";

TEST_F(TinySweep, SpendsMoreFramesOnWhatIsPromising) {
  scratch_.file("tiny.yaml", kHalving);
  const Finished dry = act("run", {"--dry-run", "--probe", "0"});
  EXPECT_EQ(json::parse(dry.out).size(), 4u);
  EXPECT_THAT(dry.err, HasSubstr("the first of 2 rounds of at most 4, 2 points; run.frames is the budget"));
  const Finished run = act("run");
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(json::parse(run.out)["done"], 6);
  std::vector<int> second;
  for (const json& row : json::parse(act("show").out))
    if (row["run.frames"] == 8) second.push_back(row["fabric.router.link_cycles"]);
  EXPECT_THAT(second, testing::UnorderedElementsAre(1, 2)) << "short links are fast";
  EXPECT_EQ(json::parse(act("run").out)["points"], 6) << "and then it is at its end";
}

TEST_F(TinySweep, WarnsOfWhatItsConstantsLeaveOut) {
  const std::string dry = act("run", {"--dry-run", "--probe", "0"}).err;
  EXPECT_THAT(dry,
              HasSubstr("the fabric default has no constant for the energy of synapses, neurons, messages"));
  EXPECT_THAT(
      dry,
      HasSubstr("fabric.energy.row_joule does not follow fabric.core.neurons: derive it where it should, "
                "as in \"fabric.energy.row_joule: 9.63e-11 * fabric.core.neurons / 256\""));
  EXPECT_THAT(dry, testing::Not(HasSubstr("area")));
}

std::string unmodeled(const std::string& fabric, const std::string& axes, const std::string& wanted) {
  const std::string flow =
      "flow_text: |\n  data: {train_samples: 20}\n  network: {hidden: [4]}\n  train: {epochs: 1}\n  "
      "fabric: " +
      fabric;
  const sweep::SweepFile file = sweep::parse_sweep_file(
      flow + "\naxes: {" + axes + "}\nobjectives: {minimize: [" + wanted + "]}\n", "s.yaml");
  std::vector<app::FlowConfig> flows;
  for (const sweep::Point& point : sweep::choose_points(file))
    flows.push_back(app::parse_flow_config(file.flow_text, "f.yaml", sweep::to_overrides(file, point)));
  std::string all;
  for (const std::string& sentence : app::find_unmodeled(flows, file)) all += sentence + "\n";
  return all;
}

TEST(Constants, OfOnePresetCanBeComparedAndOfTwoOriginsNot) {
  EXPECT_EQ(unmodeled("{preset: small}", "fabric.preset: [small, default]", "area.total_mm2").find("origin"),
            std::string::npos)
      << "both are TrueNorth's, scaled";
  const std::string mixed =
      unmodeled("{preset: small}", "fabric.preset: [default, truenorth, memory]", "energy.per_frame_joule");
  EXPECT_THAT(mixed,
              HasSubstr("constants of different origin are compared (default: TrueNorth, 28 nm, single"));
  EXPECT_THAT(mixed, HasSubstr("; truenorth: TrueNorth, 28 nm, whole-chip fit"));
  EXPECT_THAT(mixed, HasSubstr("; memory: Loihi, 14 nm, before silicon"));
  EXPECT_EQ(unmodeled("{preset: small}", "fabric.preset: [default, memory]", "latency.steps"), "")
      << "nothing asks for energies or areas";
}

TEST(Constants, FollowEachSizeByTheRuleOfTheirKindOfCore) {
  EXPECT_THAT(
      unmodeled("{preset: memory}", "fabric.core.synapse_memory_bits: [524288, 1048576]", "area.used_mm2"),
      HasSubstr("\"fabric.area.core_mm2: 0.46875 * fabric.core.synapse_memory_bits / 1048576\""));
  EXPECT_THAT(unmodeled("{preset: fpga-units}", "fabric.core.unit_synapses: [16, 64]", "area.used_mm2"),
              HasSubstr("\"fabric.area.core_mm2: 15.017 * fabric.core.unit_synapses / 64\""));
  EXPECT_THAT(unmodeled("{preset: default}", "fabric.router.flit_bits: [48, 64]", "energy.total_joule"),
              HasSubstr("\"fabric.energy.hop_joule: 3.45e-12 * fabric.router.flit_bits / 48\""));
  EXPECT_THAT(unmodeled("{preset: default, core: {axons: 128}}", "seed: [1]", "area.used_mm2"),
              HasSubstr("\"fabric.area.core_mm2: 0.7488 * fabric.core.axons / 256\""))
      << "a size that the flow sets";
  EXPECT_THAT(
      unmodeled("{width: 4, height: 4, area: {core_mm2: 1}}", "fabric.core.axons: [64, 128]",
                "area.used_mm2"),
      HasSubstr("fabric.area.core_mm2 does not follow fabric.core.axons: derive it where it should\n"))
      << "for what sizes it is given nobody knows";
}

TEST(Constants, AreToldApartWhereAFlowPutsItsOwnAmongThoseOfAPreset) {
  const std::string beside =
      unmodeled("{preset: truenorth, energy: {hop_joule: 2.3e-12}}", "seed: [1]", "energy.total_joule");
  EXPECT_THAT(beside, HasSubstr("fabric.energy.hop_joule is not that of TrueNorth, 28 nm, whole-chip fit"));
  const std::string said = unmodeled("{preset: truenorth, constants: mine, energy: {hop_joule: 2.3e-12}}",
                                     "seed: [1]", "energy.total_joule");
  EXPECT_THAT(said, testing::Not(HasSubstr("is not that of")));
  EXPECT_THAT(unmodeled("{preset: default, core: {kind: memory}}", "seed: [1]", "energy.total_joule"),
              HasSubstr("given for a crossbar core, not for a memory core"));
}

TEST(Area, IsThatOfTheFabricsPartsOrNotModeled) {
  Fabric fabric;
  EXPECT_TRUE(app::area_figures(fabric, 3).empty());
  fabric.width = 4;
  fabric.height = 2;
  fabric.area = {2, 0.5, 0.25};
  std::map<std::string, sweep::Value> area;
  for (const sweep::Figure& figure : app::area_figures(fabric, 3)) area[figure.name] = figure.value;
  EXPECT_EQ(area["area.cores_mm2"], sweep::Value(16.0));
  EXPECT_EQ(area["area.routers_mm2"], sweep::Value(4.0));
  EXPECT_EQ(area["area.ports_mm2"], sweep::Value(1.0)) << "two rows, east and west";
  EXPECT_EQ(area["area.total_mm2"], sweep::Value(21.0));
  EXPECT_EQ(area["area.used_mm2"], sweep::Value(8.5));
}

TEST(ReadySweeps, AreAllAcceptedAndNameWhatIsThere) {
  const fs::path folder = fs::path(WEFT_SOURCE_DIRECTORY) / "fabrics" / "sweeps";
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const Scratch scratch;
    const Finished dry =
        run_weft({"--json", "sweep", "run", entry.path(), "--dry-run", "--probe", "0", "-o", scratch / "o"});
    EXPECT_EQ(dry.code, 0) << entry.path() << dry.err;
    EXPECT_GT(json::parse(dry.out).size(), 10u) << entry.path();
    EXPECT_THAT(dry.err, testing::Not(HasSubstr("does not follow")))
        << "constants scale as fabrics/README.md says";
    ++count;
  }
  EXPECT_GE(count, 3);
}

TEST(SweepCommand, SaysWhatItsActionsAre) {
  EXPECT_THAT(run_weft({"sweep", "--help"}).out, HasSubstr("pareto"));
  EXPECT_THAT(run_weft({"sweep", "run", "--help"}).out, HasSubstr("--dry-run"));
  EXPECT_THAT(run_weft({"sweep", "pareta", "x"}).err,
              HasSubstr("unknown action \"pareta\" (did you mean 'pareto'"));
  EXPECT_EQ(run_weft({"sweep"}).code, 2);
  EXPECT_EQ(run_weft({"sweep", "status", "none.yaml"}).code, 3);
}

TEST(SweepFigures, AreThePathsOfTheReport) {
  Report report;
  report.title = "t";
  report.accuracy = AccuracyReport{0.5, {}, {}, 0.25, 10, 0};
  report.compression.emplace().layers.push_back({"fc1", "pruned", 0, 8, 4, 0.5, 0.1});
  report.latency.emplace();
  report.provenance.effective_config = "x";
  std::map<std::string, sweep::Value> figures;
  for (const sweep::Figure& figure : app::flatten_report(report)) figures[figure.name] = figure.value;
  EXPECT_EQ(figures.at("accuracy.fabric"), sweep::Value(0.25));
  EXPECT_EQ(figures.at("compression.layers[0].method"), sweep::Value("pruned"));
  EXPECT_EQ(figures.at("compression.layers[0].synapses_after"), sweep::Value(std::int64_t{4}));
  EXPECT_TRUE(figures.count("latency.cycles.p99"));
  for (const char* none :
       {"title", "provenance.effective_config", "accuracy.compressed", "latency.histogram.first"})
    EXPECT_EQ(figures.count(none), 0u) << none;
}

TEST(SweepTable, QuotesWhatCsvMust) {
  const sweep::Table table{{"a", "b,c"},
                           {{std::string("say \"x\"\n"), 0.1}, {std::monostate(), std::int64_t{-3}}}};
  EXPECT_EQ(app::format_csv(table), "a,\"b,c\"\r\n\"say \"\"x\"\"\n\",0.1\r\n,-3\r\n");
  EXPECT_EQ(app::format_table(table), "a         b,c\nsay \"x\"   0.1\n-         -3\n");
}

}  // namespace
}  // namespace weft::test
