// Successive halving on a surface whose best point is known, also with kills between and in its rounds.
#include "sweep/search/halving.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <map>

#include "sweep/engine.hpp"
#include "sweep/search/search.hpp"
#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using test::Scratch;
using testing::ElementsAre;
using testing::HasSubstr;

struct Quiet : Progress {
  void update(std::int64_t, std::int64_t) override {}
};

SweepFile valley(const std::string& method, const std::string& more = "") {
  return parse_sweep_file("flow_text: x\naxes:\n  x: range(0, 63)\n  frames: [10, 40, 160]\n" + more +
                              "objectives: {minimize: [cost]}\nmethod: {kind: successive_halving, " + method +
                              "}\n",
                          "s.yaml");
}

std::map<std::string, double> values_of(const std::vector<std::string>& overrides) {
  std::map<std::string, double> values;
  for (const std::string& word : overrides)
    values[word.substr(0, word.find('='))] = std::stod(word.substr(word.find('=') + 1));
  return values;
}

// A valley at 37; few frames shift each place by up to 50 / frames, up or down.
double cost(double x, double frames) {
  return std::abs(x - 37) + 50 / frames * std::sin(7 * x);
}

PointResult in_the_valley(const std::vector<std::string>& overrides) {
  auto values = values_of(overrides);
  PointResult result;
  result.figures.push_back({"cost", cost(values["x"], values["frames"])});
  return result;
}

void run_all(Store& store, const SweepFile& sweep, const PointFunction& function) {
  Quiet progress;
  EngineParams params;
  params.jobs = 2;
  do run_points(store, sweep, function, params, progress);
  while (add_next_points(store, sweep) > 0);
}

TEST(SuccessiveHalving, SpendsTheFullBudgetOnThePromisingPointsAlone) {
  const Scratch scratch;
  const SweepFile sweep = valley("points: 64, budget: frames, eta: 4");
  EXPECT_THAT(halving_rounds(sweep, 64), ElementsAre(64, 16, 4));
  Store store(scratch / "s", sweep, "1", true);
  run_all(store, sweep, in_the_valley);
  const Table table = store.read({"x", "frames", "cost"}, "done");
  std::map<std::int64_t, std::vector<std::int64_t>> rounds;
  for (const auto& row : table.rows)
    rounds[std::get<std::int64_t>(row[1])].push_back(std::get<std::int64_t>(row[0]));
  ASSERT_EQ(rounds[10].size(), 64u);

  // Each next round must hold exactly the cheapest of the last one, by the surface itself.
  const auto cheapest = [&](std::vector<std::int64_t> places, double frames, std::size_t count) {
    std::sort(places.begin(), places.end(), [&](std::int64_t a, std::int64_t b) {
      return cost(static_cast<double>(a), frames) < cost(static_cast<double>(b), frames);
    });
    places.resize(count);
    return places;
  };
  EXPECT_THAT(rounds[40], testing::UnorderedElementsAreArray(cheapest(rounds[10], 10, 16)));
  EXPECT_THAT(rounds[160], testing::UnorderedElementsAreArray(cheapest(rounds[40], 40, 4)));
  EXPECT_THAT(rounds[160], testing::Contains(37)) << "the bottom of the valley";
  EXPECT_EQ(add_next_points(store, sweep), 0);
}

TEST(SuccessiveHalving, BeginsWithDifferentPointsOfTheLeastBudget) {
  const SweepFile sweep = valley("points: 20, budget: frames, seed: 5");
  std::vector<std::uint32_t> places;
  for (const Point& point : choose_points(sweep)) {
    EXPECT_EQ(point[1], 0u);
    places.push_back(point[0]);
  }
  EXPECT_EQ(places.size(), 20u);
  std::sort(places.begin(), places.end());
  EXPECT_EQ(std::adjacent_find(places.begin(), places.end()), places.end());
  EXPECT_EQ(choose_points(valley("points: 999, budget: frames")).size(), 64u) << "never more than there are";
}

