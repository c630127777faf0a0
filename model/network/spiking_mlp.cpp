// Layers as dense projections of delay 1. What is not a valid network is refused at the end, by its own
// rules.
#include "model/network/spiking_mlp.hpp"

#include "model/base/error.hpp"

namespace weft {
namespace {

[[noreturn]] void refuse(const std::string& layer, const std::string& found, const std::string& expected) {
  throw InputError({layer}, found, expected);
}

std::vector<std::int16_t> read_weights(const NpyArray& array, const std::string& layer, int sources) {
  if (array.shape.size() != 2 || array.shape[1] != sources || array.shape[0] < 1) {
    std::string found;
    for (const std::int64_t side : array.shape) found += (found.empty() ? "" : " x ") + std::to_string(side);
    refuse(layer, "weights of shape " + found, "neurons x " + std::to_string(sources));
  }
  const std::vector<std::int8_t> weights = array.as<std::int8_t>(layer);
  return std::vector<std::int16_t>(weights.begin(), weights.end());
}

}  // namespace

FixedNetwork make_spiking_mlp(const std::vector<NpyArray>& weights, const SpikingMlpParams& params) {
  if (params.weight_exponent < 0 || params.weight_exponent > 31) {
    refuse(params.name, "a weight exponent of " + std::to_string(params.weight_exponent), "0 to 31");
  }
  FixedNetwork network;
  network.name = params.name;
  network.weight_bits = 8;
  FixedPopulation input;
  input.name = "input";
  input.shape = params.input;
  input.format = {1, false};
  network.populations.push_back(input);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    FixedProjection projection;
    projection.name = "fc" + std::to_string(i + 1);
    projection.source = network.output();
    const int sources = network.populations[projection.source].shape.size();
    projection.weights = read_weights(weights[i], projection.name, sources);
    const auto neurons = static_cast<std::size_t>(weights[i].shape[0]);
    FixedPopulation layer;
    layer.name = projection.name;
    layer.shape = {static_cast<int>(neurons), 1, 1};
    layer.model = params.model;
    layer.format = {1, false};
    layer.spike = params.rule;
    layer.bias.assign(neurons, 0);
    layer.shift.assign(neurons, static_cast<std::uint8_t>(params.weight_exponent));
    network.populations.push_back(layer);
    projection.target = network.output();
    network.projections.push_back(std::move(projection));
  }
  const auto violations = validate(network);
  if (!violations.empty()) throw InputError({params.name}, "not a valid network\n" + describe(violations));
  return network;
}

SpikingMlpParams nmnist_mlp_params() {
  SpikingMlpParams params;
  params.name = "nmnist_mlp";
  params.input = {2, 34, 34};
  params.weight_exponent = 6;
  params.rule.threshold = 80 * 64;
  params.rule.leak_kind = SpikeLeak::Fraction;
  params.rule.leak = 128;
  params.rule.current_decay = 1024;
  return params;
}

}  // namespace weft
