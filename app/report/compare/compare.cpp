// Figures are matched by their names, so that whatever report.json gains is compared too.
#include "app/report/compare/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "app/report/compare/words.hpp"
#include "app/sweep/figures.hpp"

namespace weft::app {
namespace {

nlohmann::ordered_json to_json(const sweep::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

}  // namespace

bool FigureDifference::numbers() const {
  return sweep::to_number(left) && sweep::to_number(right);
}
double FigureDifference::change() const {
  return sweep::to_number(right).value() - sweep::to_number(left).value();
}

std::vector<FigureDifference> compare_reports(const Report& left, const Report& right) {
  std::vector<FigureDifference> all;
  std::map<std::string, std::size_t> places;
  for (sweep::Figure& figure : flatten_report(left)) {
    places[figure.name] = all.size();
    all.push_back({figure.name, std::move(figure.value), {}});
  }
  for (sweep::Figure& figure : flatten_report(right)) {
    const auto found = places.find(figure.name);
    if (found == places.end()) {
      all.push_back({figure.name, {}, std::move(figure.value)});
    } else {
      all[found->second].right = std::move(figure.value);
    }
  }
  return all;
}

bool is_of_the_machine(const std::string& figure) {
  for (const char* front :
       {"stage_seconds.", "simulation.wall_seconds", "simulation.cpu_seconds", "simulation.peak_rss_bytes"})
    if (figure.rfind(front, 0) == 0) return true;
  return false;
}

std::string format_comparison_table(const ComparedRuns& runs) {
  std::vector<FigureDifference> figures = compare_reports(runs.left, runs.right);
  const std::size_t all = figures.size();
  figures.erase(
      std::remove_if(figures.begin(), figures.end(), [](const auto& figure) { return figure.same(); }),
      figures.end());
  std::string out = fmt::format("left   {}\nright  {}\n\n{} of {} figures differ\n", runs.left_name,
                                runs.right_name, figures.size(), all);
  for (const FigureDifference& figure : figures)
    out += fmt::format("  {:<40} {:>18} {:>18}  {}\n", figure.name, words(figure.left), words(figure.right),
                       words_of_change(figure));
  return out;
}

std::string format_comparison_json(const ComparedRuns& runs) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const FigureDifference& figure : compare_reports(runs.left, runs.right)) {
    if (figure.same()) continue;
    nlohmann::ordered_json line = {
        {"name", figure.name}, {"left", to_json(figure.left)}, {"right", to_json(figure.right)}};
    if (figure.numbers()) line["change"] = figure.change();
    list.push_back(line);
  }
  const nlohmann::ordered_json json = {
      {"left", runs.left_name}, {"right", runs.right_name}, {"figures", list}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace weft::app
