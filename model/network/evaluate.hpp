// The naive integer reference: nested loops over fixed_network.hpp's rules. The fabric equals it bit for bit.
#pragma once

#include <cstdint>
#include <vector>

#include "model/data/dataset.hpp"
#include "model/network/fixed_network.hpp"

namespace weft {

// A row-major matrix of integers: rows x columns.
struct IntMatrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::int32_t> values;

  const std::int32_t* row(std::int64_t index) const { return values.data() + index * columns; }
};

// The values of every population for one input (population 0's values): result[p][neuron].
std::vector<std::vector<std::int32_t>> evaluate(const FixedNetwork& network, const std::vector<std::int32_t>& input);

// The output population's values for each sample. threads 0: one per hardware thread.
IntMatrix evaluate(const FixedNetwork& network, const Dataset& dataset, int threads = 0);

// Share of rows whose largest value is the label; the lowest index wins a tie.
double accuracy(const IntMatrix& outputs, const Dataset& dataset);

}  // namespace weft
