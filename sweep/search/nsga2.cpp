// Every decision is on integers, or on floats that are compared and never rounded differently: a seed gives
// the same children on every machine. A child that was there before is worth nothing, since what it comes to
// is known; so children are varied until they are new.
#include "sweep/search/nsga2.hpp"

#include <algorithm>
#include <numeric>

namespace weft::sweep {
namespace {

constexpr int kTriesPerChild = 40;
constexpr int kTriesPerDraw = 10'000;

struct Standing {
  int front = 0;
  double room = 0;
  bool before(const Standing& other) const {
    return front != other.front ? front < other.front : room > other.room;
  }
};

std::vector<Standing> standings(const std::vector<Individual>& all) {
  std::vector<Evaluation> evaluations;
  for (const Individual& one : all) evaluations.push_back(one.evaluation);
  const std::vector<int> fronts = sort_into_fronts(evaluations);
  std::vector<Standing> result(all.size());
  const int last = fronts.empty() ? -1 : *std::max_element(fronts.begin(), fronts.end());
  for (int front = 0; front <= last; ++front) {
    std::vector<std::size_t> members;
    std::vector<Evaluation> values;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (fronts[i] != front) continue;
      members.push_back(i);
      values.push_back(evaluations[i]);
    }
    const std::vector<double> room = crowding_distances(values);
    for (std::size_t i = 0; i < members.size(); ++i) result[members[i]] = {front, room[i]};
  }
  return result;
}

std::uint32_t rank_of(const Gene& gene, std::uint32_t value) {
  return static_cast<std::uint32_t>(std::find(gene.order.begin(), gene.order.end(), value) -
                                    gene.order.begin());
}

// Evenly from the interval of both parents, and half its length beyond each.
std::uint32_t blend(const Gene& gene, std::uint32_t a, std::uint32_t b, Random& random) {
  const auto first = static_cast<std::int64_t>(rank_of(gene, a));
  const auto second = static_cast<std::int64_t>(rank_of(gene, b));
  const std::int64_t low = std::min(first, second), high = std::max(first, second);
  const std::int64_t beyond = (high - low) / 2;
  const auto width = static_cast<std::uint64_t>(high - low + 2 * beyond + 1);
  const std::int64_t drawn = low - beyond + static_cast<std::int64_t>(random.below(width));
  const auto last = static_cast<std::int64_t>(gene.values) - 1;
  return gene.order[static_cast<std::size_t>(std::clamp<std::int64_t>(drawn, 0, last))];
}

std::uint32_t mutate(const Gene& gene, std::uint32_t value, Random& random) {
  if (gene.order.empty()) return static_cast<std::uint32_t>(random.below(gene.values));
  std::int64_t length = 1;
  while (length < static_cast<std::int64_t>(gene.values) && random.below(2) == 0) length *= 2;
  const auto step = static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(length)));
  const auto rank = static_cast<std::int64_t>(rank_of(gene, value));
  const auto last = static_cast<std::int64_t>(gene.values) - 1;
  const std::int64_t moved = random.below(2) == 0 ? rank - step : rank + step;
  return gene.order[static_cast<std::size_t>(std::clamp<std::int64_t>(moved, 0, last))];
}

Point draw(const std::vector<Gene>& genes, Random& random) {
  Point point;
  for (const Gene& gene : genes) point.push_back(static_cast<std::uint32_t>(random.below(gene.values)));
  return point;
}

Point child_of(const Point& a, const Point& b, const std::vector<Gene>& genes, Random& random) {
  Point child = a;
  const bool crossed = random.below(10) != 0;
  for (std::size_t i = 0; i < genes.size(); ++i) {
    const bool touched = crossed && random.below(2) == 0;
    if (touched) child[i] = genes[i].order.empty() ? b[i] : blend(genes[i], a[i], b[i], random);
    if (random.below(genes.size()) == 0) child[i] = mutate(genes[i], child[i], random);
  }
  return child;
}

}  // namespace

bool dominates(const Evaluation& a, const Evaluation& b) {
  if (a.violation != b.violation) return a.violation < b.violation;
  if (a.violation > 0) return false;
  for (std::size_t i = 0; i < a.costs.size(); ++i)
    if (a.costs[i] > b.costs[i]) return false;
  return a.costs != b.costs;
}

