// Which points a round of workers has to run: a file that all of them read and none changes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "sweep/cluster/shard.hpp"

namespace weft::sweep {

struct Plan {
  std::vector<Task> tasks;
  Merged merged;  // records that do not count: they are in the store, or their points were asked for again
  // Who shares it: task I is that of workers[I mod their number]. None: anybody.
  std::vector<int> workers = {};
  int array = 0;     // the array of workers that it is for
  bool last = true;  // none follows it for these workers
};

void write_plan(const std::filesystem::path& path, const Plan& plan, const ShardOrigin& origin);
// Throws InputError for a file that is no plan, or the plan of another sweep or version.
Plan read_plan(const std::filesystem::path& path, const ShardOrigin& origin, const SweepFile& sweep);

// All points of a sweep that chooses them before it runs.
Plan plan_all(const SweepFile& sweep);

// Tasks `index`, `index` + `count`, ... of the plan (or those of worker `index`, where the plan names its
// workers), less what a shard in `directory` has already. A shard of another sweep is left to the one who
// collects.
std::vector<Task> choose_share(const Plan& plan, int index, int count, const std::filesystem::path& directory,
                               const ShardOrigin& origin);

}  // namespace weft::sweep
