// Whole inputs and whole neurons: columns and rows of the matrix. An input that goes leaves an axon free on
// every core that held the layer; a neuron that goes leaves its own place free and the axons that listened to
// it (Li et al., "Pruning filters for efficient convnets", 2017, for convolutions).
#include "compress/granularity/granularities.hpp"
#include "compress/granularity/groups.hpp"

namespace weft::compress {

Support choose_inputs(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept) {
  const Eigen::Index width = geometry.input_columns;
  return choose_groups(scores,
                       {(scores.cols() + width - 1) / width,
                        [width](Eigen::Index, Eigen::Index column) { return column / width; }},
                       kept);
}

Support choose_neurons(const Matrix& scores, const GroupGeometry&, std::int64_t kept) {
  return choose_groups(scores, {scores.rows(), [](Eigen::Index row, Eigen::Index) { return row; }}, kept);
}

}  // namespace weft::compress
