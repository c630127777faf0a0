// weft sweep worker and weft sweep collect: many machines that share a directory but no database. A worker
// reads the sweep and writes its own shard; only the one who collects touches the store.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "app/cli/options.hpp"
#include "app/sweep/actions.hpp"
#include "app/sweep/point.hpp"
#include "app/sweep/sweep_check.hpp"
#include "app/sweep/sweep_input.hpp"
#include "app/sweep/sweep_table.hpp"
#include "model/base/files.hpp"
#include "sweep/cluster/collect.hpp"
#include "sweep/cluster/follow.hpp"
#include "sweep/search/search.hpp"

namespace weft::app {
namespace {

struct Share {
  int index = 0, count = 1;
};

Share to_share(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos)
    throw Error(ErrorKind::Usage,
                fmt::format("--shard: found \"{}\", expected INDEX/COUNT, as in 0/8", text));
  Share share;
  share.count = static_cast<int>(to_integer("--shard", text.substr(slash + 1), 1, 1'000'000));
  share.index = static_cast<int>(to_integer("--shard", text.substr(0, slash), 0, share.count - 1));
  return share;
}

}  // namespace

int job_count(const SweepParams& params) {
  return params.jobs > 0 ? params.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

std::filesystem::path shard_directory(const SweepParams& params) {
  return store_directory(params) / "shards";
}

sweep::ShardOrigin shard_origin(const sweep::SweepFile& file) {
  return {sweep::digest(file), weft_version()};
}

void collect_into(Context& context, const SweepParams& params, const sweep::SweepFile& file,
                  sweep::Store& store) {
  const sweep::CollectSummary summary =
      sweep::collect_shards(store, shard_directory(params), shard_origin(file));
  if (summary.points > 0)
    context.console.say(fmt::format("{} points collected from {} shards", summary.points, summary.shards));
  if (summary.damaged > 0)
    context.console.warn(
        fmt::format("{} damaged lines in the shards; their points are run again", summary.damaged));
}

int worker_action(Context& context, const SweepParams& params) {
  const Share share = to_share(params.shard);
  const sweep::SweepFile file = read_sweep(params.file);
  if (sweep::is_search(file) && params.plan.empty())
    throw Error(
        ErrorKind::Usage,
        "--plan: found none, expected that of \"weft sweep collect --plan\": which points a search has "
        "follows from those before");
  if (params.follow && params.plan.empty())
    throw Error(ErrorKind::Usage, "--follow: found no --plan, expected the first of the plans");
  const sweep::ShardOrigin origin = shard_origin(file);
  const std::filesystem::path directory = shard_directory(params);
  make_output_directory(directory);
  const std::unique_ptr<sweep::Cache> cache = open_cache(context, params);
  PointRunner runner(context, file, cache.get());
  Stage stage(context.console, "shard " + params.shard);
  sweep::ShardWriter shard(directory, origin, file.title, fmt::format("{}-of-{}", share.index, share.count));
  const auto run = [&](const std::vector<sweep::Task>& tasks) {
    std::vector<sweep::Point> points;
    for (const sweep::Task& task : tasks) points.push_back(task.point);
    check_sweep(file, points);
    runner.prepare(points);
    sweep::EngineParams engine;
    engine.jobs = job_count(params);
    engine.limits = file.limits;
    return sweep::run_points(
        shard, tasks, file, [&](const std::vector<std::string>& overrides) { return runner(overrides); },
        engine, stage);
  };
  sweep::EngineSummary summary;
  if (params.follow) {
    sweep::FollowParams follow;
    follow.plan = params.plan;
    follow.shards = directory;
    follow.index = share.index;
    follow.count = share.count;
    summary = sweep::follow_plans(follow, origin, file, run, stage);
  } else {
    const sweep::Plan plan =
        params.plan.empty() ? sweep::plan_all(file) : sweep::read_plan(params.plan, origin, file);
    summary = run(sweep::choose_share(plan, share.index, share.count, directory, origin));
  }
  stage.done(fmt::format("{} points", summary.finished));
  if (summary.stopped)
    context.console.warn("drained: what was at work is in the shard, the rest is not begun");
  if (summary.lost > 0)
    context.console.error(fmt::format("{} points lost their processes twice", summary.lost));
  return summary.stopped || summary.lost > 0 ? kUnacceptable : kDone;
}

int collect_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = read_sweep(params.file);
  const std::filesystem::path directory = store_directory(params);
  make_output_directory(directory);
  const sweep::StoreLock lock(directory / "sweep.lock");
  sweep::Store store(directory / "sweep.sqlite", file, weft_version(), true);
  store.recover();
  collect_into(context, params, file, store);
  if (params.retry_failed) store.retry_failed();
  sweep::add_next_points(store, file);
  if (!params.plan.empty())
    sweep::write_plan(params.plan, sweep::plan_pending(store, file), shard_origin(file));
  print_counts(context, store);
  const sweep::StateCounts counts = store.counts();
  return counts.pending > 0 || counts.failed > 0 ? kUnacceptable : kDone;
}

}  // namespace weft::app
