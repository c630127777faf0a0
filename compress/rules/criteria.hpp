// The pruning criteria. A new one is a file beside these with a function of this form, a value of
// PruneCriterion, and its line in criteria.cpp.
#pragma once

#include <functional>

#include "compress/compress.hpp"
#include "compress/rules/row_problem.hpp"

namespace weft::compress {

// The pruned weights. A weight that is zero stays zero; where no more than problem.kept are nonzero all stay.
using PruneRule = std::function<Matrix(const Matrix& weights, const RowProblem& problem)>;
// What each weight of the support is worth, such that sums over groups make sense: squares; -1 elsewhere.
using ScoreRule = Matrix (*)(const Matrix& weights, const Support& support, const RowProblem& problem);

struct Criterion {
  PruneCriterion value;
  const char* name;
  bool calibrated;       // needs calibration samples
  bool updates_weights;  // what stays is fitted anew: the means are then taken up by the biases, factors by
                         // their product
  Matrix (*prune)(const Matrix& weights, const RowProblem& problem);
  ScoreRule score;     // for pruning in groups
  bool moved = false;  // goes by what retraining did before
};

const std::vector<Criterion>& criteria();
const Criterion& find_criterion(PruneCriterion value);

Matrix prune_by_magnitude(const Matrix& weights, const RowProblem& problem);
Matrix prune_by_activation(const Matrix& weights, const RowProblem& problem);
Matrix prune_by_obs(const Matrix& weights, const RowProblem& problem);

Matrix prune_by_movement(const Matrix& weights, const RowProblem& problem);
Matrix score_by_movement(const Matrix& weights, const Support& support, const RowProblem& problem);
Matrix score_by_magnitude(const Matrix& weights, const Support& support, const RowProblem& problem);
Matrix score_by_activation(const Matrix& weights, const Support& support, const RowProblem& problem);
// What the outputs lose when one weight goes and the rest of its row is fitted anew.
Matrix score_by_obs(const Matrix& weights, const Support& support, const RowProblem& problem);

// The two ways of prune_by_obs, which takes the first where it is affordable.
Matrix prune_by_obs_rounds(const Matrix& weights, const RowProblem& problem);
Matrix prune_by_obs_columns(const Matrix& weights, const RowProblem& problem);

}  // namespace weft::compress
