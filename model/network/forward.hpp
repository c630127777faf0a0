// The floating-point network at work: values, accuracy.
#pragma once

#include <cstdint>
#include <vector>

#include "model/data/dataset.hpp"
#include "model/network/network.hpp"

namespace weft {

struct ForwardParams {
  int threads = 0;       // 0: one per hardware thread; results do not depend on it
  int batch_size = 250;  // samples per matrix product
};

// A row-major matrix of floats: rows x columns.
struct FloatMatrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<float> values;
};

// The values of one population (after its activation) for each sample: dataset.size() x population size.
// Throws InputError if the data set's shape is not the input's.
FloatMatrix population_values(const Network& network, const Dataset& dataset, PopulationId population,
                              const ForwardParams& params = {});
// The output population's values before softmax.
FloatMatrix outputs(const Network& network, const Dataset& dataset, const ForwardParams& params = {});

// Share of samples whose largest output is the label; the lowest index wins a tie.
double accuracy(const Network& network, const Dataset& dataset, const ForwardParams& params = {});

}  // namespace weft
