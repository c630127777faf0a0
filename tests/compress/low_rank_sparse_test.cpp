// Low rank plus sparse, and convolutions in two: against what was planted and against trying everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compress/rules/low_rank_sparse.hpp"
#include "matrices.hpp"
#include "model/network/forward.hpp"
#include "small_network.hpp"

namespace weft::compress {
namespace {

const Vector kNone;

LowRankSparse split(const Matrix& target, const Matrix& metric, int rank, std::int64_t kept,
                    PruneCriterion criterion) {
  WorkerPool pool(1);
  const PruneRule prune = find_criterion(criterion).prune;
  const Factorization form = metric.size() > 0 ? Factorization::DataAwareSvd : Factorization::Svd;
  return split_low_rank_sparse({target, metric, kNone, rank, kept, find_factorization(form), prune, pool});
}

double error_of(const LowRankSparse& found, const Matrix& target, const Matrix& metric) {
  const Matrix rest = target - found.factors.left * found.factors.right - found.sparse;
  return metric.size() > 0 ? (rest * metric).cwiseProduct(rest).sum() : rest.squaredNorm();
}

TEST(LowRankSparse, SeparatesAFewLargeWeightsFromAProduct) {
  const Matrix product = random_matrix(12, 2, 1) * random_matrix(2, 16, 2);
  Matrix target = product;
  target(3, 5) += 30;
  target(7, 0) -= 25;
  target(11, 15) += 40;
  const LowRankSparse found = split(target, Matrix(), 2, 3, PruneCriterion::Magnitude);
  EXPECT_EQ((found.sparse.array() != 0).count(), 3);
  EXPECT_NE(found.sparse(3, 5), 0);
  EXPECT_NE(found.sparse(7, 0), 0);
  EXPECT_NE(found.sparse(11, 15), 0);
  const double alone = (target - truncate(target, 2).left * truncate(target, 2).right).squaredNorm();
  EXPECT_LT(error_of(found, target, Matrix()), 0.01 * alone);
}

TEST(LowRankSparse, IsNoWorseThanTheProductAlone) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Matrix target = random_matrix(6, 9, seed), metric = random_metric(9, seed + 20);
    const OrthonormalFactors alone = truncate_whitened(target, metric, 2);
    const Matrix rest = target - alone.left * alone.right;
    const LowRankSparse found = split(target, metric, 2, 5, PruneCriterion::ObsOneShot);
    EXPECT_LT(error_of(found, target, metric), (rest * metric).cwiseProduct(rest).sum());
    EXPECT_LE((found.sparse.array() != 0).count(), 5);
  }
}

// One weight beside a product of rank one: every place, its value sought on a fine grid.
double best_by_trying(const Matrix& target) {
  double best = 1e300;
  for (Eigen::Index i = 0; i < target.rows(); ++i) {
    for (Eigen::Index j = 0; j < target.cols(); ++j) {
      for (int step = -200; step <= 200; ++step) {
        Matrix rest = target;
        rest(i, j) -= 0.03 * step;
        const OrthonormalFactors factors = truncate(rest, 1);
        best = std::min(best, (rest - factors.left * factors.right).squaredNorm());
      }
    }
  }
  return best;
}

TEST(LowRankSparse, ComesCloseToTheBestOfASmallLayer) {
  double ratios = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Matrix target = random_matrix(3, 4, seed);
    const double found = error_of(split(target, Matrix(), 1, 1, PruneCriterion::Magnitude), target, Matrix());
    const double best = best_by_trying(target);
    EXPECT_GE(found, 0.99 * best);
    ratios += found / best;
  }
  EXPECT_LT(ratios / 6, 2);  // turns of a kind that stop at the nearest rest point
}

CompressParams with_sparse_path(PruneCriterion criterion) {
  CompressParams params;
  params.criterion = criterion;
  params.factorization = Factorization::DataAwareSvd;
  params.layers = {{"hidden", 3, 0.6}};
  params.layers[0].sparse = 0.1;
  params.prune_rounds = 2;
  params.retrain.batch_size = 16;
  params.final_epochs = 1;
  return params;
}

