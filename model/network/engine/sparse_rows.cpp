// See sparse_rows.hpp. Invariant: the form is chosen by the zeros that a training begins with, never by the
// machine, so that a training gives the same network everywhere that one form would.
#include "model/network/engine/sparse_rows.hpp"

#include <algorithm>

namespace weft {
namespace {

// Measured: a weight that is left costs as much as four to six of a product of whole matrices with AVX-512.
constexpr std::size_t kDenseShare = 8;
constexpr std::size_t kSmall = 4096;  // weights of a matrix too small to bother

}  // namespace

bool few_are_left(const std::vector<float>& weights) {
  if (weights.size() < kSmall) return false;
  const auto zeros = static_cast<std::size_t>(std::count(weights.begin(), weights.end(), 0.0f));
  return (weights.size() - zeros) * kDenseShare <= weights.size();
}

SparseRows make_sparse_rows(const std::vector<float>& weights, std::int64_t rows, std::int64_t columns) {
  SparseRows sparse;
  sparse.rows = rows;
  sparse.columns = columns;
  sparse.starts.push_back(0);
  const float* weight = weights.data();
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column, ++weight) {
      if (*weight == 0) continue;
      sparse.sources.push_back(static_cast<std::int32_t>(column));
      sparse.values.push_back(*weight);
    }
    sparse.starts.push_back(static_cast<std::int64_t>(sparse.values.size()));
  }
  return sparse;
}

SparseView view(const SparseRows& sparse) {
  return {sparse.rows, sparse.starts.data(), sparse.sources.data(), sparse.values.data()};
}

void write_back(const SparseRows& sparse, std::vector<float>& weights) {
  for (std::int64_t row = 0; row < sparse.rows; ++row) {
    for (std::int64_t k = sparse.starts[static_cast<std::size_t>(row)];
         k < sparse.starts[static_cast<std::size_t>(row) + 1]; ++k) {
      const auto at = static_cast<std::size_t>(k);
      weights[static_cast<std::size_t>(row * sparse.columns + sparse.sources[at])] = sparse.values[at];
    }
  }
}

}  // namespace weft
