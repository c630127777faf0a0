// What a layer's inputs look like on calibration samples: their mean and covariance, and how they go along
// with the inputs that the dense network has in the same place.
#pragma once

#include <cstdint>
#include <string>

#include "compress/calibration/matrix.hpp"
#include "model/base/worker_pool.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"

namespace weft::compress {

// Of a Dense projection's source values; of a Convolution's patches in the order of its weights (channel,
// row, column; zeros in the padding), every position an observation.
struct InputStatistics {
  std::int64_t observations = 0;
  Vector mean;        // of the inputs
  Vector dense_mean;  // of the dense network's
  Matrix covariance;  // inputs x inputs: of the inputs
  Matrix cross;       // inputs x inputs: of the dense network's (rows) with the inputs (columns)
  Matrix dense_covariance;
};

// `network` is under compression, `dense` what it is compared with: the projection's source has the same name
// and shape in both. Works in pieces of a few thousand samples: memory is that of the matrices and of one
// piece. Products are formed in single precision within a piece and summed up in double precision, so the
// values do not depend on the number of threads. Convolutions of one group only, else an Internal error.
InputStatistics input_statistics(const Network& network, const Network& dense, const Projection& projection,
                                 const Dataset& calibration, WorkerPool& pool);

}  // namespace weft::compress
