// Digests, random numbers, files and worker threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <zlib.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <set>
#include <stdexcept>

#include "model/base/digest.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "model/base/random.hpp"
#include "model/base/worker_pool.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(InputErrorText, SaysWhereWhatAndWhatElse) {
  EXPECT_STREQ(InputError({"a.yaml", 3, 7}, "x", "y").what(), "a.yaml:3:7: found x, expected y");
  EXPECT_STREQ(InputError({"a.yaml", 3, 0}, "bad").what(), "a.yaml:3: bad");
  EXPECT_STREQ(InputError({"a.yaml"}, "bad").what(), "a.yaml: bad");
  EXPECT_STREQ(InputError({}, "bad").what(), "bad");
}

TEST(Violations, AreListedUpToALimit) {
  const std::vector<Violation> three(3, {"rule", "tile_0_0", "5 of 4"});
  EXPECT_EQ(describe(three, 2), "rule at tile_0_0: 5 of 4\nrule at tile_0_0: 5 of 4\nand 1 more\n");
  EXPECT_EQ(describe({}), "");
}

TEST(DigestTest, HasFixedValuesOnEveryMachine) {
  // XXH3_128bits of no bytes, as its specification lists it
  EXPECT_EQ(DigestBuilder().finish().hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(DigestBuilder().add(1).add(2.5).add("weft").finish().hex(), "b738b85340f2a7d6c3e2bfa6e2a16f1c");
}

TEST(DigestTest, SeparatesWhatItIsFed) {
  EXPECT_NE(DigestBuilder().add("ab").add("c").finish(), DigestBuilder().add("a").add("bc").finish());
  EXPECT_NE(DigestBuilder().add("").finish(), DigestBuilder().finish());
  EXPECT_NE(DigestBuilder().add(1).add(2).finish(), DigestBuilder().add(2).add(1).finish());
  EXPECT_NE(DigestBuilder().add(0.0).finish(), DigestBuilder().add(-0.0).finish());
}

TEST(DigestTest, TakesEveryIntegerTypeAlike) {
  const Digest expected = DigestBuilder().add(std::int64_t{7}).finish();
  EXPECT_EQ(DigestBuilder().add(7).finish(), expected);
  EXPECT_EQ(DigestBuilder().add(std::uint8_t{7}).finish(), expected);
  EXPECT_EQ(DigestBuilder().add(std::size_t{7}).finish(), expected);
}

TEST(DigestTest, GoesThroughHexAndBack) {
  const Digest digest{0x0123456789abcdefULL, 0x00000000deadbeefULL};
  EXPECT_EQ(digest.hex(), "0123456789abcdef00000000deadbeef");
  EXPECT_EQ(Digest::from_hex(digest.hex()), digest);
  EXPECT_EQ(Digest::from_hex("0123456789ABCDEF00000000DEADBEEF"), digest);
}

TEST(DigestTest, RefusesOtherTexts) {
  for (const std::string text :
       {"", "0123", "0123456789abcdef00000000deadbeeg", "0123456789abcdef00000000deadbeef0"}) {
    EXPECT_EQ(input_error_of([&] { Digest::from_hex(text); }),
              "found \"" + text + "\", expected a digest of 32 hexadecimal digits");
  }
}

TEST(RandomTest, GivesTheSameNumbersOnEveryMachine) {
  // xoshiro256** after splitmix64 with seed 1
  Random random(1);
  EXPECT_EQ(random.bits(), 0xb3f2af6d0fc710c5ULL);
  EXPECT_EQ(random.bits(), 0x853b559647364ceaULL);
}

TEST(RandomTest, ForksDependOnSeedAndNameOnly) {
  const Random fresh(5);
  Random used(5);
  for (int i = 0; i < 100; ++i) used.bits();
  EXPECT_EQ(used.fork("place").bits(), fresh.fork("place").bits());
  EXPECT_NE(fresh.fork("place").bits(), fresh.fork("route").bits());
  EXPECT_NE(fresh.fork("place").bits(), Random(6).fork("place").bits());
  EXPECT_NE(fresh.fork("a").fork("b").bits(), fresh.fork("b").fork("a").bits());
}

TEST(RandomTest, DrawsBelowABoundWithoutBias) {
  Random random(2);
  constexpr int kBound = 7, kDraws = 70000;
  int counts[kBound] = {};
  for (int i = 0; i < kDraws; ++i) ++counts[random.below(kBound)];
  double chi_squared = 0;
  for (const int count : counts) chi_squared += std::pow(count - kDraws / kBound, 2) / (kDraws / kBound);
  EXPECT_LT(chi_squared, 22.46) << "the 99.9% point of 6 degrees of freedom";
  EXPECT_EQ(random.below(1), 0u);
  // With a bound of 3 * 2^62 a plain remainder would give the lowest third twice as often as the others.
  const std::uint64_t bound = std::uint64_t{3} << 62;
  int lowest_third = 0;
  for (int i = 0; i < 3000; ++i) lowest_third += random.below(bound) < bound / 3;
  EXPECT_NEAR(lowest_third, 1000, 130);
}

TEST(RandomTest, DrawsUniformAndNormalNumbersOfTheRightMoments) {
  Random random(3);
  double sum = 0, squares = 0;
  for (int i = 0; i < 20000; ++i) {
    const double unit = random.uniform();
    ASSERT_GE(unit, 0.0);
    ASSERT_LT(unit, 1.0);
    const double ranged = random.uniform(-2, 3);
    ASSERT_GE(ranged, -2.0);
    ASSERT_LT(ranged, 3.0);
    const double normal = random.normal();
    sum += normal;
    squares += normal * normal;
  }
  EXPECT_NEAR(sum / 20000, 0, 0.03);
  EXPECT_NEAR(squares / 20000, 1, 0.05);
}

TEST(RandomTest, ShufflesIntoAPermutation) {
  std::vector<int> items(50);
  for (int i = 0; i < 50; ++i) items[static_cast<std::size_t>(i)] = i;
  const std::vector<int> sorted = items;
  Random(4).shuffle(items);
  EXPECT_NE(items, sorted);
  EXPECT_EQ(std::set<int>(items.begin(), items.end()).size(), 50u);
}

TEST(Files, AreReadAsTheyWereWritten) {
  const TemporaryDirectory directory;
  const std::string text("a\0b\n", 4);
  write_file(directory / "t", text);
  EXPECT_EQ(read_text_file(directory / "t"), text);
  write_file(directory / "t", Bytes{1, 2, 255});
  EXPECT_EQ(read_file(directory / "t"), (Bytes{1, 2, 255}));
  write_file(directory / "t", "");
  EXPECT_EQ(read_text_file(directory / "t"), "");
  EXPECT_EQ(directory.entries(), 1);
}

TEST(Files, SayWhyTheyCannotBeRead) {
  const TemporaryDirectory directory;
  const std::string missing = (directory / "missing").string();
  EXPECT_EQ(input_error_of([&] { read_file(missing); }),
            missing + ": cannot open: No such file or directory");
  EXPECT_EQ(input_error_of([&] { read_file(directory.path()); }),
            directory.path().string() + ": cannot read: Is a directory");
  write_file(directory / "t", "12345");
  EXPECT_EQ(read_file(directory / "t", 5).size(), 5u);
  EXPECT_THAT(input_error_of([&] { read_file(directory / "t", 4); }),
              EndsWith("larger than the limit of 4 bytes"));
  EXPECT_THAT(input_error_of([&] { read_file("/dev/zero", 1000000); }),
              EndsWith("the limit of 1000000 bytes"));
}

TEST(Files, SayWhyTheyCannotBeWritten) {
  const TemporaryDirectory directory;
  EXPECT_THAT(input_error_of([&] { write_file(directory / "no/t", "x"); }),
              EndsWith("no/t: cannot write: No such file or directory"));
  EXPECT_THAT(input_error_of([&] { write_file(directory.path(), "x"); }),
              EndsWith(": cannot write: Is a directory"));
  EXPECT_EQ(input_error_of([] { write_file("/dev/full", "x"); }),
            "/dev/full: cannot write: No space left on device");
}

TEST(Files, KeepTheOldContentAndNoTemporaryWhenAWriteFails) {
  const TemporaryDirectory directory;
  write_file(directory / "t", "the old content");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1000;  // a write beyond it fails, as on a full disk
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = input_error_of([&] { write_file(directory / "t", std::string(5000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(message, EndsWith("t: cannot write: File too large"));
  EXPECT_EQ(read_text_file(directory / "t"), "the old content");
  EXPECT_EQ(directory.entries(), 1);
}

TEST(Files, AreWrittenThroughDevicesAndSymbolicLinks) {
  const TemporaryDirectory directory;
  write_file("/dev/null", "x");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  write_file(directory / "target", "old");
  std::filesystem::create_symlink("target", directory / "link");
  write_file(directory / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
  EXPECT_EQ(read_text_file(directory / "target"), "new");
}

TEST(OutputDirectory, IsMadeWithItsParentsAndLeftEmpty) {
  const TemporaryDirectory directory;
  make_output_directory(directory / "a/b/c");
  make_output_directory(directory / "a/b/c");
  EXPECT_TRUE(std::filesystem::is_empty(directory / "a/b/c"));
}

TEST(OutputDirectory, MustBeADirectoryThatCanBeWritten) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "x");
  EXPECT_THAT(input_error_of([&] { make_output_directory(directory / "file"); }),
              EndsWith("file: cannot create the directory: Not a directory"));
  EXPECT_THAT(input_error_of([&] { make_output_directory(directory / "file/below"); }),
              EndsWith("file/below: cannot create the directory: Not a directory"));
  EXPECT_THAT(input_error_of([] { make_output_directory("/proc/self"); }),
              StartsWith("/proc/self: cannot write into the directory: "));
}

Bytes gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  Bytes out(deflateBound(&stream, text.size()) + 64);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes bytes(const std::string& text) {
  return Bytes(text.begin(), text.end());
}

TEST(Gunzip, InflatesGzipAndPassesTheRestThrough) {
  const std::string text(200000, 'w');
  EXPECT_EQ(gunzip(gzip(text), "a.gz"), bytes(text));
  EXPECT_EQ(gunzip(gzip(""), "a.gz"), Bytes());
  EXPECT_EQ(gunzip(bytes("plain"), "a"), bytes("plain"));
  EXPECT_EQ(gunzip({}, "a"), Bytes());
  Bytes two = gzip("first ");
  const Bytes second = gzip("second");
  two.insert(two.end(), second.begin(), second.end());
  EXPECT_EQ(gunzip(two, "a.gz"), bytes("first second"));
}

TEST(Gunzip, RefusesEveryTruncation) {
  const Bytes good = gzip("some text that is not too short, some text that repeats");
  for (std::size_t size = 2; size < good.size(); ++size) {
    const Bytes part(good.begin(), good.begin() + static_cast<long>(size));
    EXPECT_EQ(input_error_of([&] { gunzip(part, "a.gz"); }), "a.gz: truncated gzip data");
  }
}

TEST(Gunzip, RefusesDamageSurplusAndBombs) {
  const auto refused = [](Bytes data, std::uint64_t limit = 1000000) {
    return input_error_of([&] { gunzip(data, "a.gz", limit); });
  };
  Bytes wrong_check = gzip("text");
  wrong_check[wrong_check.size() - 5] ^= 1;
  EXPECT_EQ(refused(wrong_check), "a.gz: damaged gzip data: incorrect data check");
  Bytes wrong_length = gzip("text");
  wrong_length.back() ^= 1;
  EXPECT_EQ(refused(wrong_length), "a.gz: damaged gzip data: incorrect length check");
  Bytes surplus = gzip("text");
  surplus.insert(surplus.end(), {'m', 'o', 'r', 'e'});
  EXPECT_EQ(refused(surplus), "a.gz: 4 surplus bytes after the gzip data");
  EXPECT_EQ(refused(gzip(std::string(100001, 0)), 100000),
            "a.gz: gzip data of more than 100000 bytes when inflated");
}

TEST(WorkerPoolTest, RunsEachTaskOnceWhateverTheThreads) {
  for (const int threads : {1, 2, 5}) {
    WorkerPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const int count : {0, 1, 2, 1000}) {
      std::vector<int> runs(static_cast<std::size_t>(count), 0);
      pool.run(count, [&](int task) { ++runs[static_cast<std::size_t>(task)]; });
      EXPECT_EQ(runs, std::vector<int>(static_cast<std::size_t>(count), 1));
    }
  }
  EXPECT_GE(WorkerPool(0).threads(), 1);
}

TEST(WorkerPoolTest, RethrowsTheExceptionOfTheLowestTask) {
  WorkerPool pool(4);
  for (int round = 0; round < 50; ++round) {
    try {
      pool.run(64, [](int task) {
        if (task % 2 == 1) throw std::runtime_error(std::to_string(task));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "1");
    }
  }
  int runs = 0;
  WorkerPool(1).run(3, [&](int) { ++runs; });
  std::atomic<int> after{0};
  pool.run(10, [&](int) { ++after; });
  EXPECT_EQ(after, 10) << "the pool works on after an exception";
}

TEST(WorkerPoolTest, RefusesToRunWithinItself) {
  WorkerPool pool(2);
  EXPECT_THROW(pool.run(1, [&](int) { pool.run(1, [](int) {}); }), Error);
}

}  // namespace
}  // namespace weft
