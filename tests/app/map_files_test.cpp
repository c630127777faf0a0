// The text files of a mapping through the program: written by weft map, checked by weft map --check.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mapping/pack/exact.hpp"
#include "model/base/files.hpp"
#include "model/network/fixed_network.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class MapFiles : public testing::Test {
 protected:
  void SetUp() override {
    write_fixed_network(network_, mapping::layered_network({{20, 12, 5}, 60, 8}, Random(1)));
    const Finished map =
        run_weft({"map", network_, "--fabric", "small", "--set", "core.axons=16", "-o", scratch_ / "out"});
    ASSERT_EQ(map.code, 0) << map.err;
  }
  // Edits a text file of the result.
  void edit(const std::string& file, const std::string& from, const std::string& to) {
    const std::string path = scratch_ / ("out/" + file);
    std::string text = read_all(path);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << text;
    write_file(path, std::string_view(text.replace(at, from.size(), to)));
  }

  Scratch scratch_;
  std::string network_ = scratch_ / "net.npz";
};

TEST_F(MapFiles, AgreeWithTheImage) {
  for (const std::string& what : {scratch_ / "out", scratch_ / "out/image.place"}) {
    const Finished check = run_weft({"map", "--check", what});
    EXPECT_EQ(check.code, 0) << check.err;
    EXPECT_THAT(check.err, HasSubstr("agree with " + scratch_ / "out/image.npz"));
  }
}

TEST_F(MapFiles, AreWeighedByDataOnlyWhereTheNetworkTakesThem) {
  const Finished map =
      run_weft({"map", network_, "--fabric", "small", "--traffic", "data", "-o", scratch_ / "o"});
  EXPECT_EQ(map.code, 3);
  EXPECT_THAT(map.err, HasSubstr("expected"));
  const Finished uniform = run_weft({"map", network_, "--fabric", "small", "--set", "core.axons=16",
                                     "--traffic", "uniform", "-o", scratch_ / "o"});
  EXPECT_EQ(uniform.code, 0) << uniform.err;
  EXPECT_EQ(read_all(scratch_ / "o/image.net"), read_all(scratch_ / "out/image.net"));
  const Finished wrong = run_weft({"map", network_, "--traffic", "dta"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("data"));
}

TEST_F(MapFiles, AreRefusedWithTheirLinesWhereSomebodyEditedThem) {
  edit("image.place", "core_0\t", "core_0\t9");
  const Finished check = run_weft({"map", "--check", scratch_ / "out"});
  EXPECT_EQ(check.code, 3);
  EXPECT_THAT(check.out, IsEmpty());
  EXPECT_THAT(check.err, HasSubstr("image.place:6: outside-array: core_0 at (9"));
  EXPECT_THAT(check.err, HasSubstr("image.route:1: placement-id: "));
}

TEST_F(MapFiles, CanBeNamedOneByOne) {
  write_file(scratch_ / "mine.place", std::string_view(read_all(scratch_ / "out/image.place")));
  edit("image.place", "core_0\t", "core_0\t9");
  const Finished check = run_weft({"map", "--check", scratch_ / "out", "--check", scratch_ / "mine.place"});
  EXPECT_EQ(check.code, 0) << check.err;
  const Finished other = run_weft({"map", "--check", scratch_ / "out", "--check", network_ + ".txt"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("expected a directory or a file that ends in .net"));
}

TEST_F(MapFiles, PlaceCoresByHand) {
  std::string place = read_all(scratch_ / "out/image.place");
  const std::size_t line = place.find("core_0\t");
  place.replace(line, place.find('\n', line) - line, "core_0\t0\t3\t0\t#0");
  const std::string mine = scratch_.file("mine.place", place);
  const std::vector<std::string> map = {"map",           network_, "--fabric",         "small", "--set",
                                        "core.axons=16", "-o",     scratch_ / "again", "--fix"};
  const auto with = [&](const std::string& fix) {
    std::vector<std::string> words = map;
    words.push_back(fix);
    return run_weft(words);
  };
  const Finished again = with(mine);
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(read_all(scratch_ / "again/image.place"), HasSubstr("\ncore_0\t0\t3\t0\t#0\n"));
  const Finished layer = with("layer fc1=1..2,0..3");
  EXPECT_EQ(layer.code, 0) << layer.err;
  const Finished unknown = with("layer fc9=1..2,0..3");
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("--fix: found the layer \"fc9\""));
  for (const char* text :
       {"fc1=1..2,0..3", "layer fc1", "layer fc1=1..2", "layer fc1=2..1,0", "core x=1,1"}) {
    EXPECT_EQ(with(text).code, 2) << text;
  }
  edit("image.place", "Netlist_ID: ", "Netlist_ID: 00000000000000000000000000000000 #");
  EXPECT_EQ(with(scratch_ / "out/image.place").code, 3);
  place.replace(place.find("_ID: ") + 5, 32, std::string(32, '0'));
  const Finished other = with(scratch_.file("other.place", place));
  EXPECT_EQ(other.code, 3);
  EXPECT_THAT(other.err, HasSubstr("was made for a netlist 0000"));
}

TEST_F(MapFiles, ComeWithAProofWhereItIsAskedFor) {
  const Finished proved = run_weft({"map", network_, "--fabric", "small", "--set", "core.axons=16", "--set",
                                    "core.neurons=8", "--exact", "-o", scratch_ / "exact"});
  if (!mapping::has_exact_packing()) {
    EXPECT_EQ(proved.code, 2);
    EXPECT_THAT(proved.err, HasSubstr("--exact: this build has no CBC"));
    return;
  }
  EXPECT_EQ(proved.code, 0) << proved.err;
  EXPECT_THAT(proved.out, HasSubstr("given these neurons and partial sums no packing has fewer cores (proved)"));
  EXPECT_THAT(proved.out, HasSubstr("holds for any mapping: "));
  const std::string report = read_text_file(scratch_ / "exact/report.json");
  EXPECT_THAT(report, HasSubstr("\"packing_optimal\": true"));
  EXPECT_THAT(report, HasSubstr("\"exact search\""));
  EXPECT_THAT(report, HasSubstr("holds for any mapping"));
  const Finished memory = run_weft({"map", network_, "--fabric", "memory", "--set",
                                    "core.synapse_memory_bits=1400", "--exact", "-o", scratch_ / "memory"});
  EXPECT_THAT(memory.out, HasSubstr("not proved")) << memory.err;
}

TEST_F(MapFiles, NeedANetworkOrACheckButNotBoth) {
  EXPECT_EQ(run_weft({"map", network_, "--check", scratch_ / "out"}).code, 2);
  const Finished neither = run_weft({"map"});
  EXPECT_EQ(neither.code, 2);
  EXPECT_THAT(neither.err, HasSubstr("NETWORK is missing"));
}

TEST_F(MapFiles, AreNotCheckedAgainstAnotherFabric) {
  const Finished large = run_weft({"map", network_, "--fabric", "large", "-o", scratch_ / "large"});
  ASSERT_EQ(large.code, 0) << large.err;
  const Finished check =
      run_weft({"map", "--check", scratch_ / "out", "--check", scratch_ / "large/fabric.yaml"});
  EXPECT_EQ(check.code, 3);
  EXPECT_THAT(check.err, HasSubstr("the image does not fit"));
}

}  // namespace
}  // namespace weft::test
