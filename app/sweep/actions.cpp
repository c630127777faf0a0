// What several actions share: where a store is, and how its rows and counts are printed.
#include "app/sweep/actions.hpp"

#include <nlohmann/json.hpp>

#include "app/sweep/sweep_table.hpp"

namespace weft::app {

std::filesystem::path store_directory(const SweepParams& params) {
  return params.output.empty() ? std::filesystem::path("out") / std::filesystem::path(params.file).stem()
                               : std::filesystem::path(params.output);
}

sweep::Store open_store(const SweepParams& params, const sweep::SweepFile& file) {
  return sweep::Store(store_directory(params) / "sweep.sqlite", file, weft_version(), false);
}

std::unique_ptr<sweep::Cache> open_cache(const SweepParams& params) {
  if (params.cache == "none") return nullptr;
  sweep::CacheParams cache;
  cache.directory =
      params.cache.empty() ? store_directory(params) / "cache" : std::filesystem::path(params.cache);
  cache.limit_bytes = params.cache_mib << 20;
  return std::make_unique<sweep::Cache>(cache);
}

void print_table(const Context& context, const sweep::Table& table) {
  print_result(context.global.json ? format_table_json(table) : format_table(table));
}

void print_counts(const Context& context, const sweep::Store& store) {
  const sweep::StateCounts counts = store.counts();
  if (!context.global.json) {
    print_result(format_counts(counts) + "\n" + format_reuse(store.reuse()));
    return;
  }
  nlohmann::ordered_json json = {{"points", counts.total()},
                                 {"done", counts.done},
                                 {"infeasible", counts.infeasible},
                                 {"failed", counts.failed},
                                 {"running", counts.running},
                                 {"pending", counts.pending},
                                 {"mean_seconds", store.mean_seconds()},
                                 {"store", store.path().string()}};
  for (const auto& [stage, reuse] : store.reuse())
    json["reuse"][stage] = {{"hits", reuse.hits}, {"misses", reuse.misses}};
  print_result(json.dump(2) + "\n");
}

}  // namespace weft::app
