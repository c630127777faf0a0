// The page of a sweep: what it carries, and what a reader sees and does in a browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/sweep/page.hpp"
#include "tests/app/browser.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using sweep::PointResult;
using sweep::PointState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Two axes that vary, one that does not; cost falls with x where delay rises, and y only adds to both. Point
// 3 failed, point 7 is infeasible, point 11 is not run; the cheapest misses the condition.
class SweepPage : public testing::Test {
 protected:
  SweepPage()
      : file_(sweep::parse_sweep_file("title: a <sweep>\nflow_text: t\naxes:\n  x: [1, 2, 4]\n  y: [none, "
                                      "some, more, most]\n  z: [5]\nobjectives: {minimize: [cost], maximize: "
                                      "[speed], subject_to: [cost >= 26]}\n",
                                      "s.yaml")),
        store_(scratch_ / "s", file_, "1", true) {
    for (const sweep::Task& task : store_.pending_tasks(file_)) {
      if (task.number == 11) continue;
      PointResult result;
      const double x = task.point[0] == 2 ? 4 : task.point[0] + 1, y = task.point[1];
      if (task.number == 3) {
        result.state = PointState::Failed;
        result.error = "broke <b>off</b> & </script>";
      } else if (task.number == 7) {
        result.state = PointState::Infeasible;
        result.error = "needs 9 cores";
      } else {
        result.figures = {{"cost", 100 / x + y},
                          {"speed", 100 - 10 * x - y},
                          {"hops", 3 * x},
                          {"same", 1.0},
                          {"digest", std::string("d") + std::to_string(task.number)}};
      }
      store_.finish(task.number, result);
    }
  }
  json data() { return json::parse(app::format_page_data(store_, file_)); }
  static json column(const json& data, const std::string& name) {
    for (const json& one : data["columns"])
      if (one["name"] == name) return one;
    return nullptr;
  }
  std::string write_page() {
    app::PageReports reports;
    reports.points = {9};
    reports.folder = "reports";
    reports.command = "weft sweep report 's.yaml'";
    return scratch_.file("sweep.html", app::format_sweep_page(store_, file_, reports));
  }

  const Scratch scratch_;
  const sweep::SweepFile file_;
  sweep::Store store_;
};

TEST_F(SweepPage, CarriesWhatDiffersBetweenThePointsThatEnded) {
  const json page = data();
  EXPECT_EQ(page["points"].size(), 11u);
  EXPECT_EQ(page["states"][3], "failed");
  EXPECT_THAT(column(page, "x")["values"].get<std::vector<int>>(),
              ElementsAre(1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4));
  EXPECT_EQ(column(page, "y")["labels"], json({"none", "some", "more", "most"}));
  EXPECT_EQ(column(page, "cost")["goal"], "min");
  EXPECT_EQ(column(page, "speed")["goal"], "max");
  EXPECT_EQ(column(page, "cost")["values"][3], nullptr);
  EXPECT_EQ(column(page, "hops")["kind"], "figure");
  for (const char* absent : {"z", "same", "digest", "error"})
    EXPECT_EQ(column(page, absent), nullptr) << absent;
}

TEST_F(SweepPage, MarksTheFrontAmongThosePointsThatMeetTheConditions) {
  const json page = data();
  EXPECT_EQ(page["meets"], json({1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1}));
  EXPECT_EQ(page["front"], json({1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}));
  const json steps = page["hypervolume"];
  ASSERT_GT(steps.size(), 1u);
  for (std::size_t i = 1; i < steps.size(); ++i) EXPECT_GE(steps[i][1], steps[i - 1][1]) << i;
  EXPECT_LE(steps.back()[1], 1.21);
}

TEST_F(SweepPage, ShowsReasonsAndNeverTakesTextForMarkup) {
  const std::string page = app::format_sweep_page(store_, file_);
  EXPECT_THAT(page, HasSubstr("<h1>a &lt;sweep&gt;</h1>"));
  EXPECT_THAT(page, HasSubstr("broke &lt;b&gt;off&lt;/b&gt; &amp; &lt;/script&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<b>off")));
  EXPECT_THAT(page, HasSubstr("needs 9 cores"));
}

TEST_F(SweepPage, SaysSoWhereNothingIsDoneYet) {
  const sweep::Store fresh(scratch_ / "fresh", file_, "1", true);
  const std::string page = app::format_sweep_page(fresh, file_);
  EXPECT_THAT(page, HasSubstr("<b>12</b><span>not run yet"));
  EXPECT_THAT(page, Not(HasSubstr("canvas id")));
}

class SweepPageInBrowser : public SweepPage {
 protected:
  void SetUp() override {
    if (find_chromium().empty()) GTEST_SKIP() << "no chromium is installed";
  }
  // Pixels of a canvas that are painted.
  static int painted(Browser& browser, const std::string& id) {
    return json::parse(
               browser.evaluate("(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter("
                                "(v, i) => i % 4 === 3 && v).length)(document.getElementById('" +
                                id + "'))"))
        .get<int>();
  }
  static std::string text(Browser& browser, const std::string& selector) {
    return json::parse(browser.evaluate("document.querySelector('" + selector + "').innerText"))
        .get<std::string>();
  }
};

