// The estimate says what it rests on: points that were run, here or in the store, and how far these lie
// apart. What was never measured is named, not guessed.
#include "app/sweep/dry_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/sweep/estimate.hpp"
#include "app/sweep/probe.hpp"
#include "app/sweep/sweep_input.hpp"
#include "app/sweep/sweep_table.hpp"
#include "sweep/search/halving.hpp"
#include "sweep/search/search.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;
using Batches = std::vector<std::vector<sweep::Point>>;

sweep::Table points_table(const sweep::SweepFile& file, const std::vector<sweep::Point>& points) {
  sweep::Table table;
  table.columns = {"point"};
  for (const std::string& name : sweep::setting_names(file)) table.columns.push_back(name);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<sweep::Value>& row = table.rows.emplace_back();
    row.emplace_back(static_cast<std::int64_t>(i));
    for (const std::string& value : sweep::setting_values(file, points[i])) row.emplace_back(value);
  }
  return table;
}

// What is left of a search: its next generations as points drawn evenly from the space.
void add_generations(const SweepParams& params, const sweep::SweepFile& file, std::int64_t there,
                     Batches& batches) {
  sweep::SweepFile even = read_sweep(params.file);
  even.method.kind = sweep::MethodKind::Random;
  even.method.points = std::max<std::int64_t>(0, file.method.points - there);
  if (even.method.points == 0) return;
  const std::vector<sweep::Point> points = sweep::choose_points(even);
  const auto size = static_cast<std::ptrdiff_t>(file.method.population);
  for (auto from = points.begin(); from != points.end();) {
    const auto to = from + std::min(size, points.end() - from);
    batches.emplace_back(from, to);
    from = to;
  }
}

// The next rounds, of which nobody knows who will be in them: the first ones stand for all.
void add_rounds(const sweep::SweepFile& file, const std::vector<sweep::Point>& points, Batches& batches) {
  const std::size_t budget = file.method.budget_axis;
  std::uint32_t round = 0;
  for (const sweep::Point& point : points) round = std::max(round, point[budget]);
  std::vector<sweep::Point> last;
  for (const sweep::Point& point : points)
    if (point[budget] == round) last.push_back(point);
  while (++round < file.axes[budget].values.size() && !last.empty()) {
    last.resize(std::max<std::size_t>(1, last.size() / static_cast<std::size_t>(file.method.eta)));
    for (sweep::Point& point : last) point[budget] = round;
    batches.push_back(last);
  }
}

// `points` are all that are there, `pending` those of them that did not end.
Batches batches_of(const SweepParams& params, const sweep::SweepFile& file,
                   const std::vector<sweep::Point>& points, const std::vector<sweep::Point>& pending) {
  Batches batches = {pending};
  if (file.method.kind == sweep::MethodKind::Nsga2)
    add_generations(params, file, static_cast<std::int64_t>(points.size()), batches);
  if (file.method.kind == sweep::MethodKind::SuccessiveHalving) add_rounds(file, points, batches);
  return batches;
}

std::string words_of(const Estimate& estimate, std::size_t measured, int jobs) {
  std::string words = fmt::format("{} {} with {} at a time", estimate.unknown.empty() ? "about" : "at least",
                                  format_duration(estimate.seconds), jobs);
  if (measured > 1)
    words += fmt::format(" ({} to {} if all were like the quick or like the slow ones)",
                         format_duration(estimate.least), format_duration(estimate.most));
  if (!estimate.unknown.empty())
    words += fmt::format("; how long \"{}\" takes is not known, it was found in the cache",
                         fmt::join(estimate.unknown, "\" and \""));
  return words;
}

std::size_t count_of(const Batches& batches) {
  std::size_t count = 0;
  for (const auto& batch : batches) count += batch.size();
  return count;
}

void estimate_from_store(Context& context, const SweepParams& params, const sweep::SweepFile& file,
                         const sweep::Store& store, int jobs) {
  std::vector<sweep::Point> pending;
  for (const sweep::Task& task : store.pending_tasks(file)) pending.push_back(task.point);
  const Batches batches = batches_of(params, file, store.points(file), pending);
  if (count_of(batches) == 0) {
    context.console.say("all points have ended: nothing is left to run");
    return;
  }
  const Measured measured = measure_store(store, file);
  const Estimate estimate = estimate_time(file, batches, measured, jobs, params.cache != "none");
  context.console.say(fmt::format("{} points to run; by the {} that ended: {}", count_of(batches),
                                  measured.points.size(), words_of(estimate, measured.points.size(), jobs)));
}

void estimate_by_probe(Context& context, const SweepParams& params, const sweep::SweepFile& file,
                       const std::vector<sweep::Point>& points, int jobs) {
  const Batches batches = batches_of(params, file, points, points);
  const std::size_t count = count_of(batches);
  if (params.probe_seconds == 0) {
    context.console.say(
        fmt::format("{} points; none was run yet, and --probe 0 runs none: how long they take is "
                    "not known",
                    count));
    return;
  }
  const std::unique_ptr<sweep::Cache> cache = open_cache(context, params);
  PointRunner runner(context, file, cache.get());
  Stage stage(context.console, "probe");
  const Probe probe = probe_points(file, points, runner, static_cast<double>(params.probe_seconds), stage);
  stage.done(fmt::format("{} of {} points", probe.ended, count));
  if (!probe.failure.empty()) context.console.warn("a point failed: " + probe.failure);
  if (probe.ended == 0) {
    context.console.say(
        fmt::format("{} points; none came to an end in the {} of --probe: how long they take is not "
                    "known{}",
                    count, format_duration(static_cast<double>(params.probe_seconds)),
                    cache ? ". Stages that ended are kept, so the same again comes further" : ""));
    return;
  }
  const Estimate estimate = estimate_time(file, batches, probe.measured, jobs, cache != nullptr);
  context.console.say(fmt::format("{} points; by {} of them, run one at a time: {}", count, probe.ended,
                                  words_of(estimate, probe.ended, jobs)));
}

}  // namespace

std::string format_duration(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 90 * 60) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{:.1f} h", seconds / 3600);
  return fmt::format("{:.1f} days", seconds / 86400);
}

int dry_run(Context& context, const SweepParams& params, const sweep::SweepFile& file,
            const std::vector<sweep::Point>& points) {
  print_table(context, points_table(file, points));
  if (file.method.kind == sweep::MethodKind::SuccessiveHalving) {
    const auto rounds = sweep::halving_rounds(file, static_cast<std::int64_t>(points.size()));
    context.console.say(fmt::format("the first of {} rounds of at most {} points; {} is the budget",
                                    rounds.size(), fmt::join(rounds, ", "),
                                    file.axes[file.method.budget_axis].key));
  } else if (sweep::is_search(file)) {
    context.console.say(fmt::format("the first of up to {} points: the others follow from what these come to",
                                    file.method.points));
  }
  const int jobs =
      params.engine == "slurm" ? params.slurm.workers * std::max(1, params.jobs) : job_count(params);
  if (fs::exists(store_directory(params) / "sweep.sqlite")) {
    const sweep::Store store = open_store(params, file);
    const sweep::StateCounts counts = store.counts();
    if (counts.done + counts.infeasible > 0) {
      estimate_from_store(context, params, file, store, jobs);
      return kDone;
    }
  }
  estimate_by_probe(context, params, file, points, jobs);
  return kDone;
}

}  // namespace weft::app
