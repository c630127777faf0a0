// weft sweep: an action and a sweep file. Every action but run only reads the store.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/sweep/point.hpp"
#include "app/sweep/sweep_check.hpp"
#include "app/sweep/sweep_table.hpp"
#include "model/base/files.hpp"
#include "model/base/nearest.hpp"
#include "sweep/answers.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

struct SweepParams {
  std::string file;
  std::string output;
  int jobs = 0;
  bool dry_run = false;
  bool retry_failed = false;
  std::int64_t point = -1;
  int count = 10;
  std::string by;
  std::string csv;
};

fs::path store_directory(const SweepParams& params) {
  return params.output.empty() ? fs::path("out") / fs::path(params.file).stem() : fs::path(params.output);
}

sweep::Store open_store(const SweepParams& params, const sweep::SweepFile& file) {
  return sweep::Store(store_directory(params) / "sweep.sqlite", file, weft_version(), false);
}

void print_table(const Context& context, const sweep::Table& table) {
  print_result(context.global.json ? format_table_json(table) : format_table(table));
}

sweep::Table points_table(const sweep::SweepFile& file, const std::vector<sweep::Point>& points) {
  sweep::Table table;
  table.columns = {"point"};
  for (const sweep::Axis& axis : file.axes) table.columns.push_back(axis.key);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<sweep::Value>& row = table.rows.emplace_back();
    row.emplace_back(static_cast<std::int64_t>(i));
    for (std::size_t axis = 0; axis < file.axes.size(); ++axis)
      row.emplace_back(file.axes[axis].values[points[i][axis]]);
  }
  return table;
}

void print_counts(const Context& context, const sweep::Store& store) {
  const sweep::StateCounts counts = store.counts();
  if (!context.global.json) {
    print_result(format_counts(counts) + "\n");
    return;
  }
  const nlohmann::ordered_json json = {{"points", counts.total()},
                                       {"done", counts.done},
                                       {"infeasible", counts.infeasible},
                                       {"failed", counts.failed},
                                       {"running", counts.running},
                                       {"pending", counts.pending},
                                       {"mean_seconds", store.mean_seconds()},
                                       {"store", store.path().string()}};
  print_result(json.dump(2) + "\n");
}

int dry_run(const Context& context, const SweepParams& params, const sweep::SweepFile& file,
            const std::vector<sweep::Point>& points, int jobs) {
  print_table(context, points_table(file, points));
  double mean = 0;
  if (fs::exists(store_directory(params) / "sweep.sqlite")) mean = open_store(params, file).mean_seconds();
  context.console.say(
      mean > 0
          ? fmt::format("{} points, about {:.0f} s with {} at a time", points.size(),
                        mean * static_cast<double>(points.size()) / jobs, jobs)
          : fmt::format("{} points; none was run yet, so how long they take is not known", points.size()));
  return kDone;
}

int run_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = sweep::read_sweep_file(params.file);
  const std::vector<sweep::Point> points = sweep::choose_points(file);
  check_sweep(file, points);
  const int cores = std::max(1u, std::thread::hardware_concurrency());
  const int jobs = params.jobs > 0 ? params.jobs : cores;
  if (params.dry_run) return dry_run(context, params, file, points, jobs);

  const fs::path directory = store_directory(params);
  make_output_directory(directory);
  const sweep::StoreLock lock(directory / "sweep.lock");
  sweep::Store store(directory / "sweep.sqlite", file, weft_version(), true);
  store.recover();
  if (params.retry_failed) store.retry_failed();
  PointRunner runner(context, file);
  std::vector<sweep::Point> pending;
  for (const std::int64_t point : store.pending()) pending.push_back(points[static_cast<std::size_t>(point)]);
  if (!pending.empty())
    context.console.say(
        fmt::format("{}; {} at a time, into {}", format_counts(store.counts()), jobs, store.path().string()));
  runner.prepare(pending);

  Stage stage(context.console, "sweep");
  sweep::EngineParams engine;
  engine.jobs = jobs;
  engine.limits = file.limits;
  engine.lock = &lock;
  const sweep::EngineSummary summary = sweep::run_points(
      store, file, [&](const std::vector<std::string>& overrides) { return runner(overrides); }, engine,
      stage);
  stage.done(fmt::format("{} points", summary.finished));
  print_counts(context, store);
  if (summary.stopped) context.console.warn("interrupted; the same command goes on with what is pending");
  if (summary.lost > 0)
    context.console.error(
        fmt::format("{} points lost their workers twice and are pending again", summary.lost));
  const std::int64_t failed = store.counts().failed;
  if (failed > 0)
    context.console.error(fmt::format("{} points failed; \"weft sweep show\" says why", failed));
  return summary.stopped || summary.lost > 0 || failed > 0 ? kUnacceptable : kDone;
}

