// The parts of NSGA-II against brute force, and searches of spaces whose whole front is known.
#include "sweep/search/search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sweep/engine.hpp"
#include "sweep/search/hypervolume.hpp"
#include "tests/sweep/scratch.hpp"
#include "tests/sweep/search_problem.hpp"

namespace weft::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Small whole numbers, so that equal costs and equal rows occur; some infeasible, some without anything.
std::vector<Evaluation> random_evaluations(std::size_t count, std::size_t costs, Random& random) {
  std::vector<Evaluation> all;
  while (all.size() < count) {
    if (random.below(12) == 0) {
      all.push_back(Evaluation::none());
      continue;
    }
    Evaluation& one = all.emplace_back();
    for (std::size_t i = 0; i < costs; ++i) one.costs.push_back(static_cast<double>(random.below(6)));
    if (random.below(4) == 0) one.violation = static_cast<double>(1 + random.below(3));
  }
  return all;
}

TEST(Nsga2, SortsIntoFrontsAsPeelingDoes) {
  Random random(1);
  for (int round = 0; round < 60; ++round) {
    const auto all = random_evaluations(1 + random.below(40), 1 + random.below(4), random);
    std::vector<int> fronts(all.size(), -1);
    for (int front = 0; std::count(fronts.begin(), fronts.end(), -1) > 0; ++front) {
      std::vector<std::size_t> peel;
      for (std::size_t i = 0; i < all.size(); ++i) {
        bool beaten = fronts[i] >= 0;
        for (std::size_t j = 0; j < all.size(); ++j) beaten |= fronts[j] < 0 && dominates(all[j], all[i]);
        if (!beaten) peel.push_back(i);
      }
      for (const std::size_t i : peel) fronts[i] = front;
    }
    EXPECT_EQ(sort_into_fronts(all), fronts) << "round " << round;
  }
}

TEST(Nsga2, PutsFeasiblePointsBeforeOthersAndLessViolationBeforeMore) {
  const Evaluation good{{9, 9}, 0}, near{{1, 1}, 0.1}, far{{0, 0}, 2};
  EXPECT_TRUE(dominates(good, near));
  EXPECT_TRUE(dominates(near, far));
  EXPECT_TRUE(dominates(far, Evaluation::none()));
  EXPECT_FALSE(dominates(far, good));
  EXPECT_FALSE(dominates(Evaluation::none(), Evaluation::none()));
  EXPECT_FALSE(dominates(good, good));
  EXPECT_THAT(sort_into_fronts({far, Evaluation::none(), good, near}), ElementsAre(2, 3, 0, 1));
}

// For each member and cost: the nearest neighbors by a search of all others, positions of equals by index.
std::vector<double> crowding_by_search(const std::vector<Evaluation>& front) {
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> distances(front.size(), 0);
  for (std::size_t cost = 0; cost < front[0].costs.size(); ++cost)
    for (std::size_t i = 0; i < front.size(); ++i) {
      double below = -infinity, above = infinity, least = infinity, most = -infinity;
      bool has_below = false, has_above = false;
      for (std::size_t j = 0; j < front.size(); ++j) {
        const double value = front[j].costs[cost];
        least = std::min(least, value);
        most = std::max(most, value);
        if (j == i) continue;
        if (value < front[i].costs[cost] || (value == front[i].costs[cost] && j < i)) {
          below = std::max(below, value);
          has_below = true;
        } else {
          above = std::min(above, value);
          has_above = true;
        }
      }
      if (!has_below || !has_above)
        distances[i] = infinity;
      else if (most > least)
        distances[i] += (above - below) / (most - least);
    }
  return distances;
}

