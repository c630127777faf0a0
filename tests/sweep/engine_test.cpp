// The engine with points of a few milliseconds: results, limits, lost workers, and kills at random moments.
#include "sweep/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <vector>

#include "model/base/random.hpp"
#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using test::line_sweep;
using test::Scratch;
using testing::HasSubstr;

struct Quiet : Progress {
  void update(std::int64_t, std::int64_t) override {}
  bool stop_requested() const override { return stop; }
  bool stop = false;
};

double axis_value(const std::vector<std::string>& overrides) {
  return std::stod(overrides[0].substr(overrides[0].find('=') + 1));
}

PointResult square(const std::vector<std::string>& overrides) {
  const double x = axis_value(overrides);
  PointResult result;
  result.figures.push_back({"square", x * x});
  return result;
}

EngineSummary run(Store& store, const SweepFile& sweep, const PointFunction& function,
                  EngineParams params = {}) {
  Quiet progress;
  params.limits = sweep.limits;
  return run_points(store, sweep, function, params, progress);
}

TEST(Engine, RunsEachPointOnceInAProcessOfItsOwn) {
  const Scratch scratch;
  const SweepFile sweep = line_sweep(20);
  Store store(scratch / "s", sweep, "1", true);
  int calls = 0;
  EngineParams params;
  params.jobs = 4;
  const auto counted = [&](const auto& overrides) {
    ++calls;  // in the copy: a second call in the same process would be seen in the figure
    PointResult result = square(overrides);
    result.figures.push_back({"calls", std::int64_t{calls}});
    return result;
  };
  EXPECT_EQ(run(store, sweep, counted, params).finished, 20);
  EXPECT_EQ(calls, 0);
  const Table table = store.read({"x", "square", "calls"}, "done");
  ASSERT_EQ(table.rows.size(), 20u);
  EXPECT_EQ(table.rows[19][1], Value(361.0));
  for (const auto& row : table.rows) EXPECT_EQ(row[2], Value(std::int64_t{1}));
  EXPECT_EQ(run(store, sweep, counted, params).finished, 0) << "nothing is run again";
}

TEST(Engine, TellsInfeasiblePointsFromFailedOnes) {
  const Scratch scratch;
  const SweepFile sweep = line_sweep(4);
  Store store(scratch / "s", sweep, "1", true);
  run(store, sweep, [](const auto& overrides) -> PointResult {
    const int x = static_cast<int>(axis_value(overrides));
    if (x == 1) throw Error(ErrorKind::Unacceptable, "needs 9 cores");
    if (x == 2) throw Error(ErrorKind::Internal, "a violation");
    if (x == 3) raise(SIGABRT);  // not SIGSEGV: a sanitizer would turn it into an exit code
    return square(overrides);
  });
  EXPECT_EQ(store.counts().done, 1);
  EXPECT_EQ(store.read({"error"}, "infeasible").rows[0][0], Value("needs 9 cores"));
  const Table failed = store.read({"error"}, "failed");
  EXPECT_EQ(failed.rows[0][0], Value("a violation"));
  EXPECT_THAT(std::get<std::string>(failed.rows[1][0]), HasSubstr("the worker ended by signal 6"));
}

TEST(Engine, EndsAPointAtItsLimitOfTime) {
  const Scratch scratch;
  const SweepFile sweep = line_sweep(2, "limits: {seconds: 0.2}\n");
  Store store(scratch / "s", sweep, "1", true);
  run(store, sweep, [](const auto& overrides) {
    if (axis_value(overrides) == 0) pause();
    return square(overrides);
  });
  EXPECT_EQ(store.counts().done, 1);
  EXPECT_EQ(store.read({"error"}, "failed").rows[0][0], Value("took longer than the limit of 0.2 s"));
}

TEST(Engine, EndsAPointAtItsLimitOfMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the shadow memory of a sanitizer is larger than any limit";
#endif
  const Scratch scratch;
  const SweepFile sweep = line_sweep(1, "limits: {memory_mib: 4096}\n");
  Store store(scratch / "s", sweep, "1", true);
  run(store, sweep, [](const auto& overrides) {
    std::vector<char> large;
    large.reserve(std::size_t{8} << 30);
    PointResult result = square(overrides);
    result.figures.push_back({"capacity", static_cast<std::int64_t>(large.capacity())});
    return result;
  });
  ASSERT_EQ(store.counts().failed, 1);
  EXPECT_EQ(store.read({"error"}, "failed").rows[0][0],
            Value("needs more than the limit of 4096 MiB of memory"));
}

