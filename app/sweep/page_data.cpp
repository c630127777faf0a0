// Columns that say the same of all points are left out, texts are numbers of labels: what is left is what
// there is to see. The scripts in page/ compute nothing that can be computed here.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "app/sweep/page.hpp"
#include "sweep/answers.hpp"
#include "sweep/search/hypervolume.hpp"

namespace weft::app {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kMostPointsWithFigures = 20'000;
constexpr std::size_t kVolumeSteps = 60;
constexpr std::size_t kMostFrontForVolume = 400;  // slices of slices of a larger one take too long
constexpr std::size_t kMostCostsForVolume = 4;

bool has_ended(const std::vector<sweep::Value>& row) {
  const auto& state = std::get<std::string>(row[1]);
  return state != "pending" && state != "running";
}

std::string text_of(const sweep::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) return Json(*number).dump();
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "";
}

// {"values": [...], "labels": [...] or null}; `order` are labels that come first.
Json to_column(const std::vector<const sweep::Value*>& values, const std::vector<std::string>& order) {
  const bool texts = std::any_of(values.begin(), values.end(), [](const sweep::Value* value) {
    return std::holds_alternative<std::string>(*value);
  });
  Json list = Json::array(), labels = Json::array();
  std::map<std::string, std::size_t> numbers;
  const auto label = [&](const std::string& text) {
    const auto [found, is_new] = numbers.emplace(text, numbers.size());
    if (is_new) labels.push_back(text);
    return found->second;
  };
  if (texts)
    for (const std::string& text : order) label(text);
  for (const sweep::Value* value : values) {
    if (std::holds_alternative<std::monostate>(*value)) {
      list.push_back(nullptr);
    } else if (texts) {
      list.push_back(label(text_of(*value)));
    } else if (const auto* whole = std::get_if<std::int64_t>(value)) {
      list.push_back(*whole);
    } else {
      list.push_back(std::get<double>(*value));
    }
  }
  return {{"values", list}, {"labels", texts ? labels : Json()}};
}

// Per column name: what it is, and for objectives which way is better.
struct Role {
  std::string kind = "figure";
  std::string goal;
  std::vector<std::string> order;
};

std::map<std::string, Role> roles_of(const sweep::SweepFile& file) {
  std::map<std::string, Role> roles;
  for (const sweep::Comparison& condition : file.subject_to)
    for (const std::string& name : condition.names()) roles[name].kind = "condition";
  for (const sweep::Objective& objective : file.objectives) roles[objective.name].kind = "objective";
  for (const sweep::Axis& axis : file.axes) roles[axis.key] = {"axis", "", axis.values};
  for (const sweep::Derived& derived : file.derived) roles[derived.key] = {"derived", "", {}};
  for (const sweep::Objective& objective : file.objectives)
    roles[objective.name].goal = objective.maximize ? "max" : "min";
  return roles;
}

// [points so far, share of the box between the front's best and worst values]; empty where it cannot be told.
Json volume_steps(const sweep::Candidates& candidates, const std::vector<std::size_t>& front,
                  const std::vector<bool>& maximize) {
  Json steps = Json::array();
  if (maximize.size() < 2 || maximize.size() > kMostCostsForVolume || front.size() < 2 ||
      front.size() > kMostFrontForVolume)
    return steps;
  std::vector<std::vector<double>> costs = candidates.values;
  for (std::vector<double>& row : costs)
    for (std::size_t i = 0; i < row.size(); ++i)
      if (maximize[i]) row[i] = -row[i];
  std::vector<double> best = costs[front[0]], worst = best;
  for (const std::size_t one : front)
    for (std::size_t i = 0; i < best.size(); ++i) {
      best[i] = std::min(best[i], costs[one][i]);
      worst[i] = std::max(worst[i], costs[one][i]);
    }
  double box = 1;
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (worst[i] == best[i]) return Json::array();
    worst[i] += 0.1 * (worst[i] - best[i]);
    box *= worst[i] - best[i];
  }
  std::vector<std::vector<double>> so_far;
  const std::size_t stride = (costs.size() + kVolumeSteps - 1) / kVolumeSteps;
  const std::vector<bool> small(best.size(), false);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    so_far.push_back(costs[i]);
    if ((i + 1) % stride != 0 && i + 1 != costs.size()) continue;
    std::vector<std::vector<double>> kept;
    for (const std::size_t one : sweep::find_front(so_far, small)) kept.push_back(so_far[one]);
    so_far = kept;
    steps.push_back({candidates.points[i] + 1, sweep::hypervolume(kept, worst) / box});
  }
  return steps;
}

}  // namespace

