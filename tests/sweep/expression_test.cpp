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

TEST(Comparison, KnowsAFewFunctions) {
  EXPECT_TRUE(holds("min(core.axons, 2 * 50) == 100"));
  EXPECT_TRUE(holds("max(core.axons, 100) == 128"));
  EXPECT_TRUE(holds("floor(7 / 2) == 3"));
  EXPECT_TRUE(holds("ceil(7 / 2) == 4"));
  EXPECT_TRUE(holds("round(2.5) + round(2.4) == 5"));
  EXPECT_FALSE(holds("min(nowhere, 1) == 1"));
}

TEST(Comparison, SaysByHowMuchItDoesNotHold) {
  const auto violation = [](const std::string& text) {
    return Comparison(text, {}).violation([](const std::string&) { return std::nullopt; });
  };
  EXPECT_EQ(violation("2 >= 2"), 0.0);
  EXPECT_EQ(violation("1 >= 4"), 0.75);
  EXPECT_EQ(violation("4 <= 1"), 0.75);
  EXPECT_EQ(violation("2 < 2"), 1e-9);
  EXPECT_EQ(violation("x < 2"), std::nullopt);
}

TEST(Formula, GivesANumberOrNone) {
  const auto value = [](const std::string& text) {
    return Formula(text, {}).value([](const std::string& name) -> std::optional<double> {
      if (name == "a.b[1]") return 8;
      return std::nullopt;
    });
  };
  EXPECT_EQ(value("a.b[1] / 2 + 1"), 5.0);
  EXPECT_EQ(value("other"), std::nullopt);
  EXPECT_EQ(value("1 / (a.b[1] - 8)"), std::nullopt);
  EXPECT_EQ(Formula("1 + a.b", {"s.yaml", 2, 10}).used().at(0).position.column, 14);
}

TEST(Formula, IsNoComparison) {
  try {
    Formula("a > 1", {"s.yaml", 3, 1});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "s.yaml:3:3: found \"> 1\" in \"a > 1\", expected the end");
  }
}

TEST(Comparison, SaysWhatItExpected) {
  EXPECT_EQ(refusal("a > mod(1, 2)"),
            "s.yaml:3:5: found \"mod(1, 2)\" in \"a > mod(1, 2)\", expected one of the functions min, max, "
            "floor, ceil, round");
  EXPECT_EQ(refusal("a > min(1)"),
            "s.yaml:3:10: found \")\" in \"a > min(1)\", expected a comma and a second number");
  EXPECT_EQ(refusal("a > ceil(1, 2)"),
            "s.yaml:3:11: found \", 2)\" in \"a > ceil(1, 2)\", expected a closing parenthesis");
  EXPECT_EQ(refusal("a > "), "s.yaml:3:5: found the end in \"a > \", expected a name or a number");
  EXPECT_EQ(refusal("a + 1"), "s.yaml:3:6: found the end in \"a + 1\", expected one of <= < >= > == !=");
  EXPECT_EQ(refusal("(a > 1"), "s.yaml:3:4: found \"> 1\" in \"(a > 1\", expected a closing parenthesis");
  EXPECT_EQ(refusal("a > 1 b"), "s.yaml:3:7: found \"b\" in \"a > 1 b\", expected the end");
  EXPECT_THAT(refusal(std::string(1000, '(')), testing::HasSubstr("expected a simpler expression"));
}

}  // namespace
}  // namespace weft::sweep
