// Kills and full disks at random moments: a sweep that goes on ends with the table of an undisturbed one, and
// no point that had come to an end is computed again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <vector>

#include "model/base/files.hpp"
#include "model/base/random.hpp"
#include "sweep/cache.hpp"
#include "sweep/engine.hpp"
#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using test::line_sweep;
using test::Scratch;
namespace fs = std::filesystem;

constexpr int kPoints = 60;

struct Quiet : Progress {
  void update(std::int64_t, std::int64_t) override {}
};

// As a flow does: a few milliseconds, something for the cache, a few kilobytes for the store; a line in `log`
// when it is done.
PointResult compute(const std::vector<std::string>& overrides, const Cache& cache, const fs::path& log) {
  const double x = std::stod(overrides[0].substr(overrides[0].find('=') + 1));
  usleep(2000);
  cache.keep(DigestBuilder().add(x).finish(), Bytes(3000, 7));
  PointResult result;
  for (int i = 0; i < 20; ++i)
    result.figures.push_back({"figure." + std::to_string(i), std::string(100, 'a') + std::to_string(x * i)});
  std::ofstream(log, std::ios::app) << static_cast<std::int64_t>(x) << "\n";
  return result;
}

// One attempt in a process of its own, that ends with 0 where the sweep is at its end.
pid_t start_attempt(const fs::path& directory, const SweepFile& sweep, const fs::path& log,
                    rlim_t file_limit) {
  const pid_t process = fork();
  if (process != 0) return process;
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{file_limit, file_limit};
  setrlimit(RLIMIT_FSIZE, &limit);
  try {
    const StoreLock lock(directory / "lock");
    const Cache cache({directory / "cache", std::int64_t{1} << 20});
    Store store(directory / "s", sweep, "1", true);
    Quiet progress;
    EngineParams params;
    params.jobs = 3;
    params.lock = &lock;
    run_points(
        store, sweep, [&](const auto& overrides) { return compute(overrides, cache, log); }, params,
        progress);
    _exit(store.counts().done == kPoints ? 0 : 2);
  } catch (const Error&) {
    _exit(1);
  }
}

std::vector<pid_t> children_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/task/" + std::to_string(process) + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

std::vector<std::int64_t> numbers_in(const fs::path& path) {
  std::vector<std::int64_t> numbers;
  std::ifstream file(path);
  for (std::int64_t number = 0; file >> number;) numbers.push_back(number);
  return numbers;
}

std::set<std::int64_t> done_points(const fs::path& directory, const SweepFile& sweep) {
  std::set<std::int64_t> done;
  try {
    for (const auto& row : Store(directory / "s", sweep, "1", false).read({"point"}, "done").rows)
      done.insert(std::get<std::int64_t>(row[0]));
  } catch (const Error&) {  // the store itself was not finished
  }
  return done;
}

std::vector<std::vector<Value>> table(const fs::path& directory, const SweepFile& sweep) {
  const Store store(directory / "s", sweep, "1", false);
  std::vector<std::string> columns = store.columns();
  columns.erase(std::find(columns.begin(), columns.end(), "seconds"));
  return store.read(columns).rows;
}

int wait_for(pid_t process) {
  int status = 0;
  waitpid(process, &status, 0);
  return status;
}

bool has_ended(pid_t process) {
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT);
  return info.si_pid != 0;
}

// A random moment of an attempt, counted in points it computed and not in time alone: however fast the
// machine is, none of twenty attempts comes far, and most have something left to disturb.
void wait_for_a_moment(pid_t process, const fs::path& log, Random& random) {
  const std::size_t points = random.below(4);
  while (numbers_in(log).size() < points && !has_ended(process)) usleep(200);
  usleep(static_cast<useconds_t>(random.below(3000)));
}

