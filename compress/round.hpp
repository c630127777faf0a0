// One round over all planned layers, front to back.
#pragma once

#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "compress/movement.hpp"
#include "model/base/worker_pool.hpp"

namespace weft::compress {

struct RoundParams {
  int round = 1, rounds = 1;  // counted from 1; layers are factorized in the first
  PruneCriterion criterion = PruneCriterion::Magnitude;
  Factorization factorization = Factorization::Svd;
  double damping = 0;
  const Movements* movements = nullptr;  // of the trainings so far; null: none
};

struct RoundResult {
  Network network;
  std::vector<LayerPlan> plan;     // nothing left to choose
  std::vector<std::string> notes;  // each tells of one layer
};

// True where the rules of this plan look at the inputs of layers.
bool needs_calibration(const CompressParams& params);

// `network` is what the round begins with and what its outputs are compared with. `calibration` may be null
// where needs_calibration() says so. `plan` is checked and its densities are those of the last round; in
// rounds after the first it has nothing left to choose.
RoundResult compress_round(const Network& network, const std::vector<LayerPlan>& plan,
                           const Dataset* calibration, const RoundParams& params, WorkerPool& pool);

}  // namespace weft::compress
