// weft sweep html and report: the page of a sweep, and the reports of single points that it links to. A page
// links to what is there; whoever makes a report writes the page again.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "app/cli/options.hpp"
#include "app/sweep/actions.hpp"
#include "app/sweep/dry_run.hpp"
#include "app/sweep/page.hpp"
#include "app/sweep/reports.hpp"
#include "app/sweep/sweep_input.hpp"
#include "model/base/files.hpp"
#include "sweep/answers.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

// What html spends on reports that nobody asked for: about a minute, and about 100 MB.
constexpr double kUnaskedSeconds = 60;
constexpr std::size_t kMostUnasked = 100;

fs::path page_path(const SweepParams& params) {
  return params.html.empty() ? store_directory(params) / "sweep.html" : fs::path(params.html);
}

void write_page(Context& context, const SweepParams& params, const sweep::SweepFile& file,
                const sweep::Store& store) {
  const fs::path path = page_path(params);
  const std::vector<std::int64_t> points = find_reports(store_directory(params));
  const fs::path from = fs::absolute(path).parent_path(), to = fs::absolute(store_directory(params));
  PageReports reports;
  reports.points = points;
  reports.folder = (to / "reports").lexically_proximate(from).generic_string();
  reports.command = fmt::format("weft sweep report '{}'", params.file);
  if (!params.output.empty()) reports.command += fmt::format(" -o '{}'", params.output);
  write_file(path, format_sweep_page(store, file, reports));
  context.console.say(fmt::format("written: {}", path.string()));
}

std::vector<std::int64_t> points_with_figures(const sweep::Store& store) {
  std::vector<std::int64_t> points;
  for (const auto& row : store.read({"point"}, "done").rows) points.push_back(std::get<std::int64_t>(row[0]));
  return points;
}

std::vector<std::int64_t> without(const std::vector<std::int64_t>& points,
                                  const std::vector<std::int64_t>& there) {
  const std::set<std::int64_t> known(there.begin(), there.end());
  std::vector<std::int64_t> rest;
  for (const std::int64_t point : points)
    if (known.count(point) == 0) rest.push_back(point);
  return rest;
}

// By the first objective, the best first.
std::vector<std::int64_t> points_on_front(const sweep::Store& store, const sweep::SweepFile& file) {
  if (file.objectives.empty()) return {};
  const sweep::Candidates candidates = sweep::find_candidates(store, file);
  std::vector<bool> maximize;
  for (const sweep::Objective& objective : file.objectives) maximize.push_back(objective.maximize);
  std::vector<std::vector<double>> values;
  std::vector<std::int64_t> numbers, points;
  for (const std::size_t i : sweep::find_front(candidates.values, maximize)) {
    values.push_back(candidates.values[i]);
    numbers.push_back(candidates.points[i]);
  }
  for (const std::size_t i : sweep::find_best(values, 0, maximize[0], values.size()))
    points.push_back(numbers[i]);
  return points;
}

// All that are done, those on the front first.
std::vector<std::int64_t> in_order_of_interest(const sweep::Store& store, const sweep::SweepFile& file) {
  std::vector<std::int64_t> points = points_on_front(store, file);
  const std::vector<std::int64_t> rest = without(points_with_figures(store), points);
  points.insert(points.end(), rest.begin(), rest.end());
  return points;
}

std::vector<std::int64_t> numbers_in(const std::string& text, std::int64_t count) {
  std::vector<std::int64_t> points;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    points.push_back(to_integer("--points", text.substr(from, comma - from), 0, count - 1));
    from = comma + 1;
  }
  return points;
}

// True: all that were asked for are there.
bool make(Context& context, const SweepParams& params, const sweep::SweepFile& file,
          const sweep::Store& store, const std::vector<std::int64_t>& points) {
  if (points.empty()) return true;
  const std::unique_ptr<sweep::Cache> cache = open_cache(context, params);
  PointRunner runner(context, file, cache.get());
  Stage stage(context.console, "reports");
  const ReportSummary summary = write_reports(store, file, points, runner, job_count(params), stage);
  stage.done(
      fmt::format("{} written into {}", summary.written, (store_directory(params) / "reports").string()));
  for (const auto& [point, why] : summary.refused)
    context.console.error(fmt::format("point {} has no report: {}", point, why));
  if (summary.stopped) context.console.warn("interrupted; the same command goes on with the rest");
  return !summary.stopped && summary.refused.empty();
}

}  // namespace

int html_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = read_sweep(params.file);
  const sweep::Store store = open_store(params, file);
  std::vector<std::int64_t> points;
  if (params.reports != "none")
    points = without(in_order_of_interest(store, file), find_reports(store_directory(params)));
  if (params.reports == "some") {
    const double each = std::max(store.mean_seconds(), 0.01) / job_count(params);
    const std::size_t most = std::min(kMostUnasked, static_cast<std::size_t>(kUnaskedSeconds / each));
    if (points.size() > most) {
      context.console.say(
          fmt::format("reports of {} of {} points that have none, the front first; all take about {} "
                      "(--reports all), \"weft sweep report\" makes those you choose",
                      most, points.size(), format_duration(each * static_cast<double>(points.size()))));
      points.resize(most);
    }
  }
  make(context, params, file, store, points);
  write_page(context, params, file, store);
  return kDone;
}

int report_action(Context& context, const SweepParams& params) {
  const sweep::SweepFile file = read_sweep(params.file);
  const sweep::Store store = open_store(params, file);
  std::vector<std::int64_t> points;
  if (params.points == "all") {
    points = without(points_with_figures(store), find_reports(store_directory(params)));
  } else if (params.points == "front") {
    if (file.objectives.empty())
      throw Error(ErrorKind::Usage,
                  "--points front: the sweep has no objectives, expected numbers or \"all\"");
    points = without(points_on_front(store, file), find_reports(store_directory(params)));
  } else {
    points = numbers_in(params.points, store.counts().total());
    for (const std::int64_t point : points)
      if (!store.has_ended(point))
        throw Error(ErrorKind::Unacceptable, fmt::format("point {} was not run yet", point));
  }
  const bool whole = make(context, params, file, store, points);
  write_page(context, params, file, store);
  for (const std::int64_t point : points) {
    const fs::path page = report_directory(store_directory(params), point) / "report.html";
    if (points.size() <= 10 && fs::exists(page))
      context.console.say(fmt::format("written: {}", page.string()));
  }
  return whole ? kDone : kUnacceptable;
}

}  // namespace weft::app
