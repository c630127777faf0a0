// Budgets through the program: the search, its curve, what is kept when it is stopped, what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/flow/search_journal.hpp"
#include "app/report/sections/sections.hpp"
#include "model/base/files.hpp"
#include "model/network/network.hpp"
#include "model/network/train.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct Budget : testing::Test {
  Scratch scratch;
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "the data set is not installed";
    Network network = make_mlp("tiny", {1, 28, 28}, {784, 20, 12, 10}, Activation::Relu);
    initialize(network, 1);
    TrainParams params;
    params.epochs = 3;
    params.learning_rate = 4e-3;
    write_network(scratch / "network.npz",
                  train(network, slice(load_data("fashion-mnist").train, 0, 2000), params).network);
  }
  std::vector<std::string> words(const std::vector<std::string>& more, const std::string& out = "out",
                                 const std::string& held_out = "500") const {
    std::vector<std::string> all = {"--json",          "compress",   scratch / "network.npz",
                                    "--train-samples", "2000",       "--validation-samples",
                                    held_out,          "--one-shot", "--criterion",
                                    "activation",      "--points",   "3",
                                    "--refinements",   "1",          "-o",
                                    scratch / out};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Finished search(const std::vector<std::string>& more, const std::string& out = "out",
                  const std::string& held_out = "500") const {
    return run_weft(words(more, out, held_out));
  }
};

