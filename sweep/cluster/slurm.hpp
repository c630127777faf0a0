// The cluster engine: an array of workers under Slurm, and their shards collected as they grow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/base/progress.hpp"
#include "sweep/cluster/collect.hpp"

namespace weft::sweep {

struct SlurmParams {
  int workers = 4;                   // tasks of the array: job starts
  int cpus = 1;                      // of each worker: points at a time
  std::string partition, time;       // as sbatch takes them; empty: what the cluster gives
  std::vector<std::string> options;  // further words for sbatch
  int drain_seconds = 60;            // how long before its end Slurm tells a worker to drain
  double poll_seconds = 1;
  bool detach = false;  // submit and return
  // The words of a worker; behind them come --plan PLAN --follow --shard I/N (follow.hpp).
  std::vector<std::string> command;
};

struct SlurmSummary {
  int rounds = 0;         // arrays submitted
  bool stopped = false;   // progress asked for it: the workers were drained
  bool detached = false;  // a job is at work
  std::int64_t damaged = 0;
};

// What the sweep in `directory` is called on the cluster, so that a second parent finds the workers of a
// first one that was killed.
std::string job_name(const std::filesystem::path& directory, const ShardOrigin& origin);

// Whether a job of this name is queued or at work. False where there is no squeue. Throws Error where the
// cluster does not answer.
bool is_at_work(const std::string& job);

// Submits an array of workers for the pending points of `store` and collects their shards from
// `directory`/shards until the sweep is at its end. The workers of a search stay for all of its generations;
// of these, what a lost one left goes to the others. An array that ended before (it was drained at its time's
// end, or its nodes were lost) is followed by another. Plans, the job's script and its logs are in
// `directory`/cluster. Workers of an earlier run that are still at work are taken over. Throws Error
// (BadInput) where sbatch is not there or refuses, with its words, and (Unacceptable) where an array of
// workers brought no point to an end.
SlurmSummary run_on_slurm(Store& store, const SweepFile& sweep, const ShardOrigin& origin,
                          const std::filesystem::path& directory, const SlurmParams& params,
                          Progress& progress);

}  // namespace weft::sweep