TEST(Nsga2, MeasuresCrowdingAsASearchOfNeighborsDoes) {
  Random random(2);
  for (int round = 0; round < 60; ++round) {
    std::vector<Evaluation> front;
    const std::size_t costs = 1 + random.below(3), count = 1 + random.below(20);
    while (front.size() < count) {
      Evaluation& one = front.emplace_back();
      for (std::size_t i = 0; i < costs; ++i) one.costs.push_back(static_cast<double>(random.below(64)) / 8);
    }
    // Later costs are sorted from the order of earlier ones, so equals may change places: distinct values
    // only.
    for (std::size_t i = 0; i < costs; ++i)
      for (std::size_t j = 0; j < count; ++j)
        front[j].costs[i] += 100.0 * static_cast<double>((j * 7) % count);
    const auto expected = crowding_by_search(front), found = crowding_distances(front);
    for (std::size_t i = 0; i < count; ++i) EXPECT_DOUBLE_EQ(found[i], expected[i]);
  }
  EXPECT_THAT(crowding_distances({}), testing::IsEmpty());
  EXPECT_THAT(crowding_distances({Evaluation::none()}), ElementsAre(0));
}

TEST(Nsga2, KeepsWholeFrontsAndTheEndsOfTheLast) {
  std::vector<Individual> all;
  for (std::uint32_t i = 0; i < 5; ++i) all.push_back({{i}, {{i + 0.0, 4.0 - i}, 0}});  // one front
  all.push_back({{9}, {{9, 9}, 0}});
  std::vector<std::uint32_t> kept;
  for (const Individual& one : select_survivors(all, 2)) kept.push_back(one.point[0]);
  EXPECT_THAT(kept, ElementsAre(0, 4));
  EXPECT_EQ(select_survivors(all, 6).back().point[0], 9u);
}

TEST(Nsga2, BreedsOnlyNewChildrenThatAreAllowed) {
  const SweepFile sweep =
      parse_sweep_file("flow_text: x\naxes: {a: [4, 1, 9], b: [x, y, z], c: [1, 2]}\n", "s");
  const std::vector<Gene> genes = genes_of(sweep);
  EXPECT_THAT(genes[0].order, ElementsAre(1, 0, 2)) << "numbers are neighbors by what they are";
  EXPECT_TRUE(genes[1].order.empty());
  const std::vector<Individual> parents = {{{0, 0, 0}, {{1}, 0}}, {{2, 1, 1}, {{2}, 0}}};
  const auto allowed = [](const Point& point) { return point[0] != 1; };
  std::set<Point> seen = {{0, 0, 0}, {2, 1, 1}};
  Random random(3);
  const auto children = breed(parents, genes, 100, allowed, seen, random);
  EXPECT_EQ(children.size(), 10u) << "12 points are allowed, 2 were seen";
  EXPECT_EQ(seen.size(), 12u);
  for (const Point& child : children) EXPECT_NE(child[0], 1u);
}

TEST(Hypervolume, IsTheCountOfCellsOnAGridOfWholeNumbers) {
  Random random(4);
  for (int round = 0; round < 40; ++round) {
    const std::size_t costs = 1 + random.below(4), count = random.below(12);
    const int side = 6;
    std::vector<std::vector<double>> rows(count, std::vector<double>(costs));
    for (auto& row : rows)
      for (double& value : row) value = static_cast<double>(random.below(side + 2));
    int cells = 0, all = 1;
    for (std::size_t i = 0; i < costs; ++i) all *= side;
    for (int cell = 0; cell < all; ++cell) {
      const auto covers = [&](const std::vector<double>& row) {
        int rest = cell;
        for (const double value : row) {
          if (rest % side < value) return false;
          rest /= side;
        }
        return true;
      };
      cells += std::any_of(rows.begin(), rows.end(), covers);
    }
    EXPECT_DOUBLE_EQ(hypervolume(rows, std::vector<double>(costs, side)), cells) << "round " << round;
  }
}

TEST(Search, ReachesMostOfTheGridsHypervolumeWithFewPoints) {
  for (const char* text : {test::kSpheres, test::kFabrics})
    for (const std::uint64_t seed : {1, 2, 3}) {
      const test::SearchFigures figures = test::run_search(text, seed);
      EXPECT_EQ(figures.space, 5000);
      EXPECT_LE(figures.evaluations, figures.space * 15 / 100);
      EXPECT_GE(figures.share, 0.95) << text << "seed " << seed;
    }
}

