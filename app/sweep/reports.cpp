// A store keeps numbers; the frames and the replay of a report are many times as large and mostly never
// looked at. So a report is made when somebody asks for it: stages come from the cache, the rest is run once
// more, and what must be equal is compared.
#include "app/sweep/reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "sweep/engine.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;
constexpr const char* kPrefix = "point_";
constexpr const char* kOutcome = "provenance.digests.outcome";

class Refusals : public sweep::Ledger {
 public:
  void start(std::int64_t) override {}
  void finish(std::int64_t point, const sweep::PointResult& result) override {
    if (result.state == sweep::PointState::Done)
      ++summary.written;
    else
      summary.refused.emplace_back(point, result.error);
  }
  void put_back(std::int64_t) override {}
  ReportSummary summary;
};

const sweep::Value* find(const std::vector<sweep::Figure>& figures, const std::string& name) {
  const auto found =
      std::find_if(figures.begin(), figures.end(), [&](const auto& one) { return one.name == name; });
  return found == figures.end() ? nullptr : &found->value;
}

}  // namespace

fs::path report_directory(const fs::path& store_directory, std::int64_t point) {
  return store_directory / "reports" / (kPrefix + std::to_string(point));
}

std::vector<std::int64_t> find_reports(const fs::path& store_directory) {
  std::vector<std::int64_t> points;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(store_directory / "reports", ignored)) {
    const std::string name = entry.path().filename().string();
    std::int64_t point = -1;
    if (name.rfind(kPrefix, 0) != 0 || !fs::exists(entry.path() / "report.html")) continue;
    const char* const end = name.data() + name.size();
    if (std::from_chars(name.data() + std::string(kPrefix).size(), end, point).ptr == end)
      points.push_back(point);
  }
  std::sort(points.begin(), points.end());
  return points;
}

ReportSummary write_reports(const sweep::Store& store, const sweep::SweepFile& sweep,
                            const std::vector<std::int64_t>& points, PointRunner& runner, int jobs,
                            Progress& progress) {
  const std::vector<sweep::Point> all = store.points(sweep);
  const std::vector<std::string> known = store.columns();
  const bool has_outcomes = std::find(known.begin(), known.end(), kOutcome) != known.end();
  const sweep::Table outcomes = has_outcomes ? store.read({kOutcome}) : sweep::Table{};
  std::vector<sweep::Task> tasks;
  std::vector<sweep::Point> chosen;
  std::map<std::vector<std::string>, std::int64_t> numbers;  // a process knows its point by its settings
  for (const std::int64_t point : points) {
    tasks.push_back({point, all[static_cast<std::size_t>(point)]});
    chosen.push_back(tasks.back().point);
    numbers[sweep::to_overrides(sweep, tasks.back().point)] = point;
  }
  runner.prepare(chosen);
  Refusals refusals;
  sweep::EngineParams engine;
  engine.jobs = jobs;
  engine.limits = sweep.limits;
  const auto write = [&](const std::vector<std::string>& overrides) {
    const std::int64_t point = numbers.at(overrides);
    const sweep::Value expected =
        has_outcomes ? outcomes.rows[static_cast<std::size_t>(point)][0] : sweep::Value();
    return runner.write(overrides, report_directory(store.path().parent_path(), point),
                        fmt::format("point {} of {}", point, sweep.title),
                        [&](const std::vector<sweep::Figure>& figures) -> std::string {
                          const sweep::Value* const outcome = find(figures, kOutcome);
                          if (outcome && *outcome == expected) return "";
                          return "its results are not those of the store: its data or files changed since";
                        });
  };
  refusals.summary.stopped = sweep::run_points(refusals, tasks, sweep, write, engine, progress).stopped;
  std::error_code ignored;
  for (const auto& [point, why] : refusals.summary.refused)  // an earlier report stays
    fs::remove(report_directory(store.path().parent_path(), point), ignored);
  return refusals.summary;
}

}  // namespace weft::app
