// What a layer's neurons do to the network's outputs.
#pragma once

#include "compress/wide/gram.hpp"
#include "model/data/dataset.hpp"

namespace weft::compress {

struct SensitivityParams {
  int draws = 1;           // rows per sample
  double temperature = 4;  // above 0: what counts is the distance of the softmax of outputs over it; 0: of
                           // the outputs themselves
  std::uint64_t seed = 1;
};

// Rows g such that the mean of (g e)^2 is what an error e in the sums of `population` does to the outputs, to
// first order: to the sum of their squares, or to the divergence of their softmax. Gradients of random
// combinations of the outputs, whose common part is left out as softmax does not see it. Over the root of
// their number, so that rows' rows is the mean. The samples' labels are not looked at. (Martens, "New
// insights and perspectives on the natural gradient method", 2020: the Gauss-Newton matrix of the outputs.)
FloatMatrix sensitivities(const Network& network, const Dataset& samples, PopulationId population,
                          const SensitivityParams& params, WorkerPool& pool);

}  // namespace weft::compress
