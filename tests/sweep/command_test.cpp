// Other programs: what they say, how they end, and words that a shell must not touch.
#include "sweep/cluster/command.hpp"

#include <gtest/gtest.h>

namespace weft::sweep {
namespace {

TEST(Command, GivesWhatAProgramSaidAndItsCode) {
  const CommandResult result = run_command({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_TRUE(result.found);
  EXPECT_EQ(result.code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(run_command({"sh", "-c", "kill -9 $$"}).code, 128 + 9);
}

TEST(Command, TellsAProgramThatIsNotThere) {
  EXPECT_FALSE(run_command({"weft-no-such-program"}).found);
}

TEST(Command, QuotesWordsForAShell) {
  const std::string word = "a 'b' \"c\" $d \\ `e`\n*";
  EXPECT_EQ(run_command({"sh", "-c", "printf %s " + shell_word(word)}).out, word);
}

}  // namespace
}  // namespace weft::sweep
