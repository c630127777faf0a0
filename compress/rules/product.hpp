// Sparse factors of a layer: pruned so that their product stays close to the layer, not each to itself.
#pragma once

#include "compress/rules/criteria.hpp"

namespace weft::compress {

struct SparseProduct {
  Matrix left;   // rows x rank
  Matrix right;  // rank x columns
};

struct ProductProblem {
  const Matrix& target;  // rows x columns
  const Matrix& metric;  // columns x columns, positive definite
  std::int64_t kept_left = 0, kept_right = 0;
  PruneRule prune;  // one that updates weights
  WorkerPool& pool;
};

// Gets |(target - left right) L| small, LL' = metric, from the given factors; their zeros stay zero. Where
// the columns of `left` are orthogonal to each other, each factor's pruning is the rule's exact problem.
SparseProduct prune_product(const SparseProduct& start, const ProductProblem& problem);

// Scales each pair of a column and a row to equal norms; the product stays as it is.
void balance(SparseProduct& product);

}  // namespace weft::compress
