// Every method yields candidates; one place decides whether a candidate becomes a point: the constraints hold
// and it was not there before.
#include "sweep/points.hpp"

#include <cmath>
#include <numeric>
#include <set>

#include "model/base/random.hpp"

namespace weft::sweep {
namespace {

constexpr double kMostGridPoints = 1e7;
constexpr std::int64_t kTriesPerPoint = 1000;

class Chosen {
 public:
  explicit Chosen(const SweepFile& sweep) : sweep_(sweep) {
    for (const Axis& axis : sweep.axes) {
      std::vector<double>& numbers = numbers_.emplace_back();
      for (const std::string& value : axis.values) numbers.push_back(to_number(value).value_or(0));
    }
  }
  void consider(const Point& point) {
    if (allowed(point) && seen_.insert(point).second) points_.push_back(point);
  }
  std::int64_t size() const { return static_cast<std::int64_t>(points_.size()); }
  std::vector<Point> take() { return std::move(points_); }

 private:
  bool allowed(const Point& point) const {
    const auto lookup = [&](const std::string& name) -> std::optional<double> {
      for (std::size_t i = 0; i < point.size(); ++i)
        if (sweep_.axes[i].key == name) return numbers_[i][point[i]];
      return std::nullopt;
    };
    for (const Comparison& constraint : sweep_.constraints)
      if (!constraint.holds(lookup)) return false;
    return true;
  }

  const SweepFile& sweep_;
  std::vector<std::vector<double>> numbers_;
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

void add_random(const SweepFile& sweep, Chosen& chosen) {
  Random random = Random(sweep.method.seed).fork("sweep points");
  if (space_size(sweep) <= 1e6) {  // shuffled, so that a nearly full space needs no luck
    Chosen all(sweep);
    add_grid(sweep, all);
    std::vector<Point> points = all.take();
    random.shuffle(points);
    for (std::size_t i = 0; i < points.size() && chosen.size() < sweep.method.points; ++i)
      chosen.consider(points[i]);
    return;
  }
  for (std::int64_t tries = kTriesPerPoint * sweep.method.points;
       tries > 0 && chosen.size() < sweep.method.points; --tries) {
    Point point;
    for (const Axis& axis : sweep.axes)
      point.push_back(static_cast<std::uint32_t>(random.below(axis.values.size())));
    chosen.consider(point);
  }
}

void add_latin_hypercube(const SweepFile& sweep, Chosen& chosen) {
  Random random = Random(sweep.method.seed).fork("sweep points");
  const auto count = static_cast<std::size_t>(sweep.method.points);
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

std::vector<Point> choose_points(const SweepFile& sweep) {
  Chosen chosen(sweep);
  switch (sweep.method.kind) {
    case MethodKind::Grid:
      if (space_size(sweep) > kMostGridPoints)
        throw InputError(sweep.axes[0].position, "axes that make a grid of more than ten million points",
                         "shorter axes, or another method");
      add_grid(sweep, chosen);
      break;
    case MethodKind::Random:
      add_random(sweep, chosen);
      break;
    case MethodKind::LatinHypercube:
      add_latin_hypercube(sweep, chosen);
      break;
    case MethodKind::Sobol:
      add_sobol(sweep, chosen);
      break;
  }
  std::vector<Point> points = chosen.take();
  if (points.empty())
    throw InputError(sweep.axes[0].position, "axes of which no point meets the constraints",
                     "constraints that leave a point");
  return points;
}

std::vector<std::string> to_overrides(const SweepFile& sweep, const Point& point) {
  std::vector<std::string> overrides;
  for (std::size_t i = 0; i < point.size(); ++i)
    overrides.push_back(sweep.axes[i].key + "=" + sweep.axes[i].values[point[i]]);
  return overrides;
}

}  // namespace weft::sweep
