// Movement pruning: what training moves away from zero stays.
#include <gtest/gtest.h>

#include "compress/movement.hpp"
#include "matrices.hpp"
#include "model/network/forward.hpp"
#include "small_network.hpp"

namespace weft::compress {
namespace {

TEST(Movement, SumsWeightTimesChangeOverTrainings) {
  Network before = small_network(), after = before;
  std::vector<float>& weights = projection_named(after, "out").weights;
  weights[0] = before.projections[ProjectionId(3)].weights[0] * 2;  // away from zero
  weights[1] = before.projections[ProjectionId(3)].weights[1] / 2;  // towards it
  Movements movements;
  add_movement(before, after, movements);
  add_movement(before, after, movements);
  const float w0 = before.projections[ProjectionId(3)].weights[0],
              w1 = before.projections[ProjectionId(3)].weights[1];
  EXPECT_FLOAT_EQ(movements["out"][0], 2 * (2 * w0) * w0);
  EXPECT_FLOAT_EQ(movements["out"][1], -2 * (w1 / 2) * (w1 / 2));
  EXPECT_EQ(movements["out"][2], 0.0f);
  EXPECT_EQ(movements["hidden"].size(), 96u);
}

TEST(Movement, KeepsWhatMovedAwayFromZeroHoweverSmall) {
  WorkerPool pool(1);
  Matrix weights(1, 4), moved(1, 4);
  weights << 5, 0.1, -0.2, 3;
  moved << -0.4, 0.3, 0.2, -0.1;
  RowProblem problem{weights, {}, {}, {}, 2, pool};
  problem.movement = &moved;
  const Matrix kept = prune_by_movement(weights, problem);
  EXPECT_EQ(kept(0, 0), 0);
  EXPECT_EQ(kept(0, 1), 0.1);
  EXPECT_EQ(kept(0, 2), -0.2);
  EXPECT_EQ(kept(0, 3), 0);
}

TEST(Movement, GoesByMagnitudeWhereNothingMovedAndLeavesZerosAlone) {
  WorkerPool pool(1);
  Matrix weights(1, 4), moved(1, 4);
  weights << 5, 0, -0.2, 3;
  RowProblem problem{weights, {}, {}, {}, 2, pool};
  EXPECT_EQ(prune_by_movement(weights, problem), prune_by_magnitude(weights, problem));
  moved << -1, 9, -3, -2;  // the zero's does not count
  problem.movement = &moved;
  const Matrix kept = prune_by_movement(weights, problem);
  EXPECT_EQ(kept(0, 0), 5);
  EXPECT_EQ(kept(0, 1), 0);
  EXPECT_EQ(kept(0, 3), 3);
}

TEST(Movement, CarriesOutAPlanWithFactorsAndGroups) {
  CompressParams params;
  params.criterion = PruneCriterion::Movement;
  params.layers = {{"hidden", 4, 0.5}, {"out", 0, 0.5}};
  params.layers[1].granularity = Granularity::Inputs;
  params.prune_rounds = 3;
  params.retrain.batch_size = 16;
  params.retrain.epochs = params.final_epochs = 8;
  params.retrain.learning_rate = 0.01;
  const CompressResult result = compress_network(small_network(), small_data(), params);
  EXPECT_EQ(describe(verify_compression(small_network(), result, params)), "");
  EXPECT_GT(accuracy(result.network, small_data()), 0.6);
}

struct StopAtOnce : Progress {
  void update(std::int64_t, std::int64_t) override {}
  bool stop_requested() const override { return true; }
};

TEST(Movement, StoppedInItsFirstTrainingStillGivesAWholeNetwork) {
  CompressParams params;
  params.criterion = PruneCriterion::Movement;
  params.layers = {{"hidden", 4, 0.5}};
  StopAtOnce stop;
  const CompressResult result = compress_network(small_network(), small_data(), params, &stop);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(describe(verify_compression(small_network(), result, params)), "");
}

}  // namespace
}  // namespace weft::compress
