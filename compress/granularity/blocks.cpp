// Rectangles of a grid that is laid over the matrix, from its first row and column on; those at the far edges
// may be smaller. With blocks of a core's size (A inputs by N neurons) a block is a core; one axon's synapses
// in such a block are a rectangle of one input by N neurons, one neuron's a rectangle of A inputs by one.
#include "compress/granularity/granularities.hpp"
#include "compress/granularity/groups.hpp"

namespace weft::compress {
namespace {

Support choose_rectangles(const Matrix& scores, Eigen::Index height, Eigen::Index width, std::int64_t kept) {
  const Eigen::Index down = (scores.rows() + height - 1) / height;
  const Eigen::Index across = (scores.cols() + width - 1) / width;
  return choose_groups(
      scores,
      {down * across,
       [=](Eigen::Index row, Eigen::Index column) { return row / height * across + column / width; }},
      kept);
}

}  // namespace

Support choose_blocks(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept) {
  return choose_rectangles(scores, geometry.block_rows, geometry.block_columns, kept);
}

Support choose_crossbar_rows(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept) {
  return choose_rectangles(scores, geometry.block_rows, 1, kept);
}

Support choose_crossbar_columns(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept) {
  return choose_rectangles(scores, 1, geometry.block_columns, kept);
}

}  // namespace weft::compress
