// Pruning as every rule sees it: rows of weights, each of which is to stay close to its target.
#pragma once

#include <cstdint>
#include <vector>

#include "compress/calibration/matrix.hpp"
#include "model/base/worker_pool.hpp"

namespace weft::compress {

// Choose `kept` nonzero weights in all and their values, so that
//   sum over rows i of row_scale[i] * (v_i - target_i) metric (v_i - target_i)'
// gets small. A rule may look at as much of this as it likes.
struct RowProblem {
  const Matrix& target;     // rows x columns
  const Matrix& metric;     // columns x columns, positive definite; empty without calibration
  const Vector& input_rms;  // root mean square of each column's input; empty without calibration
  const Vector& row_scale;  // one per row, positive; empty: all 1
  std::int64_t kept = 0;    // 1 to rows * columns
  WorkerPool& pool;
  const Matrix* movement = nullptr;  // rows x columns: how retraining moved the weights (movement.hpp)
  double scale(Eigen::Index row) const { return row_scale.size() == 0 ? 1.0 : row_scale[row]; }
};

// Which weights stay, row by row: the columns in ascending order.
using Support = std::vector<std::vector<Eigen::Index>>;
Support support_of(const Matrix& weights);  // what is nonzero

// The `kept` largest scores, of equal ones the lower index; scores below zero never stay.
Support largest(const Matrix& scores, std::int64_t kept);

// The values of a support that solve the problem exactly: per row the normal equations restricted to what
// stays, metric_SS v_S = (metric target)_S. Zero elsewhere.
Matrix refit(const Support& support, const RowProblem& problem);

// sum of the formula above
double problem_error(const Matrix& weights, const RowProblem& problem);

}  // namespace weft::compress
