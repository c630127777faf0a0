// One layer's way through a round: factorize, prune, fit.
#pragma once

#include "compress/calibration/statistics.hpp"
#include "compress/rules/criteria.hpp"
#include "compress/rules/factorizations.hpp"
#include "compress/rules/product.hpp"

namespace weft::compress {

// A layer's weights, rows for its outputs (a convolution's: its channels): in one piece or as factors.
struct LayerWeights {
  bool factorized = false;
  Matrix whole;
  SparseProduct factors;
  Matrix sparse;  // a path beside the factors; empty: none
  Matrix effective() const {
    if (!factorized) return whole;
    Matrix product = factors.left * factors.right;
    if (sparse.size() > 0) product += sparse;
    return product;
  }
};

struct LayerRules {
  const Criterion& criterion;
  PruneRule prune;  // the criterion's, in the layer's granularity
  const FactorizationRule& factorization;
  WorkerPool& pool;
  // How retraining moved the layer's weights, or its factors'; empty where it did not yet.
  Matrix moved_whole, moved_left, moved_right;
};

struct LayerStep {
  int rank = 0;        // > 0: factorize, where that has not been done
  double density = 1;  // of the layer or of each factor
  double damping = 0.01;
  double sparse = 0;  // share of the layer's weights beside the factors
};

// `dense` is what the layer's outputs are compared with, `statistics` null for rules that need none.
LayerWeights compress_layer(const LayerWeights& now, const Matrix& dense, const InputStatistics* statistics,
                            const LayerStep& step, const LayerRules& rules);

// Fills in what is to be chosen, rank = kAutoRank and damping = 0, by the output error on `held_out` of what
// compress_layer makes with `fit`: first the form at equal numbers of weights, then the damping.
LayerStep choose_step(const LayerWeights& now, const Matrix& dense, const InputStatistics& fit,
                      const InputStatistics& held_out, const LayerStep& asked, const LayerRules& rules);

}  // namespace weft::compress
