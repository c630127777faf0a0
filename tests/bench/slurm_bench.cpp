// What a cluster's slots spend in points: 400 points of 20 ms on a real Slurm of two nodes with two CPUs
// each.
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>

#include "model/base/files.hpp"
#include "sweep/cluster/slurm.hpp"
#include "tests/sweep/slurm_cluster.hpp"

namespace weft::sweep {
namespace {

constexpr int kPoints = 400, kMilliseconds = 20, kWorkers = 2, kSlotsEach = 2;

struct Quiet : Progress {
  void update(std::int64_t, std::int64_t) override {}
};

// From the begin to the end of each worker, summed.
double worker_seconds(const std::string& file) {
  std::istringstream times(read_text_file(file));
  double sum = 0;
  for (double begin = 0, end = 0; times >> begin >> end;) sum += end - begin;
  return sum;
}

void measure() {
  const test::SlurmCluster cluster;
  if (!cluster.missing().empty()) {
    std::printf("no Slurm to measure: %s", cluster.missing().c_str());
    return;
  }
  const test::Scratch scratch;
  const std::string path = scratch / "s.yaml";
  std::ofstream(path) << "flow_text: x\naxes:\n  x: range(1, " << kPoints << ")\n";
  const SweepFile sweep = read_sweep_file(path);
  Store store(scratch / "s", sweep, "1", true);
  SlurmParams params;
  params.workers = kWorkers;
  params.cpus = kSlotsEach;
  params.poll_seconds = 0.1;
  params.command = {WEFT_SLURM_WORKER, std::to_string(kMilliseconds), path, scratch / "", "2"};
  Quiet progress;
  const auto begin = std::chrono::steady_clock::now();
  run_on_slurm(store, sweep, {digest(sweep), "1"}, scratch / "", params, progress);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double in_points = kPoints * kMilliseconds / 1000.0;
  const double slots = worker_seconds(scratch / "times") * kSlotsEach;
  std::printf("points of %d ms done on Slurm     %8lld\n", kMilliseconds,
              static_cast<long long>(store.counts().done));
  std::printf("share of the slots' time in them %8.1f %%    (to reach: >= 80 %%)\n", 100 * in_points / slots);
  std::printf("from sbatch to the last row      %8.2f s    (%.2f s of it the cluster's queue)\n", wall,
              wall - slots / (kWorkers * kSlotsEach));
}

}  // namespace
}  // namespace weft::sweep

int main() try {  // caught, so that the cluster is stopped on the way out
  weft::sweep::measure();
} catch (const std::exception& error) {
  std::printf("%s\n", error.what());
  return 1;
}
