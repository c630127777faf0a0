// The cache by itself: what is kept is found whole or not at all, whoever else is at work and however it
// ends.
#include "sweep/cache.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <fstream>
#include <functional>

#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using test::Scratch;

Digest key(int number) {
  return DigestBuilder().add(number).finish();
}

Bytes content(int number, std::size_t size = 1000) {
  return Bytes(size, static_cast<std::uint8_t>(number));
}

constexpr std::int64_t kEntryBytes = 1024;  // content(n) with its head

int run_in_child(const std::function<void()>& work) {
  const pid_t process = fork();
  if (process == 0) {
    work();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  waitpid(process, &status, 0);
  return status;
}

TEST(Cache, FindsWhatWasKeptAndNothingElse) {
  const Scratch scratch;
  const Cache cache({scratch / "c"});
  EXPECT_FALSE(cache.find(key(1)));
  EXPECT_TRUE(cache.keep(key(1), content(1)));
  EXPECT_TRUE(cache.keep(key(2), {}));
  EXPECT_EQ(cache.find(key(1)), content(1));
  EXPECT_EQ(cache.find(key(2)), Bytes());
  EXPECT_FALSE(cache.find(key(3)));
  EXPECT_EQ(Cache({scratch / "c"}).find(key(1)), content(1)) << "also in a later process";
}

TEST(Cache, TakesADamagedEntryForNone) {
  const Scratch scratch;
  const Cache cache({scratch / "c"});
  for (const std::uintmax_t at : {0, 9, 23, 24, 1023}) {
    cache.keep(key(1), content(1));
    std::fstream file(cache.path(key(1)), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put('x');
    file.close();
    EXPECT_FALSE(cache.find(key(1))) << "byte " << at;
    EXPECT_FALSE(std::filesystem::exists(cache.path(key(1))));
  }
  for (const std::uintmax_t size : {0, 5, 24, 1023}) {
    cache.keep(key(1), content(1));
    std::filesystem::resize_file(cache.path(key(1)), size);
    EXPECT_FALSE(cache.find(key(1))) << "cut to " << size;
  }
}

void set_age(const Cache& cache, int number, int seconds) {
  timespec times[2] = {{time(nullptr) - seconds, 0}, {time(nullptr) - seconds, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, cache.path(key(number)).c_str(), times, 0), 0);
}

TEST(Cache, DropsFirstWhatWasNotUsedForLongest) {
  const Scratch scratch;
  const Cache cache({scratch / "c", 8 * kEntryBytes});
  for (int i = 0; i < 8; ++i) {
    cache.keep(key(i), content(i));
    set_age(cache, i, 100 - i);
  }
  EXPECT_TRUE(cache.find(key(0))) << "which is used now";
  cache.keep(key(8), content(8));  // an eighth of the limit is cleared
  EXPECT_EQ(cache.trim().entries, 7);
  EXPECT_FALSE(cache.find(key(1)));
  EXPECT_FALSE(cache.find(key(2)));
  for (const int i : {0, 3, 4, 5, 6, 7, 8}) EXPECT_TRUE(cache.find(key(i))) << i;
}

TEST(Cache, NeverKeepsMoreThanItsLimit) {
  const Scratch scratch;
  const Cache cache({scratch / "c", 5 * kEntryBytes});
  EXPECT_FALSE(cache.keep(key(0), content(0, 6 * kEntryBytes)));
  for (int i = 0; i < 40; ++i) {
    cache.keep(key(i), content(i, 1000 - static_cast<std::size_t>(i)));
    std::int64_t bytes = 0;
    for (int k = 0; k <= i; ++k)
      if (std::filesystem::exists(cache.path(key(k))))
        bytes += static_cast<std::int64_t>(std::filesystem::file_size(cache.path(key(k))));
    EXPECT_LE(bytes, 5 * kEntryBytes);
  }
  std::ofstream(scratch / "c" / "size") << "nonsense";
  for (int i = 40; i < 60; ++i) cache.keep(key(i), content(i));
  EXPECT_LE(cache.trim().bytes, 5 * kEntryBytes);
}

TEST(Cache, GoesOnWithoutAnEntryWhereTheDiskIsFull) {
  const Scratch scratch;
  const Cache cache({scratch / "c"});
  EXPECT_EQ(run_in_child([&] {
              const rlimit limit{600, 600};
              std::signal(SIGXFSZ, SIG_IGN);
              setrlimit(RLIMIT_FSIZE, &limit);
              EXPECT_FALSE(cache.keep(key(1), content(1)));
              EXPECT_FALSE(cache.find(key(1)));
            }),
            0);
  EXPECT_EQ(cache.trim().entries, 0) << "and no part of it stays";
  EXPECT_TRUE(cache.keep(key(1), content(1)));
}

TEST(Cache, RefusesADirectoryThatCannotBeWritten) {
  EXPECT_THROW(Cache({"/dev/null/cache"}), InputError);
}

TEST(Cache, ClearsAwayWhatAKilledProcessLeft) {
  const Scratch scratch;
  const Cache cache({scratch / "c"});
  cache.keep(key(1), content(1));
  const std::string temporary = cache.path(key(1)).string() + ".host-1.tmp";
  std::ofstream(temporary) << "half of";
  std::ofstream(cache.path(key(1)).string() + ".claim").flush();
  EXPECT_EQ(cache.trim().entries, 1);
  EXPECT_TRUE(std::filesystem::exists(temporary)) << "somebody may still write it";
  timespec times[2] = {{time(nullptr) - 7200, 0}, {time(nullptr) - 7200, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, temporary.c_str(), times, 0), 0);
  cache.trim();
  EXPECT_FALSE(std::filesystem::exists(temporary));
  EXPECT_FALSE(std::filesystem::exists(cache.path(key(1)).string() + ".claim"));
}

TEST(Cache, LetsOneProcessComputeWhatManyWant) {
  const Scratch scratch;
  const Cache cache({scratch / "c"});
  const std::string log = scratch / "log";
  std::vector<pid_t> processes;
  for (int i = 0; i < 8; ++i) {
    const pid_t process = fork();
    if (process == 0) {
      for (int entry = 0; entry < 5; ++entry) {
        const CacheClaim claim(cache, key(entry));
        if (cache.find(key(entry))) continue;
        std::ofstream(log, std::ios::app) << entry << "\n";
        usleep(2000);
        cache.keep(key(entry), content(entry));
      }
      _exit(0);
    }
    processes.push_back(process);
  }
  for (const pid_t process : processes) waitpid(process, nullptr, 0);
  std::ifstream file(log);
  std::vector<int> computed;
  for (int entry = 0; file >> entry;) computed.push_back(entry);
  EXPECT_THAT(computed, testing::UnorderedElementsAre(0, 1, 2, 3, 4));
  for (int entry = 0; entry < 5; ++entry) {
    EXPECT_EQ(cache.find(key(entry)), content(entry));
    EXPECT_FALSE(std::filesystem::exists(cache.path(key(entry)).string() + ".claim"));
  }
}

TEST(Cache, TakesTheClaimFromAKilledProcess) {
  const Scratch scratch;
  const Cache cache({scratch / "c"});
  run_in_child([&] {
    const CacheClaim claim(cache, key(1));
    raise(SIGKILL);
  });
  const CacheClaim claim(cache, key(1));  // would wait for ever
  EXPECT_TRUE(cache.keep(key(1), content(1)));
}

TEST(Cache, StaysWholeWhileManyWriteReadAndDrop) {
  const Scratch scratch;
  const Cache cache({scratch / "c", 6 * kEntryBytes});
  std::vector<pid_t> processes;
  for (int i = 0; i < 4; ++i) {
    const pid_t process = fork();
    if (process == 0) {
      for (int round = 0; round < 60; ++round) {
        const int number = (round * 7 + i) % 10;
        cache.keep(key(number), content(number));
        const auto found = cache.find(key((round + i) % 10));
        if (found && *found != content((round + i) % 10)) _exit(1);
        if (round % 20 == 13 && i == 3) raise(SIGKILL);
      }
      _exit(0);
    }
    processes.push_back(process);
  }
  for (const pid_t process : processes) {
    int status = 0;
    waitpid(process, &status, 0);
    EXPECT_TRUE(status == 0 || WIFSIGNALED(status));
  }
  EXPECT_LE(cache.trim().bytes, 6 * kEntryBytes);
}

}  // namespace
}  // namespace weft::sweep