TEST_F(Budget, FindsACheaperNetworkAndWritesTheWholeCurve) {
  const Finished weft = search({"--budget", "6"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json tradeoff = json::parse(weft.out).at("tradeoff");
  EXPECT_EQ(tradeoff.at("met"), true);
  EXPECT_EQ(tradeoff.at("cost"), "synapses");
  EXPECT_EQ(tradeoff.at("validation_samples"), 500);
  const Network network = read_network(scratch / "out/compressed.npz");
  std::map<std::string, int> series;
  int chosen = 0;
  for (const json& point : tradeoff.at("points")) {
    ++series[point.at("series")];
    if (!point.at("chosen")) continue;
    ++chosen;
    EXPECT_EQ(point.at("cost"), count_synapses(network));
    EXPECT_GE(point.at("accuracy"), tradeoff.at("least_accuracy"));
    EXPECT_LT(point.at("cost"), 0.7 * tradeoff.at("dense_cost").get<double>());
  }
  EXPECT_EQ(chosen, 1);
  EXPECT_EQ(series.size(), 3u);
  const std::string csv = read_all(scratch / "out/tradeoff.csv");
  EXPECT_THAT(csv, testing::StartsWith("series,cost,synapses,neurons,validation_accuracy,chosen,plan\n"));
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')),
            tradeoff.at("points").size() + 1);
  const std::string page = read_all(scratch / "out/report.html");
  for (const char* part : {"Accuracy against cost", "factorization", "pruning", "both", "<polyline"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/search.journal"));
}

TEST_F(Budget, FindsANetworkForOneCoreThatReallyMapsOntoIt) {
  const Finished weft = search({"--cores", "1", "--fabric", "default", "--series", "structured"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  EXPECT_EQ(json::parse(weft.out).at("tradeoff").at("most_cost"), 1);
  const Finished map = run_weft({"--json", "map", scratch / "out/compressed.npz", "-o", scratch / "map"});
  ASSERT_EQ(map.code, 0) << map.err;
  EXPECT_EQ(json::parse(map.out).at("utilization").at("cores").at("used"), 1);
}

TEST_F(Budget, CountsAxonsWhereTheyAreWhatIsDear) {
  const Finished weft =
      search({"--budget", "25", "--cost", "axons", "--fabric", "default", "--series", "structured"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const json tradeoff = json::parse(weft.out).at("tradeoff");
  EXPECT_EQ(tradeoff.at("cost"), "axons");
  EXPECT_GT(tradeoff.at("dense_cost"), 700);
}

TEST_F(Budget, SavesTheNearestNetworkWhereItCannotBeMet) {
  const Finished weft = search({"--synapses", "5", "--series", "pruning"});
  EXPECT_EQ(weft.code, 1);
  EXPECT_THAT(weft.err, HasSubstr("the budget cannot be met with these points: the nearest one was written"));
  EXPECT_EQ(json::parse(weft.out).at("tradeoff").at("met"), false);
  EXPECT_LT(count_synapses(read_network(scratch / "out/compressed.npz")), 500);
}

TEST_F(Budget, GoesOnAfterItWasKilled) {
  const std::vector<std::string> asked = {"--budget", "6"};
  ASSERT_EQ(search(asked, "whole").code, 0);
  const std::string journal = scratch / "out/search.journal";
  const Finished killed = run_weft_and_signal(words(asked), SIGKILL, [&](const std::string&) {
    return std::filesystem::exists(journal) && [&] {
      const std::string text = read_all(journal);
      return std::count(text.begin(), text.end(), '\n') >= 3;
    }();
  });
  ASSERT_EQ(killed.code, 128 + SIGKILL);
  const Finished again = search(asked);
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("points are known from an earlier search"));
  EXPECT_EQ(read_all(scratch / "out/tradeoff.csv"), read_all(scratch / "whole/tradeoff.csv"));
  EXPECT_EQ(digest(read_network(scratch / "out/compressed.npz")),
            digest(read_network(scratch / "whole/compressed.npz")));
}

TEST_F(Budget, RefusesWhatContradictsItself) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases = {
      {{"--budget", "1", "--synapses", "100"}, "found two budgets"},
      {{"--neurons", "9", "--synapses", "100"}, "found two budgets"},
      {{"--neurons", "9", "--cost", "axons"}, "--cost axons and --neurons contradict each other"},
      {{"--cores", "1"}, "cores are those of a fabric: give --fabric"},
      {{"--budget", "1", "--cost", "axons"}, "axons are those of a fabric: give --fabric"},
      {{"--budget", "1", "--series", "prunin"}, "--series: found \"prunin\" (did you mean 'pruning'?)"},
      {{"--budget", "1", "--layer", "fc1:density=0.5"},
       "--layer, --density and --plan cannot be given beside it"},
  };
  for (const auto& [more, message] : cases) {
    const Finished weft = search(more);
    EXPECT_EQ(weft.code, 2) << message;
    EXPECT_THAT(weft.err, HasSubstr(message));
  }
}

TEST_F(Budget, WantsSamplesToFitTo) {
  const Finished weft = search({"--budget", "1", "--series", "both"}, "out", "2000");
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("2000 training samples, 2000 of them to validate with"));
}

// Else the moved copies of a held-out sample would be fitted to.
TEST_F(Budget, HoldsSamplesOutBeforeTheOthersAreMoved) {
  const Finished weft = search({"--budget", "1", "--series", "both", "--shift-pixels", "1"}, "out", "2000");
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("2000 training samples, 2000 of them to validate with"));
}

TEST(SearchJournal, GivesBackWhatWasStoredAndDropsATornLine) {
  const Scratch scratch;
  const std::filesystem::path path = scratch / "journal";
  {
    app::SearchJournal journal(path, "one");
    journal.store("both a:rank=3", {0.1 + 0.2, 7, 8, 9});
    journal.store("pruning b", {0.5, std::numeric_limits<double>::infinity(), 1, 2});
  }
  write_file(path, read_all(path) + "0.25 1 2 3 torn");
  const app::SearchJournal again(path, "one");
  EXPECT_EQ(again.recalled(), 2u);
  ASSERT_TRUE(again.recall("both a:rank=3").has_value());
  EXPECT_EQ(again.recall("both a:rank=3")->accuracy, 0.1 + 0.2);
  EXPECT_EQ(again.recall("both a:rank=3")->neurons, 9);
  EXPECT_EQ(again.recall("pruning b")->cost, std::numeric_limits<double>::infinity());
  EXPECT_FALSE(again.recall("torn").has_value());
  EXPECT_THAT(read_all(path), testing::Not(HasSubstr("torn")));
}

TEST(SearchJournal, BeginsAnewForAnotherSearch) {
  const Scratch scratch;
  app::SearchJournal(scratch / "journal", "one").store("a", {});
  EXPECT_EQ(app::SearchJournal(scratch / "journal", "other").recalled(), 0u);
  EXPECT_EQ(app::SearchJournal(scratch / "journal", "one").recalled(), 0u);
}

TEST(TradeoffPlot, DrawsEveryPointInsideTheFrame) {
  TradeoffReport tradeoff;
  tradeoff.cost = "cores";
  tradeoff.dense_accuracy = 0.9;
  tradeoff.dense_cost = 12;
  tradeoff.least_accuracy = 0.89;
  tradeoff.points = {{"pruning", 0.2, 0, 10, 3, "", false},
                     {"pruning", 0.88, 3, 100, 5, "", false},
                     {"structured", 0.91, 20, 300, 7, "", true}};
  const std::string section = app::sections::tradeoff(tradeoff);
  std::size_t circles = 0;
  for (std::size_t at = section.find("<circle cx=\""); at != std::string::npos;
       at = section.find("<circle cx=\"", at + 1)) {
    ++circles;
    const double x = std::stod(section.substr(at + 12));
    const double y = std::stod(section.substr(section.find("cy=\"", at) + 4));
    EXPECT_GE(x, 60);
    EXPECT_LE(x, 740);
    EXPECT_GE(y, 15);
    EXPECT_LE(y, 300);
  }
  EXPECT_EQ(circles, 3u);
  EXPECT_THAT(section, HasSubstr("not met"));
}

}  // namespace
}  // namespace weft::test
