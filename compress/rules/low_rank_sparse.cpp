// The product's turn is exact where the factorization is (truncated SVD without a metric, data-aware with
// one), the sparse part's as good as the pruning rule. It starts once with no sparse part and once with the
// weights that the rule would keep alone, which a product would else follow; each start ends with the first
// turn that is no better, and the best pair of all is kept. Invariant: the sparse part never holds more than
// `kept`.
#include "compress/rules/low_rank_sparse.hpp"

namespace weft::compress {
namespace {

constexpr int kTurns = 8;

double error_of(const Matrix& rest, const Matrix& metric) {
  return metric.size() == 0 ? rest.squaredNorm() : (rest * metric).cwiseProduct(rest).sum();
}

}  // namespace

LowRankSparse split_low_rank_sparse(const LowRankSparseProblem& problem) {
  static const Vector no_scale;
  const auto sparse_part = [&](const Matrix& rest) {
    return problem.prune(rest,
                         {rest, problem.metric, problem.input_rms, no_scale, problem.kept, problem.pool});
  };
  LowRankSparse best;
  double least = -1;
  const Matrix starts[] = {Matrix::Zero(problem.target.rows(), problem.target.cols()),
                           sparse_part(problem.target)};
  for (const Matrix& start : starts) {
    Matrix sparse = start;
    double before = -1;
    for (int turn = 0; turn < kTurns; ++turn) {
      OrthonormalFactors factors =
          problem.factorization.factorize(problem.target - sparse, problem.metric, problem.rank);
      const Matrix rest = problem.target - factors.left * factors.right;
      sparse = sparse_part(rest);
      const double error = error_of(rest - sparse, problem.metric);
      if (before >= 0 && error >= before) break;
      before = error;
      if (least >= 0 && error >= least) continue;
      least = error;
      best = {std::move(factors), sparse};
    }
  }
  return best;
}

}  // namespace weft::compress
