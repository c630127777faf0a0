// weft sweep: an action and a sweep file.
#include <fmt/format.h>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/sweep/actions.hpp"
#include "model/base/nearest.hpp"

namespace weft::app {
namespace {

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
      {"worker",
       "Runs every n-th point and writes the results to a file of its own: for many machines at once.",
       worker_action},
      {"collect", "Merges what workers have written into the store.", collect_action},
      {"status", "How many points are in which state.", status_action},
      {"show", "All points with their state, or all figures of one.", show_action},
      {"pareto", "The points that no other beats in every objective, among those that meet subject_to.",
       pareto_action},
      {"best", "The best points by one objective, among those that meet subject_to.", best_action},
      {"html", "One page with the front, all points, each axis' effect and what failed; opens from disk.",
       html_action},
      {"report",
       "The reports of single points, as \"weft flow\" writes them, and the page that leads to them.",
       report_action},
      {"export", "Every column of every point as CSV (or JSON with --json).", export_action}};
  return table;
}

void add_cache_options(OptionTable& table, SweepParams& params) {
  table.text("cache", params.cache, "DIR",
             "where stages are kept that other points and sweeps can use (default $XDG_CACHE_HOME/weft or "
             "~/.cache/weft); none: nowhere");
  table.integer("cache-limit", params.cache_mib, 1, std::int64_t{1} << 40,
                "MiB, above which what was not used for longest is dropped (default 4096)");
}

OptionTable make_table(const Action& action, SweepParams& params) {
  const std::string name = action.name;
  OptionTable table(fmt::format("sweep {} [options] FILE", name), action.summary);
  table.argument("FILE", params.file, "the sweep: a flow, axes over its keys, objectives (YAML)");
  table.text("output,o", params.output, "DIR", "where the store is (default out/NAME for NAME.yaml)");
  if (name == "run") {
    table.integer("jobs", params.jobs, 0, 4096, "points at a time (default 0: one per core)");
    add_cache_options(table, params);
    table.flag(
        "dry-run", params.dry_run,
        "print the points and an estimate of the time, from those that ended or from a few that are tried");
    table.integer(
        "probe", params.probe_seconds, 0, 1'000'000,
        "dry-run: seconds for these few; their stages are kept, their results are not (default 30; 0: none)");
    table.flag("retry-failed", params.retry_failed, "run failed points again");
    table.section("Where points run");
    table.choice("engine", params.engine, {"local", "slurm"}, "where points run (default local)");
    table.integer("workers", params.slurm.workers, 1, 100'000,
                  "slurm: tasks of the array, each with --jobs points at a time (defaults 4 and 1)");
    table.text("partition", params.slurm.partition, "NAME", "slurm: the partition");
    table.text("time", params.slurm.time, "LIMIT",
               "slurm: of each task, as HH:MM:SS; what is left is submitted again");
    table.integer("drain", params.slurm.drain_seconds, 1, 65'535,
                  "slurm: seconds before its limit at which a worker begins no more points (default 60)");
    table.texts("sbatch", params.slurm.options, "WORD",
                "slurm: a further option of sbatch, as --sbatch=--account=x");
    table.flag(
        "detach", params.slurm.detach,
        "slurm: submit (of a search, one generation) and return; \"weft sweep collect\" merges what is done");
  }
  if (name == "worker") {
    table.text("shard", params.shard, "I/N", "the points I, I+N, I+2N, ... (default 0/1: all)");
    table.text("plan", params.plan, "FILE",
               "of the points that \"collect --plan\" wrote here (default: all)");
    table.flag("follow", params.follow,
               "then of plan-1.json, plan-2.json, ... beside plan-0.json, as --engine slurm writes them");
    table.integer("jobs", params.jobs, 0, 4096, "points at a time (default 0: one per core)");
    add_cache_options(table, params);
  }
  if (name == "collect") {
    table.text("plan", params.plan, "FILE",
               "write the points that are still to be run, for the next workers");
    table.flag("retry-failed", params.retry_failed, "failed points are to be run again");
  }
  if (name == "show")
    table.integer("point", params.point, 0, std::int64_t{1} << 40, "all columns of this point");
  if (name == "best") {
    table.text("by", params.by, "NAME", "the objective (default: the first of the file)");
    table.integer("count", params.count, 1, 1 << 30, "how many (default 10)");
  }
  if (name == "html" || name == "report") {
    if (name == "html")
      table.choice("reports", params.reports, {"none", "some", "all"},
                   "make the reports of points that have none (default some: the front first, up to 100, for "
                   "a minute)");
    else
      table.text("points", params.points, "POINTS",
                 "front, all, or numbers as in 3,17 (default front); numbers are written again, others where "
                 "there is none");
    table.text("html", params.html, "FILE", "the page (default sweep.html beside the store)");
    table.integer("jobs", params.jobs, 0, 4096, "points at a time (default 0: one per core)");
    add_cache_options(table, params);
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
