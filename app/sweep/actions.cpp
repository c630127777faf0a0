// What several actions share: where a store is, and how its rows and counts are printed.
#include "app/sweep/actions.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "app/sweep/sweep_table.hpp"

namespace weft::app {

namespace fs = std::filesystem;

std::filesystem::path store_directory(const SweepParams& params) {
  return params.output.empty() ? std::filesystem::path("out") / std::filesystem::path(params.file).stem()
                               : std::filesystem::path(params.output);
}

sweep::Store open_store(const SweepParams& params, const sweep::SweepFile& file) {
  return sweep::Store(store_directory(params) / "sweep.sqlite", file, weft_version(), false);
}

fs::path default_cache(const SweepParams& params) {
  const auto absolute = [](const char* name) -> fs::path {
    const char* const value = std::getenv(name);
    return value && fs::path(value).is_absolute() ? value : "";  // relative ones are to be ignored
  };
  if (const fs::path caches = absolute("XDG_CACHE_HOME"); !caches.empty()) return caches / "weft";
  if (const fs::path home = absolute("HOME"); !home.empty()) return home / ".cache" / "weft";
  return store_directory(params) / "cache";
}

std::unique_ptr<sweep::Cache> open_cache(Context& context, const SweepParams& params) {
  if (params.cache == "none") return nullptr;
  sweep::CacheParams cache;
  cache.directory = params.cache.empty() ? default_cache(params) : fs::path(params.cache);
  cache.limit_bytes = params.cache_mib << 20;
  try {
    return std::make_unique<sweep::Cache>(cache);
  } catch (const InputError& error) {
    if (!params.cache.empty()) throw;
    context.console.warn(
        fmt::format("{}; stages are not shared, --cache DIR names another place", error.what()));
    return nullptr;
  }
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
