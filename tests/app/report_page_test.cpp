// The report as a reader meets it: in a browser, with a mouse, in light and dark, on paper wide and narrow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/report/html.hpp"
#include "tests/app/browser.hpp"
#include "tests/app/example_page.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using app::html::grouped;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

class ReportInBrowser : public testing::Test {
 protected:
  void SetUp() override {
    if (find_chromium().empty()) GTEST_SKIP() << "no chromium is installed";
  }
  static std::string text(Browser& browser, const std::string& selector) {
    return json::parse(browser.evaluate("document.querySelector('" + selector + "').innerText"))
        .get<std::string>();
  }
  static std::int64_t number(Browser& browser, const std::string& expression) {
    return json::parse(browser.evaluate(expression)).get<std::int64_t>();
  }
  // The number of colors of a picture, by hundreds of a screenshot's pixels.
  static std::int64_t colors(Browser& browser) {
    return number(browser,
                  "new Promise(done => { const i = new Image(); i.onload = () => {"
                  "const c = document.createElement('canvas'); c.width = i.width; c.height = i.height;"
                  "const p = c.getContext('2d'); p.drawImage(i, 0, 0); const seen = new Set();"
                  "new Uint32Array(p.getImageData(0, 0, c.width, c.height).data.buffer)"
                  ".forEach(v => seen.add(v)); done(seen.size); };"
                  "i.src = 'data:image/png;base64," +
                      browser.screenshot() + "'; })");
  }

  ExamplePage page_;
};

TEST_F(ReportInBrowser, DrawsTheNetsOfAClickedTile) {
  Browser browser(1100, 900);
  browser.open(page_.file);
  const FabricReport& fabric = *page_.report.fabric;
  ASSERT_FALSE(fabric.flows.empty());
  const FlowReport& flow = *std::find_if(fabric.flows.begin(), fabric.flows.end(),
                                         [](const FlowReport& one) { return one.from != one.to; });
  browser.evaluate("document.querySelector('.core[data-tile=\"" + std::to_string(flow.from) +
                   "\"]').dispatchEvent(new MouseEvent('click'))");
  const auto& there = fabric.tiles[static_cast<std::size_t>(flow.to)];
  EXPECT_THAT(text(browser, "#tile"), HasSubstr("is heard by"));
  EXPECT_THAT(text(browser, "#tile"),
              HasSubstr(std::to_string(there.x) + ", " + std::to_string(there.y) + " ("));
  const auto ends = std::count_if(fabric.flows.begin(), fabric.flows.end(), [&](const FlowReport& one) {
    return one.from != one.to && (one.from == flow.from || one.to == flow.from);
  });
  EXPECT_EQ(number(browser, "document.querySelectorAll('.nets path').length"), ends);
}

TEST_F(ReportInBrowser, ShowsTheFiguresThatTheJsonHas) {
  Browser browser(1100, 900);
  browser.open(page_.file);
  const Report& report = page_.report;
  EXPECT_EQ(text(browser, "h1"), "an example");
  EXPECT_THAT(text(browser, ".tiles"), HasSubstr("75.00 %"));
  EXPECT_THAT(text(browser, "#simulation"), HasSubstr(grouped(report.simulation->flit_hops)));
  EXPECT_THAT(text(browser, "#latency"),
              HasSubstr(grouped(static_cast<std::int64_t>(report.latency->cycles_max))));
  EXPECT_THAT(text(browser, "#bounds"), HasSubstr("cores\t16\t12\t+33.3 %"));
  EXPECT_EQ(json::parse(browser.evaluate(
                "[...document.querySelectorAll('.confusion tbody td')].map(e => e.innerText)")),
            (nlohmann::json{"2", "0", "100.0 %", "1", "1", "50.0 %"}));
  EXPECT_THAT(text(browser, ".frames"), HasSubstr("0\nfor 1"));
  EXPECT_EQ(
      json::parse(browser.evaluate("[...document.querySelectorAll('.frames img')].map(e => e.naturalWidth)")),
      nlohmann::json::array({3}));
  EXPECT_EQ(number(browser, "JSON.parse(document.getElementById('report').textContent).simulation.cycles"),
            report.simulation->cycles);
  EXPECT_THAT(browser.complaints(), IsEmpty());
}

TEST_F(ReportInBrowser, ExplainsEachCycleOfTheSlowestFrame) {
  ASSERT_EQ(page_.view.timelines.size(), 2u);
  Browser browser(1100, 900);
  browser.open(page_.file);
  const std::int64_t sum =
      number(browser,
             "[...document.querySelectorAll('.kinds tbody tr')].map(r => "
             "Number(r.cells[3].innerText.replaceAll(',', ''))).reduce((a, b) => a + b)");
  EXPECT_EQ(sum, static_cast<std::int64_t>(page_.report.latency->cycles_max));
  EXPECT_GT(number(browser, "document.querySelectorAll('#paths rect').length"), 10);
}

