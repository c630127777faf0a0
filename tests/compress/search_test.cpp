// The search for a budget: ladders against trying everything, budgets kept, memory that changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "compress/remove_unused.hpp"
#include "compress/search/ladder.hpp"
#include "model/network/forward.hpp"
#include "small_network.hpp"

namespace weft::compress {
namespace {

using testing::HasSubstr;

TEST(Ladder, KeepsTheRungsThatPay) {
  const std::vector<Rung> rungs =
      convex_rungs({{{}, 10, 0}, {{}, 8, 3}, {{}, 6, 1}, {{}, 6, 2}, {{}, 3, 4}, {{}, 2, 4.5}});
  std::vector<double> sizes;
  for (const Rung& rung : rungs) sizes.push_back(rung.size);
  EXPECT_EQ(sizes, (std::vector<double>{10, 6, 2}));
}

// 6 channels of 3 x 3 at 16 positions: rank r takes r (6 + 9) of 54 weights.
TEST(Ladder, GivesConvolutionsRanksAndCountsTheirSynapsesAtEachPosition) {
  Network network;
  network.name = "conv";
  network.populations.push_back({"input", {1, 6, 6}, Activation::Linear, {}});
  network.populations.push_back({"conv", {6, 4, 4}, Activation::Relu, std::vector<float>(6, 0.0f)});
  Window window;
  window.kernel_height = window.kernel_width = 3;
  network.projections.push_back({"conv", PopulationId(0), PopulationId(1), ProjectionKind::Convolution,
                                 window, 1, random_weights(6 * 9, 1)});
  Dataset data{"bytes", {1, 6, 6}, 2, {}, {}};
  Random random(3);
  for (std::uint16_t i = 0; i < 20; ++i) {
    for (int k = 0; k < 36; ++k) data.samples.push_back(static_cast<std::uint8_t>(random.below(256)));
    data.labels.push_back(i % 2);
  }
  WorkerPool pool(1);
  const std::vector<PlanStep> ranks = plan_ladder(network, data, SearchSeries::Factorization, {}, pool);
  ASSERT_GE(ranks.size(), 2u);
  EXPECT_EQ(ranks.front().size, 54 * 16);
  for (std::size_t i = 1; i < ranks.size(); ++i) {
    ASSERT_EQ(ranks[i].plan.size(), 1u);
    EXPECT_EQ(ranks[i].size, ranks[i].plan[0].rank * (6 + 9) * 16);
    EXPECT_EQ(ranks[i].plan[0].density, 1);
  }
  const std::vector<PlanStep> both = plan_ladder(network, data, SearchSeries::Both, {}, pool);
  ASSERT_GE(both.size(), 2u);
  EXPECT_EQ(both.back().plan[0].rank, kAutoRank) << "the form is chosen where it is carried out";
}

TEST(Ladder, IsAtEachStepTheBestThatItsSizeAllows) {
  Random random(5);
  std::vector<std::vector<Rung>> layers;
  for (int layer = 0; layer < 3; ++layer) {
    std::vector<Rung> rungs;
    double error = 0;
    for (int size = 6; size >= 1; --size) {
      rungs.push_back({{"l" + std::to_string(layer), 0, size / 6.0}, static_cast<double>(size), error});
      error += 0.05 + random.uniform();
    }
    layers.push_back(convex_rungs(rungs));
  }
  const auto error_of = [&](const PlanStep& step) {
    double sum = 0;
    for (const LayerPlan& plan : step.plan) {
      for (const auto& rungs : layers) {
        for (const Rung& rung : rungs) {
          if (rung.plan.projection == plan.projection && rung.plan.density == plan.density) sum += rung.error;
        }
      }
    }
    return sum;
  };
  for (const PlanStep& step : merge_ladders(layers)) {
    for (const Rung& a : layers[0]) {
      for (const Rung& b : layers[1]) {
        for (const Rung& c : layers[2]) {
          if (a.size + b.size + c.size > step.size) continue;
          EXPECT_GE(a.error + b.error + c.error, error_of(step) - 1e-12);
        }
      }
    }
  }
}

struct BudgetSearch : testing::Test {
  Network dense;
  Dataset fit = small_data(240), validation;
  SearchParams params;
  int carried_out = 0;
  CostFunction cost = [](const Network& network) { return static_cast<double>(count_synapses(network)); };

