// The option table on its own: values, defaults, short forms, where global options end.
#include "app/cli/options.hpp"
#include "app/cli/help_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/flow/layer_plan.hpp"
#include "model/base/error.hpp"

namespace weft::app {
namespace {

struct Values {
  bool loud = false;
  std::string name = "none";
  std::vector<std::string> words;
  int count = 7;
  double share = 0.5;
  std::string file;
};

OptionTable make_table(Values& values) {
  OptionTable table("test [options] FILE", "A table.");
  table.argument("FILE", values.file, "a file");
  table.flag("loud,l", values.loud, "loud");
  table.text("name,n", values.name, "NAME", "a name");
  table.texts("word", values.words, "WORD", "words");
  table.integer("count", values.count, -5, 10, "a count");
  table.real("share", values.share, 0, 1, "a share");
  return table;
}

TEST(Options, KeepDefaultsWhereNothingIsGiven) {
  Values values;
  EXPECT_TRUE(make_table(values).parse({"file"}));
  EXPECT_FALSE(values.loud);
  EXPECT_EQ(values.name, "none");
  EXPECT_EQ(values.count, 7);
  EXPECT_EQ(values.share, 0.5);
  EXPECT_EQ(values.file, "file");
}

TEST(Options, TakeLongShortAndRepeatedForms) {
  Values values;
  EXPECT_TRUE(make_table(values).parse(
      {"-l", "--name=a", "--word", "x", "file", "--word", "y", "--count", "-3", "--share", "1e-1"}));
  EXPECT_TRUE(values.loud);
  EXPECT_EQ(values.name, "a");
  EXPECT_EQ(values.words, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(values.count, -3);
  EXPECT_EQ(values.share, 0.1);
}

TEST(Options, RefuseANumberOutsideItsRange) {
  Values values;
  EXPECT_THROW(make_table(values).parse({"file", "--count", "11"}), Error);
  EXPECT_THROW(make_table(values).parse({"file", "--count", "1x"}), Error);
  EXPECT_THROW(make_table(values).parse({"file", "--count", "99999999999999999999"}), Error);
  EXPECT_THROW(make_table(values).parse({"file", "--share", "1.01"}), Error);
  EXPECT_THROW(make_table(values).parse({"file", "--share", "inf"}), Error);
}

TEST(Options, AskForHelpBeforeAnythingIsLookedAt) {
  Values values;
  EXPECT_FALSE(make_table(values).parse({"--no-such-thing", "--help"}));
  EXPECT_FALSE(make_table(values).parse({"-h"}));
}

TEST(Options, EndAtTheFirstPlainWord) {
  Values values;
  const OptionTable table = make_table(values);
  EXPECT_EQ(table.leading_options({"demo", "-l"}), 0u);
  EXPECT_EQ(table.leading_options({"-l", "demo", "-l"}), 1u);
  EXPECT_EQ(table.leading_options({"--count", "3", "demo"}), 2u);
  EXPECT_EQ(table.leading_options({"--count=3", "demo"}), 1u);
  EXPECT_EQ(table.leading_options({"--count"}), 1u);
}

TEST(Options, ShowEveryOptionInTheHelp) {
  Values values;
  const std::string help = make_table(values).help();
  for (const char* part :
       {"Usage: weft test [options] FILE", "FILE", "-l, --loud", "--word WORD", "--count N"})
    EXPECT_THAT(help, testing::HasSubstr(part));
}

TEST(Options, StandInTheHelpUnderTheTitleOfTheirSection) {
  OptionTable table("test", "A test.");
  bool early = false;
  bool late = false;
  table.flag("early", early, "before");
  table.section("Later things");
  table.flag("late", late, "after");
  EXPECT_EQ(table.help(),
            "Usage: weft test\n\nA test.\n"
            "\nOptions:\n      --early  before\n"
            "\nLater things:\n      --late   after\n"
            "\nHelp:\n  -h, --help   show this help\n");
}

TEST(HelpText, IsBrokenAtBlanksBehindItsIndent) {
  EXPECT_EQ(wrapped("one two three", 0, 7), "one two\nthree");
  EXPECT_EQ(wrapped("one two three", 2, 9), "one two\n  three");
  EXPECT_EQ(wrapped("one two three", 0, 6), "one\ntwo\nthree");
}

TEST(HelpText, LeavesALineToAWordThatIsTooLong) {
  EXPECT_EQ(wrapped("a longest-of-all b", 0, 5), "a\nlongest-of-all\nb");
  EXPECT_EQ(wrapped("", 4, 5), "");
}

TEST(HelpText, HasNoLineThatIsLongerThanTheHelpIsWide) {
  std::string meaning;
  for (int i = 0; i < 200; ++i) meaning += "word ";
  std::istringstream lines(
      two_columns({{"--short", meaning}, {"--an-option-longer-than-its-column", meaning}}, 12));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), kHelpColumns) << line;
}

TEST(LayerPlan, IsReadFromAWord) {
  const compress::LayerPlan plan = parse_layer_plan("fc1:rank=48,density=0.25");
  EXPECT_EQ(plan.projection, "fc1");
  EXPECT_EQ(plan.rank, 48);
  EXPECT_EQ(plan.density, 0.25);
  EXPECT_EQ(parse_layer_plan("a:density=0.5").rank, 0);
}

TEST(LayerPlan, ReadsAnAutomaticRankAndAGranularity) {
  EXPECT_EQ(parse_layer_plan("fc1:rank=auto,density=0.1").rank, compress::kAutoRank);
  const compress::LayerPlan plan = parse_layer_plan("fc1:density=0.25,granularity=blocks,block=64x32");
  EXPECT_EQ(plan.granularity, compress::Granularity::Blocks);
  EXPECT_EQ(plan.block_rows, 64);
  EXPECT_EQ(plan.block_columns, 32);
}

TEST(LayerPlan, RefusesWhatItCannotRead) {
  for (const char* word :
       {"fc1", ":rank=3", "fc1:", "fc1:rank", "fc1:rank=x", "fc1:density=2", "fc1:rank=1,,",
        "fc1:granularity=wide", "fc1:block=3", "fc1:block=3x", "fc1:block=0x4"})
    EXPECT_THROW(parse_layer_plan(word), Error) << word;
}

}  // namespace
}  // namespace weft::app
