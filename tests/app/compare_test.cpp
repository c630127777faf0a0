// Two reports side by side: every figure that differs, with its difference, and nothing else.
#include "app/report/compare/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/report/compare/words.hpp"
#include "tests/app/browser.hpp"
#include "tests/app/example_page.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::app {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

ComparedRuns two_runs() {
  ComparedRuns runs;
  runs.left.accuracy = AccuracyReport{0.9, std::nullopt, 0.88, 0.88, 100, 0};
  runs.left.simulation = SimulationReport{1000, 77, 5000, 1 << 20, 0.5, 0.5};
  runs.left.provenance.effective_config = "seed: 1\nwidth: 8\nheight: 8\n";
  runs.right = runs.left;
  runs.right.accuracy->fabric = 0.87;
  runs.right.simulation->cycles = 1250;
  runs.right.simulation->wall_seconds = 0.7;
  runs.right.frames_per_second = 12.5;
  runs.right.provenance.effective_config = "seed: 1\nwidth: 9\nheight: 8\n";
  runs.left_name = "out/a";
  runs.right_name = "out/<b>";
  return runs;
}

const FigureDifference* find(const std::vector<FigureDifference>& figures, const std::string& name) {
  for (const FigureDifference& figure : figures)
    if (figure.name == name) return &figure;
  return nullptr;
}

TEST(Comparison, TellsAFactorWhereAShareWouldBeLong) {
  EXPECT_EQ(words_of_change({"samples", std::int64_t{4}, std::int64_t{10000}}), "+9,996 (x 2,500)");
  EXPECT_EQ(words_of_change({"samples", 2.0, 19.0}), "+17 (+850.0 %)");
  EXPECT_EQ(words_of_change({"samples", 10000.0, 4.0}), "-9996 (-100.0 %)");
}

TEST(Comparison, MatchesFiguresByTheirNames) {
  const ComparedRuns runs = two_runs();
  const auto figures = compare_reports(runs.left, runs.right);
  const FigureDifference* cycles = find(figures, "simulation.cycles");
  ASSERT_NE(cycles, nullptr);
  EXPECT_FALSE(cycles->same());
  EXPECT_EQ(cycles->change(), 250);
  EXPECT_EQ(words_of_change(*cycles), "+250 (+25.0 %)");
  EXPECT_TRUE(find(figures, "accuracy.float")->same());
  EXPECT_EQ(words_of_change(*find(figures, "accuracy.fabric")), "-0.01 (-1.1 %)");
  const FigureDifference* speed = find(figures, "throughput.frames_per_second");
  ASSERT_NE(speed, nullptr);
  EXPECT_FALSE(speed->numbers());
  EXPECT_EQ(words(speed->left), "none");
  EXPECT_EQ(words(speed->right), "12.5");
}

TEST(Comparison, TellsNothingOfTwoEqualReports) {
  ComparedRuns runs = two_runs();
  runs.right = runs.left;
  for (const FigureDifference& figure : compare_reports(runs.left, runs.right)) EXPECT_TRUE(figure.same());
  EXPECT_THAT(format_comparison_table(runs), HasSubstr("0 of "));
  EXPECT_THAT(format_comparison_html(runs), HasSubstr("None of the results."));
  EXPECT_THAT(format_comparison_html(runs), Not(HasSubstr("id=\"configuration\"")));
}

TEST(Comparison, WritesTheSameAsTextAndAsJson) {
  const ComparedRuns runs = two_runs();
  const std::string text = format_comparison_table(runs);
  const json document = json::parse(format_comparison_json(runs));
  EXPECT_EQ(document["left"], "out/a");
  ASSERT_EQ(document["figures"].size(), 4u);
  EXPECT_THAT(text, HasSubstr("4 of "));
  for (const auto& figure : document["figures"])
    EXPECT_THAT(text, HasSubstr(figure["name"].get<std::string>()));
  EXPECT_EQ(document["figures"][1]["name"], "simulation.cycles");
  EXPECT_EQ(document["figures"][1]["change"], 250);
  EXPECT_TRUE(document["figures"][3]["left"].is_null());
}

TEST(Comparison, KeepsFiguresOfTheMachineApart) {
  EXPECT_TRUE(is_of_the_machine("simulation.wall_seconds"));
  EXPECT_TRUE(is_of_the_machine("stage_seconds.train"));
  EXPECT_FALSE(is_of_the_machine("simulation.cycles"));
}

TEST(Comparison, MarksTheLinesOfTheConfigurationsThatDiffer) {
  const std::string page = format_comparison_html(two_runs());
  EXPECT_THAT(page, HasSubstr("  seed: 1\n<del>- width: 8</del>\n<ins>+ width: 9</ins>\n  height: 8\n"));
  EXPECT_THAT(page, HasSubstr("out/&lt;b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<b>\"")));
}

TEST(ComparisonInBrowser, ShowsThePicturesOfBothBesideEachOther) {
  if (test::find_chromium().empty()) GTEST_SKIP() << "no chromium is installed";
  const test::ExamplePage example;
  ComparedRuns runs{example.report, example.report, "left run", "right run"};
  runs.right.simulation->cycles += 1000;
  const std::string file = example.scratch.file("both.html", format_comparison_html(runs));
  test::Browser browser(1100, 900);
  browser.open(file);
  EXPECT_EQ(json::parse(browser.evaluate("document.querySelectorAll('#links svg').length")), 2);
  EXPECT_EQ(
      json::parse(browser.evaluate("document.querySelector('#differences tbody td:last-child').innerText"))
          .get<std::string>()
          .rfind("+1,000", 0),
      0u);
  EXPECT_EQ(json::parse(browser.evaluate(
                "(([a, b]) => a.getBoundingClientRect().top === b.getBoundingClientRect().top)("
                "document.querySelectorAll('#links svg'))")),
            true);
  EXPECT_TRUE(browser.complaints().empty());
}

}  // namespace
}  // namespace weft::app
