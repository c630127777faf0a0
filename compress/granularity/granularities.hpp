// The granularities: which weights stay or go together. A new one is a file beside these with a function of
// this form, a value of Granularity, and its line in granularities.cpp.
#pragma once

#include "compress/compress.hpp"
#include "compress/rules/criteria.hpp"

namespace weft::compress {

struct GroupGeometry {
  Eigen::Index input_columns = 1;  // of the matrix that belong to one input: a convolution's kernel
  Eigen::Index block_rows = 1;     // neurons of a block
  Eigen::Index block_columns = 1;  // inputs of a block
};

// What stays: groups of at most `kept` weights in all, one group at least. A score is what its weight is
// worth, scores add up within a group, and -1 stands for a weight that is gone. A group counts in full,
// whatever of it is gone; where the groups that are left fit into `kept`, all of them stay.
using ChooseRule = Support (*)(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept);

struct GranularityRule {
  Granularity value;
  const char* name;
  bool needs_block;  // block_rows and block_columns are read
  bool at_once;      // groups depend on the density: they are chosen in the first round, without a ramp
  ChooseRule choose;
};

const std::vector<GranularityRule>& granularities();
const GranularityRule& find_granularity(Granularity value);

Support choose_weights(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept);
Support choose_inputs(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept);
Support choose_neurons(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept);
Support choose_blocks(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept);
// Inside each block of a core's size: the synapses of one axon, or of one neuron.
Support choose_crossbar_rows(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept);
Support choose_crossbar_columns(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept);
Support choose_block_diagonal(const Matrix& scores, const GroupGeometry& geometry, std::int64_t kept);

// Prunes by a criterion's scores in groups. A criterion that updates weights takes groups away in rounds and
// solves what stays anew: the result is the exact least-squares solution on its support.
Matrix prune_in_groups(const Matrix& weights, const RowProblem& problem, const Criterion& criterion,
                       const GranularityRule& rule, const GroupGeometry& geometry);

}  // namespace weft::compress
