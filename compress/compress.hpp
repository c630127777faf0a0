// Makes a network smaller without losing its form: factorization, pruning, and both.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/base/progress.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"
#include "model/network/train.hpp"
#include "model/report/report.hpp"

namespace weft::compress {

// What is to happen to one projection, by name. Dense: rank and density; Convolution: density only.
struct LayerPlan {
  std::string projection;
  int rank = 0;        // 0: not factorized; else 1 to min(inputs, outputs)
  double density = 1;  // share of weights kept, in (0, 1], of each factor where factorized
};

struct CompressParams {
  std::vector<LayerPlan> layers;  // a projection that is not named stays as it is
  int prune_rounds = 4;  // density falls in this many rounds (cubic ramp), each followed by retraining
  TrainParams retrain;   // epochs of each round but the last; keep_zeros is always on
  int final_epochs = 4;  // after the last round
};

struct CompressResult {
  Network network;
  std::vector<LayerReport> layers;  // one per projection of the network that came in
  bool interrupted = false;
};

// Factorizes (truncated SVD, a Linear population "NAME_mid" between the factors "NAME_a" and "NAME_b"),
// prunes by magnitude, retrains. The data set is only used for retraining. Throws InputError on an unknown
// projection, a rank above the layer's, a density outside (0, 1], weights that are not finite.
// Stopped by `progress`, it returns the network as it is then, its figures, and `interrupted`.
CompressResult compress_network(const Network& network, const Dataset& train, const CompressParams& params,
                                Progress* progress = nullptr);

// Recounts from scratch, sharing no code with the stage: shapes, ranks, densities, linear middles, the
// figures in `result.layers`, that what was not in the plan is of unchanged form. Empty when all is right.
std::vector<Violation> verify_compression(const Network& before, const CompressResult& result,
                                          const CompressParams& params);

}  // namespace weft::compress
