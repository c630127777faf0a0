// weft compress through the program: what it writes, and what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/base/files.hpp"
#include "model/base/npz.hpp"
#include "model/data/dataset.hpp"
#include "model/network/forward.hpp"
#include "model/network/network.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct CompressCommand : testing::Test {
  Scratch scratch;
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "the data set is not installed";
    Network network = make_mlp("tiny", {1, 28, 28}, {784, 20, 12, 10}, Activation::Relu);
    initialize(network, 1);
    write_network(scratch / "network.npz", network);
  }
  Finished compress(const std::vector<std::string>& more) {
    std::vector<std::string> words = {"--json", "compress", scratch / "network.npz", "--train-samples",
                                      "400",    "-o",       scratch / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }
  Network result() const { return read_network(scratch / "out/compressed.npz"); }
};

TEST_F(CompressCommand, PrunesWholeInputsAndTakesOutTheNeuronsBehind) {
  const Finished weft = compress({"--layer", "fc1:density=0.25,granularity=inputs", "--layer",
                                  "fc2:density=0.5,granularity=inputs", "--criterion", "activation",
                                  "--prune-rounds", "2", "--final-epochs", "1"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const Network network = result();
  EXPECT_EQ(network.populations[PopulationId(1)].shape, (Shape{10, 1, 1}));
  EXPECT_EQ(count_synapses(network), 196 * 10 + 10 * 12 + 12 * 10);
  const json report = json::parse(weft.out);
  EXPECT_EQ(report["compression"]["neurons_after"], 10 + 12 + 10);
  EXPECT_EQ(report["compression"]["layers"][0]["synapses_after"], 196 * 10);
}

TEST_F(CompressCommand, SpendsOneDensityOverAllLayers) {
  const Finished weft = compress({"--density", "0.1", "--one-shot"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const std::int64_t dense = 784 * 20 + 20 * 12 + 12 * 10, kept = count_synapses(result());
  EXPECT_LE(kept, dense / 10);
  EXPECT_GT(kept, dense / 20);
}

TEST_F(CompressCommand, UntiesConvolutionsAndAsksAnotherNetworkForItsOutputs) {
  Network network;
  network.name = "conv";
  network.populations.push_back({"input", {1, 28, 28}, Activation::Linear, {}});
  network.populations.push_back({"conv", {2, 6, 6}, Activation::Relu, std::vector<float>(2)});
  network.populations.push_back({"out", {10, 1, 1}, Activation::Linear, std::vector<float>(10)});
  network.projections.push_back({"conv",
                                 PopulationId(0),
                                 PopulationId(1),
                                 ProjectionKind::Convolution,
                                 {8, 8, 4, 4, 0, 0},
                                 1,
                                 std::vector<float>(2 * 64)});
  network.projections.push_back(
      {"out", PopulationId(1), PopulationId(2), ProjectionKind::Dense, {}, 1, std::vector<float>(10 * 72)});
  initialize(network, 3);
  const std::string teacher = scratch / "teacher.npz";
  std::filesystem::rename(scratch / "network.npz", teacher);
  write_network(scratch / "network.npz", network);
  const Finished weft =
      compress({"--untie", "conv", "--density", "0.25", "--criterion", "activation", "--distill", "1",
                "--teacher", teacher, "--prune-rounds", "2", "--final-epochs", "1"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  EXPECT_EQ(result().projections[ProjectionId(0)].kind, ProjectionKind::Dense);
  EXPECT_LE(count_synapses(result()), count_synapses(network) / 4);
  EXPECT_GT(count_synapses(result()), count_synapses(network) / 8);
}

TEST_F(CompressCommand, RefusesToUntieWhatIsNoConvolutionAndATeacherThatNobodyAsks) {
  const Finished untied = compress({"--untie", "fc1", "--density", "0.5"});
  EXPECT_EQ(untied.code, 3);
  EXPECT_THAT(untied.err, HasSubstr("'fc1' to untie: dense, expected a convolution"));
  const Finished asked = compress({"--density", "0.5", "--teacher", scratch / "network.npz"});
  EXPECT_EQ(asked.code, 2);
  EXPECT_THAT(asked.err, HasSubstr("give --distill SHARE"));
  const Finished searched =
      compress({"--synapses", "500", "--distill", "1", "--teacher", scratch / "network.npz"});
  EXPECT_EQ(searched.code, 2);
  EXPECT_THAT(searched.err, HasSubstr("--teacher cannot be given beside it"));
}

TEST_F(CompressCommand, KeepsAMaskAndRefusesOneOfTheWrongShape) {
  NpzArchive mask;
  std::vector<std::uint8_t> items(12 * 20, 1);
  items[3] = 0;
  mask.arrays["fc2"] = NpyArray::from(items, {12, 20});
  write_npz(scratch / "mask.npz", mask);
  const Finished good =
      compress({"--layer", "fc1:density=0.5", "--mask", scratch / "mask.npz", "--one-shot"});
  ASSERT_EQ(good.code, 0) << good.err;
  EXPECT_EQ(result().projections[ProjectionId(1)].weights[3], 0.0f);
  mask.arrays["fc2"] = NpyArray::from(items, {20, 12});
  write_npz(scratch / "mask.npz", mask);
  const Finished bad = compress({"--layer", "fc1:density=0.5", "--mask", scratch / "mask.npz", "--one-shot"});
  EXPECT_EQ(bad.code, 3);
  EXPECT_THAT(bad.err, HasSubstr("mask.npz, fc2: found a mask of shape (20, 12), expected (12, 20)"));
}

TEST_F(CompressCommand, TakesOneDensityOrALayersOwn) {
  const Finished both = compress({"--density", "0.1", "--layer", "fc1:density=0.5"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("--layer and --density exclude each other"));
  const Finished plan = compress({"--density", "0.1", "--plan", "flow.yaml"});
  EXPECT_EQ(plan.code, 2);
  EXPECT_THAT(plan.err, HasSubstr("--plan and --density exclude each other"));
}

TEST_F(CompressCommand, TakesTheBlocksOfAFabric) {
  const Finished weft =
      compress({"--layer", "fc1:density=0.5,granularity=crossbar-rows", "--fabric", "small", "--one-shot"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  EXPECT_EQ(count_synapses(result(), ProjectionId(0)), 784 * 20 / 2);
}

TEST_F(CompressCommand, WantsBlocksWhereTheGranularityHasThem) {
  const Finished weft = compress({"--layer", "fc1:density=0.5,granularity=blocks"});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("granularity blocks with blocks of 0 neurons by 0 inputs"));
}

TEST_F(CompressCommand, KnowsTheGranularityThatWasMeant) {
  const Finished weft = compress({"--layer", "fc1:density=0.5,granularity=input"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("found the granularity \"input\" (did you mean 'inputs'?)"));
}

TEST_F(CompressCommand, SpendsTheShareOfALayerInTheBetterForm) {
  const Finished weft = compress({"--layer", "fc1:rank=auto,density=0.1", "--criterion", "obs",
                                  "--factorization", "data-aware-svd", "--one-shot"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json layer = json::parse(weft.out)["compression"]["layers"][0];
  EXPECT_LE(layer["synapses_after"], 1568);
  EXPECT_GT(layer["synapses_after"], 1200);
  EXPECT_THAT(weft.err, HasSubstr("784 inputs but only 300 calibration observations"));
}

TEST_F(CompressCommand, ChangesNothingButWhatItPrunesInOneShot) {
  ASSERT_EQ(compress({"--layer", "fc2:density=0.5", "--one-shot"}).code, 0);
  const Network before = read_network(scratch / "network.npz"), after = result();
  EXPECT_EQ(after.projections[ProjectionId(0)].weights, before.projections[ProjectionId(0)].weights);
  const auto &was = before.projections[ProjectionId(1)].weights,
             &is = after.projections[ProjectionId(1)].weights;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < was.size(); ++i) {
    EXPECT_TRUE(is[i] == 0.0f || is[i] == was[i]);
    kept += is[i] != 0.0f;
  }
  EXPECT_EQ(kept, was.size() / 2);
}

TEST_F(CompressCommand, MapsALowRankAndASparsePathWithMatchedDelays) {
  ASSERT_EQ(compress({"--layer", "fc1:rank=4,sparse=0.02", "--one-shot"}).code, 0);
  EXPECT_LE(count_synapses(result()), 4 * (784 + 20) + 314 + 240 + 120);
  ASSERT_EQ(run_weft({"map", scratch / "out/compressed.npz", "-o", scratch / "map"}).code, 0);
  const Finished run =
      run_weft({"--json", "run", scratch / "map/image.npz", "--frames", "20", "-o", scratch / "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(json::parse(run.out)["accuracy"]["mismatches"], 0);
}

TEST_F(CompressCommand, RetrainsTowardsTheDenseOutputsOnShiftedImages) {
  const std::vector<std::string> plan = {"--layer", "fc1:density=0.1", "--prune-rounds",
                                         "2",       "--final-epochs",  "1"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), plan.begin(), plan.end());
    EXPECT_EQ(compress(more).code, 0);
    return digest(result()).hex();
  };
  const std::string plain = with({}), distilled = with({"--distill", "0.5"});
  EXPECT_NE(distilled, plain);
  EXPECT_NE(with({"--distill", "0.5", "--temperature", "2"}), distilled);
  EXPECT_NE(with({"--shift-pixels", "1"}), plain);
  EXPECT_EQ(with({"--temperature", "2"}), plain);  // nothing is softened
  EXPECT_NE(with({"--criterion", "movement"}), plain);
}

TEST_F(CompressCommand, LeavesEarlierResultsWhenThePlanIsWrong) {
  ASSERT_EQ(compress({"--layer", "fc2:density=0.5", "--one-shot"}).code, 0);
  const Finished weft = compress({"--layer", "fc1:rank=21"});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("projection 'fc1': found rank 21, expected 1 to 20"));
  EXPECT_EQ(count_synapses(result(), ProjectionId(1)), 120);
}

TEST_F(CompressCommand, FitsALayerSampleBySample) {
  const Finished weft = compress({"--layer", "fc1:rank=8,density=0.5,algebra=samples", "--criterion", "obs",
                                  "--factorization", "data-aware-svd", "--one-shot"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json layer = json::parse(weft.out)["compression"]["layers"][0];
  EXPECT_EQ(layer["algebra"], "samples");
  EXPECT_GT(layer["damping"], 0);
  EXPECT_EQ(layer["method"], "factorized+pruned");
  EXPECT_LE(layer["synapses_after"], 8 * (784 + 20) / 2);
  EXPECT_THAT(read_all(scratch / "out/report.html"), HasSubstr("<td>samples</td>"));
}

TEST_F(CompressCommand, KnowsTheAlgebraThatWasMeant) {
  const Finished weft = compress({"--layer", "fc1:density=0.5,algebra=sample"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("found the algebra \"sample\" (did you mean 'samples'?)"));
}

TEST_F(CompressCommand, TakesADirectoryOfArraysAsDataSet) {
  std::filesystem::create_directory(scratch / "data");
  for (const char* split : {"train", "test", "validation"}) {
    std::vector<std::uint8_t> samples(60 * 784), labels(60);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::uint8_t>(i * i % 251);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::uint8_t>(i % 10);
    const std::string stem = scratch / ("data/" + std::string(split));
    write_file(stem + "_samples.npy", format_npy(NpyArray::from(samples, {60, 28, 28})));
    write_file(stem + "_labels.npy", format_npy(NpyArray::from(labels)));
  }
  const Finished plan = compress({"--dataset", scratch / "data", "--layer", "fc1:density=0.5", "--one-shot"});
  ASSERT_EQ(plan.code, 0) << plan.err;
  EXPECT_EQ(json::parse(plan.out)["accuracy"]["samples"], 60);
  const Finished budget = compress({"--dataset", scratch / "data", "--budget", "50", "--series", "pruning",
                                    "--points", "1", "--refinements", "0", "--one-shot"});
  ASSERT_EQ(budget.code, 0) << budget.err;
  EXPECT_EQ(json::parse(budget.out)["tradeoff"]["validation_samples"], 60) << "the set's own";
}

// fc6 of alexhead, 9216 x 4096, as a user would: import, then one command with calibration data alone.
TEST(WideLayersFull, GetEightyTimesFewerSynapsesWithinAPoint) {
  const char* root = std::getenv("WEFT_DATA");
  if (!root || !std::filesystem::exists(std::string(root) + "/alexhead")) GTEST_SKIP() << "no alexhead";
  const Scratch scratch;
  const Finished import =
      run_weft({"import", std::string(root) + "/alexhead", "--layers", "fc6:relu,fc7:relu,fc8", "--input",
                "256x6x6", "--input-scale", "2", "--name", "alexhead", "-o", scratch / "import"});
  ASSERT_EQ(import.code, 0) << import.err;
  const Finished weft =
      run_weft({"--json", "compress", scratch / "import/network.npz", "--dataset", "alexhead", "--layer",
                "fc6:rank=96,density=0.363", "--criterion", "obs", "--factorization", "data-aware-svd",
                "--calibration-samples", "4000", "--one-shot", "-o", scratch / "out"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json report = json::parse(weft.out);
  const json layer = report["compression"]["layers"][0];
  EXPECT_EQ(layer["algebra"], "samples");
  EXPECT_GE(layer["synapses_before"].get<double>() / layer["synapses_after"].get<double>(), 80);
  EXPECT_LE(report["accuracy"]["float"].get<double>() - report["accuracy"]["compressed"].get<double>(), 0.01);
  const Dataset held_out = *load_data("alexhead").validation;
  EXPECT_LE(accuracy(read_network(scratch / "import/network.npz"), held_out) -
                accuracy(read_network(scratch / "out/compressed.npz"), held_out),
            0.01);
}

}  // namespace
}  // namespace weft::test
