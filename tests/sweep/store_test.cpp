// The store: what it keeps, what it refuses.
#include "sweep/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using test::line_sweep;
using test::Scratch;
using testing::ElementsAre;
using testing::HasSubstr;

template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

PointResult result(PointState state, const std::string& error, std::vector<Figure> figures) {
  return PointResult{state, error, std::move(figures), 0.5};
}

TEST(Store, BeginsWithAllPointsPending) {
  const Scratch scratch;
  const Store store(scratch / "s", line_sweep(3), "1.0", true);
  EXPECT_THAT(store.pending(), ElementsAre(0, 1, 2));
  EXPECT_EQ(store.counts().pending, 3);
  EXPECT_EQ(store.counts().total(), 3);
}

TEST(Store, KeepsAResultWithItsFigures) {
  const Scratch scratch;
  const SweepFile sweep = line_sweep(2);
  {
    Store store(scratch / "s", sweep, "1.0", true);
    store.start(1);
    store.finish(1,
                 result(PointState::Done, "", {{"a.b", 0.25}, {"c[0].d", std::int64_t{7}}, {"e", "text"}}));
  }
  const Store store(scratch / "s", sweep, "1.0", false);
  EXPECT_THAT(store.pending(), ElementsAre(0));
  EXPECT_THAT(store.columns(),
              ElementsAre("point", "state", "error", "seconds", "version", "x", "a.b", "c[0].d", "e"));
  const Table table = store.read({"x", "a.b", "c[0].d", "e", "version", "seconds"}, "done");
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_THAT(table.rows[0], ElementsAre(Value(std::int64_t{1}), Value(0.25), Value(std::int64_t{7}),
                                         Value("text"), Value("1.0"), Value(0.5)));
}

TEST(Store, KeepsWhyAPointFailed) {
  const Scratch scratch;
  Store store(scratch / "s", line_sweep(3), "1.0", true);
  store.finish(0, result(PointState::Failed, "it broke", {}));
  store.finish(1, result(PointState::Infeasible, "too small", {}));
  EXPECT_EQ(store.counts().failed, 1);
  EXPECT_EQ(store.counts().infeasible, 1);
  EXPECT_EQ(store.read({"error"}, "failed").rows[0][0], Value("it broke"));
  EXPECT_EQ(store.retry_failed(), 1);
  EXPECT_THAT(store.pending(), ElementsAre(0, 2)) << "infeasible points stay as they are";
}

TEST(Store, TakesUpWhatAKilledRunLeft) {
  const Scratch scratch;
  Store store(scratch / "s", line_sweep(2), "1.0", true);
  store.start(0);
  EXPECT_THAT(store.pending(), ElementsAre(1));
  store.recover();
  EXPECT_THAT(store.pending(), ElementsAre(0, 1));
}

TEST(Store, RefusesAnotherSweepAnotherVersionAndAnotherFile) {
  const Scratch scratch;
  { const Store store(scratch / "s", line_sweep(2), "1.0", true); }
  EXPECT_THAT(refusal([&] { Store(scratch / "s", line_sweep(3), "1.0", true); }),
              HasSubstr("found the store of another sweep"));
  EXPECT_THAT(refusal([&] { Store(scratch / "s", line_sweep(2), "1.1", true); }),
              HasSubstr("found a store of Weft 1.0, expected one of 1.1"));
  EXPECT_THAT(refusal([&] { Store(scratch / "none", line_sweep(2), "1.0", false); }),
              HasSubstr("none: found no store"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "none"));
  std::ofstream(scratch / "text") << std::string(5000, 'x');
  EXPECT_THAT(refusal([&] { Store(scratch / "text", line_sweep(2), "1.0", true); }),
              HasSubstr("not a database"));
}

TEST(Store, RefusesAnotherSchemaAndAnotherProgramsDatabase) {
  const Scratch scratch;
  { const Store store(scratch / "s", line_sweep(2), "1.0", true); }
  Database(scratch / "s", false).execute("PRAGMA user_version=3");
  EXPECT_THAT(refusal([&] { Store(scratch / "s", line_sweep(2), "1.0", true); }),
              HasSubstr("found a store of schema 3, expected schema 2"));
  Database(scratch / "other", true).execute("CREATE TABLE t (x)");
  EXPECT_THAT(refusal([&] { Store(scratch / "other", line_sweep(2), "1.0", true); }),
              HasSubstr("found a database of another program"));
}

TEST(Store, RefusesAColumnThatIsNotThere) {
  const Scratch scratch;
  const Store store(scratch / "s", line_sweep(2), "1.0", true);
  EXPECT_THAT(refusal([&] { store.read({"y"}); }), HasSubstr("found no column \"y\""));
}

TEST(StoreLock, LetsOneRunInAtATime) {
  const Scratch scratch;
  {
    const StoreLock lock(scratch / "lock");
    EXPECT_THAT(refusal([&] { StoreLock(scratch / "lock"); }), HasSubstr("is at work on this store"));
  }
  EXPECT_EQ(refusal([&] { StoreLock(scratch / "lock"); }), "none");
}

}  // namespace
}  // namespace weft::sweep
