// Both problems are computed from overrides, as a flow would be.
#include "tests/sweep/search_problem.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "sweep/answers.hpp"
#include "sweep/search/hypervolume.hpp"

namespace weft::sweep::test {
namespace {

using Settings = std::map<std::string, std::string>;
constexpr double kRight = 1.5707963267948966;

PointResult spheres(const Settings& settings) {
  const auto number = [&](const char* name) { return std::stod(settings.at(name)); };
  const double a = number("a") / 9 * kRight, b = number("b") / 9 * kRight;
  const std::map<std::string, double> shells = {
      {"near", 0}, {"mid", 0.2}, {"far", 0.5}, {"out", 0.9}, {"off", 1}};
  const double depth = std::abs(number("d") - 6) / 9 + shells.at(settings.at("shell"));
  PointResult result;
  result.figures = {{"f1", (1 + depth) * std::cos(a) * std::cos(b)},
                    {"f2", (1 + depth) * std::cos(a) * std::sin(b)},
                    {"f3", (1 + depth) * std::sin(a)}};
  return result;
}

PointResult fabrics(const Settings& settings) {
  const auto number = [&](const char* name) { return std::stod(settings.at(name)); };
  const double axons = number("axons"), bits = number("bits"), rank = number("rank");
  const std::string routing = settings.at("routing");
  const bool tree = routing.find("multicast") != std::string::npos,
             circuit = routing.find("circuit") != std::string::npos;
  const double depth = routing.find("deep") == 0 ? 8 : 2;
  const double synapses = 784 * rank + 300 * rank + 300 * 100;
  const double cores = std::ceil(synapses / (axons * axons) * (1 + 30 / axons));
  const double traffic = cores * rank * (tree ? 1.0 : circuit ? 1.2 : 1.7);
  PointResult result;
  result.figures = {
      {"area", cores * (axons * axons * bits * 1e-5 + depth * 0.02 + (circuit ? 0.3 : 0.1))},
      {"energy", synapses * bits * 1e-3 + traffic * (1 + 0.05 * depth) + cores * axons * 0.02},
      {"latency", axons * 2 + traffic / (1 + depth) * (circuit ? 0.5 : 1) + 3 * std::sqrt(cores)},
      {"accuracy", 1 - 0.4 / rank - 0.5 / (bits * bits)}};
  return result;
}

std::vector<double> worst_of_front(const std::vector<std::vector<double>>& costs) {
  const std::vector<std::size_t> front = find_front(costs, {false, false, false});
  std::vector<double> worst = costs[front[0]], best = worst;
  for (const std::size_t i : front)
    for (std::size_t k = 0; k < worst.size(); ++k) {
      worst[k] = std::max(worst[k], costs[i][k]);
      best[k] = std::min(best[k], costs[i][k]);
    }
  for (std::size_t k = 0; k < worst.size(); ++k) worst[k] += 0.1 * (worst[k] - best[k]);
  return worst;
}

Evaluation evaluate(const SweepFile& sweep, const Point& point) {
  const PointResult result = compute_search_point(to_overrides(sweep, point));
  const Lookup lookup = [&](const std::string& name) -> std::optional<double> {
    for (const Figure& figure : result.figures)
      if (figure.name == name) return std::get<double>(figure.value);
    return std::nullopt;
  };
  Evaluation evaluation;
  for (const Objective& objective : sweep.objectives) evaluation.costs.push_back(*lookup(objective.name));
  for (const Comparison& condition : sweep.subject_to) evaluation.violation += *condition.violation(lookup);
  return evaluation;
}

std::vector<std::vector<double>> feasible_costs(const SweepFile& sweep, const std::vector<Point>& points) {
  std::vector<std::vector<double>> costs;
  for (const Point& point : points) {
    Evaluation evaluation = evaluate(sweep, point);
    if (evaluation.violation == 0) costs.push_back(std::move(evaluation.costs));
  }
  return costs;
}

}  // namespace

const char* const kSpheres = R"(flow_text: spheres
axes:
  a: range(0, 9)
  b: range(0, 9)
  d: range(0, 9)
  shell: [mid, off, near, out, far]
objectives: {minimize: [f1, f2, f3]}
)";

const char* const kFabrics = R"(flow_text: fabrics
axes:
  axons: [32, 48, 64, 96, 128, 192, 256, 384, 512, 768]
  bits: [1, 2, 3, 4, 6, 8, 10, 12, 14, 16]
  rank: range(4, 40, 4)
  routing: [unicast, multicast, circuit, deep multicast, deep circuit]
objectives:
  minimize: [area, energy, latency]
  subject_to: [accuracy >= 0.93]
)";

SweepFile search_sweep(const std::string& problem, std::uint64_t seed) {
  return parse_sweep_file(
      problem + "method: {kind: nsga2, population: 50, points: 750, seed: " + std::to_string(seed) + "}\n",
      "s.yaml");
}

PointResult compute_search_point(const std::vector<std::string>& overrides) {
  Settings settings;
  for (const std::string& word : overrides)
    settings[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
  return settings.count("shell") ? spheres(settings) : fabrics(settings);
}

SearchFigures run_search(const std::string& problem, std::uint64_t seed) {
  const SweepFile sweep = search_sweep(problem, seed);
  SweepFile grid = parse_sweep_file(problem, "s.yaml");
  SearchFigures figures;
  const std::vector<Point> all = choose_points(grid);
  const std::vector<std::vector<double>> costs = feasible_costs(grid, all);
  const std::vector<double> reference = worst_of_front(costs);
  std::vector<std::vector<double>> front;
  for (const std::size_t i : find_front(costs, {false, false, false})) front.push_back(costs[i]);
  const double whole = hypervolume(front, reference);

  std::vector<Point> points = choose_points(sweep);
  std::vector<Evaluation> evaluations;
  for (std::vector<Point> next = points; !next.empty();) {
    for (const Point& point : next) evaluations.push_back(evaluate(sweep, point));
    next = next_points(sweep, points, evaluations);
    points.insert(points.end(), next.begin(), next.end());
  }
  grid.method = {MethodKind::Random, static_cast<std::int64_t>(points.size()), seed, 0};
  figures.space = static_cast<std::int64_t>(all.size());
  figures.evaluations = static_cast<std::int64_t>(points.size());
  figures.front = static_cast<std::int64_t>(front.size());
  figures.share = hypervolume(feasible_costs(sweep, points), reference) / whole;
  figures.random_share = hypervolume(feasible_costs(grid, choose_points(grid)), reference) / whole;
  return figures;
}

}  // namespace weft::sweep::test
