// The parents of a generation are found again by letting the earlier generations compete once more: nothing
// of a search is kept but its points.
#include "sweep/search/search.hpp"

#include <algorithm>

#include "sweep/search/halving.hpp"

namespace weft::sweep {
namespace {

Evaluation evaluate(const SweepFile& sweep, const Lookup& lookup) {
  Evaluation evaluation;
  for (const Objective& objective : sweep.objectives) {
    const std::optional<double> value = lookup(objective.name);
    if (!value) return Evaluation::none();
    evaluation.costs.push_back(objective.maximize ? -*value : *value);
  }
  for (const Comparison& condition : sweep.subject_to) {
    const std::optional<double> violation = condition.violation(lookup);
    if (!violation) return Evaluation::none();
    evaluation.violation += *violation;
  }
  return evaluation;
}

}  // namespace

bool is_search(const SweepFile& sweep) {
  return sweep.method.kind == MethodKind::Nsga2 || sweep.method.kind == MethodKind::SuccessiveHalving;
}

std::vector<Evaluation> evaluate_points(const Store& store, const SweepFile& sweep) {
  std::vector<std::string> columns = {"state"};
  const std::vector<std::string> known = store.columns();
  const auto add = [&](const std::string& name) {
    if (std::find(known.begin(), known.end(), name) != known.end()) columns.push_back(name);
  };
  for (const Objective& objective : sweep.objectives) add(objective.name);
  for (const Comparison& condition : sweep.subject_to)
    for (const std::string& name : condition.names()) add(name);
  std::vector<Evaluation> evaluations;
  for (const std::vector<Value>& row : store.read(columns).rows) {
    const auto lookup = [&](const std::string& name) -> std::optional<double> {
      const auto column =
          static_cast<std::size_t>(std::find(columns.begin() + 1, columns.end(), name) - columns.begin());
      return column < row.size() ? to_number(row[column]) : std::nullopt;
    };
    const bool done = row[0] == Value(std::string(to_string(PointState::Done)));
    evaluations.push_back(done ? evaluate(sweep, lookup) : Evaluation::none());
  }
  return evaluations;
}

std::vector<Point> next_points(const SweepFile& sweep, const std::vector<Point>& points,
                               const std::vector<Evaluation>& evaluations) {
  if (sweep.method.kind == MethodKind::SuccessiveHalving)
    return next_halving_round(sweep, points, evaluations);
  const auto size = static_cast<std::size_t>(sweep.method.population);
  const auto budget = static_cast<std::size_t>(sweep.method.points);
  // A generation that is not whole was the last one: the budget or the space ended there.
  if (!is_search(sweep) || points.empty() || points.size() >= budget || points.size() % size != 0) return {};
  std::vector<Individual> parents;
  for (std::size_t i = 0; i < points.size(); i += size) {
    for (std::size_t child = i; child < i + size; ++child)
      parents.push_back({points[child], evaluations[child]});
    parents = select_survivors(parents, size);
  }
  std::set<Point> seen(points.begin(), points.end());
  Random random = Random(sweep.method.seed).fork("generation " + std::to_string(points.size() / size));
  return breed(
      parents, genes_of(sweep), std::min(size, budget - points.size()),
      [&](const Point& point) { return meets_constraints(sweep, point); }, seen, random);
}

std::int64_t add_next_points(Store& store, const SweepFile& sweep) {
  const StateCounts counts = store.counts();
  if (!is_search(sweep) || counts.pending + counts.running > 0) return 0;
  const std::vector<Point> next = next_points(sweep, store.points(sweep), evaluate_points(store, sweep));
  store.add(sweep, next);
  return static_cast<std::int64_t>(next.size());
}

}  // namespace weft::sweep
