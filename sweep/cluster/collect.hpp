// From the shards of workers into the store.
#pragma once

#include <cstdint>
#include <filesystem>

#include "sweep/cluster/plan.hpp"
#include "sweep/store.hpp"

namespace weft::sweep {

struct CollectSummary {
  std::int64_t points = 0;   // that came to an end in the store
  int shards = 0;            // files looked at
  std::int64_t damaged = 0;  // lines that are not what was written; their points are run again
};

// Merges what is new in the shards of `directory`; a point that has come to an end keeps its first result.
// Throws InputError for a shard of another sweep or version, and for a point that the sweep does not have:
// then nothing is merged and no shard is touched.
CollectSummary collect_shards(Store& store, const std::filesystem::path& directory,
                              const ShardOrigin& origin);

// The pending points of the store, whose shards were collected.
Plan plan_pending(const Store& store, const SweepFile& sweep);

}  // namespace weft::sweep
