// Every method yields candidates; one place decides whether a candidate becomes a point: the constraints hold
// and it was not there before.
#include "sweep/points.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "model/base/config.hpp"
#include "model/base/random.hpp"

namespace weft::sweep {
namespace {

constexpr double kMostGridPoints = 1e7;
constexpr std::int64_t kTriesPerPoint = 1000;

// The numbers behind axes and derived values.
class Settings {
 public:
  explicit Settings(const SweepFile& sweep) : sweep_(sweep) {}
  std::vector<std::optional<double>> derived(const Point& point) const {
    std::vector<std::optional<double>> values;
    const Lookup known = [&](const std::string& name) { return find(name, point, values); };
    for (const Derived& derived : sweep_.derived) values.push_back(derived.formula.value(known));
    return values;
  }
  // Keeps references to this and to the point.
  Lookup lookup(const Point& point) const {
    return [this, &point, values = derived(point)](const std::string& name) {
      return find(name, point, values);
    };
  }

 private:
  std::optional<double> find(const std::string& name, const Point& point,
                             const std::vector<std::optional<double>>& derived) const {
    for (std::size_t i = 0; i < point.size(); ++i)
      if (sweep_.axes[i].key == name) return to_number(sweep_.axes[i].values[point[i]]);
    for (std::size_t i = 0; i < derived.size(); ++i)
      if (sweep_.derived[i].key == name) return derived[i];
    return std::nullopt;
  }

  const SweepFile& sweep_;
};

// Whole numbers without a point, so that keys of whole numbers take them.
std::string to_text(double number) {
  if (number == std::round(number) && std::abs(number) < 9e15)
    return std::to_string(static_cast<std::int64_t>(number));
  return yaml_number(number);
}

class Chosen {
 public:
  explicit Chosen(const SweepFile& sweep) : sweep_(sweep) {}
  void consider(const Point& point) {
    if (meets_constraints(sweep_, point) && seen_.insert(point).second) points_.push_back(point);
  }
  std::int64_t size() const { return static_cast<std::int64_t>(points_.size()); }
  std::vector<Point> take() { return std::move(points_); }

