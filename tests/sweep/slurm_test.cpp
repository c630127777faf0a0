// The cluster engine: what it says where there is no cluster, and, in the full tier, a real Slurm whose
// workers, nodes and parents are killed.
#include "sweep/cluster/slurm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <thread>

#include "model/base/files.hpp"
#include "model/base/random.hpp"
#include "sweep/engine.hpp"
#include "sweep/search/search.hpp"
#include "tests/sweep/slurm_cluster.hpp"

namespace weft::sweep {
namespace {

using test::Scratch;
using testing::HasSubstr;

const std::vector<std::string> kColumns = {"point", "state", "error", "version", "x", "square"};

struct Quiet : Progress {
  void update(std::int64_t done, std::int64_t) override { seen = done; }
  bool stop_requested() const override { return seen >= stop_at; }
  std::int64_t seen = 0, stop_at = 1'000'000;
};

PointResult square(const std::vector<std::string>& overrides) {
  const double x = std::stod(overrides[0].substr(2));
  PointResult result;
  result.figures.push_back({"square", x * x / 3});
  return result;
}

// A sweep of `points` points, its file and its directory. With a `method`, a search among that many.
struct Case {
  explicit Case(int points, int milliseconds, const std::string& method = "") {
    const std::string path = scratch / "s.yaml";
    std::ofstream(path) << "flow_text: x\naxes:\n  x: range(0, " + std::to_string(points - 1) + ")\n" +
                               method;
    sweep = read_sweep_file(path);
    origin = {digest(sweep), "1"};
    params.cpus = 2;
    params.workers = 2;
    params.poll_seconds = 0.1;
    params.command = {WEFT_SLURM_WORKER, std::to_string(milliseconds), path, scratch / "", "2"};
    Store undisturbed(scratch / "undisturbed", sweep, "1", true);
    Quiet progress;
    do {
      run_points(undisturbed, sweep, square, {}, progress);
    } while (add_next_points(undisturbed, sweep) > 0);
    expected = undisturbed.read(kColumns).rows;
  }
  SlurmSummary run(Progress& progress) {
    Store store(scratch / "s", sweep, "1", true);
    return run_on_slurm(store, sweep, origin, scratch / "", params, progress);
  }
  std::vector<std::vector<Value>> table() {
    return Store(scratch / "s", sweep, "1", false).read(kColumns).rows;
  }
  // Until so many more points were computed, by whomever, or the parent is at its end.
  void wait_for(std::size_t more, pid_t parent) {
    const std::size_t points = computed() + more;
    siginfo_t ended{};
    while (computed() < points && ended.si_pid == 0) {
      usleep(5000);
      waitid(P_PID, static_cast<id_t>(parent), &ended, WEXITED | WNOHANG | WNOWAIT);
    }
  }
  // How often a point was begun and came to its end.
  std::size_t computed() const {
    const std::string log = std::filesystem::exists(scratch / "log") ? read_text_file(scratch / "log") : "";
    return static_cast<std::size_t>(std::count(log.begin(), log.end(), '\n'));
  }