// Attempts, each disturbed by `disturb` until it has ended or the disturbance gives it up, then one in peace.
// `undo` is called after each.
template <class Disturb, class Undo>
void disturb_and_compare(const fs::path& directory, const fs::path& elsewhere, int attempts,
                         const Disturb& disturb, const Undo& undo, rlim_t file_limit_step = 0) {
  const SweepFile sweep = line_sweep(kPoints);
  fs::create_directories(elsewhere / "peace");
  fs::create_directories(directory);
  ASSERT_EQ(wait_for(start_attempt(elsewhere / "peace", sweep, elsewhere / "peace.log", RLIM_INFINITY)), 0);
  int disturbed = 0;
  for (int attempt = 0; attempt <= attempts; ++attempt) {
    const bool last = attempt == attempts;
    const std::set<std::int64_t> before = done_points(directory, sweep);
    const fs::path log = elsewhere / ("log" + std::to_string(attempt));
    const rlim_t limit =
        last || file_limit_step == 0 ? RLIM_INFINITY : file_limit_step * static_cast<rlim_t>(attempt + 1);
    int status = 1;
    if (last) {
      for (int tries = 0; status != 0 && tries < 50; ++tries) {  // a killed worker may hold its end a moment
        status = wait_for(start_attempt(directory, sweep, log, RLIM_INFINITY));
        if (status != 0) usleep(20000);
      }
      EXPECT_EQ(status, 0);
    } else {
      const pid_t process = start_attempt(directory, sweep, log, limit);
      disturb(process, log);
      status = wait_for(process);
      undo();
      disturbed += status != 0;
    }
    for (const std::int64_t point : numbers_in(log))
      EXPECT_EQ(before.count(point), 0u) << "point " << point << " again, in attempt " << attempt;
    const std::set<std::int64_t> after = done_points(directory, sweep);
    for (const std::int64_t point : before) EXPECT_EQ(after.count(point), 1u) << "point " << point << " lost";
  }
  testing::Test::RecordProperty("disturbed", disturbed);
  EXPECT_GT(disturbed, attempts / 3);
  EXPECT_EQ(table(directory, sweep), table(elsewhere / "peace", sweep));
}

TEST(CrashedSweep, IsWholeAfterKillsOfParentAndWorkersAtTwentyMoments) {
  const Scratch scratch;
  Random random(11);
  int attempt = 0;
  disturb_and_compare(
      scratch / "s", scratch / "e", 20,
      [&](pid_t process, const fs::path& log) {
        wait_for_a_moment(process, log, random);
        if (attempt++ % 2 == 1)
          for (const pid_t worker : children_of(process)) kill(worker, SIGKILL);
        usleep(static_cast<useconds_t>(random.below(2000)));
        kill(process, SIGKILL);
      },
      [] {});
}

TEST(CrashedSweep, IsWholeAfterFilesThatCouldGrowNoFurther) {
  const Scratch scratch;
  disturb_and_compare(
      scratch / "s", scratch / "e", 20, [](pid_t, const fs::path&) {}, [] {}, 9000);
}

// In a namespace of its own, so that nothing is mounted for anybody else.
bool mount_small_disk(const fs::path& directory) {
  fs::create_directories(directory);
  return unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) == 0 &&
         mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("none", directory.c_str(), "tmpfs", 0, "size=4m") == 0;
}

TEST(CrashedSweep, IsWholeAfterADiskThatWasFullAtTwentyMoments) {
  const Scratch scratch;
  const pid_t tester = fork();
  if (tester == 0) {  // the mount is gone with this process
    if (!mount_small_disk(scratch / "disk")) _exit(77);
    Random random(5);
    disturb_and_compare(
        scratch / "disk" / "s", scratch / "e", 20,
        [&](pid_t process, const fs::path& log) {
          wait_for_a_moment(process, log, random);
          std::ofstream ballast(scratch / "disk" / "ballast", std::ios::binary);
          const std::string block(4096, 'x');
          while (ballast.write(block.data(), 4096).flush()) {
          }
        },
        [&] { fs::remove(scratch / "disk" / "ballast"); });
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  const int status = wait_for(tester);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "no disk can be mounted here";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace weft::sweep