TEST(SuccessiveHalving, LeavesInfeasibleAndFailedPointsBehindAndMeetsTheConditions) {
  const Scratch scratch;
  SweepFile sweep = parse_sweep_file(
      "flow_text: x\naxes:\n  x: range(0, 15)\n  frames: [1, 2]\n"
      "objectives: {minimize: [cost], subject_to: [cost >= 3]}\n"
      "method: {kind: successive_halving, points: 16, budget: frames, eta: 4}\n",
      "s.yaml");
  Store store(scratch / "s", sweep, "1", true);
  run_all(store, sweep, [](const auto& overrides) -> PointResult {
    const double x = values_of(overrides)["x"];
    if (x >= 8) throw Error(x >= 12 ? ErrorKind::Unacceptable : ErrorKind::Internal, "no");
    PointResult result;
    result.figures.push_back({"cost", x});
    return result;
  });
  std::vector<std::int64_t> second;
  for (const auto& row : store.read({"x", "frames"}).rows)
    if (row[1] == Value(std::int64_t{2})) second.push_back(std::get<std::int64_t>(row[0]));
  EXPECT_THAT(second, testing::UnorderedElementsAre(3, 4, 5, 6));
}

TEST(SuccessiveHalving, ComesToTheSameTableHoweverOftenItIsKilled) {
  const Scratch scratch;
  const SweepFile sweep = valley("points: 32, budget: frames, eta: 4");
  const std::vector<std::string> columns = {"point", "state", "error", "x", "frames", "cost"};
  Store undisturbed(scratch / "undisturbed", sweep, "1", true);
  run_all(undisturbed, sweep, in_the_valley);
  int status = 1;
  for (int round = 0; status != 0 && round < 200; ++round) {
    const pid_t process = fork();
    if (process == 0) {
      try {
        Store store(scratch / "s", sweep, "1", true);
        run_all(store, sweep, [](const auto& overrides) {
          usleep(1000);
          return in_the_valley(overrides);
        });
        _exit(0);
      } catch (const Error&) {
        _exit(1);
      }
    }
    usleep(static_cast<useconds_t>(10'000 + 2500 * round));
    kill(process, SIGKILL);
    waitpid(process, &status, 0);
  }
  ASSERT_EQ(status, 0);
  const Store store(scratch / "s", sweep, "1", false);
  EXPECT_EQ(store.read(columns).rows, undisturbed.read(columns).rows);
}

TEST(SuccessiveHalving, RefusesABudgetThatIsNone) {
  const auto refusal = [](const std::string& method, const std::string& more = "") -> std::string {
    try {
      valley(method, more);
    } catch (const InputError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(
      refusal("points: 4, budget: frame"),
      HasSubstr("\"frame\", which is no axis, for method.budget, expected the name of an axis (did you "
                "mean 'frames'"));
  EXPECT_THAT(refusal("points: 4, budget: x"), HasSubstr("the axis x with the value 0"));
  EXPECT_THAT(refusal("points: 4, budget: frames, eta: 1"), HasSubstr("eta"));
  EXPECT_THAT(refusal("points: 4, budget: frames", "constraints: [frames >= x]\n"),
              HasSubstr("a constraint on the budget frames"));
  EXPECT_THAT(refusal("points: 4"), HasSubstr("budget"));
}

TEST(SuccessiveHalving, HasItsObjectivesInItsDigest) {
  const auto text = [](const std::string& goal, const std::string& kind) {
    return parse_sweep_file("flow_text: x\naxes:\n  x: [1, 2]\n  b: [1, 2]\nobjectives: {" + goal +
                                "}\nmethod: {kind: " + kind + "}\n",
                            "s.yaml");
  };
  const std::string halving = "successive_halving, points: 2, budget: b";
  EXPECT_NE(digest(text("minimize: [c]", halving)), digest(text("maximize: [c]", halving)));
  EXPECT_NE(digest(text("minimize: [c]", halving)), digest(text("minimize: [c]", halving + ", eta: 3")));
  EXPECT_EQ(digest(text("minimize: [c]", "grid")), digest(text("maximize: [c]", "grid")));
}

}  // namespace
}  // namespace weft::sweep
