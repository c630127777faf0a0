// Tables of ranges that say something else than the routes: each damage is found, by its own rule.
#include <gtest/gtest.h>

#include "mapping/route/tables.hpp"
#include "tests/mapping/verify_example.hpp"

namespace weft::test {
namespace {

using Rules = std::set<std::string>;

Example shared() {
  Example example = make_example();
  mapping::share_entries(example.image);
  return example;
}

// The ranges of the first tile with two or more.
std::vector<RouteRange>& ranges(Example& example) {
  for (TileImage& tile : example.image.tiles) {
    if (tile.ranges.size() > 1) return tile.ranges;
  }
  throw std::logic_error("no tile has two ranges");
}

TEST(VerifyTables, AcceptsSharedEntries) {
  EXPECT_EQ(explain(shared()), "");
}

TEST(VerifyTables, CountsTheEntriesAsTheyAreShared) {
  Example example = shared();
  const mapping::TableUse use = mapping::count_entries(example.image);
  ASSERT_LT(use.max_entries, use.max_keys);
  example.fabric.router.table_entries = static_cast<int>(use.max_entries);
  example.sign();
  EXPECT_EQ(explain(example), "");
  --example.fabric.router.table_entries;
  example.sign();
  EXPECT_EQ(rules(example), Rules{"table-entries"});
}

TEST(VerifyTables, FindsOtherSides) {
  Example example = shared();
  ranges(example).front().directions ^= direction_bit(Direction::Local);
  EXPECT_EQ(rules(example), Rules{"range-sides"});
}

TEST(VerifyTables, FindsAKeyWithoutAnEntry) {
  Example example = shared();
  ranges(example).pop_back();
  EXPECT_EQ(rules(example), Rules{"range-missing"});
}

TEST(VerifyTables, FindsRangesOutOfOrder) {
  Example example = shared();
  std::swap(ranges(example)[0], ranges(example)[1]);
  EXPECT_EQ(rules(example), Rules{"range-order"});
  example = shared();
  ranges(example)[1].first = ranges(example)[0].last;
  EXPECT_EQ(rules(example), Rules{"range-order"});
}

TEST(VerifyTables, FindsAnEntryThatServesNobody) {
  Example example = shared();
  ranges(example).push_back({MessageKey(1000), MessageKey(2000), direction_bit(Direction::East)});
  EXPECT_EQ(rules(example), Rules{"range-unused"});
}

TEST(VerifyTables, FindsRangesWhereNothingLooksThemUp) {
  Example example = shared();
  example.fabric.router.routing = Routing::Circuit;
  example.sign();
  EXPECT_EQ(rules(example), Rules{"range-routing"});
}

}  // namespace
}  // namespace weft::test
