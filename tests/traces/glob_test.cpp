// Patterns for signal names.
#include "traces/waveform/glob.hpp"

#include <gtest/gtest.h>

#include "model/base/random.hpp"

namespace weft::traces {
namespace {

TEST(Glob, StarTakesAnyCharactersDotsIncluded) {
  EXPECT_TRUE(glob_match("tile_*.busy", "tile_1_2.core.busy"));
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("a*b*c", "a.b.b.c"));
  EXPECT_FALSE(glob_match("a*b*c", "a.b.b"));
  EXPECT_TRUE(glob_match("**x", "x"));
}

TEST(Glob, QuestionMarkTakesExactlyOne) {
  EXPECT_TRUE(glob_match("tile_?_2", "tile_1_2"));
  EXPECT_FALSE(glob_match("tile_?_2", "tile_11_2"));
  EXPECT_FALSE(glob_match("?", ""));
}

TEST(Glob, AllElseStandsForItself) {
  EXPECT_TRUE(glob_match("a.b", "a.b"));
  EXPECT_FALSE(glob_match("a.b", "axb"));
  EXPECT_FALSE(glob_match("a.b", "a.bc"));
  EXPECT_FALSE(glob_match("", "a"));
}

// The textbook definition.
bool recursive_match(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') {
    return recursive_match(pattern.substr(1), name) ||
           (!name.empty() && recursive_match(pattern, name.substr(1)));
  }
  return !name.empty() && (pattern[0] == '?' || pattern[0] == name[0]) &&
         recursive_match(pattern.substr(1), name.substr(1));
}

TEST(Glob, EqualsTheRecursiveDefinition) {
  Random random(5);
  int matches = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string pattern, name;
    for (std::uint64_t i = random.below(7); i > 0; --i) pattern += "ab*?"[random.below(4)];
    for (std::uint64_t i = random.below(8); i > 0; --i) name += "ab"[random.below(2)];
    matches += glob_match(pattern, name);
    ASSERT_EQ(glob_match(pattern, name), recursive_match(pattern, name)) << pattern << " on " << name;
  }
  EXPECT_GT(matches, 1000);
}

TEST(Scope, MeansTheSameWithAndWithoutTheTop) {
  EXPECT_TRUE(scope_match("tile_1_2.*", "fabric.tile_1_2.core.busy"));
  EXPECT_TRUE(scope_match("fabric.tile_1_2.*", "fabric.tile_1_2.core.busy"));
  EXPECT_FALSE(scope_match("tile_1_2.*", "fabric.tile_1_1.core.busy"));
}

TEST(Scope, TakesAllThatLiesInIt) {
  EXPECT_TRUE(scope_match("tile_1_2", "fabric.tile_1_2.core.busy"));
  EXPECT_TRUE(scope_match("tile_1_2.core", "fabric.tile_1_2.core.busy"));
  EXPECT_TRUE(scope_match("fabric", "fabric.tile_1_2.core.busy"));
  EXPECT_FALSE(scope_match("tile_1_2", "fabric.tile_1_20.core.busy"));
  EXPECT_FALSE(scope_match("core", "fabric.tile_1_2.core.busy"));
}

TEST(Scope, OfNoDotsIsTheSignalItself) {
  EXPECT_TRUE(scope_match("clock", "clock"));
  EXPECT_FALSE(scope_match("", "clock"));
}

}  // namespace
}  // namespace weft::traces
