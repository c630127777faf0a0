// The table of the report: what is there is shown, what is not there leaves no trace.
#include "app/flow/report_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weft::app {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(ReportTable, IsEmptyForAnEmptyReport) {
  EXPECT_EQ(format_report_table(Report()), "");
}

TEST(ReportTable, ShowsAccuraciesThatWereMeasured) {
  Report report;
  AccuracyReport& accuracy = report.accuracy.emplace();
  accuracy.samples = 10000;
  accuracy.dense = 0.8904;
  const std::string table = format_report_table(report);
  EXPECT_THAT(table, HasSubstr("Accuracy on 10,000 samples"));
  EXPECT_THAT(table, ContainsRegex("float +89.04 %"));
  EXPECT_THAT(table, Not(HasSubstr("fabric")));
  EXPECT_THAT(table, Not(HasSubstr("mismatches")));
}

TEST(ReportTable, ShowsMismatchesWhereOutputsWereCompared) {
  Report report;
  AccuracyReport& accuracy = report.accuracy.emplace();
  accuracy.fixed = 0.5;
  accuracy.fabric = 0.5;
  accuracy.mismatches = 7;
  EXPECT_THAT(format_report_table(report), ContainsRegex("mismatches +7 "));
}

TEST(ReportTable, ShowsUseWithItsLowerBound) {
  Report report;
  report.utilization.emplace().cores = {7, 64, 5};
  report.mapping.emplace().core_bounds = {{"axons", 4, "holds for any mapping"},
                                          {"parted neurons", 5, "holds for any mapping"},
                                          {"packing", 6, "given these neurons"}};
  report.mapping->packing_optimal = false;
  EXPECT_THAT(format_report_table(report),
              ContainsRegex("cores +7 of +64 +10.94 % +lower bound 5: \\+40.0 %"));
  EXPECT_THAT(format_report_table(report),
              HasSubstr("holds for any mapping: 5 by parted neurons, 4 by axons\n"));
  EXPECT_THAT(format_report_table(report), HasSubstr("given these neurons: 6 by packing\n"));
  EXPECT_THAT(format_report_table(report), HasSubstr("not proved"));
  report.utilization->cores.used = 5;
  EXPECT_THAT(format_report_table(report), HasSubstr("lower bound 5: optimal"));
}

TEST(ReportTable, TellsTheCriticalPathTheTrafficAndThePlacersRounds) {
  Report report;
  MappingReport& mapping = report.mapping.emplace();
  mapping.placer = {{1, "middle", 1000, 300, 420, 60}, {2, "west", 1000, 300, 400, 50}};
  mapping.traffic = TrafficReport{10, 90, 205, 70, 33, true};
  mapping.critical_path = CriticalPathReport{"core", "tile_0_0", "tile_2_1", 300, 256, 3, 33, 8};
  EXPECT_THAT(
      format_report_table(report),
      HasSubstr("300 cycles if everybody sends: 256 rows, 3 updates, 33 of its messages at tile_0_0, 8 on "
                "the way to tile_2_1"));
  EXPECT_THAT(format_report_table(report), HasSubstr("9.0 messages and 20.5 flit-hops a frame (10 frames)"));
  EXPECT_THAT(format_report_table(report),
              HasSubstr("2 rounds, cost 420 after the first, 400 at best (round 2, from west)"));
  mapping.critical_path->kind = "link";
  EXPECT_THAT(format_report_table(report), HasSubstr("33 of flits over the busiest link, from tile_0_0"));
}

TEST(ReportTable, CountsWhatWasLateForItsTick) {
  Report report;
  report.frames_per_second = 1;
  report.tick = TickReport{1000, 12, 3, 2500, {}};
  EXPECT_THAT(format_report_table(report),
              HasSubstr("of 1,000 cycles; 12 messages and 3 steps of cores late"));
}

TEST(ReportTable, SaysFirstThatTheRunWasInterrupted) {
  Report report;
  report.interrupted = InterruptedReport{"simulate", 1200, 3000, 1207, 3010};
  EXPECT_EQ(format_report_table(report),
            "Interrupted in the stage simulate: 1,200 of 3,000 frames and 1,207 of 3,010 steps were done.\n");
  report.interrupted = InterruptedReport{"train", 0, 3000, 0, 0};
  EXPECT_EQ(format_report_table(report), "Interrupted in the stage train: 0 of 3,000 frames were done.\n");
}

TEST(ReportTable, GivesTheSimulatorsSpeedPerSecond) {
  Report report;
  SimulationReport& simulation = report.simulation.emplace();
  simulation.cycles = 3000;
  simulation.flit_hops = 500;
  simulation.wall_seconds = 2;
  EXPECT_THAT(format_report_table(report), HasSubstr("1,500 cycles/s, 250 flit-hops/s"));
}

}  // namespace
}  // namespace weft::app