TEST(Search, GoesOnFromItsStoreAsIfItHadNeverStopped) {
  const SweepFile sweep = test::search_sweep(test::kFabrics, 5);
  const auto search = [&](bool reopened) {
    const test::Scratch scratch;
    auto store = std::make_unique<Store>(scratch / "s", sweep, "1", true);
    do {
      for (const Task& task : store->pending_tasks(sweep))
        store->finish(task.number, test::compute_search_point(to_overrides(sweep, task.point)));
      if (reopened) store = std::make_unique<Store>(scratch / "s", sweep, "1", true);
    } while (add_next_points(*store, sweep) > 0);
    return store->read(store->columns()).rows;
  };
  const auto rows = search(false);
  EXPECT_EQ(rows.size(), 750u);
  EXPECT_EQ(search(true), rows);
}

TEST(Search, DependsOnItsSeedAndObjectives) {
  const SweepFile one = test::search_sweep(test::kSpheres, 1), two = test::search_sweep(test::kSpheres, 2);
  EXPECT_NE(choose_points(one), choose_points(two));
  EXPECT_NE(digest(one), digest(two));
}

TEST(Search, EndsWhereItsSpaceOrItsBudgetDoes) {
  const auto count = [](const std::string& method) {
    const SweepFile sweep = parse_sweep_file(
        "flow_text: x\naxes: {x: [1, 2, 3], y: [1, 2, 3, 4]}\nobjectives: {minimize: [x, y]}\nmethod: " +
            method,
        "s.yaml");
    std::vector<Point> points = choose_points(sweep);
    while (true) {
      std::vector<Evaluation> evaluations;
      for (const Point& point : points) evaluations.push_back({{point[0] + 0.0, point[1] + 0.0}, 0});
      const auto next = next_points(sweep, points, evaluations);
      if (next.empty()) return points.size();
      points.insert(points.end(), next.begin(), next.end());
    }
  };
  EXPECT_EQ(count("{kind: nsga2, population: 5, points: 7}"), 7u);
  EXPECT_EQ(count("{kind: nsga2, population: 5, points: 100}"), 12u);
  EXPECT_EQ(count("{kind: nsga2, population: 50, points: 100}"), 12u);
  EXPECT_EQ(count("{kind: nsga2, population: 6, points: 6}"), 6u);
}

TEST(Search, TakesAPointThatFailedForTheWorst) {
  const test::Scratch scratch;
  const SweepFile sweep = parse_sweep_file(
      "flow_text: x\naxes: {x: [1, 2, 3, 4]}\nobjectives: {maximize: [f], subject_to: [f <= 2]}\n"
      "method: {kind: nsga2, population: 4, points: 4}\n",
      "s.yaml");
  Store store(scratch / "s", sweep, "1", true);
  PointResult failed, good, over, nothing;
  failed.state = PointState::Failed;
  good.figures = {{"f", 2.0}};
  over.figures = {{"f", 4.0}};
  int number = 0;
  for (const PointResult* result : {&failed, &good, &over, &nothing}) store.finish(number++, *result);
  const auto evaluations = evaluate_points(store, sweep);
  ASSERT_EQ(evaluations.size(), 4u);
  EXPECT_TRUE(std::isinf(evaluations[0].violation));
  EXPECT_THAT(evaluations[1].costs, ElementsAre(-2.0));
  EXPECT_EQ(evaluations[1].violation, 0);
  EXPECT_EQ(evaluations[2].violation, 0.5);
  EXPECT_TRUE(std::isinf(evaluations[3].violation));
}

TEST(Search, WantsObjectives) {
  try {
    parse_sweep_file("flow_text: x\naxes: {x: [1]}\nmethod: {kind: nsga2, points: 9}\n", "s.yaml");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("s.yaml:3:9: found nsga2 without objectives for method, expected figures"));
  }
}

}  // namespace
}  // namespace weft::sweep
