// The HTML report: its figures are the report's, its texts are escaped, and it needs nothing from elsewhere.
#include "app/report/html_report.hpp"

#include <gtest/gtest.h>

#include <string>

#include "app/report/figures/figures.hpp"
#include "app/report/html.hpp"

namespace weft::app {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Report small_report() {
  Report report;
  report.title = "a <b> & \"c\"";
  report.accuracy = AccuracyReport{0.9, 0.895, std::nullopt, 0.8911, 1234, 0};
  report.fabric = FabricReport{"default", 2, 1, {}};
  report.fabric->tiles = {{0, 0, "fc1", 200, 256, 3000, 40, 3, 0, 77, 0, 0, 0},
                          {1, 0, "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}};
  report.simulation = SimulationReport{100, 77, 5000, 1 << 20, 0.5, 0.5};
  return report;
}

TEST(HtmlReport, EscapesWhatComesFromTheReport) {
  const std::string page = format_html_report(small_report());
  EXPECT_TRUE(contains(page, "<h1>a &lt;b&gt; &amp; &quot;c&quot;</h1>"));
  EXPECT_FALSE(contains(page, "<b> &"));
}

TEST(HtmlReport, NeverEndsTheEmbeddedJsonEarly) {
  Report report = small_report();
  report.title = "</script><script>alert(1)</script>";
  const std::string page = format_html_report(report);
  EXPECT_FALSE(contains(page, "</script><script>"));
  EXPECT_FALSE(contains(page, "<script>alert"));
}

TEST(HtmlReport, ShowsTheAccuracyOfEachStageThatRan) {
  const std::string page = format_html_report(small_report());
  EXPECT_TRUE(contains(page, "90.00 %"));
  EXPECT_TRUE(contains(page, "-0.50 points"));
  EXPECT_TRUE(contains(page, "89.11 %"));
  EXPECT_FALSE(contains(page, "fixed point"));
}

TEST(HtmlReport, ListsTheCoresThatShareATile) {
  Report report = small_report();
  report.fabric->tiles[0].cores = {{"fc1", 150, 200, 2500}, {"fc2", 50, 56, 500}};
  const std::string page = format_html_report(report);
  EXPECT_TRUE(contains(page, "core 0: fc1 - 200 neurons, 150 axons, 2,500 synapses"));
  EXPECT_TRUE(contains(page, "core 1: fc2 - 56 neurons, 50 axons, 500 synapses"));
  EXPECT_TRUE(contains(page, ">20%<")) << "40 of 100 cycles of two cores";
}

TEST(HtmlReport, LeavesOutSectionsThatAreNotThere) {
  const std::string page = format_html_report(small_report());
  EXPECT_TRUE(contains(page, "id=\"fabric\""));
  for (const char* id : {"compression", "utilization", "latency", "energy", "mapping"}) {
    EXPECT_FALSE(contains(page, std::string("id=\"") + id + "\"")) << id;
  }
}

TEST(HtmlReport, SaysWhichPartsOfTheEnergyAreNotCounted) {
  Report report = small_report();
  report.energy = EnergyReport{1e-6, 1e-9, {{"hops", 1e-6}, {"neurons", 0}, {"synapses", 0}}};
  const std::string page = format_html_report(report);
  EXPECT_TRUE(contains(page, "for want of a constant or of events: neurons, synapses."));
  EXPECT_TRUE(contains(page, "<th scope=\"row\">hops</th>"));
  EXPECT_FALSE(contains(page, "<th scope=\"row\">neurons</th>"));
}

TEST(HtmlReport, SaysWhatWasLateForItsTick) {
  Report report = small_report();
  EXPECT_FALSE(contains(format_html_report(report), "id=\"tick\""));
  report.tick = TickReport{100, 0, 0, 0, {}};
  EXPECT_TRUE(contains(format_html_report(report), "Of 100 cycles; all work was done in time."));
  report.tick = TickReport{100, 12, 3, 250, {{4, 1, 0, 5, true}}};
  const std::string page = format_html_report(report);
  EXPECT_TRUE(contains(
      page, "12 messages and 3 steps of cores were late. A tick of 250 cycles would have sufficed."));
  EXPECT_TRUE(contains(page, "(1, 0)"));
  EXPECT_TRUE(contains(page, "still at work"));
  EXPECT_TRUE(contains(page, "late for their tick"));
}

TEST(HtmlReport, FetchesNothing) {
  const std::string page = format_html_report(small_report());
  EXPECT_FALSE(contains(page, "http://"));
  EXPECT_FALSE(contains(page, "https://"));
  EXPECT_FALSE(contains(page, "<script src"));
  EXPECT_FALSE(contains(page, "@import"));
}

TEST(PlacedGrid, TellsTheFiguresOfEachTileInUse) {
  const std::string svg = figures::placed_grid(*small_report().fabric);
  EXPECT_TRUE(
      contains(svg, "tile_0_0: fc1 - 256 neurons, 200 axons, 3,000 synapses, busy 40 cycles, stalled 3"));
  EXPECT_TRUE(contains(svg, "data-tile=\"0\""));
  EXPECT_FALSE(contains(svg, "data-tile=\"1\""));
  EXPECT_TRUE(contains(svg, ">1</span>fc1</li>"));
}

TEST(LinkMap, TellsTheFlitsOfEachLinkThatHadSome) {
  const std::string svg = figures::link_map(*small_report().fabric, 100);
  EXPECT_TRUE(contains(svg, "tile_0_0 east: 77 flits, 77.0 % of the cycles"));
  EXPECT_FALSE(contains(svg, "west:"));
  EXPECT_TRUE(contains(svg, "1 to 77 flits"));
}

TEST(RouteMap, TellsTheRoutesOfEachLinkThatHasSome) {
  Report report = small_report();
  EXPECT_FALSE(contains(format_html_report(report), "Routes over the links"));
  report.fabric->tiles[0].routes = {0, 12, 0, 0};
  const std::string svg = figures::route_map(*report.fabric);
  EXPECT_TRUE(contains(svg, "tile_0_0 east: 12 routes<"));
  EXPECT_FALSE(contains(svg, "north:"));
  report.simulation.reset();
  EXPECT_TRUE(contains(format_html_report(report), "Routes over the links")) << "also without a run";
}

TEST(HtmlReport, TellsWhatThePlacerAndTheRouterDid) {
  Report report = small_report();
  MappingReport& mapping = report.mapping.emplace();
  mapping.unshared_entries = 1574;
  mapping.placer = {{1, "middle", 1000, 300, 420, 60}, {2, "spread load", 500, 100, 400, 50}};
  mapping.traffic = TrafficReport{10, 90, 205, 70, 33, true};
  mapping.link_loads = HistogramReport{0, 0.1, {40, 5, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  mapping.critical_path = CriticalPathReport{"core", "tile_0_0", "tile_2_1", 300, 256, 3, 33, 8};
  const std::string page = format_html_report(report);
  EXPECT_TRUE(contains(page, "Placer iterations"));
  EXPECT_TRUE(contains(page, "spread load"));
  EXPECT_TRUE(contains(page, "30.0 %")) << "300 of 1,000 moves accepted";
  EXPECT_TRUE(contains(page, "1,574"));
  EXPECT_TRUE(contains(page, ">20.5<")) << "flit-hops of a frame";
  EXPECT_TRUE(contains(page, "The core of tile_0_0, to its farthest listener, tile_2_1"));
  EXPECT_TRUE(contains(page, "Links by load"));
  mapping.circuits = CircuitReport{16, 14, 2, 9, 13, {{1, 40, 90, 300}}, {0, 0.1, {7, 0, 3}}};
  const std::string circuits = format_html_report(report);
  EXPECT_TRUE(contains(circuits, "Router iterations"));
  EXPECT_TRUE(contains(circuits, "Occupancy of the channels"));
  EXPECT_FALSE(contains(circuits, "Links by load")) << "circuits have tracks";
}

TEST(BusyMap, WritesTheShareOfCycles) {
  EXPECT_TRUE(contains(figures::busy_map(*small_report().fabric, 100), ">40%</text>"));
}

TEST(Bars, PutTheLargestFirstWithItsShare) {
  const std::string html = figures::bars({{"small", 1e-6}, {"large", 3e-6}}, "J");
  EXPECT_LT(html.find("large"), html.find("small"));
  EXPECT_TRUE(contains(html, "3.00 µJ"));
  EXPECT_TRUE(contains(html, "75.0 %"));
}

TEST(Html, GroupsDigitsByThousands) {
  EXPECT_EQ(html::grouped(0), "0");
  EXPECT_EQ(html::grouped(999), "999");
  EXPECT_EQ(html::grouped(1000), "1,000");
  EXPECT_EQ(html::grouped(-1234567), "-1,234,567");
}

TEST(Html, WritesThreeDigitsWithAnSiPrefix) {
  EXPECT_EQ(html::si(0, "J"), "0 J");
  EXPECT_EQ(html::si(1.5e-3, "J"), "1.50 mJ");
  EXPECT_EQ(html::si(12.34e6, "Hz"), "12.3 MHz");
  EXPECT_EQ(html::si(1000, "B"), "1.00 kB");
  EXPECT_EQ(html::si(999, "s"), "999 s");
}

}  // namespace
}  // namespace weft::app
