// From floating point to integers, in three passes: lower() takes apart what the fabric does not know,
// choose_scales() finds each population's value scale, quantize_weights() the integers. The result is
// validated before it is handed out.
#include "model/network/quantize.hpp"

#include <string>

#include "model/network/quantize/quantize_lower.hpp"
#include "model/network/quantize/quantize_scale.hpp"

namespace weft {
namespace {

void check(const Network& network, const Dataset& calibration, const QuantizeParams& params) {
  const auto in_range = [](const char* what, int found, int low, int high) {
    if (found >= low && found <= high) return;
    throw Error(ErrorKind::Usage, std::string(what) + ": found " + std::to_string(found) + ", expected " +
                                      std::to_string(low) + " to " + std::to_string(high));
  };
  in_range("weight bits", params.weight_bits, 2, 16);
  in_range("value bits", params.value_bits, 2, 16);
  if (params.calibration_samples < 1 || calibration.size() < 1) {
    throw Error(ErrorKind::Usage, "quantization needs at least one calibration sample");
  }
  const auto violations = validate(network);
  if (!violations.empty()) throw InputError({network.name}, "not a valid network\n" + describe(violations));
}

NeuronModel model_of(Activation activation) {
  switch (activation) {
    case Activation::Linear:
      return NeuronModel::Linear;
    case Activation::Relu:
      return NeuronModel::Relu;
    default:
      return NeuronModel::Table;
  }
}

FixedPopulation shell(const LoweredPopulation& population, const ValueScale& scale, bool is_input) {
  FixedPopulation out;
  out.name = population.name;
  out.shape = population.shape;
  out.model = model_of(population.activation);
  out.format = scale.format;
  if (is_input) return out;
  out.bias.assign(static_cast<std::size_t>(population.shape.size()), 0);
  out.shift.assign(static_cast<std::size_t>(population.shape.size()), 0);
  return out;
}

FixedProjection shell(const LoweredProjection& projection) {
  FixedProjection out;
  out.name = projection.name;
  out.source = PopulationId(static_cast<std::uint32_t>(projection.source));
  out.target = PopulationId(static_cast<std::uint32_t>(projection.target));
  out.kind = projection.kind;
  out.window = projection.window;
  out.groups = projection.groups;
  out.delay = projection.delay;
  out.synapses = projection.synapses;
  out.weights.assign(projection.weights->size(), 0);
  return out;
}

}  // namespace

FixedNetwork quantize(const Network& network, const Dataset& calibration, const QuantizeParams& params) {
  check(network, calibration, params);
  const LoweredNetwork lowered = lower(network);
  const std::vector<ValueScale> scales = choose_scales(network, lowered, calibration, params);
  FixedNetwork fixed;
  fixed.name = network.name;
  fixed.weight_bits = params.weight_bits;
  fixed.source = digest(network);
  for (std::size_t p = 0; p < lowered.populations.size(); ++p) {
    fixed.populations.push_back(shell(lowered.populations[p], scales[p], p == 0));
  }
  for (const LoweredProjection& projection : lowered.projections)
    fixed.projections.push_back(shell(projection));
  quantize_weights(lowered, scales, fixed);
  const auto violations = validate(fixed);
  if (!violations.empty()) internal_error("quantize made an invalid network\n" + describe(violations));
  return fixed;
}

}  // namespace weft
