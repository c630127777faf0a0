// Groups of weights: what is chosen is the best there is, found by trying everything on small layers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "compress/granularity/granularities.hpp"
#include "compress/granularity/groups.hpp"
#include "compress/verify_groups.hpp"
#include "matrices.hpp"
#include "small_network.hpp"

namespace weft::compress {
namespace {

using testing::HasSubstr;

double worth(const Matrix& scores, const Support& support) {
  double sum = 0;
  for (Eigen::Index i = 0; i < scores.rows(); ++i) {
    for (const Eigen::Index j : support[static_cast<std::size_t>(i)]) sum += scores(i, j);
  }
  return sum;
}

std::int64_t size_of(const Support& support) {
  std::int64_t size = 0;
  for (const auto& row : support) size += static_cast<std::int64_t>(row.size());
  return size;
}

Matrix squares(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  return random_matrix(rows, columns, seed).array().square();
}

// The best that `kept` groups hold, by trying all sets of groups.
double best_by_trying(const Matrix& scores, const Grouping& grouping, int kept) {
  std::vector<double> sums(static_cast<std::size_t>(grouping.count), 0.0);
  for (Eigen::Index i = 0; i < scores.rows(); ++i) {
    for (Eigen::Index j = 0; j < scores.cols(); ++j)
      sums[static_cast<std::size_t>(grouping.of(i, j))] += scores(i, j);
  }
  double best = 0;
  for (unsigned set = 0; set < 1u << sums.size(); ++set) {
    if (__builtin_popcount(set) != kept) continue;
    double sum = 0;
    for (std::size_t g = 0; g < sums.size(); ++g) {
      if (set >> g & 1u) sum += sums[g];
    }
    best = std::max(best, sum);
  }
  return best;
}

TEST(Granularity, KeepsTheBestGroupsOfEachKind) {
  struct Case {
    ChooseRule choose;
    GroupGeometry geometry;
    Grouping grouping;
    std::int64_t group_size;
  };
  const Case cases[] = {
      {choose_inputs, {}, {8, [](auto, auto j) { return j; }}, 6},
      {choose_inputs, {4, 1, 1}, {2, [](auto, auto j) { return j / 4; }}, 24},
      {choose_neurons, {}, {6, [](auto i, auto) { return i; }}, 8},
      {choose_blocks, {1, 3, 2}, {8, [](auto i, auto j) { return i / 3 * 4 + j / 2; }}, 6},
      {choose_crossbar_rows, {1, 3, 4}, {16, [](auto i, auto j) { return i / 3 * 8 + j; }}, 3},
      {choose_crossbar_columns, {1, 3, 4}, {12, [](auto i, auto j) { return i * 2 + j / 4; }}, 4},
  };
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Matrix scores = squares(6, 8, seed);
    for (const Case& item : cases) {
      for (int groups = 1; groups < item.grouping.count; ++groups) {
        const Support support = item.choose(scores, item.geometry, groups * item.group_size);
        EXPECT_EQ(size_of(support), groups * item.group_size);
        EXPECT_NEAR(worth(scores, support), best_by_trying(scores, item.grouping, groups), 1e-12);
      }
    }
  }
}

TEST(Granularity, KeepsOneGroupAtLeastAndNothingThatIsGone) {
  Matrix scores = squares(4, 5, 3);
  scores.col(2).setConstant(-1);
  EXPECT_EQ(size_of(choose_inputs(scores, {}, 1)), 4);
  EXPECT_EQ(size_of(choose_inputs(scores, {}, 20)), 16);
  scores(1, 0) = -1;  // the column still counts in full: four groups of four do not fit into 15
  EXPECT_EQ(size_of(choose_inputs(scores, {}, 16)), 15);
  EXPECT_LE(size_of(choose_inputs(scores, {}, 15)), 12);
}

TEST(Granularity, TakesSmallerBlocksAtTheFarEdges) {
  const Matrix scores = Matrix::Ones(5, 5);
  const Support support = choose_blocks(scores, {1, 4, 4}, 22);  // 16 + 4, then 4 does not fit, 1 does
  EXPECT_EQ(size_of(support), 21);
}

// The best sum of two parts, by trying all even splits.
double best_halves(const Matrix& scores) {
  double best = 0;
  for (unsigned rows = 0; rows < 1u << scores.rows(); ++rows) {
    if (__builtin_popcount(rows) != scores.rows() / 2) continue;
    for (unsigned columns = 0; columns < 1u << scores.cols(); ++columns) {
      if (__builtin_popcount(columns) != scores.cols() / 2) continue;
      double sum = 0;
      for (Eigen::Index i = 0; i < scores.rows(); ++i) {
        for (Eigen::Index j = 0; j < scores.cols(); ++j) {
          if ((rows >> i & 1u) == (columns >> j & 1u)) sum += scores(i, j);
        }
      }
      best = std::max(best, sum);
    }
  }
  return best;
}

TEST(BlockDiagonal, FindsTheBestHalvesOfSmallLayers) {
  int optimal = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Matrix scores = squares(6, 8, seed);
    const Support support = choose_block_diagonal(scores, {}, 24);
    EXPECT_EQ(size_of(support), 24);
    const double found = worth(scores, support), best = best_halves(scores);
    EXPECT_LE(found, best * (1 + 1e-12));
    EXPECT_GE(found, 0.93 * best) << seed;
    optimal += found > best * (1 - 1e-9);
  }
  EXPECT_GE(optimal, 34);
}

