// The layer that the compressed one is to be like, as a least-squares problem: find weights V that bring
// |(V - target) L|, LL' = metric, to its least, then let the bias take up the means.
#pragma once

#include "compress/calibration/matrix.hpp"
#include "compress/calibration/statistics.hpp"

namespace weft::compress {

struct LayerTarget {
  Matrix weights;  // outputs x inputs: the best that a dense layer does on the inputs it gets now
  Matrix metric;   // inputs x inputs: the covariance of these inputs, damped, positive definite
};

// damping is a fraction of the covariance's mean diagonal. `weights` are the dense layer's. The target is the
// minimum over V of E|W x - V y|^2 (both centered) + d |W - V|^2 with x the dense network's inputs, y the
// compressed one's, d the damping; where both networks agree so far it is W itself.
LayerTarget layer_target(const Matrix& weights, const InputStatistics& statistics, double damping);

// The share of the dense layer's output variance that weights `now` with the best bias get wrong, on any
// statistics, those it was fitted to or held-out ones: E|W x - V y|^2 / E|W x|^2, all centered; the numerator
// alone where the denominator is zero.
double output_error(const Matrix& now, const Matrix& dense, const InputStatistics& statistics);

// What the bias changes by: E[W x] - E[V y].
Vector bias_change(const Matrix& now, const Matrix& dense, const InputStatistics& statistics);

}  // namespace weft::compress