TEST_F(SweepPageInBrowser, DrawsKeepsAndTellsOfPoints) {
  Browser browser(1100, 900);
  browser.open(write_page());
  EXPECT_THAT(text(browser, ".tiles"), HasSubstr("9\npoints done"));
  EXPECT_THAT(text(browser, ".tiles"), HasSubstr("3\non the Pareto front"));
  EXPECT_GT(painted(browser, "scatter"), 2000);
  EXPECT_GT(painted(browser, "parallel"), 2000);
  EXPECT_EQ(json::parse(browser.evaluate("document.querySelectorAll('#effect-charts figure').length")), 2);
  EXPECT_THAT(text(browser, "#effect-charts figcaption"), HasSubstr("x")) << "the largest effect first";
  EXPECT_THAT(text(browser, "#volume-chart"), HasSubstr("0"));

  EXPECT_EQ(json::parse(browser.evaluate("document.querySelectorAll('#row-table tbody tr').length")), 9);
  EXPECT_EQ(text(browser, "#row-table tbody th"), "9")
      << "the least cost of those that meet the conditions first";
  browser.click("#only-front");
  EXPECT_EQ(json::parse(browser.evaluate("document.querySelectorAll('#row-table tbody tr').length")), 3);
  browser.click("#row-table tbody tr");
  EXPECT_THAT(text(browser, "#detail"), HasSubstr("Point 9"));
  EXPECT_THAT(text(browser, "#detail"), HasSubstr("hops"));

  browser.evaluate("weftSweep.brushes.set(0, [-0.3, 0.3]), weftSweep.change()");
  EXPECT_EQ(text(browser, "#kept"), "3 of 9 points are kept");
  EXPECT_EQ(text(browser, "#row-table tbody th"), "0");
  browser.click("#keep-all");
  EXPECT_EQ(text(browser, "#kept"), "all 9 points are kept");
  EXPECT_THAT(browser.complaints(), IsEmpty());
}

TEST_F(SweepPageInBrowser, OpensTheReportOfAPointOrSaysHowToMakeIt) {
  std::filesystem::create_directories(scratch_ / "reports/point_9");
  scratch_.file("reports/point_9/report.html", "<title>the report of nine</title>");
  Browser browser(1100, 900);
  browser.open(write_page());
  EXPECT_EQ(json::parse(browser.evaluate("document.querySelectorAll('#row-table tbody th a').length")), 1);
  browser.click("#row-table tbody tr:nth-child(2) td");
  EXPECT_THAT(text(browser, "#detail"), HasSubstr("weft sweep report 's.yaml' --points"));
  browser.click("#row-table tbody tr td");
  EXPECT_THAT(text(browser, "#detail"), HasSubstr("Point 9"));
  EXPECT_THAT(text(browser, "#detail"), Not(HasSubstr("weft sweep report")));
  const json address = json::parse(browser.evaluate("document.querySelector('#detail a.report').href"));
  browser.open(address.get<std::string>().substr(std::string("file://").size()));
  EXPECT_EQ(json::parse(browser.evaluate("document.title")), "the report of nine");
  EXPECT_THAT(browser.complaints(), IsEmpty());
}

TEST_F(SweepPageInBrowser, BrushesByDraggingAlongAnUpright) {
  Browser browser(1100, 900);
  browser.open(write_page());
  browser.evaluate(
      "(c => { const b = c.getBoundingClientRect(); const send = (type, y) => c.dispatchEvent(new "
      "PointerEvent(type, "
      "{ clientX: b.left + 60, clientY: b.top + y, pointerId: 1 })); c.setPointerCapture = () => {};"
      "send('pointerdown', 375); send('pointermove', 300); send('pointerup', 300); })"
      "(document.getElementById('parallel'))");
  EXPECT_EQ(text(browser, "#kept"), "3 of 9 points are kept") << "x = 1 lies at the foot";
  browser.evaluate(
      "(c => { const b = c.getBoundingClientRect(); const send = type => c.dispatchEvent(new "
      "PointerEvent(type, "
      "{ clientX: b.left + 60, clientY: b.top + 200, pointerId: 1 })); c.setPointerCapture = () => {};"
      "send('pointerdown'); send('pointerup'); })(document.getElementById('parallel'))");
  EXPECT_EQ(text(browser, "#kept"), "all 9 points are kept") << "a click takes the brush away";
  EXPECT_THAT(browser.complaints(), IsEmpty());
}

TEST_F(SweepPageInBrowser, IsDrawnForTheDarkAndForNarrowPages) {
  Browser browser(420, 900);
  browser.open(write_page());
  const json light = json::parse(browser.evaluate("weftSweep.style('--paper')"));
  browser.prefer_dark(true);
  EXPECT_NE(json::parse(browser.evaluate("weftSweep.style('--paper')")), light);
  EXPECT_GT(painted(browser, "scatter"), 1000);
  EXPECT_LE(json::parse(browser.evaluate("document.documentElement.scrollWidth")).get<int>(), 420)
      << "nothing sticks out";
  EXPECT_THAT(browser.complaints(), IsEmpty());
}

}  // namespace
}  // namespace weft::test