TEST(BlockDiagonal, UncoversPartsThatWereShuffled) {
  Random random(9);
  std::vector<Eigen::Index> rows(12), columns(20);
  std::iota(rows.begin(), rows.end(), Eigen::Index{0});
  std::iota(columns.begin(), columns.end(), Eigen::Index{0});
  random.shuffle(rows);
  random.shuffle(columns);
  Matrix scores = Matrix::Constant(12, 20, 0.0);
  for (Eigen::Index i = 0; i < 12; ++i) {
    for (Eigen::Index j = 0; j < 20; ++j) {
      if (i / 3 == j / 5) scores(rows[static_cast<std::size_t>(i)], columns[static_cast<std::size_t>(j)]) = 1;
    }
  }
  const Support support = choose_block_diagonal(scores, {}, 60);
  EXPECT_EQ(size_of(support), 60);
  EXPECT_DOUBLE_EQ(worth(scores, support), 60);
}

TEST(BlockDiagonal, NeverHoldsMoreThanItsShare) {
  for (const auto& [rows, columns] : {std::pair<int, int>{5, 5}, {7, 4}, {10, 13}}) {
    const Matrix scores = squares(rows, columns, 4);
    for (std::int64_t kept = rows * columns - 1; kept >= std::max(rows, columns); --kept)
      EXPECT_LE(size_of(choose_block_diagonal(scores, {}, kept)), kept);
  }
}

RowProblem problem_of(const Matrix& target, const Matrix& metric, const Vector& rms, std::int64_t kept,
                      WorkerPool& pool) {
  static const Vector no_scale;
  return {target, metric, rms, no_scale, kept, pool};
}

TEST(PruningInGroups, TakesAwayTheInputThatCostsTheOutputsLeast) {
  WorkerPool pool(1);
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Matrix target = random_matrix(4, 6, seed), metric = random_metric(6, seed + 100);
    const RowProblem problem = problem_of(target, metric, Vector(), 20, pool);
    const Matrix found = prune_in_groups(target, problem, find_criterion(PruneCriterion::ObsOneShot),
                                         find_granularity(Granularity::Inputs), {});
    double best = 1e300;
    for (Eigen::Index gone = 0; gone < 6; ++gone) {
      std::vector<Eigen::Index> columns;
      for (Eigen::Index j = 0; j < 6; ++j) {
        if (j != gone) columns.push_back(j);
      }
      best = std::min(best, problem_error(refit(Support(4, columns), problem), problem));
    }
    EXPECT_NEAR(problem_error(found, problem), best, 1e-9 * best);
  }
}

TEST(PruningInGroups, ComesCloseToTheBestInputsAndFitsThemExactly) {
  WorkerPool pool(1);
  double ratios = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Matrix target = random_matrix(5, 8, seed), metric = random_metric(8, seed + 50);
    const RowProblem problem = problem_of(target, metric, Vector(), 20, pool);
    const Matrix found = prune_in_groups(target, problem, find_criterion(PruneCriterion::ObsOneShot),
                                         find_granularity(Granularity::Inputs), {});
    double best = 1e300;
    for (unsigned set = 0; set < 256; ++set) {
      if (__builtin_popcount(set) != 4) continue;
      std::vector<Eigen::Index> columns;
      for (Eigen::Index j = 0; j < 8; ++j) {
        if (set >> j & 1u) columns.push_back(j);
      }
      best = std::min(best, problem_error(refit(Support(5, columns), problem), problem));
    }
    EXPECT_LE(problem_error(found, problem), 1.4 * best) << seed;  // one input at a time is not optimal
    ratios += problem_error(found, problem) / best;
    const Matrix again = refit(support_of(found), problem);
    EXPECT_LT((found - again).norm(), 1e-9);
  }
  EXPECT_LE(ratios / 10, 1.1);
}

TEST(PruningInGroups, KeepsTheBitsOfWhatStaysWithoutUpdate) {
  WorkerPool pool(1);
  const Matrix weights = random_matrix(4, 6, 2);
  const Vector rms = Vector::LinSpaced(6, 0.1, 3);
  const RowProblem problem = problem_of(weights, Matrix(), rms, 12, pool);
  const Matrix found = prune_in_groups(weights, problem, find_criterion(PruneCriterion::Activation),
                                       find_granularity(Granularity::Inputs), {});
  EXPECT_EQ((found.array() != 0).count(), 12);
  for (Eigen::Index i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(found.data()[i] == 0 || found.data()[i] == weights.data()[i]);
  }
  const Eigen::RowVectorXd columns = (weights * rms.asDiagonal()).colwise().squaredNorm();
  double smallest_kept = 1e300, largest_gone = 0;
  for (Eigen::Index j = 0; j < 6; ++j) {
    if (found(0, j) != 0) {
      smallest_kept = std::min(smallest_kept, columns[j]);
    } else {
      largest_gone = std::max(largest_gone, columns[j]);
    }
  }
  EXPECT_GT(smallest_kept, largest_gone);
}

