// A dense projection of which few weights are left: training visits these alone.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/engine/floats.hpp"
#include "model/network/kernels/kernel_set.hpp"

namespace weft {

// The weights that were not zero, row by row (of one neuron each), their columns increasing.
struct SparseRows {
  std::int64_t rows = 0, columns = 0;
  std::vector<std::int64_t> starts;  // rows + 1; empty where there is no such form
  std::vector<std::int32_t> sources;
  std::vector<float> values;
};

// Neurons' values and gradients with samples side by side.
struct SparseScratch {
  Floats in, out, delta_in;
};

// Whether visiting the weights that are left one by one is faster than the product of whole matrices.
bool few_are_left(const std::vector<float>& weights);

SparseRows make_sparse_rows(const std::vector<float>& weights, std::int64_t rows, std::int64_t columns);
SparseView view(const SparseRows& sparse);
// Puts the values back to where they came from.
void write_back(const SparseRows& sparse, std::vector<float>& weights);

}  // namespace weft
