// Factorization against the theory of the singular value decomposition.
#include "compress/factorize.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "small_network.hpp"

namespace weft::compress {
namespace {

std::vector<double> product(const LowRank& factors, int rows, int columns) {
  std::vector<double> out(static_cast<std::size_t>(rows * columns), 0.0);
  for (int r = 0; r < rows; ++r) {
    for (int k = 0; k < factors.rank; ++k) {
      for (int c = 0; c < columns; ++c) {
        out[static_cast<std::size_t>(r * columns + c)] +=
            double{factors.left[static_cast<std::size_t>(r * factors.rank + k)]} *
            double{factors.right[static_cast<std::size_t>(k * columns + c)]};
      }
    }
  }
  return out;
}

double squared_distance(const std::vector<double>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - double{b[i]}) * (a[i] - double{b[i]});
  return sum;
}

class TruncatedSvd : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(TruncatedSvd, ErrorIsTheTailOfTheSingularValues) {  // Eckart and Young
  const auto [rows, columns] = GetParam();
  const std::vector<float> w = random_weights(static_cast<std::size_t>(rows * columns), 11);
  for (int rank = 1; rank <= std::min(rows, columns); ++rank) {
    const LowRank factors = truncated_svd(w, rows, columns, rank);
    double tail = 0;
    for (std::size_t i = static_cast<std::size_t>(rank); i < factors.singular_values.size(); ++i) {
      tail += factors.singular_values[i] * factors.singular_values[i];
    }
    EXPECT_NEAR(squared_distance(product(factors, rows, columns), w), tail, 1e-4) << "rank " << rank;
  }
}

TEST_P(TruncatedSvd, SquaresOfTheSingularValuesSumToTheSquaredNorm) {
  const auto [rows, columns] = GetParam();
  const std::vector<float> w = random_weights(static_cast<std::size_t>(rows * columns), 12);
  const LowRank factors = truncated_svd(w, rows, columns, 1);
  ASSERT_EQ(factors.singular_values.size(), static_cast<std::size_t>(std::min(rows, columns)));
  double squares = 0, norm = 0;
  for (double value : factors.singular_values) squares += value * value;
  for (float weight : w) norm += double{weight} * double{weight};
  EXPECT_NEAR(squares, norm, 1e-9 * norm);
  EXPECT_TRUE(std::is_sorted(factors.singular_values.rbegin(), factors.singular_values.rend()));
}

TEST_P(TruncatedSvd, FullRankRestoresTheMatrix) {
  const auto [rows, columns] = GetParam();
  const std::vector<float> w = random_weights(static_cast<std::size_t>(rows * columns), 13);
  const std::vector<double> restored =
      product(truncated_svd(w, rows, columns, std::min(rows, columns)), rows, columns);
  for (std::size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(restored[i], w[i], 2e-6);
}

TEST_P(TruncatedSvd, SplitsEachSingularValueEvenly) {
  const auto [rows, columns] = GetParam();
  const int rank = std::min(rows, columns);
  const LowRank factors =
      truncated_svd(random_weights(static_cast<std::size_t>(rows * columns), 14), rows, columns, rank);
  for (int k = 0; k < rank; ++k) {
    double left = 0, right = 0;
    for (int r = 0; r < rows; ++r) left += std::pow(factors.left[static_cast<std::size_t>(r * rank + k)], 2);
    for (int c = 0; c < columns; ++c)
      right += std::pow(factors.right[static_cast<std::size_t>(k * columns + c)], 2);
    EXPECT_NEAR(left, factors.singular_values[static_cast<std::size_t>(k)], 1e-5);
    EXPECT_NEAR(right, factors.singular_values[static_cast<std::size_t>(k)], 1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(WideSquareAndTall, TruncatedSvd,
                         testing::Values(std::pair(5, 9), std::pair(7, 7), std::pair(9, 4), std::pair(1, 6)));

TEST(TruncatedSvdOfKnownMatrix, FindsTheSingularValuesOfADiagonal) {
  const LowRank factors = truncated_svd({0, 3, 0, 0, 0, -5}, 2, 3, 2);
  EXPECT_NEAR(factors.singular_values[0], 5, 1e-12);
  EXPECT_NEAR(factors.singular_values[1], 3, 1e-12);
}

TEST(TruncatedSvdOfKnownMatrix, IsExactBeyondTheTrueRank) {
  std::vector<float> w;  // rank one: outer product of (1, 2, 3, 4) and (1, -1, 2)
  for (float u : {1.0f, 2.0f, 3.0f, 4.0f}) {
    for (float v : {1.0f, -1.0f, 2.0f}) w.push_back(u * v);
  }
  for (int rank = 1; rank <= 3; ++rank) {
    const std::vector<double> restored = product(truncated_svd(w, 4, 3, rank), 4, 3);
    for (std::size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(restored[i], w[i], 1e-5) << "rank " << rank;
  }
}

TEST(TruncatedSvdOfKnownMatrix, MakesZeroFactorsOfAZeroMatrix) {
  const LowRank factors = truncated_svd(std::vector<float>(6, 0.0f), 2, 3, 2);
  EXPECT_EQ(nonzeros(factors.left) + nonzeros(factors.right), 0);
}

TEST(TruncatedSvdOfKnownMatrix, RefusesARankThatDoesNotExist) {
  EXPECT_THROW(truncated_svd(std::vector<float>(6, 1.0f), 2, 3, 3), Error);
  EXPECT_THROW(truncated_svd(std::vector<float>(6, 1.0f), 2, 3, 0), Error);
}

TEST(Factorize, PutsALinearMiddleRightBeforeTheTarget) {
  const Network before = small_network();
  const Network after = factorize(before, {"out", 2});
  ASSERT_EQ(after.populations.size(), 5u);
  const Population& middle = after.populations[PopulationId(3)];
  EXPECT_EQ(middle.name, "out_mid");
  EXPECT_EQ(middle.activation, Activation::Linear);
  EXPECT_TRUE(middle.bias.empty());
  EXPECT_EQ(middle.shape.size(), 2);
  EXPECT_EQ(after.populations[PopulationId(4)].name, "out");
  EXPECT_EQ(after.populations[PopulationId(4)].bias, before.populations[PopulationId(3)].bias);
}

TEST(Factorize, KeepsTheOtherPathsOfAGraph) {
  const Network after = factorize(small_network(), {"out", 2});
  EXPECT_EQ(describe(validate(after)), "");
  const auto ends = [&](const std::string& name) {
    const Projection& projection = projection_named(after, name);
    return after.populations[projection.source].name + " to " + after.populations[projection.target].name;
  };
  EXPECT_EQ(ends("conv"), "input to conv");
  EXPECT_EQ(ends("skip"), "conv to out");
  EXPECT_EQ(ends("out_a"), "hidden to out_mid");
  EXPECT_EQ(ends("out_b"), "out_mid to out");
  EXPECT_EQ(projection_named(after, "skip").weights, projection_named(small_network(), "skip").weights);
}

TEST(Factorize, KeepsTheOrderRulesWhicheverProjectionsAreFactorized) {
  for (const std::string first : {"hidden", "skip", "out"}) {
    for (const std::string second : {"hidden", "skip", "out"}) {
      if (first == second) continue;
      const Network after = factorize(factorize(small_network(), {first, 3}), {second, 1});
      EXPECT_EQ(describe(validate(after)), "") << first << " then " << second;
    }
  }
}

TEST(Factorize, IsAFaultOfOursOnAConvolutionOrAnUnknownName) {
  EXPECT_THROW(factorize(small_network(), {"conv", 1}), Error);
  EXPECT_THROW(factorize(small_network(), {"nothing", 1}), Error);
}

}  // namespace
}  // namespace weft::compress
