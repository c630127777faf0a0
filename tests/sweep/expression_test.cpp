// Comparisons: what they mean and what they refuse.
#include "sweep/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weft::sweep {
namespace {

bool holds(const std::string& text) {
  return Comparison(text, {}).holds([](const std::string& name) -> std::optional<double> {
    if (name == "core.axons") return 128;
    if (name == "layers[0].rank") return 40;
    return std::nullopt;
  });
}

std::string refusal(const std::string& text) {
  try {
    Comparison(text, {"s.yaml", 3, 1});
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(Comparison, BindsProductsBeforeSums) {
  EXPECT_TRUE(holds("2 + 3 * 4 == 14"));
  EXPECT_TRUE(holds("(2 + 3) * 4 == 20"));
  EXPECT_TRUE(holds("10 - 4 - 3 == 3"));
  EXPECT_TRUE(holds("16 / 4 / 2 == 2"));
  EXPECT_TRUE(holds("-2 * -3 == 6"));
}

TEST(Comparison, KnowsSixRelations) {
  EXPECT_TRUE(holds("1 < 2"));
  EXPECT_FALSE(holds("2 < 2"));
  EXPECT_TRUE(holds("2 <= 2"));
  EXPECT_TRUE(holds("3 > 2"));
  EXPECT_TRUE(holds("3 >= 3"));
  EXPECT_FALSE(holds("3 == 2"));
  EXPECT_TRUE(holds("3 != 2"));
}

TEST(Comparison, ReadsNamesWithDotsAndBrackets) {
  EXPECT_TRUE(holds("core.axons >= 3 * layers[0].rank"));
  EXPECT_FALSE(holds("core.axons >= 4 * layers[0].rank"));
  EXPECT_THAT(Comparison("a.b > c[1]", {}).names(), testing::ElementsAre("a.b", "c[1]"));
}

TEST(Comparison, DoesNotHoldWhereThereIsNoNumber) {
  EXPECT_FALSE(holds("nowhere >= 0"));
  EXPECT_FALSE(holds("nowhere != 0"));
  EXPECT_FALSE(holds("1 / 0 > 0"));
}

TEST(Comparison, SaysWhatItExpected) {
  EXPECT_EQ(refusal("a > "), "s.yaml:3:1: found the end in \"a > \", expected a name or a number");
  EXPECT_EQ(refusal("a + 1"), "s.yaml:3:1: found the end in \"a + 1\", expected one of <= < >= > == !=");
  EXPECT_EQ(refusal("(a > 1"), "s.yaml:3:1: found \"> 1\" in \"(a > 1\", expected a closing parenthesis");
  EXPECT_EQ(refusal("a > 1 b"), "s.yaml:3:1: found \"b\" in \"a > 1 b\", expected the end");
  EXPECT_THAT(refusal(std::string(1000, '(')), testing::HasSubstr("expected a simpler expression"));
}

}  // namespace
}  // namespace weft::sweep