TEST(SparsePath, LiesBesideTheFactorsWithEveryCriterion) {
  for (const PruneCriterion criterion : {PruneCriterion::Magnitude, PruneCriterion::Activation,
                                         PruneCriterion::ObsOneShot, PruneCriterion::Movement}) {
    const CompressParams params = with_sparse_path(criterion);
    const CompressResult result = compress_network(small_network(), small_data(), params);
    EXPECT_EQ(describe(verify_compression(small_network(), result, params)), "");
    EXPECT_EQ(result.layers[1].method, "factorized+pruned+sparse");
    EXPECT_LE(nonzeros(projection_named(result.network, "hidden").weights), 10);
    EXPECT_EQ(result.layers[1].synapses_after,
              nonzeros(projection_named(result.network, "hidden").weights) +
                  nonzeros(projection_named(result.network, "hidden_a").weights) +
                  nonzeros(projection_named(result.network, "hidden_b").weights));
  }
}

TEST(SparsePath, IsWatchedByTheVerifier) {
  const CompressParams params = with_sparse_path(PruneCriterion::ObsOneShot);
  const CompressResult sound = compress_network(small_network(), small_data(), params);
  const auto rules = [&](const CompressResult& result) {
    std::vector<std::string> names;
    for (const Violation& violation : verify_compression(small_network(), result, params))
      names.push_back(violation.rule);
    return names;
  };
  CompressResult more = sound;
  for (float& weight : projection_named(more.network, "hidden").weights) {
    if (weight == 0) weight = 0.01f;
  }
  EXPECT_THAT(rules(more), testing::Contains("density"));
  CompressResult turned = sound;
  projection_named(turned.network, "hidden").name = "stranger";
  EXPECT_THAT(rules(turned), testing::Contains("form"));
}

TEST(ConvolutionInTwo, EqualsTheWholeAtFullRank) {
  CompressParams params;
  params.layers = {{"conv", 2, 1}};
  params.prune_rounds = 1;
  params.final_epochs = 0;
  const Network before = small_network();
  const CompressResult result = compress_network(before, small_data(), params);
  EXPECT_EQ(describe(verify_compression(before, result, params)), "");
  const Projection first = projection_named(result.network, "conv_a"),
                   second = projection_named(result.network, "conv_b");
  EXPECT_EQ(first.kind, ProjectionKind::Convolution);
  EXPECT_TRUE(first.window == before.projections[ProjectionId(0)].window);
  EXPECT_TRUE(second.window == Window{});
  const FloatMatrix was = outputs(before, small_data()), is = outputs(result.network, small_data());
  for (std::size_t i = 0; i < was.values.size(); ++i) EXPECT_NEAR(is.values[i], was.values[i], 1e-4);
}

TEST(ConvolutionInTwo, IsTheNearestOfItsRankAndCanBePruned) {
  Network before = make_lenet5("lenet5");
  initialize(before, 3);
  Dataset data;
  data.name = "noise";
  data.shape = {1, 28, 28};
  data.classes = 10;
  Random random(4);
  for (int i = 0; i < 30 * 784; ++i) data.samples.push_back(static_cast<std::uint8_t>(random.below(256)));
  for (int i = 0; i < 30; ++i) data.labels.push_back(static_cast<std::uint16_t>(i % 10));
  const std::string name = before.projections[ProjectionId(2)].name;  // 50 channels of 20 x 5 x 5
  CompressParams params;
  params.layers = {{name, 8, 1}};
  params.prune_rounds = 1;
  params.final_epochs = 0;
  const CompressResult plain = compress_network(before, data, params);
  EXPECT_EQ(describe(verify_compression(before, plain, params)), "");
  const auto values =
      truncate(to_matrix(before.projections[ProjectionId(2)].weights, 50, 500), 8).singular_values;
  double tail = 0, sum = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    sum += values[k] * values[k];
    if (k >= 8) tail += values[k] * values[k];
  }
  EXPECT_NEAR(plain.layers[2].output_error, std::sqrt(tail / sum), 1e-5);
  EXPECT_EQ(plain.layers[2].synapses_after, 64 * (8 * 500 + 50 * 8));

  params.criterion = PruneCriterion::ObsOneShot;
  params.factorization = Factorization::DataAwareSvd;
  params.layers[0].density = 0.5;
  const CompressResult pruned = compress_network(before, data, params);
  EXPECT_EQ(describe(verify_compression(before, pruned, params)), "");
  EXPECT_LE(pruned.layers[2].synapses_after, 64 * (8 * 500 + 50 * 8) / 2);
}

}  // namespace
}  // namespace weft::compress
