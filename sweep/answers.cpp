// The front: rows in lexicographic order can only be dominated by earlier ones. With three columns the
// earlier rows shrink to a staircase in the last two (Kung, Luccio and Preparata, JACM 1975), kept in a map.
#include "sweep/answers.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace weft::sweep {
namespace {

// Per second coordinate the least third one of all rows with a second coordinate up to it; strictly falling.
class Staircase {
 public:
  bool covers(double second, double third) const {
    auto after = steps_.upper_bound(second);
    return after != steps_.begin() && std::prev(after)->second <= third;
  }
  void add(double second, double third) {
    auto step = steps_.insert_or_assign(second, third).first;
    for (auto next = std::next(step); next != steps_.end() && next->second >= third;)
      next = steps_.erase(next);
  }

 private:
  std::map<double, double> steps_;
};

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] > b[i]) return false;
  return a != b;
}

}  // namespace

Candidates find_candidates(const Store& store, const SweepFile& sweep) {
  std::vector<std::string> columns = {"point"};
  for (const Objective& objective : sweep.objectives) columns.push_back(objective.name);
  for (const Comparison& condition : sweep.subject_to)
    columns.insert(columns.end(), condition.names().begin(), condition.names().end());
  Candidates candidates;
  if (store.counts().done == 0) return candidates;
  const Table table = store.read(columns, "done");
  for (const std::vector<Value>& row : table.rows) {
    const auto lookup = [&](const std::string& name) {
      const auto column = std::find(columns.begin(), columns.end(), name) - columns.begin();
      return to_number(row[static_cast<std::size_t>(column)]);
    };
    const bool meets = std::all_of(sweep.subject_to.begin(), sweep.subject_to.end(),
                                   [&](const Comparison& condition) { return condition.holds(lookup); });
    std::vector<double> values;
    for (std::size_t i = 0; meets && i < sweep.objectives.size(); ++i)
      if (const std::optional<double> value = to_number(row[i + 1])) values.push_back(*value);
    if (!meets || values.size() != sweep.objectives.size()) continue;
    candidates.points.push_back(std::get<std::int64_t>(row[0]));
    candidates.values.push_back(std::move(values));
  }
  return candidates;
}

std::vector<std::size_t> find_front(const std::vector<std::vector<double>>& values,
                                    const std::vector<bool>& maximize) {
  std::vector<std::vector<double>> costs = values;
  for (std::vector<double>& row : costs) {
    for (std::size_t i = 0; i < row.size(); ++i)
      if (maximize[i]) row[i] = -row[i];
    if (row.size() < 3) row.insert(row.begin(), 3 - row.size(), 0.0);
  }
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });

  Staircase staircase;
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    const std::vector<double>& row = costs[i];
    const bool equals_last = !front.empty() && costs[front.back()] == row;
    const bool dominated = row.size() == 3 ? staircase.covers(row[1], row[2])
                                           : std::any_of(front.begin(), front.end(), [&](std::size_t other) {
                                               return dominates(costs[other], row);
                                             });
    if (dominated && !equals_last) continue;
    if (row.size() == 3) staircase.add(row[1], row[2]);
    front.push_back(i);
  }
  std::sort(front.begin(), front.end());
  return front;
}

std::vector<std::size_t> find_best(const std::vector<std::vector<double>>& values, std::size_t column,
                                   bool maximize, std::size_t count) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return maximize ? values[a][column] > values[b][column] : values[a][column] < values[b][column];
  });
  order.resize(std::min(count, order.size()));
  return order;
}

}  // namespace weft::sweep
