// A layer of a network as a WideProblem.
#pragma once

#include "compress/wide/sensitivity.hpp"
#include "compress/wide/wide_problem.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"

namespace weft::compress {

struct WideViewParams {
  double damping = 1;         // of the inputs, a fraction of their mean variance, positive
  double output_damping = 1;  // of the sensitivities, likewise
  bool weighed = true;        // whether directions of the outputs count by their sensitivities
  SensitivityParams sensitivity;
};

struct WideView {
  WideProblem problem;
  std::vector<double> mean, dense_mean;  // of the layer's inputs, now and in the dense network
};

// Of a Dense projection that is still in one piece in `network`; its source has the same name and shape in
// `dense`. Where a layer before it gives other values than in the dense network, the target is what does best
// on these: the minimum over V of E|W x - V y|^2 + damping |W - V|^2, solved in the space of the samples.
WideView view_layer(const Network& network, const Network& dense, const std::string& projection,
                    const Dataset& calibration, const WideViewParams& params, WorkerPool& pool);

// What the biases of the target change by when the layer becomes left * right (or `left` alone where `right`
// is empty).
std::vector<double> wide_bias_change(const FloatMatrix& dense_weights, const FloatMatrix& left,
                                     const FloatMatrix& right, const WideView& view);

}  // namespace weft::compress
