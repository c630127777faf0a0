// What a step of training does to the parameters, cut into tasks that depend on the network's shapes alone.
//
// A task computes the gradient of its own parameters and applies it at once, while it is in the cache. No two
// tasks touch the same parameter, and each sums in a fixed order: the result does not depend on who runs
// which task when.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/network/engine/batch.hpp"
#include "model/network/kernels/kernel_set.hpp"
#include "model/network/train.hpp"

namespace weft {

// What the optimizer remembers of one array of parameters.
struct Moments {
  Floats first;                    // Adam: first moment; Sgd: velocity
  Floats second;                   // Adam only: second moment
  std::vector<std::uint8_t> mask;  // 0: stays zero; empty where all are free
};

struct OptimizerState {
  std::vector<Moments> weights;  // per projection
  std::vector<Moments> biases;   // per population
};

// Of a projection that is sparse in `batch`, only the weights that are left are parameters.
OptimizerState make_optimizer_state(const Network& network, const Batch& batch, Optimizer optimizer,
                                    bool keep_zeros);

// The constants of one step; on biases `shrink` is not applied.
struct StepRule {
  Optimizer optimizer = Optimizer::Adam;
  AdamStep adam;
  SgdStep sgd;
};

struct UpdateTask {
  enum class Kind {
    DenseTile,      // rows and columns of a dense projection's weights
    SharedWeights,  // a range of a convolution's weights, or of those left of a sparse projection: columns
                    // only
    Bias            // all biases of a population
  };
  Kind kind = Kind::Bias;
  std::uint32_t index = 0;  // projection or population
  std::int64_t first_row = 0, rows = 1, first_column = 0, columns = 0;
  std::int64_t scratch = 0;  // where its gradient begins in the scratch memory (DenseTile only)
};

struct UpdatePlan {
  std::vector<UpdateTask> tasks;  // the largest first
  std::int64_t scratch = 0;       // floats
};

// `frozen` names projections and populations that are left out.
UpdatePlan plan_updates(const Network& network, const Batch& batch, const std::vector<std::string>& frozen);

// `rows` samples in `shards` shards of the batch went forward and back.
void run_update(const UpdateTask& task, const StepRule& rule, int rows, int shards, Batch& batch,
                OptimizerState& state, Floats& scratch, Network& network);

}  // namespace weft
