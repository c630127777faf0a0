// Results appear all at once or not at all; figures from counters in closed form.
#include <gtest/gtest.h>

#include <filesystem>

#include "app/flow/flow.hpp"
#include "app/flow/gather.hpp"
#include "app/flow/result_directory.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

TEST(ResultDirectory, LeavesEarlierResultsUntilTheNewOnesAreComplete) {
  const test::Scratch scratch;
  const std::string old = scratch.file("a.txt", "old");
  ResultDirectory directory(scratch.path());
  write_file(directory.staged("a.txt"), std::string("new"));
  EXPECT_EQ(test::read_all(old), "old");
  directory.commit();
  EXPECT_EQ(test::read_all(old), "new");
}

TEST(ResultDirectory, DropsWhatWasNotCommitted) {
  const test::Scratch scratch;
  {
    ResultDirectory directory(scratch.path());
    write_file(directory.staged("a.txt"), std::string("new"));
  }
  EXPECT_TRUE(fs::is_empty(scratch.path()));
}

TEST(ResultDirectory, LeavesNothingButTheResults) {
  const test::Scratch scratch;
  {
    ResultDirectory directory(scratch / "out");
    write_file(directory.staged("a.txt"), std::string("new"));
    directory.commit();
  }
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(scratch / "out")) names.push_back(entry.path().filename());
  EXPECT_EQ(names, std::vector<std::string>{"a.txt"});
}

TEST(ResultDirectory, RefusesAPlaceThatIsAFile) {
  const test::Scratch scratch;
  const std::string file = scratch.file("taken", "");
  EXPECT_THROW(ResultDirectory{file}, InputError);
}

IntMatrix matrix(std::int64_t rows, std::int64_t columns, std::vector<std::int32_t> values) {
  return {rows, columns, std::move(values)};
}

TEST(Mismatches, CountFramesNotValues) {
  const IntMatrix reference = matrix(3, 2, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(count_mismatches(reference, reference), 0);
  EXPECT_EQ(count_mismatches(matrix(3, 2, {1, 2, 0, 0, 5, 7}), reference), 2);
}

TEST(Mismatches, LookAtTheFramesThatWereDone) {
  EXPECT_EQ(count_mismatches(matrix(1, 2, {1, 2}), matrix(3, 2, {1, 2, 3, 4, 5, 6})), 0);
}

TEST(Mismatches, RefuseOtherShapes) {
  EXPECT_THROW(count_mismatches(matrix(1, 1, {1}), matrix(1, 2, {1, 2})), Error);
}

Report with_figures(double ratio, double dense, double fabric, std::int64_t mismatches) {
  Report report;
  report.compression.emplace().ratio = ratio;
  AccuracyReport& accuracy = report.accuracy.emplace();
  accuracy.dense = dense;
  accuracy.fabric = fabric;
  accuracy.mismatches = mismatches;
  return report;
}

TEST(Requirements, AreMetAtTheirBounds) {
  EXPECT_TRUE(find_shortfalls(with_figures(20, 0.89, 0.88, 0), {20.0, 0.01}).empty());
}

TEST(Requirements, NameEachThatIsMissed) {
  EXPECT_EQ(find_shortfalls(with_figures(19.9, 0.89, 0.8799, 1), {20.0, 0.01}).size(), 3u);
  EXPECT_EQ(find_shortfalls(with_figures(19.9, 0.89, 0.1, 0), {20.0, {}}).size(), 1u);
}

TEST(Requirements, NeverAcceptMismatches) {
  EXPECT_EQ(find_shortfalls(with_figures(1, 1, 1, 1), {}).size(), 1u);
}

}  // namespace
}  // namespace weft::app
