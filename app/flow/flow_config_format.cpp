// Writing a flow: all keys, numbers with as many digits as read back to the same value.
#include <fmt/format.h>

#include "app/flow/fix.hpp"
#include "app/flow/flow_config.hpp"
#include "app/flow/names.hpp"
#include "model/base/config.hpp"

namespace weft::app {
namespace {

// Each line of `text` moved to the right.
std::string indented(const std::string& text, int spaces) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin)
      out += std::string(static_cast<std::size_t>(spaces), ' ') + text.substr(begin, end - begin);
    out += '\n';
    begin = end + 1;
  }
  return out;
}

std::string network_lines(const NetworkConfig& network) {
  if (!network.from.empty()) return fmt::format("  from: {}\n", yaml_text(network.from.string()));
  std::string text = fmt::format("  kind: {}\n  name: {}\n", name_of(network.kind), yaml_text(network.name));
  if (network.kind == NetworkKind::Mlp)
    text += fmt::format("  hidden: [{}]\n  activation: {}\n", fmt::join(network.hidden, ", "),
                        name_of(network.activation));
  return text;
}

std::string train_lines(const TrainParams& params) {
  return fmt::format(
      "epochs: {}\nbatch_size: {}\noptimizer: {}\nlearning_rate: {}\nmomentum: {}\nweight_decay: "
      "{}\nschedule: {}\n",
      params.epochs, params.batch_size, name_of(params.optimizer), yaml_number(params.learning_rate),
      yaml_number(params.momentum), yaml_number(params.weight_decay), name_of(params.schedule));
}

std::string further_words(const compress::LayerPlan& layer) {
  std::string text;
  if (layer.sparse > 0) text += ", sparse: " + yaml_number(layer.sparse);
  if (layer.algebra != compress::Algebra::Auto) text += ", algebra: " + name_of(layer.algebra);
  if (layer.granularity == compress::Granularity::Weights) return text;
  text += ", granularity: " + name_of(layer.granularity);
  if (compress::granularity_needs_block(layer.granularity))
    text += fmt::format(", block: [{}, {}]", layer.block_rows, layer.block_columns);
  return text;
}

std::string compress_lines(const compress::CompressParams& params) {
  std::string text = "  layers:\n";
  if (params.layers.empty()) text = "  layers: []\n";
  for (const compress::LayerPlan& layer : params.layers)
    text += fmt::format("    - {{projection: {}, rank: {}, density: {}{}}}\n", yaml_text(layer.projection),
                        layer.rank, yaml_number(layer.density), further_words(layer));
  text += fmt::format("  criterion: {}\n  factorization: {}\n  calibration_samples: {}\n  damping: {}\n",
                      name_of(params.criterion), name_of(params.factorization), params.calibration_samples,
                      yaml_number(params.damping));
  if (params.shared_density > 0)
    text += fmt::format("  shared_density: {}\n", yaml_number(params.shared_density));
  text += fmt::format("  prune_rounds: {}\n  final_epochs: {}\n  retrain:\n", params.prune_rounds,
                      params.final_epochs);
  text += indented(train_lines(params.retrain), 4);
  return text + fmt::format("    distill: {}\n    temperature: {}\n", yaml_number(params.retrain.distill),
                            yaml_number(params.retrain.temperature));
}

}  // namespace

std::string format_flow_config(const FlowConfig& config) {
  std::string text = fmt::format("title: {}\nseed: {}\n", yaml_text(config.title), config.seed);
  text += fmt::format("data:\n  set: {}\n  train_samples: {}\n  shift_pixels: {}\n",
                      yaml_text(config.data.set), config.data.train_samples, config.data.shift_pixels);
  text += "network:\n" + network_lines(config.network);
  if (config.train) text += "train:\n" + indented(train_lines(*config.train), 2);
  if (config.compress) text += "compress:\n" + compress_lines(*config.compress);
  text += fmt::format("quantize:\n  weight_bits: {}\n  value_bits: {}\n  calibration_samples: {}\n",
                      config.quantize.weight_bits, config.quantize.value_bits,
                      config.quantize.calibration_samples);
  text += "fabric:\n" + indented(format_fabric(config.fabric), 2);
  text += fmt::format("map:\n  pack_rounds: {}\n  place_moves: {}\n  traffic: {}\n", config.map.pack_rounds,
                      config.map.place_moves, name_of(config.traffic));
  text += format_fix(config.map.fix, 2);
  text += fmt::format("run:\n  frames: {}\n  interval: {}\n", config.run.frames, config.run.interval_steps);
  if (config.require.compression_ratio || config.require.accuracy_loss) text += "require:\n";
  if (config.require.compression_ratio)
    text += fmt::format("  compression_ratio: {}\n", yaml_number(*config.require.compression_ratio));
  if (config.require.accuracy_loss)
    text += fmt::format("  accuracy_loss: {}\n", yaml_number(*config.require.accuracy_loss));
  return text;
}

}  // namespace weft::app
