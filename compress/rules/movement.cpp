// Pruning by movement (Sanh, Wolf and Rush, "Movement pruning", NeurIPS 2020): a weight is worth keeping when
// training moves it away from zero, however small it is. Their score is the sum over training of
// -gradient * weight; here it is summed round by round as weight * (change of the weight in the round's
// retraining), which is the same to first order in the learning rate. Where nothing has moved yet, magnitude
// decides. Scores are shifted so that the least one is zero, since less than zero means gone.
#include "compress/rules/criteria.hpp"

namespace weft::compress {

Matrix score_by_movement(const Matrix& weights, const Support& support, const RowProblem& problem) {
  if (!problem.movement) return score_by_magnitude(weights, support, problem);
  const double least = problem.movement->minCoeff();
  Matrix scores = Matrix::Constant(weights.rows(), weights.cols(), -1.0);
  for (Eigen::Index i = 0; i < weights.rows(); ++i) {
    for (const Eigen::Index j : support[static_cast<std::size_t>(i)])
      scores(i, j) = (*problem.movement)(i, j) - least;
  }
  return scores;
}

Matrix prune_by_movement(const Matrix& weights, const RowProblem& problem) {
  const Support chosen = largest(score_by_movement(weights, support_of(weights), problem), problem.kept);
  Matrix result = Matrix::Zero(weights.rows(), weights.cols());
  for (Eigen::Index i = 0; i < weights.rows(); ++i) {
    for (const Eigen::Index j : chosen[static_cast<std::size_t>(i)]) result(i, j) = weights(i, j);
  }
  return result;
}

}  // namespace weft::compress
