// A layer of a network as a WideProblem.
#pragma once

#include <string>

#include "compress/wide/sensitivity.hpp"
#include "compress/wide/wide_problem.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"

namespace weft::compress {

// What a layer gets and what its outputs do, sample by sample.
struct WideSamples {
  FloatMatrix inputs, dense_inputs;  // centered, over the root of their number: now and in the dense network
  std::vector<double> mean, dense_mean;
  FloatMatrix
      sensitivities;  // of the layer's outputs, over the root of their number; 0 rows: all count alike
};

// A layer from population `source` to population `target`, which both networks have under these names.
struct WideSite {
  const Network &network, &dense;
  std::string source, target;
};

// sensitivity null: all directions of the outputs count alike.
WideSamples observe_layer(const WideSite& site, const Dataset& samples, const SensitivityParams* sensitivity,
                          WorkerPool& pool);

// `damping` is a fraction of the inputs' mean variance, output_damping one of the sensitivities' mean square,
// both positive. Where a layer before this one gives other values than in the dense network, the target is
// what does best on these: the minimum over V of E|W x - V y|^2 + damping |W - V|^2, W the dense weights,
// solved in the space of the samples.
WideProblem wide_problem(const WideSamples& samples, const FloatMatrix& dense_weights, double damping,
                         double output_damping, WorkerPool& pool);

// The share of what the dense layer's outputs do that left * right (or `left` alone where `right` is empty)
// gets wrong, on any samples, those it was fitted to or held-out ones: |G (W x - V y)|^2 / |G W x|^2, G the
// sensitivities; without them of the outputs' variance. The numerator alone where the denominator is zero.
double wide_output_error(const WideFactors& now, const FloatMatrix& dense_weights, const WideSamples& samples,
                         WorkerPool& pool);

// What the biases of the target change by.
std::vector<double> wide_bias_change(const FloatMatrix& dense_weights, const WideFactors& now,
                                     const WideSamples& samples);

struct WideViewParams {
  double damping = 1;         // as in wide_problem()
  double output_damping = 1;  // likewise
  bool weighed = true;        // whether directions of the outputs count by their sensitivities
  SensitivityParams sensitivity;
};

struct WideView {
  WideProblem problem;
  std::vector<double> mean, dense_mean;  // of the layer's inputs, now and in the dense network
};

// The two above for a Dense projection that is still in one piece in `network`.
WideView view_layer(const Network& network, const Network& dense, const std::string& projection,
                    const Dataset& calibration, const WideViewParams& params, WorkerPool& pool);

// As the one above, with `left` and `right` by themselves.
std::vector<double> wide_bias_change(const FloatMatrix& dense_weights, const FloatMatrix& left,
                                     const FloatMatrix& right, const WideView& view);

}  // namespace weft::compress