int status_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = sweep::read_sweep_file(params.file);
  print_counts(context, open_store(params, file));
  return kDone;
}

int show_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = sweep::read_sweep_file(params.file);
  const sweep::Store store = open_store(params, file);
  const std::vector<std::string> known = store.columns();
  if (params.point < 0) {
    std::vector<std::string> columns = {"point", "state"};
    for (const sweep::Axis& axis : file.axes) columns.push_back(axis.key);
    for (const sweep::Objective& objective : file.objectives)
      if (std::find(known.begin(), known.end(), objective.name) != known.end() &&
          std::find(columns.begin(), columns.end(), objective.name) == columns.end())
        columns.push_back(objective.name);
    columns.insert(columns.end(), {"seconds", "error"});
    print_table(context, store.read(columns));
    return kDone;
  }
  const sweep::Table all = store.read(known);
  if (params.point >= static_cast<std::int64_t>(all.rows.size()))
    throw Error(ErrorKind::Usage, fmt::format("--point: found {}, expected a point from 0 to {}",
                                              params.point, all.rows.size() - 1));
  const std::vector<sweep::Value>& row = all.rows[static_cast<std::size_t>(params.point)];
  if (context.global.json) {
    print_result(format_table_json({all.columns, {row}}));
    return kDone;
  }
  sweep::Table table{{"name", "value"}, {}};
  for (std::size_t i = 0; i < row.size(); ++i) table.rows.push_back({all.columns[i], row[i]});
  print_result(format_table(table));
  return kDone;
}

// Point, axes and objectives of the chosen candidates.
sweep::Table answer(const sweep::Store& store, const sweep::SweepFile& file,
                    const sweep::Candidates& candidates, const std::vector<std::size_t>& chosen) {
  std::vector<std::string> columns = {"point"};
  for (const sweep::Axis& axis : file.axes) columns.push_back(axis.key);
  sweep::Table axes = store.read(columns), table{columns, {}};
  for (const sweep::Objective& objective : file.objectives) table.columns.push_back(objective.name);
  for (const std::size_t i : chosen) {
    std::vector<sweep::Value>& row =
        table.rows.emplace_back(axes.rows[static_cast<std::size_t>(candidates.points[i])]);
    for (const double value : candidates.values[i]) row.emplace_back(value);
  }
  return table;
}

void require_objectives(const sweep::SweepFile& file) {
  if (file.objectives.empty())
    throw InputError(file.objectives_position, "no objectives", "figures under minimize or maximize");
}

int pareto_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = sweep::read_sweep_file(params.file);
  require_objectives(file);
  const sweep::Store store = open_store(params, file);
  const sweep::Candidates candidates = find_candidates(store, file);
  std::vector<bool> maximize;
  for (const sweep::Objective& objective : file.objectives) maximize.push_back(objective.maximize);
  const std::vector<std::size_t> front = sweep::find_front(candidates.values, maximize);
  print_table(context, answer(store, file, candidates, front));
  context.console.say(fmt::format("{} of {} points that meet the conditions are on the front", front.size(),
                                  candidates.points.size()));
  return kDone;
}

