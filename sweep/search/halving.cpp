// The budget is an axis: its values in their order are the rounds, so that a row of the store says with which
// budget its figures were taken, and a point that went further has a row for each.
#include "sweep/search/halving.hpp"

#include <algorithm>
#include <cmath>

namespace weft::sweep {

std::vector<Point> next_halving_round(const SweepFile& sweep, const std::vector<Point>& points,
                                      const std::vector<Evaluation>& evaluations) {
  const std::size_t budget = sweep.method.budget_axis;
  std::uint32_t round = 0;
  for (const Point& point : points) round = std::max(round, point[budget]);
  if (round + 1 >= sweep.axes[budget].values.size()) return {};

  std::vector<Individual> tried;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i][budget] != round) continue;
    ++count;
    if (std::isfinite(evaluations[i].violation)) tried.push_back({points[i], evaluations[i]});
  }
  std::vector<Point> next;
  const std::int64_t kept = std::max<std::int64_t>(1, count / sweep.method.eta);
  for (Individual& survivor : select_survivors(tried, static_cast<std::size_t>(kept))) {
    survivor.point[budget] = round + 1;
    next.push_back(std::move(survivor.point));
  }
  return next;
}

std::vector<std::int64_t> halving_rounds(const SweepFile& sweep, std::int64_t first) {
  std::vector<std::int64_t> rounds = {first};
  while (rounds.size() < sweep.axes[sweep.method.budget_axis].values.size())
    rounds.push_back(std::max<std::int64_t>(1, rounds.back() / sweep.method.eta));
  return rounds;
}

}  // namespace weft::sweep
