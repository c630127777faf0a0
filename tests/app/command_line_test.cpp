// The command line as a user meets it: every message with its exit code, and what goes to which stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(CommandLine, TellsItsVersionOnStdout) {
  const Finished weft = run_weft({"--version"});
  EXPECT_EQ(weft.code, 0);
  EXPECT_THAT(weft.out, StartsWith("weft "));
  EXPECT_THAT(weft.err, IsEmpty());
}

TEST(CommandLine, TellsItsVersionAsJson) {
  const Finished weft = run_weft({"--json", "--version"});
  EXPECT_EQ(weft.code, 0);
  EXPECT_TRUE(nlohmann::json::parse(weft.out).contains("version"));
}

TEST(CommandLine, HelpsOnEachLevel) {
  const Finished weft = run_weft({"--help"});
  EXPECT_EQ(weft.code, 0);
  for (const char* command :
       {"demo", "train", "import", "compress", "map", "run", "flow", "report", "inspect"}) {
    EXPECT_THAT(weft.out, HasSubstr(std::string("\n  ") + command + " "));
    const Finished help = run_weft({command, "--help"});
    EXPECT_EQ(help.code, 0) << command;
    EXPECT_THAT(help.out, StartsWith(std::string("Usage: weft ") + command));
    EXPECT_THAT(help.err, IsEmpty());
  }
}

TEST(CommandLine, WantsACommand) {
  const Finished weft = run_weft({});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("a command is missing"));
  EXPECT_THAT(weft.out, IsEmpty());
}

TEST(CommandLine, NamesTheCommandThatWasProbablyMeant) {
  const Finished weft = run_weft({"fow"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("unknown command \"fow\" (did you mean 'flow'?)"));
}

TEST(CommandLine, NamesTheOptionThatWasProbablyMeant) {
  const Finished weft = run_weft({"run", "--frame", "3", "image.npz"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("unknown option --frame (did you mean '--frames'"));
}

TEST(CommandLine, DoesNotGuessAbbreviations) {
  EXPECT_EQ(run_weft({"--vers"}).code, 2);
  EXPECT_EQ(run_weft({"demo", "--out", "x"}).code, 2);
}

TEST(CommandLine, SaysWhereGlobalOptionsBelong) {
  const Finished weft = run_weft({"demo", "--seed", "3"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("--seed is a global option: write it before the command"));
}

TEST(CommandLine, RefusesAGlobalOptionItDoesNotKnow) {
  const Finished weft = run_weft({"--jason", "demo"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("unknown option --jason (did you mean '--json'?)"));
}

TEST(CommandLine, SaysWhatANumberMayBe) {
  const Finished letters = run_weft({"--seed", "abc", "demo"});
  EXPECT_EQ(letters.code, 2);
  EXPECT_THAT(letters.err, HasSubstr("--seed: found \"abc\", expected a whole number 0 or more"));
  const Finished zero = run_weft({"run", "--interval", "0", "image.npz"});
  EXPECT_EQ(zero.code, 2);
  EXPECT_THAT(zero.err, HasSubstr("--interval: found \"0\", expected a whole number from 1 to 1048576"));
  const Finished rate = run_weft({"train", "--learning-rate", "nan"});
  EXPECT_EQ(rate.code, 2);
  EXPECT_THAT(rate.err, HasSubstr("--learning-rate: found \"nan\", expected a number from 0 to 100"));
}

TEST(CommandLine, WantsTheValueOfAnOption) {
  const Finished weft = run_weft({"run", "image.npz", "--frames"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("--frames"));
}

TEST(CommandLine, RefusesAnOptionGivenTwice) {
  const Finished weft = run_weft({"run", "image.npz", "--frames", "1", "--frames", "2"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("--frames is given twice"));
}

TEST(CommandLine, WantsItsArguments) {
  const Finished weft = run_weft({"run"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("IMAGE is missing"));
}

TEST(CommandLine, RefusesWordsTooMany) {
  const Finished weft = run_weft({"demo", "now"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("too many words"));
}

TEST(CommandLine, RefusesAWordThatIsNoChoice) {
  const Finished weft = run_weft({"train", "--optimizer", "adan"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("--optimizer: found \"adan\", expected sgd, adam (did you mean 'adam'?)"));
}

TEST(CommandLine, RefusesAPlanItCannotRead) {
  const Finished weft = run_weft({"compress", "net.npz", "--layer", "fc1:rnk=3"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("found the key \"rnk\" (did you mean 'rank'?)"));
}

TEST(CommandLine, SaysThatAFileIsMissing) {
  for (const char* command : {"run", "map", "compress", "inspect", "flow"}) {
    std::vector<std::string> words = {command, "no/such/file"};
    if (std::string(command) == "compress") words.insert(words.end(), {"--layer", "fc1:rank=2"});
    const Finished weft = run_weft(words);
    EXPECT_EQ(weft.code, 3) << command;
    EXPECT_THAT(weft.err, HasSubstr("no/such/file")) << command;
    EXPECT_THAT(weft.out, IsEmpty());
  }
}

TEST(CommandLine, SaysThatADirectoryHoldsNoReport) {
  const Scratch scratch;
  const Finished weft = run_weft({"report", scratch.path()});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("report.json"));
}

TEST(CommandLine, RefusesAnOutputDirectoryBeforeTheWork) {
  const Scratch scratch;
  const std::string file = scratch.file("taken", "a file\n");
  const Finished weft = run_weft({"demo", "-o", file});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr(file));
  EXPECT_THAT(weft.err, Not(HasSubstr("train")));
  EXPECT_EQ(read_all(file), "a file\n");
}

TEST(CommandLine, SaysThatStdoutIsFull) {
  if (!std::ofstream("/dev/full").is_open()) GTEST_SKIP() << "no /dev/full here";
  const Finished weft = run_program({"/bin/sh", "-c", std::string(WEFT_PROGRAM) + " --help > /dev/full"});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("standard output"));
}

TEST(CommandLine, NamesTheDataSetsItKnows) {
  const Finished weft = run_weft({"train", "--dataset", "fashion-mist"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("did you mean 'fashion-mnist'"));
}

TEST(CommandLine, SaysWhereItLookedForData) {
  const Scratch scratch;
  const Finished weft =
      run_weft({"--data", scratch.path(), "train", "--dataset", "mnist", "-o", scratch / "out"});
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr(scratch / "mnist"));
}

}  // namespace
}  // namespace weft::test
