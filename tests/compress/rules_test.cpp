// The pruning rules against brute force on small layers.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <limits>

#include "compress/rules/criteria.hpp"
#include "compress/rules/factorizations.hpp"
#include "compress/rules/product.hpp"
#include "matrices.hpp"

namespace weft::compress {
namespace {

const Vector kNone;

std::int64_t nonzeros_of(const Matrix& matrix) {
  return (matrix.array() != 0).count();
}

// The constrained minimum by its textbook form (Lagrange): for one row and the set R of weights that must
// vanish, v = w - (w_R [M^-1]_RR^-1) M^-1_R: . Written down without the normal equations that the rules use.
Eigen::RowVectorXd constrained(const Eigen::RowVectorXd& w, const Matrix& metric,
                               const std::vector<Eigen::Index>& removed) {
  if (removed.empty()) return w;
  const Eigen::MatrixXd inverse = metric.inverse();
  const Eigen::MatrixXd block = inverse(removed, removed);
  const Eigen::VectorXd multipliers = block.fullPivLu().solve(Eigen::VectorXd(w(removed).transpose()));
  return w - multipliers.transpose() * inverse(removed, Eigen::all);
}

std::vector<Eigen::Index> zeros_of(const Eigen::RowVectorXd& row) {
  std::vector<Eigen::Index> zeros;
  for (Eigen::Index j = 0; j < row.size(); ++j) {
    if (row[j] == 0) zeros.push_back(j);
  }
  return zeros;
}

struct Rules : testing::Test {
  WorkerPool pool{2};
  Matrix target = random_matrix(4, 7, 41), metric = random_metric(7, 42);
  Vector scale = Vector::Ones(4);
  RowProblem problem(std::int64_t kept) { return {target, metric, kNone, scale, kept, pool}; }
};

TEST_F(Rules, RefitEqualsLeastSquares) {
  const Support support = {{0, 2, 5}, {1}, {}, {0, 1, 2, 3, 4, 5, 6}};
  const Matrix found = refit(support, problem(0));
  // The same as regression on samples whose second moment is the metric.
  const Matrix samples = Matrix(Eigen::LLT<Matrix>(metric).matrixU());  // samples' samples = metric
  for (Eigen::Index row = 0; row < 4; ++row) {
    const auto& columns = support[static_cast<std::size_t>(row)];
    Eigen::VectorXd expected = Eigen::VectorXd::Zero(7);
    if (!columns.empty()) {
      const Eigen::MatrixXd part = samples(Eigen::all, columns);
      const Eigen::VectorXd wanted = samples * target.row(row).transpose();
      const Eigen::VectorXd solution = part.colPivHouseholderQr().solve(wanted);
      for (std::size_t i = 0; i < columns.size(); ++i)
        expected[columns[i]] = solution[static_cast<Eigen::Index>(i)];
    }
    EXPECT_LT((found.row(row).transpose() - expected).norm(), 1e-8) << row;
  }
}

TEST_F(Rules, ObsUpdateEqualsTheConstrainedMinimum) {
  for (const PruneRule rule : {prune_by_obs_rounds, prune_by_obs_columns}) {
    for (const std::int64_t kept : {1, 5, 13, 20, 27}) {
      const Matrix found = rule(target, problem(kept));
      EXPECT_EQ(nonzeros_of(found), kept);
      for (Eigen::Index row = 0; row < 4; ++row) {
        const Eigen::RowVectorXd expected = constrained(target.row(row), metric, zeros_of(found.row(row)));
        EXPECT_LT((found.row(row) - expected).norm(), 1e-8) << kept << " kept, row " << row;
      }
    }
  }
}

TEST_F(Rules, ObsRemovesTheOneWeightThatCostsLeast) {
  const Matrix found = prune_by_obs_rounds(target, problem(27));
  double cheapest = std::numeric_limits<double>::infinity();
  for (Eigen::Index row = 0; row < 4; ++row) {
    for (Eigen::Index column = 0; column < 7; ++column) {
      Matrix trial = target;
      trial.row(row) = constrained(target.row(row), metric, {column});
      cheapest = std::min(cheapest, problem_error(trial, problem(0)));
    }
  }
  EXPECT_NEAR(problem_error(found, problem(0)), cheapest, 1e-9);
}

TEST_F(Rules, ObsOfAFewWeightsIsTheGreedyChoiceOneByOne) {
  target = random_matrix(1, 7, 43);
  scale = Vector::Ones(1);
  std::vector<Eigen::Index> removed;
  for (std::int64_t kept = 6; kept >= 1; --kept) {
    double best = std::numeric_limits<double>::infinity();
    Eigen::Index choice = -1;
    for (Eigen::Index column = 0; column < 7; ++column) {
      if (std::find(removed.begin(), removed.end(), column) != removed.end()) continue;
      std::vector<Eigen::Index> trial = removed;
      trial.push_back(column);
      const double error = problem_error(constrained(target.row(0), metric, trial), problem(0));
      if (error < best) best = error, choice = column;
    }
    removed.push_back(choice);
    EXPECT_NEAR(problem_error(prune_by_obs_rounds(target, problem(kept)), problem(0)), best, 1e-9);
    EXPECT_LE(best, problem_error(prune_by_magnitude(target, problem(kept)), problem(0)));
  }
}

TEST_F(Rules, ObsSweepsColumnsInSeveralBlocks) {
  target = random_matrix(9, 300, 44);
  metric = random_metric(300, 45);
  scale = Vector::Ones(9);
  const Matrix columns = prune_by_obs_columns(target, problem(400));
  EXPECT_EQ(nonzeros_of(columns), 400);
  const double by_magnitude = problem_error(prune_by_magnitude(target, problem(400)), problem(0));
  const double by_columns = problem_error(columns, problem(0));
  const double by_rounds = problem_error(prune_by_obs_rounds(target, problem(400)), problem(0));
  EXPECT_LT(by_columns, 0.5 * by_magnitude);
  EXPECT_LT(by_rounds, 0.5 * by_magnitude);
}

TEST_F(Rules, ObsWeighsRowsByTheirScale) {
  scale << 1e6, 1, 1, 1;
  const Matrix found = prune_by_obs_rounds(target, problem(7));
  EXPECT_EQ(nonzeros_of(found.row(0)), 7);
}

TEST_F(Rules, KeepTheirNumberAndNeverReviveAZero) {
  const Vector rms = Vector::LinSpaced(7, 1, 2);
  target(1, 2) = target(3, 3) = 0;
  for (const Criterion& criterion : criteria()) {
    for (const std::int64_t kept : {1, 9, 26, 28}) {
      const Matrix found = criterion.prune(target, {target, metric, rms, scale, kept, pool});
      EXPECT_EQ(nonzeros_of(found), std::min<std::int64_t>(kept, 26)) << criterion.name;
      EXPECT_EQ(found(1, 2), 0) << criterion.name;
      EXPECT_EQ(found(3, 3), 0) << criterion.name;
    }
  }
}

TEST_F(Rules, ChooseWithoutTouchingWhatStays) {
  const Vector rms = (Vector(7) << 1, 100, 1, 1, 1, 1, 1).finished();
  const Matrix found = prune_by_activation(target, {target, metric, rms, scale, 4, pool});
  EXPECT_EQ(found.col(1), target.col(1));  // the loud input wins in every row
  const Matrix largest_only = prune_by_magnitude(target, problem(1));
  Eigen::Index row = 0, column = 0;
  target.cwiseAbs().maxCoeff(&row, &column);
  EXPECT_EQ(largest_only(row, column), target(row, column));
}

TEST_F(Rules, PruneAProductBetterThanItsFactorsAlone) {
  const Matrix w = random_matrix(6, 7, 46);
  const OrthonormalFactors factors = truncate_whitened(w, metric, 4);
  const SparseProduct start{factors.left, factors.right};
  const SparseProduct found = prune_product(start, {w, metric, 12, 14, prune_by_obs_rounds, pool});
  EXPECT_EQ(nonzeros_of(found.left), 12);
  EXPECT_EQ(nonzeros_of(found.right), 14);
  const auto error = [&](const Matrix& left, const Matrix& right) {
    const Matrix difference = w - left * right;
    return (difference * metric).cwiseProduct(difference).sum();
  };
  const Matrix left = prune_by_magnitude(start.left, {start.left, metric, kNone, kNone, 12, pool});
  const Matrix right = prune_by_magnitude(start.right, {start.right, metric, kNone, kNone, 14, pool});
  EXPECT_LT(error(found.left, found.right), 0.7 * error(left, right));
}

TEST_F(Rules, SolveAProductsFactorsToAStandstill) {
  // The left factor is its exact least squares given the right one: no step in its weights helps.
  const Matrix w = random_matrix(6, 7, 47);
  const OrthonormalFactors factors = truncate_whitened(w, metric, 3);
  const SparseProduct found =
      prune_product({factors.left, factors.right}, {w, metric, 9, 11, prune_by_obs_rounds, pool});
  const auto error = [&](const Matrix& left) {
    const Matrix difference = w - left * found.right;
    return (difference * metric).cwiseProduct(difference).sum();
  };
  for (Eigen::Index i = 0; i < 6; ++i) {
    for (Eigen::Index j = 0; j < 3; ++j) {
      if (found.left(i, j) == 0) continue;
      Matrix up = found.left, down = found.left;
      up(i, j) += 1e-3, down(i, j) -= 1e-3;
      EXPECT_GT(error(up), error(found.left));
      EXPECT_GT(error(down), error(found.left));
    }
  }
}

TEST_F(Rules, BalanceKeepsTheProduct) {
  SparseProduct product{random_matrix(5, 3, 48), 100 * random_matrix(3, 4, 49)};
  const Matrix before = product.left * product.right;
  balance(product);
  EXPECT_LT((product.left * product.right - before).norm(), 1e-9);
  for (Eigen::Index k = 0; k < 3; ++k)
    EXPECT_NEAR(product.left.col(k).norm(), product.right.row(k).norm(), 1e-9);
}

TEST(RuleTables, HoldEveryValueOnceInOrder) {
  for (std::size_t i = 0; i < criteria().size(); ++i)
    EXPECT_EQ(static_cast<std::size_t>(criteria()[i].value), i);
  for (std::size_t i = 0; i < factorizations().size(); ++i)
    EXPECT_EQ(static_cast<std::size_t>(factorizations()[i].value), i);
  for (const PruneCriterion value :
       {PruneCriterion::Magnitude, PruneCriterion::Activation, PruneCriterion::ObsOneShot})
    EXPECT_EQ(find_criterion(value).value, value);
  for (const Factorization value : {Factorization::Svd, Factorization::DataAwareSvd})
    EXPECT_EQ(find_factorization(value).value, value);
}

}  // namespace
}  // namespace weft::compress
