// Questions to the store of a sweep: nothing here changes it.
#include <fmt/format.h>

#include <algorithm>

#include "app/sweep/actions.hpp"
#include "app/sweep/sweep_input.hpp"
#include "app/sweep/sweep_table.hpp"
#include "model/base/files.hpp"
#include "model/base/nearest.hpp"
#include "sweep/answers.hpp"

namespace weft::app {
namespace {

// Point, axes and objectives of the chosen candidates.
sweep::Table answer(const sweep::Store& store, const sweep::SweepFile& file,
                    const sweep::Candidates& candidates, const std::vector<std::size_t>& chosen) {
  std::vector<std::string> columns = {"point"};
  for (const std::string& name : sweep::setting_names(file)) columns.push_back(name);
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

}  // namespace

int status_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = read_sweep(params.file);
  print_counts(context, open_store(params, file));
  return kDone;
}

int show_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = read_sweep(params.file);
  const sweep::Store store = open_store(params, file);
  const std::vector<std::string> known = store.columns();
  if (params.point < 0) {
    std::vector<std::string> columns = {"point", "state"};
    for (const std::string& name : sweep::setting_names(file)) columns.push_back(name);
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

int pareto_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = read_sweep(params.file);
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
  const sweep::SweepFile file = read_sweep(params.file);
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
  const sweep::SweepFile file = read_sweep(params.file);
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

}  // namespace weft::app