  void SetUp() override {
    dense = small_network();
    initialize(dense, 3);
    TrainParams train_params;
    train_params.batch_size = 16;
    train_params.learning_rate = 1e-2;
    dense = train(dense, fit, train_params).network;
    validation = slice(small_data(480), 240, 240);
    params.most_loss = 0.05;
    params.points = 4;
    params.refinements = 3;
    params.compress.criterion = PruneCriterion::ObsOneShot;
    params.compress.factorization = Factorization::DataAwareSvd;
    params.compress.damping = 0.01;
    params.compress.prune_rounds = 1;
    params.compress.retrain.epochs = params.compress.final_epochs = 0;
  }
  SearchResult search(const SearchMemory& memory = {}, Progress* progress = nullptr) {
    carried_out = 0;
    const CostFunction counted = [&](const Network& network) {
      ++carried_out;
      return cost(network);
    };
    return search_compression(dense, fit, validation, params, counted, memory, progress);
  }
  void expect_sound(const SearchResult& result) {
    ASSERT_TRUE(result.best.has_value());
    const SearchPoint& best = result.curve[*result.best];
    EXPECT_EQ(accuracy(result.network, validation), best.measured.accuracy);
    EXPECT_EQ(cost(result.network), best.measured.cost);
    CompressParams carried = params.compress;
    carried.layers = best.plan;
    EXPECT_EQ(describe(verify_compression(dense, result.compressed, carried)), "");
    EXPECT_EQ(describe(verify_removal(result.compressed.network, result.network)), "");
  }
};

TEST_F(BudgetSearch, FindsASmallerNetworkThatKeepsTheAccuracy) {
  const SearchResult result = search();
  expect_sound(result);
  EXPECT_TRUE(result.met);
  const Measured& best = result.curve[*result.best].measured;
  EXPECT_GE(best.accuracy, result.dense_accuracy - 0.05);
  EXPECT_LT(best.cost, 0.6 * result.dense_cost);
  for (const SearchPoint& point : result.curve) {
    if (point.measured.accuracy < result.dense_accuracy - 0.05) continue;
    EXPECT_GE(point.measured.cost, best.cost);
  }
}

TEST_F(BudgetSearch, FindsTheBestNetworkThatCostsNoMore) {
  params.most_loss.reset();
  params.most_cost = 60;
  const SearchResult result = search();
  expect_sound(result);
  EXPECT_TRUE(result.met);
  const Measured& best = result.curve[*result.best].measured;
  EXPECT_LE(best.cost, 60);
  EXPECT_GT(best.cost, 30);  // the room is used
  for (const SearchPoint& point : result.curve) {
    if (point.measured.cost > 60) continue;
    EXPECT_LE(point.measured.accuracy, best.accuracy);
  }
}

TEST_F(BudgetSearch, SearchesEverySeriesAndWholeInputsToo) {
  params.series = {SearchSeries::Factorization, SearchSeries::Pruning, SearchSeries::Both,
                   SearchSeries::Structured};
  cost = [](const Network& network) { return static_cast<double>(count_neurons(network)); };
  const SearchResult result = search();
  expect_sound(result);
  std::map<SearchSeries, int> points;
  for (const SearchPoint& point : result.curve) ++points[point.series];
  EXPECT_EQ(points.size(), 4u);
  for (const auto& [series, count] : points)
    EXPECT_GE(count, 2) << series_names()[static_cast<std::size_t>(series)];
  EXPECT_EQ(result.curve[*result.best].series,
            SearchSeries::Structured);  // nothing else removes neurons so well
}

TEST_F(BudgetSearch, SaysThatABudgetCannotBeMetAndGivesTheNearest) {
  params.most_loss.reset();
  params.most_cost = 1;
  const SearchResult result = search();
  expect_sound(result);
  EXPECT_FALSE(result.met);
  for (const SearchPoint& point : result.curve)
    EXPECT_GE(point.measured.cost, result.curve[*result.best].measured.cost);
}

TEST_F(BudgetSearch, IsTheSameAgainAndOnAnyNumberOfThreads) {
  params.compress.retrain.threads = 1;
  const SearchResult first = search();
  params.compress.retrain.threads = 3;
  const SearchResult again = search();
  ASSERT_EQ(first.curve.size(), again.curve.size());
  for (std::size_t i = 0; i < first.curve.size(); ++i) {
    EXPECT_EQ(first.curve[i].key(), again.curve[i].key());
    EXPECT_EQ(first.curve[i].measured.accuracy, again.curve[i].measured.accuracy);
  }
  EXPECT_EQ(digest(first.network), digest(again.network));
}

struct StopAfter : Progress {
  explicit StopAfter(std::int64_t points) : points_(points) {}
  void update(std::int64_t done, std::int64_t total) override {
    done_ = done;
    total_ = total;
  }
  bool stop_requested() const override { return done_ >= points_; }
  std::int64_t points_, done_ = 0, total_ = 0;
};

TEST_F(BudgetSearch, GoesOnWhereAnInterruptedOneStopped) {
  const SearchResult whole = search();
  const int all = carried_out;
  std::map<std::string, Measured> known;
  SearchMemory memory;
  memory.recall = [&](const std::string& key) {
    const auto at = known.find(key);
    return at == known.end() ? std::nullopt : std::optional<Measured>(at->second);
  };
  memory.store = [&](const SearchPoint& point) { known[point.key()] = point.measured; };
  StopAfter stop(5);
  const SearchResult part = search(memory, &stop);
  EXPECT_TRUE(part.interrupted);
  EXPECT_FALSE(part.curve.empty());
  EXPECT_LT(part.curve.size(), whole.curve.size());
  expect_sound(part);
  const SearchResult rest = search(memory);
  EXPECT_FALSE(rest.interrupted);
  EXPECT_LT(carried_out, all);
  EXPECT_EQ(digest(rest.network), digest(whole.network));
  ASSERT_EQ(rest.curve.size(), whole.curve.size());
  for (std::size_t i = 0; i < whole.curve.size(); ++i) EXPECT_EQ(rest.curve[i].key(), whole.curve[i].key());
  search(memory);
  EXPECT_LE(carried_out, 2);  // the dense network's cost, and the best network once more
}

TEST_F(BudgetSearch, CountsItsPoints) {
  StopAfter never(1000);
  search({}, &never);
  EXPECT_EQ(never.total_, 3 * (4 + 3));
  EXPECT_EQ(never.done_, never.total_);
}

TEST_F(BudgetSearch, RefusesNoBudgetTwoBudgetsAndNoSamples) {
  const auto complaint = [&] {
    try {
      search();
      return std::string("accepted");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
  };
  params.most_cost = 5;
  EXPECT_THAT(complaint(), HasSubstr("a budget of accuracy and one of cost"));
  params.most_cost.reset();
  params.most_loss.reset();
  EXPECT_THAT(complaint(), HasSubstr("found no budget"));
  params.most_loss = 0.01;
  params.compress.calibration_samples = 0;
  EXPECT_THAT(complaint(), HasSubstr("no calibration samples"));
  params.compress.calibration_samples = 100;
  validation = slice(validation, 0, 0);
  EXPECT_THAT(complaint(), HasSubstr("no validation samples"));
}

}  // namespace
}  // namespace weft::compress
