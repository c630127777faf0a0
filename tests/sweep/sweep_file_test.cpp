// The sweep file: what it says, and the words of each refusal.
#include "sweep/sweep_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weft::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SweepFile parse(const std::string& rest) {
  return parse_sweep_file("flow_text: |\n  title: t\n" + rest, "s.yaml");
}

std::string refusal(const std::string& rest) {
  try {
    parse(rest);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(SweepFile, ReadsListsAndRanges) {
  const SweepFile sweep = parse("axes:\n  a.b: [64, x]\n  c[0].d: range(8, 20, 6)\n  e: range(-1, 1)\n");
  ASSERT_EQ(sweep.axes.size(), 3u);
  EXPECT_EQ(sweep.axes[1].key, "c[0].d");
  EXPECT_THAT(sweep.axes[0].values, ElementsAre("64", "x"));
  EXPECT_THAT(sweep.axes[1].values, ElementsAre("8", "14", "20"));
  EXPECT_THAT(sweep.axes[2].values, ElementsAre("-1", "0", "1"));
  EXPECT_EQ(sweep.flow_text, "title: t\n");
}

TEST(SweepFile, ReadsObjectivesMethodAndLimits) {
  const SweepFile sweep = parse(
      "axes: {a: [1]}\nobjectives: {minimize: [x], maximize: [y], subject_to: [z >= 1]}\n"
      "method: {kind: random, points: 5, seed: 7}\nlimits: {seconds: 1.5, memory_mib: 100}\n");
  ASSERT_EQ(sweep.objectives.size(), 2u);
  EXPECT_FALSE(sweep.objectives[0].maximize);
  EXPECT_TRUE(sweep.objectives[1].maximize);
  EXPECT_EQ(sweep.subject_to.size(), 1u);
  EXPECT_EQ(sweep.method.kind, MethodKind::Random);
  EXPECT_EQ(sweep.method.points, 5);
  EXPECT_EQ(sweep.limits.seconds, 1.5);
  EXPECT_EQ(sweep.limits.memory_mib, 100);
}

TEST(SweepFile, TakesOneObjectiveOrConditionWithoutAList) {
  const SweepFile sweep = parse(
      "axes: {a: [1, 2]}\nconstraints: a >= 1\nobjectives:\n  minimize: x\n  subject to: accuracy.fabric >= "
      "0.98\n");
  ASSERT_EQ(sweep.objectives.size(), 1u);
  EXPECT_EQ(sweep.objectives[0].name, "x");
  ASSERT_EQ(sweep.subject_to.size(), 1u);
  EXPECT_EQ(sweep.subject_to[0].text(), "accuracy.fabric >= 0.98");
  EXPECT_EQ(sweep.constraints.size(), 1u);
  EXPECT_THAT(refusal("axes: {a: [1]}\nobjectives:\n  subject_to: x >\n"), HasSubstr("s.yaml:5:18"));
}

TEST(SweepFile, SaysWhyARangeInBracesIsTorn) {
  EXPECT_THAT(refusal("axes: {a: range(1, 2)}\n"),
              HasSubstr("or range(first, last, step) of whole numbers, in quotes where it stands in braces"));
  EXPECT_THAT(parse("axes: {a: 'range(1, 2)'}\n").axes[0].values, ElementsAre("1", "2"));
}

TEST(SweepFile, RefusesWhatIsNoAxis) {
  EXPECT_THAT(refusal(""), HasSubstr("found no axes for axes, expected at least one"));
  EXPECT_THAT(refusal("axes: {a: []}\n"), HasSubstr("s.yaml:3:11: found an empty axis for axes.a"));
  EXPECT_THAT(refusal("axes: {a: [1, 2, 1]}\n"), HasSubstr("found the value 1 twice for axes.a"));
  for (const char* text :
       {"7", "range(1, 2", "range(1)", "range(1, 2, 0)", "range(1, x)", "range(1, 2, 3, 4)"})
    EXPECT_THAT(refusal("axes:\n  a: " + std::string(text) + "\n"),
                HasSubstr("expected a list of values, or range"))
        << text;
  EXPECT_THAT(refusal("axes:\n  a: range(3, 2)\n"), HasSubstr("expected a range of 1 to"));
}

TEST(SweepFile, RefusesConstraintsOverAnythingButAxesOfNumbers) {
  EXPECT_THAT(
      refusal("axes: {axons: [1]}\nconstraints: [axon > 1]\n"),
      HasSubstr(
          "s.yaml:4:15: found \"axon\", which is no axis, expected names of axes and of what is derived "
          "before (did you mean"));
  EXPECT_THAT(refusal("axes: {a: [1, x]}\nconstraints: [a > 1]\n"),
              HasSubstr("s.yaml:4:15: found the axis a with the value x, expected an axis of numbers"));
  EXPECT_THAT(refusal("axes: {a: [1]}\nconstraints:\n  - a > 0\n  - \"a ? 0\"\n"),
              HasSubstr("s.yaml:6:8: found \"? 0\" in \"a ? 0\", expected one of"));
}

TEST(SweepFile, ReadsDerivedValuesOneFromAnother) {
  const SweepFile sweep =
      parse("axes: {a: [6, 9]}\nderived:\n  b: a / 3\n  c: b + 1\nconstraints: [c > 3]\n");
  ASSERT_EQ(sweep.derived.size(), 2u);
  EXPECT_EQ(sweep.derived[1].key, "c");
  EXPECT_EQ(sweep.derived[1].formula.text(), "b + 1");
}

TEST(SweepFile, RefusesDerivedValuesThatCannotBe) {
  EXPECT_THAT(refusal("axes: {a: [1]}\nderived: {a: 2}\n"),
              HasSubstr("s.yaml:4:14: found an axis for derived.a, expected a key that is no axis"));
  EXPECT_THAT(refusal("axes: {a: [1]}\nderived:\n  b: a + c\n  c: a\n"),
              HasSubstr("s.yaml:5:10: found \"c\", which is no axis, expected names"));
  EXPECT_THAT(refusal("axes: {a: [1]}\nderived:\n  b: a +\n"),
              HasSubstr("found the end in \"a +\", expected a name or a number"));
  EXPECT_THAT(refusal("axes: {a: [x]}\nderived:\n  b: 2 * a\n"),
              HasSubstr("s.yaml:5:10: found the axis a with the value x, expected an axis of numbers"));
}

TEST(SweepFile, WantsOneFlow) {
  EXPECT_THAT(refusal("flow: f.yaml\naxes: {a: [1]}\n"), HasSubstr("found flow and flow_text"));
  try {
    parse_sweep_file("axes: {a: [1]}\n", "s.yaml");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("found neither flow nor flow_text for flow, expected one of them"));
  }
}

TEST(SweepFile, RefusesUnknownKeysAndMethodsWithoutPoints) {
  EXPECT_THAT(refusal("axes: {a: [1]}\nobjective: {}\n"), HasSubstr("did you mean 'objectives'"));
  EXPECT_THAT(refusal("axes: {a: [1]}\nmethod: {kind: sobol}\n"), HasSubstr("no key \"points\""));
}

TEST(SweepFile, HasADigestOfWhatDecidesOnPointsAndResultsAlone) {
  const Digest base = digest(parse("axes: {a: [1, 2]}\n"));
  EXPECT_EQ(digest(parse("axes: {a: [1, 2]}\nobjectives: {minimize: [x]}\nlimits: {seconds: 1}\n")), base);
  EXPECT_NE(digest(parse("axes: {a: [2, 1]}\n")), base);
  EXPECT_NE(digest(parse("axes: {b: [1, 2]}\n")), base);
  EXPECT_NE(digest(parse("axes: {a: [1, 2]}\nconstraints: [a > 0]\n")), base);
  EXPECT_NE(digest(parse("axes: {a: [1, 2]}\nderived: {b: 2 * a}\n")), base);
  EXPECT_NE(digest(parse("axes: {a: [1, 2]}\nmethod: {kind: random, points: 2}\n")), base);
}

}  // namespace
}  // namespace weft::sweep