TEST_F(ReportInBrowser, TellsATilesFiguresWhenItIsClicked) {
  Browser browser(1100, 900);
  browser.open(page_.file);
  browser.click("#fabric .core[data-tile=\"6\"]");
  const TileReport& tile = page_.report.fabric->tiles[6];
  const std::string told = text(browser, "#tile");
  EXPECT_THAT(told, HasSubstr("Tile 2, 1"));
  EXPECT_THAT(told, HasSubstr("busy cycles\t" + grouped(tile.busy_cycles)));
  EXPECT_THAT(told, HasSubstr(grouped(tile.flits_east)));
  EXPECT_EQ(number(browser, "document.querySelectorAll('.core.chosen').length"), 4);
  EXPECT_THAT(browser.complaints(), IsEmpty());
}

TEST_F(ReportInBrowser, ShowsTheCycleThatTheSliderIsMovedTo) {
  Browser browser(1100, 900);
  browser.open(page_.file);
  EXPECT_EQ(number(browser, "weftEvents.size"), page_.view.replay.events);
  // The cycle with the most flits of the log, and what the page then has to count.
  std::map<std::uint64_t, int> hops;
  traces::StepReader reader(page_.log);
  for (traces::StepEvents step; reader.next(step);)
    for (const Event& event : step.events) hops[event.cycle] += event.kind == EventKind::Hop;
  const auto busiest = std::max_element(hops.begin(), hops.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  const app::ReplayStep* in = nullptr;
  for (const app::ReplayStep& step : page_.view.replay.steps)
    if (step.cycle <= busiest->first) in = &step;
  const std::uint64_t shown = in->shown + busiest->first - in->cycle;
  std::int64_t flits = 0;  // of six cycles, the least that is shown at once
  for (std::uint64_t back = 0; back < 6 && back <= busiest->first - in->cycle; ++back) {
    const auto found = hops.find(busiest->first - back);
    if (found != hops.end()) flits += found->second;
  }
  browser.evaluate(
      "(() => { const s = document.getElementById('speed'); s.selectedIndex = 0;"
      "s.dispatchEvent(new Event('change')); const t = document.getElementById('time');"
      "t.value = " +
      std::to_string(shown) + "; t.dispatchEvent(new Event('input')); })()");
  EXPECT_EQ(text(browser, "#now-cycle"), grouped(static_cast<std::int64_t>(busiest->first)));
  EXPECT_EQ(text(browser, "#now-step"), grouped(in->step));
  EXPECT_EQ(text(browser, "#now-flits"), grouped(flits));
  EXPECT_GT(flits, 0);
  EXPECT_THAT(browser.complaints(), IsEmpty());
}

TEST_F(ReportInBrowser, PlaysUntilItIsStopped) {
  Browser browser(1100, 900);
  browser.open(page_.file);
  browser.click("#play");
  EXPECT_EQ(text(browser, "#play"), "Pause");
  const std::int64_t pictures =
      number(browser,
             "new Promise(done => { const look = () => weftReplay.pictures() > 4 && "
             "Number(document.getElementById('time').value) > 0 ? done(weftReplay.pictures()) : "
             "requestAnimationFrame(look); look(); })");
  EXPECT_GT(pictures, 4);
  EXPECT_GT(number(browser, "Number(document.getElementById('time').value)"), 0);
  browser.click("#play");
  EXPECT_EQ(text(browser, "#play"), "Play");
}

TEST_F(ReportInBrowser, IsDrawnOnLightAndOnDarkPaper) {
  Browser browser(1100, 2000);
  for (const bool dark : {false, true}) {
    browser.prefer_dark(dark);
    browser.open(page_.file);
    EXPECT_EQ(json::parse(browser.evaluate("getComputedStyle(document.body).backgroundColor")),
              dark ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
    EXPECT_GT(colors(browser), 100);
    EXPECT_THAT(browser.complaints(), IsEmpty());
  }
}

TEST_F(ReportInBrowser, FitsANarrowScreen) {
  Browser browser(390, 800);
  browser.open(page_.file);
  EXPECT_LE(number(browser, "document.documentElement.scrollWidth"), 390);
  EXPECT_EQ(number(browser, "document.getElementById('fabric-canvas').clientWidth"),
            number(browser, "document.getElementById('replay').clientWidth"));
}

}  // namespace
}  // namespace weft::test