int best_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = sweep::read_sweep_file(params.file);
  require_objectives(file);
  const std::string by = params.by.empty() ? file.objectives[0].name : params.by;
  std::vector<std::string> names;
  for (const sweep::Objective& objective : file.objectives) names.push_back(objective.name);
  const auto found = std::find(names.begin(), names.end(), by);
  if (found == names.end())
    throw Error(ErrorKind::Usage, fmt::format("--by: found \"{}\", expected an objective of the sweep{}", by,
                                              did_you_mean(by, names)));
  const auto column = static_cast<std::size_t>(found - names.begin());
  const sweep::Store store = open_store(params, file);
  const sweep::Candidates candidates = find_candidates(store, file);
  print_table(context, answer(store, file, candidates,
                              sweep::find_best(candidates.values, column, file.objectives[column].maximize,
                                               static_cast<std::size_t>(params.count))));
  return kDone;
}

int export_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = sweep::read_sweep_file(params.file);
  const sweep::Store store = open_store(params, file);
  const sweep::Table table = store.read(store.columns());
  if (params.csv.empty()) {
    print_result(context.global.json ? format_table_json(table) : format_csv(table));
    return kDone;
  }
  write_file(params.csv, format_csv(table));
  context.console.say(fmt::format("written: {}", params.csv));
  return kDone;
}

struct Action {
  const char* name;
  const char* summary;
  int (*run)(Context& context, const SweepParams& params);
};

const std::vector<Action>& actions() {
  static const std::vector<Action> table = {
      {"run",
       "Runs the points that are not done yet, a process each; after a crash or Ctrl-C, the rest of them.",
       run_action},
      {"status", "How many points are in which state.", status_action},
      {"show", "All points with their state, or all figures of one.", show_action},
      {"pareto", "The points that no other beats in every objective, among those that meet subject_to.",
       pareto_action},
      {"best", "The best points by one objective, among those that meet subject_to.", best_action},
      {"export", "Every column of every point as CSV (or JSON with --json).", export_action}};
  return table;
}

OptionTable make_table(const Action& action, SweepParams& params) {
  const std::string name = action.name;
  OptionTable table(fmt::format("sweep {} [options] FILE", name), action.summary);
  table.argument("FILE", params.file, "the sweep: a flow, axes over its keys, objectives (YAML)");
  table.text("output,o", params.output, "DIR", "where the store is (default out/NAME for NAME.yaml)");
  if (name == "run") {
    table.integer("jobs", params.jobs, 0, 4096, "points at a time (default 0: one per core)");
    table.flag("dry-run", params.dry_run, "print the points and an estimate of the time, run nothing");
    table.flag("retry-failed", params.retry_failed, "run failed points again");
  }
  if (name == "show")
    table.integer("point", params.point, 0, std::int64_t{1} << 40, "all columns of this point");
  if (name == "best") {
    table.text("by", params.by, "NAME", "the objective (default: the first of the file)");
    table.integer("count", params.count, 1, 1 << 30, "how many (default 10)");
  }
  if (name == "export") table.text("csv", params.csv, "FILE", "write to a file (default: standard output)");
  return table;
}

std::string sweep_help() {
  std::string text =
      "Usage: weft sweep ACTION [options] FILE\n\nMany runs of one flow, over axes of its keys; the results "
      "are "
      "in a store (SQLite).\n\nActions:\n";
  for (const Action& action : actions()) text += fmt::format("  {:<8} {}\n", action.name, action.summary);
  return text + "\n\"weft sweep ACTION --help\" tells more.\n";
}

}  // namespace

int sweep_command(Context& context, const std::vector<std::string>& words) {
  if (words.empty()) throw Error(ErrorKind::Usage, "an action is missing\n\n" + sweep_help());
  if (words[0] == "--help" || words[0] == "-h") {
    print_result(sweep_help());
    return kDone;
  }
  std::vector<std::string> names;
  for (const Action& action : actions()) {
    names.push_back(action.name);
    if (words[0] != action.name) continue;
    SweepParams params;
    const OptionTable table = make_table(action, params);
    if (!table.parse({words.begin() + 1, words.end()})) {
      print_result(table.help());
      return kDone;
    }
    return action.run(context, params);
  }
  throw Error(ErrorKind::Usage, fmt::format("unknown action \"{}\"{}\nSee \"weft sweep --help\".", words[0],
                                            did_you_mean(words[0], names)));
}

}  // namespace weft::app
