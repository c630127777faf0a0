// A worker for tests and benchmarks under Slurm, with points that only wait: weft_slurm_worker MILLISECONDS
// SWEEP DIRECTORY JOBS --plan PLAN --follow --shard I/N. Each point leaves a line in DIRECTORY/log, and the
// worker its begin and end in DIRECTORY/times.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>

#include "sweep/cluster/follow.hpp"
#include "sweep/engine.hpp"

namespace {

volatile std::sig_atomic_t asked_to_stop = 0;

extern "C" void on_signal(int) {
  asked_to_stop = 1;
}

struct Drain : weft::Progress {
  void update(std::int64_t, std::int64_t) override {}
  bool stop_requested() const override { return asked_to_stop != 0; }
};

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace weft::sweep;
  const double begin = now_seconds();
  if (argc != 10) return 2;
  for (const int signal : {SIGTERM, SIGUSR1}) std::signal(signal, on_signal);
  const auto wait_us = static_cast<useconds_t>(std::stoi(argv[1]) * 1000);
  const SweepFile sweep = read_sweep_file(argv[2]);
  const std::filesystem::path directory = argv[3];
  const std::string share = argv[9];
  const std::size_t slash = share.find('/');
  const int index = std::stoi(share), count = std::stoi(share.substr(slash + 1));
  const ShardOrigin origin{digest(sweep), "1"};
  EngineParams params;
  params.jobs = std::stoi(argv[4]);
  ShardWriter shard(directory / "shards", origin, "t",
                    std::to_string(index) + "-of-" + std::to_string(count));
  Drain progress;
  const auto point = [&](const std::vector<std::string>& overrides) {
    usleep(wait_us);
    const double x = std::stod(overrides[0].substr(2));
    std::ofstream(directory / "log", std::ios::app) << overrides[0] + "\n";
    PointResult result;
    result.figures.push_back({"square", x * x / 3});
    return result;
  };
  FollowParams follow;
  follow.plan = argv[6];
  follow.shards = directory / "shards";
  follow.index = index;
  follow.count = count;
  const EngineSummary summary = follow_plans(
      follow, origin, sweep,
      [&](const std::vector<Task>& tasks) {
        return run_points(shard, tasks, sweep, point, params, progress);
      },
      progress);
  std::ofstream(directory / "times", std::ios::app)
      << std::to_string(begin) + " " + std::to_string(now_seconds()) + "\n";
  return summary.stopped ? 1 : 0;
}
