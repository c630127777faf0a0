// What is drawn, and for whom: bars and color only on a terminal, NO_COLOR honored.
#include "app/cli/console.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/weft_program.hpp"

namespace weft {
namespace {

using app::format_bar;
using testing::HasSubstr;
using testing::Not;

TEST(ProgressBar, GrowsWithTheWork) {
  EXPECT_EQ(format_bar(0, 100, 0, 10), "[>         ]   0%  ");
  EXPECT_EQ(format_bar(50, 100, 2, 10), "[=====>    ]  50%  2 s left");
  EXPECT_EQ(format_bar(100, 100, 4, 10), "[==========] 100%  ");
}

TEST(ProgressBar, TakesTheTimeLeftFromTheWorkOfThisProcess) {
  EXPECT_EQ(format_bar(60, 100, 2, 10, 40), "[======>   ]  60%  4 s left");
  EXPECT_EQ(format_bar(40, 100, 0, 10, 40), "[====>     ]  40%  ");
}

TEST(ProgressBar, TakesAnyCount) {
  EXPECT_EQ(format_bar(5, 0, 1, 4), "[>   ]   0%  ");
  EXPECT_EQ(format_bar(9, 3, 1, 4), "[====] 100%  ");
}

std::string errors_on_terminal(const std::map<std::string, std::string>& environment,
                               const std::vector<std::string>& words = {"inspect", "no/such/file"}) {
  std::map<std::string, std::string> all = {{"TERM", "xterm"}, {"NO_COLOR", ""}};
  for (const auto& [name, value] : environment) all[name] = value;
  return test::run_weft_on_terminal(words, all).err;
}

TEST(Console, ColorsErrorsOnATerminal) {
  if (!test::terminals_can_be_opened()) GTEST_SKIP() << "no /dev/pts here";
  EXPECT_THAT(errors_on_terminal({}), HasSubstr("\033[31m"));
}

TEST(Console, HonorsNoColor) {
  if (!test::terminals_can_be_opened()) GTEST_SKIP() << "no /dev/pts here";
  EXPECT_THAT(errors_on_terminal({{"NO_COLOR", "1"}}), Not(HasSubstr("\033[")));
  EXPECT_THAT(errors_on_terminal({}, {"--no-color", "inspect", "no/such/file"}), Not(HasSubstr("\033[")));
  EXPECT_THAT(errors_on_terminal({{"TERM", "dumb"}}), Not(HasSubstr("\033[")));
}

TEST(Console, KeepsPlainTextInAFile) {
  const test::Finished weft = test::run_weft({"inspect", "no/such/file"}, {{"NO_COLOR", ""}});
  EXPECT_THAT(weft.err, Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace weft
