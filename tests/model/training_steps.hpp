// Single steps of training, for tests that compare them with closed forms.
#pragma once

#include <vector>

#include "model/network/train.hpp"

namespace weft::test {

// One plain step of gradient descent on the whole data set: weights move by minus the gradient.
inline TrainParams one_step(const Dataset& dataset) {
  TrainParams params;
  params.epochs = 1;
  params.batch_size = static_cast<int>(dataset.size());
  params.optimizer = Optimizer::Sgd;
  params.learning_rate = 1;
  params.momentum = 0;
  params.schedule = Schedule::Constant;
  params.threads = 2;
  return params;
}

inline std::vector<float*> parameters(Network& network) {
  std::vector<float*> result;
  for (Population& item : network.populations) {
    for (float& bias : item.bias) result.push_back(&bias);
  }
  for (Projection& item : network.projections) {
    for (float& weight : item.weights) result.push_back(&weight);
  }
  return result;
}

// What a plain step moves: the gradient of each parameter.
inline std::vector<double> gradient(Network network, const Dataset& dataset) {
  Network moved = train(network, dataset, one_step(dataset)).network;
  const std::vector<float*> before = parameters(network), after = parameters(moved);
  std::vector<double> result;
  for (std::size_t i = 0; i < before.size(); ++i)
    result.push_back(static_cast<double>(*before[i]) - static_cast<double>(*after[i]));
  return result;
}

}  // namespace weft::test
