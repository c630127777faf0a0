// A layer as a product of low rank plus a few single weights.
#pragma once

#include "compress/rules/criteria.hpp"
#include "compress/rules/factorizations.hpp"

namespace weft::compress {

struct LowRankSparse {
  OrthonormalFactors factors;
  Matrix sparse;  // rows x columns
};

struct LowRankSparseProblem {
  const Matrix& target;     // rows x columns
  const Matrix& metric;     // columns x columns, positive definite; empty without calibration
  const Vector& input_rms;  // as in RowProblem
  int rank = 1;
  std::int64_t kept = 1;  // nonzero weights of the sparse part
  const FactorizationRule& factorization;
  const PruneRule& prune;
  WorkerPool& pool;
};

// Gets |(target - left right - sparse) L| small, LL' = metric (the Frobenius norm without one), by turns: the
// best product for what the sparse part leaves, then the sparse part of what the product leaves (Zhou and
// Tao, "GoDec", ICML 2011). No worse than the product alone.
LowRankSparse split_low_rank_sparse(const LowRankSparseProblem& problem);

}  // namespace weft::compress