 private:
  const SweepFile& sweep_;
  std::set<Point> seen_;
  std::vector<Point> points_;
};

double space_size(const SweepFile& sweep) {
  double size = 1;
  for (const Axis& axis : sweep.axes) size *= static_cast<double>(axis.values.size());
  return size;
}

std::uint32_t value_at(const Axis& axis, double coordinate) {
  const auto count = static_cast<double>(axis.values.size());
  return static_cast<std::uint32_t>(std::min(std::floor(coordinate * count), count - 1));
}

void add_grid(const SweepFile& sweep, Chosen& chosen) {
  Point point(sweep.axes.size(), 0);
  for (bool more = true; more;) {
    chosen.consider(point);
    more = false;
    for (std::size_t axis = point.size(); axis-- > 0 && !more;) {
      more = ++point[axis] < sweep.axes[axis].values.size();
      if (!more) point[axis] = 0;
    }
  }
}

void add_random(const SweepFile& sweep, std::int64_t count, Random random, Chosen& chosen) {
  // Points of successive halving begin with the least budget.
  const bool halving = sweep.method.kind == MethodKind::SuccessiveHalving;
  const std::size_t budget = sweep.method.budget_axis;
  if (space_size(sweep) <= 1e6) {  // shuffled, so that a nearly full space needs no luck
    Chosen all(sweep);
    add_grid(sweep, all);
    std::vector<Point> points = all.take();
    random.shuffle(points);
    for (std::size_t i = 0; i < points.size() && chosen.size() < count; ++i)
      if (!halving || points[i][budget] == 0) chosen.consider(points[i]);
    return;
  }
  for (std::int64_t tries = kTriesPerPoint * count; tries > 0 && chosen.size() < count; --tries) {
    Point point;
    for (const Axis& axis : sweep.axes)
      point.push_back(static_cast<std::uint32_t>(random.below(axis.values.size())));
    if (halving) point[budget] = 0;
    chosen.consider(point);
  }
}

void add_latin_hypercube(const SweepFile& sweep, std::size_t count, Random random, Chosen& chosen) {
  std::vector<Point> points(count, Point(sweep.axes.size()));
  for (std::size_t axis = 0; axis < sweep.axes.size(); ++axis) {
    std::vector<std::size_t> strata(count);
    std::iota(strata.begin(), strata.end(), std::size_t{0});
    random.shuffle(strata);
    for (std::size_t i = 0; i < count; ++i) {
      const double place = (static_cast<double>(strata[i]) + random.uniform()) / static_cast<double>(count);
      points[i][axis] = value_at(sweep.axes[axis], place);
    }
  }
  for (const Point& point : points) chosen.consider(point);
}

void add_sobol(const SweepFile& sweep, Chosen& chosen) {
  if (sweep.axes.size() > kMostSobolAxes)
    throw InputError(sweep.axes[kMostSobolAxes].position,
                     std::to_string(sweep.axes.size()) + " axes for a Sobol sequence",
                     "at most " + std::to_string(kMostSobolAxes));
  const double size = space_size(sweep);
  const std::int64_t tries = kTriesPerPoint * sweep.method.points;
  for (std::uint32_t index = 1; index <= tries && index < (1u << 31); ++index) {
    if (chosen.size() == sweep.method.points || static_cast<double>(chosen.size()) == size) return;
    Point point;
    for (std::size_t axis = 0; axis < sweep.axes.size(); ++axis)
      point.push_back(value_at(sweep.axes[axis], sobol_coordinate(static_cast<int>(axis), index)));
    chosen.consider(point);
  }
}

}  // namespace

bool meets_constraints(const SweepFile& sweep, const Point& point) {
  if (sweep.constraints.empty()) return true;
  const Settings settings(sweep);
  const Lookup lookup = settings.lookup(point);
  return std::all_of(sweep.constraints.begin(), sweep.constraints.end(),
                     [&](const Comparison& constraint) { return constraint.holds(lookup); });
}

std::vector<Point> choose_points(const SweepFile& sweep) {
  Chosen chosen(sweep);
  const Random random = Random(sweep.method.seed).fork("sweep points");
  const std::int64_t first = std::min(sweep.method.population, sweep.method.points);
  switch (sweep.method.kind) {
    case MethodKind::Grid:
      if (space_size(sweep) > kMostGridPoints)
        throw InputError(sweep.axes[0].position, "axes that make a grid of more than ten million points",
                         "shorter axes, or another method");
      add_grid(sweep, chosen);
      break;
    case MethodKind::Random:
    case MethodKind::SuccessiveHalving:
      add_random(sweep, sweep.method.points, random, chosen);
      break;
    case MethodKind::LatinHypercube:
      add_latin_hypercube(sweep, static_cast<std::size_t>(sweep.method.points), random, chosen);
      break;
    case MethodKind::Sobol:
      add_sobol(sweep, chosen);
      break;
    case MethodKind::Nsga2:
      add_latin_hypercube(sweep, static_cast<std::size_t>(first), random, chosen);
      add_random(sweep, first, random.fork("filled up"), chosen);
      break;
  }
  std::vector<Point> points = chosen.take();
  if (points.empty())
    throw InputError(sweep.axes[0].position, "axes of which no point meets the constraints",
                     "constraints that leave a point");
  return points;
}

std::vector<std::string> setting_names(const SweepFile& sweep) {
  std::vector<std::string> names;
  for (const Axis& axis : sweep.axes) names.push_back(axis.key);
  for (const Derived& derived : sweep.derived) names.push_back(derived.key);
  return names;
}

std::vector<std::string> setting_values(const SweepFile& sweep, const Point& point) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < point.size(); ++i) values.push_back(sweep.axes[i].values[point[i]]);
  if (sweep.derived.empty()) return values;
  const std::vector<std::optional<double>> derived = Settings(sweep).derived(point);
  for (std::size_t i = 0; i < derived.size(); ++i) {
    if (!derived[i]) {
      std::string where;
      for (std::size_t axis = 0; axis < point.size(); ++axis)
        where += (axis > 0 ? ", " : "") + sweep.axes[axis].key + " = " + values[axis];
      throw InputError(sweep.derived[i].position, "no number for " + sweep.derived[i].key + " where " + where,
                       "one, or a constraint that leaves this point out");
    }
    values.push_back(to_text(*derived[i]));
  }
  return values;
}

std::vector<std::string> to_overrides(const SweepFile& sweep, const Point& point) {
  const std::vector<std::string> names = setting_names(sweep);
  std::vector<std::string> overrides = setting_values(sweep, point);
  for (std::size_t i = 0; i < names.size(); ++i) overrides[i] = names[i] + "=" + overrides[i];
  return overrides;
}

}  // namespace weft::sweep