std::vector<int> sort_into_fronts(const std::vector<Evaluation>& evaluations) {
  const std::size_t count = evaluations.size();
  std::vector<std::vector<std::size_t>> below(count);  // whom each dominates
  std::vector<int> above(count, 0), fronts(count, 0);  // by how many it is dominated; its front
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t b = 0; b < count; ++b) {
      if (!dominates(evaluations[a], evaluations[b])) continue;
      below[a].push_back(b);
      ++above[b];
    }
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < count; ++i)
    if (above[i] == 0) front.push_back(i);
  for (int number = 0; !front.empty(); ++number) {
    std::vector<std::size_t> next;
    for (const std::size_t one : front) {
      fronts[one] = number;
      for (const std::size_t other : below[one])
        if (--above[other] == 0) next.push_back(other);
    }
    front = std::move(next);
  }
  return fronts;
}

std::vector<double> crowding_distances(const std::vector<Evaluation>& front) {
  std::vector<double> distances(front.size(), 0);
  const std::size_t costs = front.empty() ? 0 : front[0].costs.size();
  std::vector<std::size_t> order(front.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t cost = 0; cost < costs; ++cost) {
    const auto value = [&](std::size_t position) { return front[order[position]].costs[cost]; };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return front[a].costs[cost] < front[b].costs[cost];
    });
    const double extent = value(order.size() - 1) - value(0);
    distances[order.front()] = distances[order.back()] = std::numeric_limits<double>::infinity();
    if (extent <= 0) continue;
    for (std::size_t i = 1; i + 1 < order.size(); ++i)
      distances[order[i]] += (value(i + 1) - value(i - 1)) / extent;
  }
  return distances;
}

std::vector<Individual> select_survivors(const std::vector<Individual>& all, std::size_t count) {
  const std::vector<Standing> standing = standings(all);
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return standing[a].before(standing[b]); });
  std::vector<Individual> survivors;
  for (std::size_t i = 0; i < order.size() && i < count; ++i) survivors.push_back(all[order[i]]);
  return survivors;
}

std::vector<Gene> genes_of(const SweepFile& sweep) {
  std::vector<Gene> genes;
  for (const Axis& axis : sweep.axes) {
    Gene& gene = genes.emplace_back();
    gene.values = axis.values.size();
    std::vector<std::pair<double, std::uint32_t>> numbers;
    for (std::size_t i = 0; i < axis.values.size(); ++i)
      if (const std::optional<double> number = to_number(axis.values[i]))
        numbers.emplace_back(*number, static_cast<std::uint32_t>(i));
    if (numbers.size() != axis.values.size()) continue;
    std::sort(numbers.begin(), numbers.end());
    for (const auto& [number, value] : numbers) gene.order.push_back(value);
  }
  return genes;
}

std::vector<Point> breed(const std::vector<Individual>& parents, const std::vector<Gene>& genes,
                         std::size_t count, const std::function<bool(const Point&)>& allowed,
                         std::set<Point>& seen, Random& random) {
  const std::vector<Standing> standing = standings(parents);
  const auto tournament = [&]() -> const Point& {
    const auto one = static_cast<std::size_t>(random.below(parents.size()));
    const auto other = static_cast<std::size_t>(random.below(parents.size()));
    return parents[standing[other].before(standing[one]) ? other : one].point;
  };
  const auto is_new = [&](const Point& point) { return seen.count(point) == 0 && allowed(point); };
  std::vector<Point> children;
  while (children.size() < count) {
    Point child;
    bool found = false;
    for (int tries = 0; tries < kTriesPerChild && !found; ++tries) {
      const Point& mother = tournament();
      child = child_of(mother, tournament(), genes, random);
      found = is_new(child);
    }
    for (int tries = 0; tries < kTriesPerDraw && !found; ++tries) {
      child = draw(genes, random);
      found = is_new(child);
    }
    if (!found) break;
    seen.insert(child);
    children.push_back(std::move(child));
  }
  return children;
}

}  // namespace weft::sweep
