// A large layer's compression as one least-squares problem, in the space of the calibration samples.
#pragma once

#include "compress/wide/gram.hpp"

namespace weft::compress {

// Find weights V (outputs x inputs) of a cheap form that bring
//   trace of outputs * (V - target) * inputs * (V - target)'
// to its least: the outputs' error on the samples, each direction of it weighed by what it does to the
// network's outputs. The biases take up the means, so samples are centered.
struct WideProblem {
  FloatMatrix target;  // outputs x inputs
  Gram inputs;         // observations of the layer's inputs, centered, over the root of their number; damped
  Gram outputs;        // likewise sensitivities (sensitivity.hpp); without samples all directions count alike
};

// The value above for V = left * right.
double wide_error(const FloatMatrix& left, const FloatMatrix& right, const WideProblem& problem,
                  WorkerPool& pool);

struct WideFactors {
  FloatMatrix left;   // outputs x rank
  FloatMatrix right;  // rank x inputs
};

// The best factors of that rank, the left one orthonormal in the metric `outputs`, the most important pair
// first: the data-aware singular value decomposition weighed on both sides, by subspace iteration (Halko,
// Martinsson and Tropp, 2011) on target inputs target' outputs, which is never formed. Deterministic.
WideFactors wide_factors(const WideProblem& problem, int rank, WorkerPool& pool);

struct WidePruneParams {
  int rounds = 8;         // on a cubic ramp, each with a refit of both factors
  int refit_steps = 5;    // of conjugate gradients per factor and round
  int final_steps = 15;   // after the last round, twice
  std::int64_t kept = 0;  // weights of both factors together, where they share a threshold; else 0 and
  std::int64_t kept_left = 0, kept_right = 0;  // of each
};

// Zeroes weights of the factors, in rounds, where the error grows least by the diagonal of its second
// derivatives (LeCun, Denker and Solla, "Optimal brain damage", 1989) and refits what stays by least squares.
WideFactors prune_wide_factors(const WideFactors& start, const WideProblem& problem,
                               const WidePruneParams& params, WorkerPool& pool);

// Optimal brain surgeon over the columns of the layer itself, as prune_by_obs_columns(), with matrices of
// samples x samples instead of inputs x inputs, then `refit_steps` of conjugate gradients on what stays.
// Directions of the outputs count alike: problem.outputs is not looked at. A weight that is zero in `start`
// stays zero; null: in the target.
FloatMatrix prune_wide_layer(const WideProblem& problem, std::int64_t kept, int refit_steps, WorkerPool& pool,
                             const FloatMatrix* start = nullptr);

}  // namespace weft::compress
