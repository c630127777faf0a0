// What "weft sweep" can do, an action each; run, worker and collect work, the others only read the store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "app/cli/command.hpp"
#include "sweep/cache.hpp"
#include "sweep/cluster/shard.hpp"
#include "sweep/cluster/slurm.hpp"
#include "sweep/store.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::app {

// The options of all actions; each takes its own.
struct SweepParams {
  std::string file;
  std::string output;
  int jobs = 0;
  bool dry_run = false;
  std::int64_t probe_seconds = 30;  // of a dry run; 0: no probe
  bool retry_failed = false;
  std::int64_t point = -1;
  std::string points = "front";  // of report: "front", "all" or numbers
  std::string reports = "some";  // of html: "none", "some" or "all"
  int count = 10;
  std::string by;
  std::string csv;
  std::string html;
  std::string shard = "0/1";
  std::string plan;
  bool follow = false;
  std::string engine = "local";
  sweep::SlurmParams slurm;
  std::string cache;  // a directory, "none", or empty: default_cache()
  std::int64_t cache_mib = 4096;
};

int run_action(Context& context, const SweepParams& params);
int status_action(Context& context, const SweepParams& params);
int show_action(Context& context, const SweepParams& params);
int pareto_action(Context& context, const SweepParams& params);
int best_action(Context& context, const SweepParams& params);
int export_action(Context& context, const SweepParams& params);
int html_action(Context& context, const SweepParams& params);
int report_action(Context& context, const SweepParams& params);
int worker_action(Context& context, const SweepParams& params);
int collect_action(Context& context, const SweepParams& params);

// Where the store is, and what goes beside it.
std::filesystem::path store_directory(const SweepParams& params);
// Of a sweep that was run; throws InputError where there is none.
sweep::Store open_store(const SweepParams& params, const sweep::SweepFile& file);

// Where the user's sweeps share stages: $XDG_CACHE_HOME/weft, or else ~/.cache/weft, or, of a user without a
// home, in the folder of the store.
std::filesystem::path default_cache(const SweepParams& params);
// What stages share between points and sweeps; null where the user wants none. A default that cannot be
// written gives a warning and none.
std::unique_ptr<sweep::Cache> open_cache(Context& context, const SweepParams& params);

// Points at a time: --jobs, or one per core that this process may use.
int job_count(const SweepParams& params);

// The shards of the sweep's workers, and what each of them must say of itself.
std::filesystem::path shard_directory(const SweepParams& params);
sweep::ShardOrigin shard_origin(const sweep::SweepFile& file);
// Merges what workers have written and says so.
void collect_into(Context& context, const SweepParams& params, const sweep::SweepFile& file,
                  sweep::Store& store);

// run --engine slurm, on a store whose lock is held: everything but the words at the end. True: all is done.
bool run_with_slurm(Context& context, const SweepParams& params, const sweep::SweepFile& file,
                    sweep::Store& store);
// Throws Error where workers of this sweep are still at work on the cluster: their points would run twice.
void refuse_beside_workers(const SweepParams& params, const sweep::SweepFile& file);

void print_table(const Context& context, const sweep::Table& table);
void print_counts(const Context& context, const sweep::Store& store);

}  // namespace weft::app