TEST(Engine, TriesAKilledWorkerOnceMoreAndThenLeavesThePointPending) {
  const Scratch scratch;
  const SweepFile sweep = line_sweep(2);
  Store store(scratch / "s", sweep, "1", true);
  const std::string mark = scratch / "killed";
  const EngineSummary summary = run(store, sweep, [&](const auto& overrides) {
    const bool first = access(mark.c_str(), F_OK) != 0;
    if (axis_value(overrides) == 0 && first) {
      std::ofstream(mark).flush();
      raise(SIGKILL);
    }
    if (axis_value(overrides) == 1) raise(SIGKILL);
    return square(overrides);
  });
  EXPECT_EQ(summary.finished, 1);
  EXPECT_EQ(summary.lost, 1);
  EXPECT_EQ(store.counts().done, 1);
  EXPECT_THAT(store.pending(), testing::ElementsAre(1));
}

TEST(Engine, BeginsNothingOnceAskedToStop) {
  const Scratch scratch;
  const SweepFile sweep = line_sweep(3);
  Store store(scratch / "s", sweep, "1", true);
  Quiet progress;
  progress.stop = true;
  EXPECT_TRUE(run_points(store, sweep, square, {}, progress).stopped);
  EXPECT_EQ(store.counts().pending, 3);
}

// A run in a process of its own, whose points take a few milliseconds and leave a line each in `log` when
// they are done.
pid_t start_run(const std::filesystem::path& store_path, const SweepFile& sweep, const std::string& log) {
  const pid_t process = fork();
  if (process != 0) return process;
  try {
    const StoreLock lock(store_path.string() + ".lock");
    Store store(store_path, sweep, "1", true);
    EngineParams params;
    params.jobs = 3;
    params.lock = &lock;
    run(
        store, sweep,
        [&](const auto& overrides) {
          usleep(3000);
          std::ofstream(log, std::ios::app) << getpid() << "\n";
          return square(overrides);
        },
        params);
    _exit(0);
  } catch (const Error&) {
    _exit(1);
  }
}

std::vector<pid_t> workers_in(const std::string& log) {
  std::vector<pid_t> processes;
  std::ifstream file(log);
  for (pid_t process = 0; file >> process;) processes.push_back(process);
  return processes;
}

TEST(Engine, ComesToTheSameTableHoweverOftenItIsKilled) {
  const Scratch scratch;
  const SweepFile sweep = line_sweep(60);
  const std::vector<std::string> columns = {"point", "state", "error", "version", "x", "square"};
  Store undisturbed(scratch / "undisturbed", sweep, "1", true);
  run(undisturbed, sweep, square);

  Random random(7);
  int killed = 0;
  for (int round = 0; round < 12; ++round) {
    const pid_t process = start_run(scratch / "s", sweep, scratch / "log");
    usleep(static_cast<useconds_t>(2000 + random.below(25000)));
    killed += kill(process, SIGKILL) == 0;
    int status = 0;
    waitpid(process, &status, 0);
  }
  EXPECT_EQ(killed, 12);
  int status = 1;
  for (int tries = 0; status != 0 && tries < 50; ++tries) {  // the last worker may hold its end for a moment
    waitpid(start_run(scratch / "s", sweep, scratch / "log"), &status, 0);
    if (status != 0) usleep(20000);
  }
  ASSERT_EQ(status, 0);
  const Store store(scratch / "s", sweep, "1", false);
  EXPECT_EQ(store.counts().done, 60);
  EXPECT_EQ(store.read(columns).rows, undisturbed.read(columns).rows);
  // Three at a time were at work when a run was killed, no more were begun twice.
  EXPECT_LE(workers_in(scratch / "log").size(), 60u + 3 * 12);
}

}  // namespace
}  // namespace weft::sweep
