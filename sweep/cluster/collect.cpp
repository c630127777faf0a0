// All shards are read and judged before the first record is merged. How far each was merged is in the store,
// by the shard's own id, so that a look at running workers costs what is new.
#include "sweep/cluster/collect.hpp"

#include "model/base/error.hpp"

namespace weft::sweep {

CollectSummary collect_shards(Store& store, const std::filesystem::path& directory,
                              const ShardOrigin& origin) {
  CollectSummary summary;
  const Merged merged = store.merged_shards();
  const std::int64_t points = store.counts().total();
  std::vector<Shard> shards;
  for (const std::filesystem::path& path : list_shards(directory)) {
    ++summary.shards;
    Shard shard = read_shard(path, merged);
    if (shard.empty) continue;
    const SourcePosition position{path.string(), 0, 0};
    if (shard.origin.sweep != origin.sweep)
      throw InputError(position, "a shard of another sweep (\"" + shard.title + "\")",
                       "shards of this one: move it away, nothing was merged");
    if (shard.origin.version != origin.version)
      throw InputError(position, "a shard of Weft " + shard.origin.version,
                       "one of " + origin.version + ": move it away, nothing was merged");
    for (const ShardRecord& record : shard.records)
      if (record.point < 0 || record.point >= points)
        throw InputError(position, "point " + std::to_string(record.point),
                         "one from 0 to " + std::to_string(points - 1) + ": nothing was merged");
    summary.damaged += shard.damaged;
    shards.push_back(std::move(shard));
  }
  for (const Shard& shard : shards) {
    for (const ShardRecord& record : shard.records) {
      if (store.has_ended(record.point)) continue;
      store.finish(record.point, record.result);
      ++summary.points;
    }
    const auto known = merged.find(shard.id);
    if (known == merged.end() || known->second != shard.end) store.note_merged(shard.id, shard.end);
  }
  return summary;
}

Plan plan_pending(const Store& store, const SweepFile& sweep) {
  return {store.pending_tasks(sweep), store.merged_shards()};
}

}  // namespace weft::sweep
