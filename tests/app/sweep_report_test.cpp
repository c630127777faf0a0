// Reports of single points, through the program: what they hold, what they cost, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/app/tiny_flows.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

// Four points, of which 0 and 2 fit no fabric.
class SweepReports : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
    file_ =
        scratch_.file("tiny.yaml", std::string(kTinySweep) + "objectives: {minimize: [fabric.core.axons]}\n");
  }
  Finished act(const std::string& action, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--json", "sweep", action, file_, "-o", scratch_ / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }
  std::string report(int point, const std::string& file = "report.html") {
    return scratch_ / ("out/reports/point_" + std::to_string(point) + "/" + file);
  }

  Scratch scratch_;
  std::string file_;
};

TEST_F(SweepReports, ComeWithThePageForEachPointThatIsDone) {
  ASSERT_EQ(act("run").code, 0);
  const Finished html = act("html");
  ASSERT_EQ(html.code, 0) << html.err;
  EXPECT_THAT(html.err, HasSubstr("2 written into"));
  EXPECT_TRUE(fs::exists(report(1)));
  EXPECT_TRUE(fs::exists(report(3)));
  EXPECT_FALSE(fs::exists(report(0))) << "it has no result";
  EXPECT_THAT(read_all(scratch_ / "out/sweep.html"),
              HasSubstr(R"("folder":"reports","command":"weft sweep report)"));
  EXPECT_THAT(read_all(scratch_ / "out/sweep.html"), HasSubstr(R"("points":[1,3])"));
  EXPECT_THAT(act("html").err, Not(HasSubstr("written into"))) << "they are there";
}

TEST_F(SweepReports, HaveTheFiguresOfTheStore) {
  ASSERT_EQ(act("run").code, 0);
  ASSERT_EQ(act("report", {"--points", "3"}).code, 0);
  EXPECT_FALSE(fs::exists(report(1)));
  const json made = json::parse(read_all(report(3, "report.json")));
  const json row = json::parse(act("show", {"--point", "3"}).out)[0];
  EXPECT_EQ(made["energy"]["per_frame_joule"], row["energy.per_frame_joule"]);
  EXPECT_EQ(made["provenance"]["digests"]["outcome"], row["provenance.digests.outcome"]);
  EXPECT_EQ(made["title"], "point 3 of sweep");
  EXPECT_THAT(read_all(report(3)), HasSubstr("replay")) << "all that a flow's report has";
}

TEST_F(SweepReports, AreMadeOfTheFrontWhereNobodySaysMore) {
  ASSERT_EQ(act("run").code, 0);
  ASSERT_EQ(act("report").code, 0);
  EXPECT_TRUE(fs::exists(report(1))) << "fewest axons";
  EXPECT_FALSE(fs::exists(report(3)));
  ASSERT_EQ(act("report", {"--points", "all"}).code, 0);
  EXPECT_TRUE(fs::exists(report(3)));
}

TEST_F(SweepReports, AreLeftOutOnRequest) {
  ASSERT_EQ(act("run").code, 0);
  ASSERT_EQ(act("html", {"--reports", "none"}).code, 0);
  EXPECT_FALSE(fs::exists(scratch_ / "out/reports"));
}

TEST_F(SweepReports, AreLinkedFromAPageElsewhere) {
  ASSERT_EQ(act("run").code, 0);
  fs::create_directories(scratch_ / "pages");
  ASSERT_EQ(act("report", {"--points", "1", "--html", scratch_ / "pages/p.html"}).code, 0);
  EXPECT_THAT(read_all(scratch_ / "pages/p.html"), HasSubstr(R"("folder":"../out/reports")"));
}

TEST_F(SweepReports, AreRefusedWhereThereIsNoResultOrAnotherOne) {
  EXPECT_EQ(act("report", {"--points", "1"}).code, 3) << "no store";
  ASSERT_EQ(act("run").code, 0);
  for (const char* points : {"4", "-1", "x", "1,2x"}) {
    const Finished refused = act("report", {"--points", points});
    EXPECT_EQ(refused.code, 2) << points;
    EXPECT_THAT(refused.err, HasSubstr("--points: found \"")) << points;
  }
  const Finished infeasible = act("report", {"--points", "0"});
  EXPECT_EQ(infeasible.code, 1);
  EXPECT_THAT(infeasible.err, HasSubstr("point 0 has no report: "));
  EXPECT_FALSE(fs::exists(scratch_ / "out/reports/point_0")) << "not even a folder";
}

}  // namespace
}  // namespace weft::test