LayerPlan planned(const char* name, double density, Granularity granularity, int rows = 0, int columns = 0) {
  LayerPlan plan{name, 0, density};
  plan.granularity = granularity;
  plan.block_rows = rows;
  plan.block_columns = columns;
  return plan;
}

TEST(StructuredStage, CarriesOutEveryGranularityWithEveryCriterion) {
  for (const Granularity granularity :
       {Granularity::Inputs, Granularity::Neurons, Granularity::Blocks, Granularity::CrossbarRows,
        Granularity::CrossbarColumns, Granularity::BlockDiagonal}) {
    const bool blocks = granularity_needs_block(granularity);
    for (const PruneCriterion criterion :
         {PruneCriterion::Magnitude, PruneCriterion::Activation, PruneCriterion::ObsOneShot}) {
      CompressParams params;
      params.criterion = criterion;
      params.layers = {planned("hidden", 0.5, granularity, blocks ? 3 : 0, blocks ? 4 : 0)};
      if (!blocks && granularity != Granularity::BlockDiagonal)
        params.layers.push_back(planned("conv", 0.5, Granularity::Neurons));
      params.prune_rounds = 3;
      params.retrain.batch_size = 16;
      params.final_epochs = 1;
      const CompressResult result = compress_network(small_network(), small_data(), params);
      EXPECT_EQ(describe(verify_compression(small_network(), result, params)), "")
          << granularity_names()[static_cast<std::size_t>(granularity)];
      EXPECT_LE(nonzeros(projection_named(result.network, "hidden").weights), 48);
      EXPECT_GT(nonzeros(projection_named(result.network, "hidden").weights), 16);
    }
  }
}

TEST(StructuredStage, PrunesFactorsInGroupsToo) {
  CompressParams params;
  params.criterion = PruneCriterion::ObsOneShot;
  params.layers = {planned("hidden", 0.5, Granularity::Inputs)};
  params.layers[0].rank = 4;
  params.prune_rounds = 1;
  params.final_epochs = 0;
  params.clear_unused = false;  // a middle neuron that nobody hears keeps its weights
  const CompressResult result = compress_network(small_network(), small_data(), params);
  EXPECT_EQ(describe(verify_compression(small_network(), result, params)), "");
  EXPECT_EQ(nonzeros(projection_named(result.network, "hidden_a").weights), 16);
}

std::string refusal(const LayerPlan& layer) {
  CompressParams params;
  params.layers = {layer};
  try {
    compress_network(small_network(), small_data(), params);
    return "accepted";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(StructuredStage, RefusesBlocksThatDoNotGoWithTheGranularity) {
  EXPECT_THAT(
      refusal(planned("hidden", 0.5, Granularity::Blocks, 3)),
      HasSubstr("granularity blocks with blocks of 3 neurons by 0 inputs, expected 1 or more of each"));
  EXPECT_THAT(refusal(planned("hidden", 0.5, Granularity::Inputs, 3, 3)),
              HasSubstr("found a block size beside granularity inputs, expected none"));
  EXPECT_THAT(refusal(planned("conv", 0.5, Granularity::BlockDiagonal)),
              HasSubstr("granularity block-diagonal on a convolution, expected weights, inputs or neurons"));
}

TEST(GroupVerifier, FindsAWeightOutsideTheGroups) {
  std::vector<float> weights(24, 0.0f);                                             // 4 neurons of 6 inputs
  for (const std::size_t i : {0u, 6u, 12u, 18u, 3u, 9u, 15u, 21u}) weights[i] = 1;  // inputs 0 and 3
  const LayerPlan inputs = planned("x", 8.0 / 24, Granularity::Inputs);
  EXPECT_TRUE(find_group_faults(weights, 4, 6, 1, inputs).empty());
  weights[1] = 1;
  ASSERT_EQ(find_group_faults(weights, 4, 6, 1, inputs).size(), 1u);
  EXPECT_THAT(find_group_faults(weights, 4, 6, 1, inputs)[0],
              HasSubstr("3 groups are in use and hold 12 weights, the plan allows 8"));
}

TEST(GroupVerifier, FindsAWeightThatJoinsTwoParts) {
  std::vector<float> weights(24, 0.0f);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 6; ++j) weights[i * 6 + j] = (i % 2 == j % 2) ? 1.0f : 0.0f;
  }
  const LayerPlan halves = planned("x", 0.5, Granularity::BlockDiagonal);
  EXPECT_TRUE(find_group_faults(weights, 4, 6, 1, halves).empty());
  weights[1] = 1;
  EXPECT_THAT(find_group_faults(weights, 4, 6, 1, halves),
              testing::ElementsAre(HasSubstr("a part of 4 neurons or 6 inputs hangs together")));
}

}  // namespace
}  // namespace weft::compress
