// Training by mini-batch gradient descent on softmax cross-entropy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/base/progress.hpp"
#include "model/data/dataset.hpp"
#include "model/network/forward.hpp"
#include "model/network/network.hpp"

namespace weft {

enum class Optimizer { Sgd, Adam };
enum class Schedule { Constant, Cosine, Step };  // Cosine: to zero over all epochs; Step: x0.1 at 1/2 and 3/4

struct TrainParams {
  int epochs = 10;
  int batch_size = 128;
  Optimizer optimizer = Optimizer::Adam;  // Adam: Kingma and Ba, 2015, beta 0.9 and 0.999
  double learning_rate = 1e-3;
  double momentum = 0.9;      // Sgd only
  double weight_decay = 0.0;  // decoupled (Loshchilov and Hutter, 2019); on weights, not on biases
  Schedule schedule = Schedule::Cosine;
  double distill = 0;      // share of the loss that asks for the teacher's outputs, 0 to 1
  double temperature = 4;  // that softens both outputs there
  bool keep_zeros = true;  // a weight that is zero on entry stays zero: the mask of a pruned network
  std::vector<std::string>
      frozen;  // projections whose weights, and populations whose biases stay as they are
  std::uint64_t seed = 1;
  int threads = 0;  // 0: one per hardware thread; results do not depend on it
};

struct EpochRecord {
  int epoch = 0;
  double loss = 0;      // mean over the training samples, while training
  double accuracy = 0;  // likewise
};

struct TrainResult {
  Network network;
  std::vector<EpochRecord> epochs;
  bool interrupted = false;  // stopped by `progress` before the last epoch
};

// `network` gives form and starting weights (a zero weight is pruned when keep_zeros: call initialize() first
// for a new network). Progress counts batches. Throws InputError where the data do not fit the network, and
// Unacceptable where the loss is no longer finite. `teacher` holds the outputs before softmax that another
// network gives for each sample; it is needed where params.distill is above zero and not looked at elsewhere.
TrainResult train(const Network& network, const Dataset& dataset, const TrainParams& params,
                  Progress* progress = nullptr, const FloatMatrix* teacher = nullptr);

}  // namespace weft