  const Scratch scratch;
  SweepFile sweep;
  ShardOrigin origin;
  SlurmParams params;
  std::vector<std::vector<Value>> expected;
};

template <class Act>
std::string refusal(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(Slurm, SaysThatThereIsNoSbatch) {
  Case a(4, 1);
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  Quiet progress;
  EXPECT_THAT(refusal([&] { a.run(progress); }),
              HasSubstr("found no sbatch on the PATH, expected Slurm's commands; \"weft sweep worker\""));
  setenv("PATH", path.c_str(), 1);
}

TEST(Slurm, NamesItsJobByTheSweepAndItsPlace) {
  const ShardOrigin one{{1, 2}, "1"}, other{{1, 3}, "1"};
  EXPECT_EQ(job_name("/tmp/a", one), job_name("/tmp/b/../a", one));
  EXPECT_NE(job_name("/tmp/a", one), job_name("/tmp/b", one));
  EXPECT_NE(job_name("/tmp/a", one), job_name("/tmp/a", other));
}

class SlurmFull : public testing::Test {
 protected:
  void SetUp() override {
    if (cluster_.may_be_missing()) GTEST_SKIP() << "no Slurm to test with: " << cluster_.missing();
    ASSERT_EQ(cluster_.missing(), "");
  }
  test::SlurmCluster cluster_;
};

TEST_F(SlurmFull, ComesToTheTableOfALocalRun) {
  Case a(60, 5);
  Quiet progress;
  EXPECT_EQ(a.run(progress).rounds, 1);
  EXPECT_EQ(a.table(), a.expected);
  EXPECT_EQ(a.computed(), 60u);
  EXPECT_EQ(a.run(progress).rounds, 0) << "nothing is run again";
}

TEST_F(SlurmFull, SaysWhyTheClusterRefuses) {
  Case a(4, 1);
  Quiet progress;
  a.params.partition = "none";
  EXPECT_THAT(
      refusal([&] { a.run(progress); }),
      HasSubstr("the cluster refused the workers:\nsbatch: error: invalid partition specified: none"));
  a.params.partition = "short";
  a.params.cpus = 3;
  EXPECT_THAT(refusal([&] { a.run(progress); }), HasSubstr("CPU count per node can not be satisfied"));
  a.params.cpus = 1;
  a.params.options = {"--no-such-option"};
  EXPECT_THAT(refusal([&] { a.run(progress); }), HasSubstr("unrecognized option"));
}

TEST_F(SlurmFull, SaysWhereTheLogsOfWorkersAreThatDidNothing) {
  Case a(4, 1);
  a.params.command = {"/bin/echo", "a complaint"};
  Quiet progress;
  EXPECT_THAT(refusal([&] { a.run(progress); }), HasSubstr("brought no point to an end; their logs are"));
  std::string log;
  for (const auto& entry : std::filesystem::directory_iterator(a.scratch / "cluster"))
    if (entry.path().extension() == ".log") log += read_text_file(entry.path());
  EXPECT_THAT(log, HasSubstr("a complaint"));
}

TEST_F(SlurmFull, DrainsTheWorkersWhenItIsAskedToStop) {
  Case a(400, 10);
  Quiet progress;
  progress.stop_at = 20;
  EXPECT_TRUE(a.run(progress).stopped);
  const std::size_t computed = a.computed();
  EXPECT_LT(computed, 400u);
  EXPECT_EQ(Store(a.scratch / "s", a.sweep, "1", false).counts().done, static_cast<int>(computed))
      << "what was at work was finished and collected";
}

TEST_F(SlurmFull, SubmitsAgainWhatATimeLimitDrained) {
  Case a(100, 1500);            // 38 seconds on four slots
  a.params.time = "1";          // a minute, the least there is
  a.params.drain_seconds = 50;  // Slurm looks every half minute
  Quiet progress;
  EXPECT_GE(a.run(progress).rounds, 2);
  EXPECT_EQ(a.table(), a.expected);
  EXPECT_EQ(a.computed(), 100u) << "no point was cut off";
}

TEST_F(SlurmFull, ReturnsAtOnceWhenDetachedAndLaterWaitsForTheSameWorkers) {
  Case a(60, 20);
  a.params.detach = true;
  Quiet progress;
  EXPECT_TRUE(a.run(progress).detached);
  EXPECT_TRUE(is_at_work(job_name(a.scratch / "", a.origin)));
  EXPECT_EQ(a.run(progress).rounds, 0) << "no second array beside the first";
  a.params.detach = false;
  EXPECT_EQ(a.run(progress).rounds, 0);
  EXPECT_EQ(a.table(), a.expected);
  EXPECT_EQ(a.computed(), 60u);
}

TEST_F(SlurmFull, ComesToTheSameTableHoweverNodesAndParentsAreKilled) {
  Case a(1500, 20);
  Random random(11);
  for (int round = 0; round < 5; ++round) {
    const pid_t parent = fork();
    if (parent == 0) {
      Quiet progress;
      _exit(refusal([&] { a.run(progress); }) == "none" ? 0 : 1);
    }
    usleep(static_cast<useconds_t>(500'000 + random.below(1'500'000)));
    const std::string node = round % 2 == 0 ? "n1" : "n2";
    cluster_.kill_node(node);
    if (round >= 3) kill(parent, SIGKILL);
    cluster_.start_node(node);
    if (round < 3) usleep(200'000);
    if (round < 3) kill(parent, SIGKILL);
    waitpid(parent, nullptr, 0);
  }
  EXPECT_LT(Store(a.scratch / "s", a.sweep, "1", false).counts().done, 1500) << "the kills came too late";
  Quiet progress;
  a.run(progress);
  EXPECT_EQ(a.table(), a.expected);
  EXPECT_LE(a.computed(), 1500u + 5 * 2 * 2) << "only what was at work on a killed node was begun again";
}

const char* const kSearch =
    "objectives: {minimize: [square], maximize: [x]}\nmethod: {kind: nsga2, population: 16, points: 240}\n";
const char* const kHalving =
    "  y: [1, 2, 3, 4]\nobjectives: {minimize: [square]}\n"
    "method: {kind: successive_halving, points: 64, budget: y}\n";

TEST_F(SlurmFull, KeepsItsWorkersForAllGenerationsOfASearch) {
  for (const char* method : {kSearch, kHalving}) {
    Case a(400, 5, method);
    Quiet progress;
    EXPECT_EQ(a.run(progress).rounds, 1) << "one array, not one per generation";
    EXPECT_EQ(a.table(), a.expected);
    EXPECT_EQ(a.computed(), a.expected.size());
    EXPECT_EQ(a.run(progress).rounds, 0) << "the search is at its end";
  }
}

TEST_F(SlurmFull, ComesToTheSameSearchHoweverNodesAndParentsAreKilled) {
  Case a(1000, 30, kSearch);
  Random random(5);
  for (int round = 0; round < 5; ++round) {
    const pid_t parent = fork();
    if (parent == 0) {
      Quiet progress;
      _exit(refusal([&] { a.run(progress); }) == "none" ? 0 : 1);
    }
    a.wait_for(8 + random.below(16), parent);  // within a generation, or across its end
    const std::string node = round % 2 == 0 ? "n1" : "n2";
    if (round == 1 || round >= 3) kill(parent, SIGKILL);
    if (round != 1) {
      cluster_.kill_node(node);
      cluster_.start_node(node);
    }
    if (round == 0 || round == 2) a.wait_for(8, parent);  // the parent goes on with who is left
    kill(parent, SIGKILL);
    waitpid(parent, nullptr, 0);
  }
  EXPECT_LT(Store(a.scratch / "s", a.sweep, "1", false).counts().done, 240) << "the kills came too late";
  Quiet progress;
  a.run(progress);
  EXPECT_EQ(a.table(), a.expected);
  EXPECT_LE(a.computed(), 240u + 5 * 2 * 2) << "only what was at work on a killed node was begun again";
}

}  // namespace
}  // namespace weft::sweep
