// weft import --format ranc and weft run on what it writes, as a user meets them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "tests/app/weft_program.hpp"
#include "tests/model/data_path.hpp"

namespace weft::test {
namespace {

using testing::HasSubstr;

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(RancCommand, RunsTheTrainedNetAsTheRtlDid) {
  const std::filesystem::path folder = data_path() / "ranc-256";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const Scratch scratch;
  const Finished import =
      run_weft({"import", "--format", "ranc", "--fabric", "ranc-256", folder.string(), "-o", scratch.path()});
  ASSERT_EQ(import.code, 0) << import.err;
  EXPECT_THAT(import.err, HasSubstr("11 cores of 256 axons and 256 neurons, 10 ticks of input"));
  const Finished run = run_weft({"--json", "run", scratch / "ranc.npz", "-o", scratch / "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto figures = nlohmann::json::parse(run.out);
  EXPECT_EQ(figures["expected_rows"], 10);
  EXPECT_EQ(figures["wrong_rows"], 0);
  EXPECT_EQ(read_all(scratch / "run/ranc.json"), run.out);
  EXPECT_TRUE(sorted_lines(read_all(scratch / "run/events.txt")) ==
              sorted_lines(read_all((folder / "events.txt").string())));
  const Finished hurried =
      run_weft({"run", scratch / "ranc.npz", "--tick-cycles", "60000", "-o", scratch / "hurried"});
  EXPECT_EQ(hurried.code, 1);
  EXPECT_THAT(hurried.err, HasSubstr("the tick is too short"));
  EXPECT_THAT(hurried.err, HasSubstr("output rows differ"));
}

// One core of two axons and one neuron that fires in every tick, and the bus to its east.
struct RancMade : testing::Test {
  Scratch scratch;
  void SetUp() override {
    std::filesystem::create_directory(scratch / "net");
    const std::string zero(9, '0'), one = "000000001";
    scratch.file("net/csram_000.mem", "00" + zero + zero + zero + zero + zero + zero + one + one + zero +
                                          "0" + one + zero + "1" + "0000\n");
    scratch.file("net/tc_000.mem", "00\n00\n");
    scratch.file("two.yaml", "machine: ranc\nname: two\nwidth: 2\nheight: 1\noutput_tile: 1\n");
  }
};

TEST_F(RancMade, FiresOverAHop) {
  const Finished import = run_weft({"--json", "import", "--format", "ranc", "--fabric", scratch / "two.yaml",
                                    scratch / "net", "-o", scratch.path()});
  ASSERT_EQ(import.code, 0) << import.err;
  EXPECT_EQ(nlohmann::json::parse(import.out)["neurons"], 1);
  const Finished inspect = run_weft({"--json", "inspect", scratch / "ranc.npz"});
  ASSERT_EQ(inspect.code, 0) << inspect.err;
  EXPECT_EQ(nlohmann::json::parse(inspect.out)["neurons_per_core"], 1);
  EXPECT_EQ(nlohmann::json::parse(inspect.out)["connections"], 0);
  EXPECT_THAT(run_weft({"inspect", scratch / "two.yaml"}).out, HasSubstr("a RANC grid"));
  const Finished run =
      run_weft({"run", scratch / "ranc.npz", "--ticks", "2", "--tick-cycles", "20", "-o", scratch / "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(read_all(scratch / "run/events.txt"), "T 0 0/0 0/0\nS 1 4 0 0\nO 1 12 1 1\nT 1 6/0 0/0\n");
  EXPECT_THAT(run.out, HasSubstr("2 of 20 cycles"));
}

TEST_F(RancMade, SaysWhatIsWrong) {
  const auto import = [&](const std::string& fabric, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"import", "--format",      "ranc", "--fabric",
                                      fabric,   scratch / "net", "-o",   scratch.path()};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  };
  Finished weft = import("ranc-265");
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("did you mean 'ranc-256'?"));
  weft = import("ranc-256");
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("csram_001.mem"));
  weft = import(scratch / "two.yaml", {"--layers", "a"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("--layers is for --format npy"));
  weft = import(scratch.file("bad.yaml", "machine: ranc\nwidth: 2\nheight: 1\noutput_tile: 2\n"));
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("not a possible grid"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "ranc.npz"));
}

}  // namespace
}  // namespace weft::test
