// One round over all planned layers, front to back.
#pragma once

#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "compress/movement.hpp"
#include "compress/rules/criteria.hpp"
#include "model/base/worker_pool.hpp"

namespace weft::compress {

struct RoundParams {
  int round = 1, rounds = 1;  // counted from 1; layers are factorized in the first
  PruneCriterion criterion = PruneCriterion::Magnitude;
  Factorization factorization = Factorization::Svd;
  double damping = 0;
  const Movements* movements = nullptr;  // of the trainings so far; null: none
  std::uint64_t seed = 1;
};

struct RoundResult {
  Network network;
  std::vector<LayerPlan> plan;     // nothing left to choose
  std::vector<std::string> notes;  // each tells of one layer
  std::vector<double> dampings;    // taken, one per layer of the plan; 0: none
  bool interrupted = false;        // a layer is as it was; in the first round its plan says so
};

// Why a layer cannot be treated in the space of the samples, as "a convolution"; null where it can.
const char* refusal_of_samples(const LayerPlan& layer, const Projection& projection,
                               const Criterion& criterion);

// True where the rules of this plan look at the inputs of layers.
bool needs_calibration(const CompressParams& params);

// `network` is what the round begins with and what its outputs are compared with. `calibration` may be null
// where needs_calibration() says so. `plan` is checked and its densities are those of the last round; in
// rounds after the first it has nothing left to choose. Progress may be null; it is asked whether to stop
// before and within layers that are treated in the space of the samples.
RoundResult compress_round(const Network& network, const std::vector<LayerPlan>& plan,
                           const Dataset* calibration, const RoundParams& params, WorkerPool& pool,
                           Progress* progress = nullptr);

}  // namespace weft::compress
