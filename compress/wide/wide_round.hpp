// A wide layer's way through a round: what layer.hpp does with covariances, in the space of the samples.
#pragma once

#include "compress/wide/wide_layer.hpp"
#include "model/base/progress.hpp"

namespace weft::compress {

// A layer as it is now, and what it is to be like.
struct WideLayer {
  WideFactors now;    // an empty `right`: in one piece, which is `left`
  FloatMatrix dense;  // outputs x inputs
  bool factorized() const { return !now.right.values.empty(); }
};

struct WideStep {
  int rank = 0;            // > 0: factorize, where that has not been done; kAutoRank: to be chosen
  double density = 1;      // of the layer, or of both factors together
  double damping = 1;      // of both metrics of the problem; 0: to be chosen
  bool by_outputs = true;  // factors nearest in the outputs; else in the weights
};

// The layer in the form that `step` asks for, pruned and fitted to `samples`. A zero stays zero.
WideFactors compress_wide(const WideLayer& layer, const WideSamples& samples, const WideStep& step,
                          WorkerPool& pool);

// Fills in what is to be chosen by the output error on `held_out` of what compress_wide() makes with `fit`:
// first the form at equal numbers of weights, then the damping. Stopped by `progress`, which counts steps
// that were compared, it returns the best so far.
WideStep choose_wide_step(const WideLayer& layer, const WideSamples& fit, const WideSamples& held_out,
                          const WideStep& asked, WorkerPool& pool, Progress* progress);

}  // namespace weft::compress
