// weft sweep run: everything that can be wrong is refused before the first point; then the engine has the
// word.
#include <fmt/format.h>

#include <map>

#include "app/sweep/actions.hpp"
#include "app/sweep/constants.hpp"
#include "app/sweep/dry_run.hpp"
#include "app/sweep/point.hpp"
#include "app/sweep/sweep_check.hpp"
#include "app/sweep/sweep_input.hpp"
#include "app/sweep/sweep_table.hpp"
#include "model/base/files.hpp"
#include "sweep/search/search.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;
constexpr int kTriesPerFabric = 8;

// A generation of a search, or the whole of any other sweep. True: all that was pending came to an end.
bool run_pending(Context& context, const SweepParams& params, const sweep::SweepFile& file,
                 PointRunner& runner, sweep::Store& store, const sweep::StoreLock& lock) {
  const std::vector<sweep::Task> tasks = store.pending_tasks(file);
  std::vector<sweep::Point> points;
  for (const sweep::Task& task : tasks) points.push_back(task.point);
  if (!points.empty())
    context.console.say(fmt::format("{}; {} at a time, into {}", format_counts(store.counts()),
                                    job_count(params), store.path().string()));
  runner.prepare(points);

  Stage stage(context.console, "sweep");
  sweep::EngineParams engine;
  engine.jobs = job_count(params);
  engine.limits = file.limits;
  engine.lock = &lock;
  const sweep::EngineSummary summary = sweep::run_points(
      store, tasks, file, [&](const std::vector<std::string>& overrides) { return runner(overrides); },
      engine, stage);
  stage.done(fmt::format("{} points", summary.finished));
  if (summary.stopped) context.console.warn("interrupted; the same command goes on with what is pending");
  if (summary.lost > 0)
    context.console.error(
        fmt::format("{} points lost their workers twice and are pending again", summary.lost));
  return !summary.stopped && summary.lost == 0;
}

bool run_here(Context& context, const SweepParams& params, const sweep::SweepFile& file, sweep::Store& store,
              const sweep::StoreLock& lock) {
  const std::unique_ptr<sweep::Cache> cache = open_cache(context, params);
  PointRunner runner(context, file, cache.get());
  do {
    if (!run_pending(context, params, file, runner, store, lock)) return false;
  } while (sweep::add_next_points(store, file) > 0);
  return true;
}

// A point for each fabric file or preset of the sweep.
std::vector<FlowConfig> one_flow_per_fabric(const sweep::SweepFile& file,
                                            const std::vector<sweep::Point>& points) {
  std::vector<std::size_t> sources;
  for (std::size_t i = 0; i < file.axes.size(); ++i)
    if (file.axes[i].key == "fabric.preset" || file.axes[i].key == "fabric.file") sources.push_back(i);
  std::map<std::vector<std::uint32_t>, int> tries;
  std::vector<FlowConfig> flows;
  for (const sweep::Point& point : points) {
    std::vector<std::uint32_t> source;
    for (const std::size_t i : sources) source.push_back(point[i]);
    int& tried = tries[source];
    if (tried == kTriesPerFabric) continue;
    ++tried;
    try {
      flows.push_back(point_config(file, sweep::to_overrides(file, point)));
      tried = kTriesPerFabric;
    } catch (const InputError&) {  // this point says so itself; another one stands for the fabric
    }
  }
  return flows;
}

void warn_of_unmodeled(Context& context, const sweep::SweepFile& file,
                       const std::vector<sweep::Point>& points) {
  const std::vector<FlowConfig> flows = one_flow_per_fabric(file, points);
  if (flows.empty()) return;
  for (const std::string& sentence : find_unmodeled(flows, file)) context.console.warn(sentence);
}

}  // namespace

int run_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = read_sweep(params.file);
  const std::vector<sweep::Point> points = sweep::choose_points(file);
  check_sweep(file, points);
  warn_of_unmodeled(context, file, points);
  if (params.dry_run) return dry_run(context, params, file, points);

  const fs::path directory = store_directory(params);
  make_output_directory(directory);
  const sweep::StoreLock lock(directory / "sweep.lock");
  sweep::Store store(directory / "sweep.sqlite", file, weft_version(), true);
  const bool on_slurm = params.engine == "slurm";
  if (!on_slurm) refuse_beside_workers(params, file);
  store.recover();
  collect_into(context, params, file, store);
  if (params.retry_failed) store.retry_failed();
  const bool whole =
      on_slurm ? run_with_slurm(context, params, file, store) : run_here(context, params, file, store, lock);
  print_counts(context, store);
  const std::int64_t failed = store.counts().failed;
  if (failed > 0)
    context.console.error(fmt::format("{} points failed; \"weft sweep show\" says why", failed));
  return whole && failed == 0 ? kDone : kUnacceptable;
}

}  // namespace weft::app