std::string format_page_data(const sweep::Store& store, const sweep::SweepFile& file,
                             const PageReports& reports) {
  const std::map<std::string, Role> roles = roles_of(file);
  const std::int64_t ended = store.counts().total() - store.counts().pending - store.counts().running;
  std::vector<std::string> names = {"point", "state"};
  const std::vector<std::string> known = store.columns();
  const std::set<std::string> own = {"point", "state", "error", "version"};
  for (const std::string& name : known)
    if (own.count(name) == 0 &&
        (roles.count(name) > 0 || ended <= static_cast<std::int64_t>(kMostPointsWithFigures)))
      names.push_back(name);
  const sweep::Table table = store.read(names);
  std::vector<const std::vector<sweep::Value>*> rows;
  for (const auto& row : table.rows)
    if (has_ended(row)) rows.push_back(&row);

  Json data = {
      {"points", Json::array()},
      {"states", Json::array()},
      {"columns", Json::array()},
      {"objectives", Json::array()},
      {"reports", {{"folder", reports.folder}, {"command", reports.command}, {"points", reports.points}}}};
  for (const auto* row : rows) {
    data["points"].push_back(std::get<std::int64_t>((*row)[0]));
    data["states"].push_back(std::get<std::string>((*row)[1]));
  }
  std::vector<std::pair<std::string, std::size_t>> order;  // settings and objectives first
  for (const char* kind : {"axis", "derived", "objective", "condition", "figure"})
    for (std::size_t i = 2; i < names.size(); ++i) {
      const auto role = roles.find(names[i]);
      if ((role == roles.end() ? std::string("figure") : role->second.kind) == kind)
        order.emplace_back(kind, i);
    }
  for (const auto& [kind, i] : order) {
    std::vector<const sweep::Value*> values;
    for (const auto* row : rows) values.push_back(&(*row)[i]);
    std::set<sweep::Value> different;
    for (const sweep::Value* value : values)
      if (*value != sweep::Value() && different.size() < 2) different.insert(*value);
    const bool differs = different.size() > 1;
    const auto role = roles.find(names[i]);
    const std::string goal = role == roles.end() ? "" : role->second.goal;
    if (!differs && goal.empty()) continue;
    Json column = {{"name", names[i]}, {"kind", kind}, {"goal", goal.empty() ? Json() : Json(goal)}};
    column.update(to_column(values, role == roles.end() ? std::vector<std::string>() : role->second.order));
    // A figure of texts is a digest or a name: nothing to draw.
    if (kind == "figure" && !column["labels"].is_null()) continue;
    if (!goal.empty()) data["objectives"].push_back(data["columns"].size());
    data["columns"].push_back(std::move(column));
  }

  std::vector<bool> maximize;
  for (const sweep::Objective& objective : file.objectives) maximize.push_back(objective.maximize);
  const sweep::Candidates candidates = sweep::find_candidates(store, file);
  std::vector<std::size_t> front;
  if (!maximize.empty()) front = sweep::find_front(candidates.values, maximize);
  std::set<std::int64_t> meets(candidates.points.begin(), candidates.points.end()), best;
  for (const std::size_t i : front) best.insert(candidates.points[i]);
  Json meets_list = Json::array(), front_list = Json::array();
  for (const auto* row : rows) {
    const std::int64_t point = std::get<std::int64_t>((*row)[0]);
    meets_list.push_back(meets.count(point));
    front_list.push_back(best.count(point));
  }
  data["meets"] = meets_list;
  data["front"] = front_list;
  data["hypervolume"] = volume_steps(candidates, front, maximize);
  return data.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace weft::app
