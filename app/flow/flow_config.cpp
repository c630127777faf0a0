// Reading a flow: every key is asked for with its range and its default, then whatever was not asked for is
// refused.
#include "app/flow/flow_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "app/flow/fabric_source.hpp"
#include "app/flow/fix.hpp"
#include "app/flow/layer_plan.hpp"
#include "app/flow/names.hpp"
#include "model/base/config.hpp"
#include "model/base/files.hpp"
#include "model/data/dataset.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kMany = std::numeric_limits<std::int64_t>::max();

template <class Enum>
Enum choice(const ConfigSection& section, const char* key, Enum fallback) {
  std::vector<std::pair<std::string, Enum>> names;
  for (const std::string& name : names_of(Enum())) names.push_back({name, value_of<Enum>(name)});
  return section.choice(key, names, std::optional<Enum>(fallback));
}

int whole(const ConfigSection& section, const char* key, int minimum, int maximum, int fallback) {
  return static_cast<int>(section.integer(key, minimum, maximum, fallback));
}

DataConfig read_data(const ConfigSection& section, const fs::path& directory) {
  DataConfig data;
  std::vector<std::pair<std::string, std::string>> sets;
  for (const std::string& name : known_data_names()) sets.push_back({name, name});
  const std::string set = section.text("set", data.set);
  const fs::path here = directory / set;
  std::error_code ignored;
  const bool known =
      std::any_of(sets.begin(), sets.end(), [&](const auto& item) { return item.first == set; });
  data.set = !known && fs::is_directory(here, ignored)
                 ? here.string()
                 : section.choice("set", sets, std::optional<std::string>(data.set));
  data.train_samples = section.integer("train_samples", 0, kMany, data.train_samples);
  data.shift_pixels = whole(section, "shift_pixels", 0, 8, data.shift_pixels);
  return data;
}

NetworkConfig read_network_section(const ConfigSection& section, const fs::path& directory) {
  NetworkConfig network;
  if (section.has("from")) {
    const fs::path from = section.text("from");
    network.from = from.is_absolute() ? from : directory / from;
    return network;
  }
  network.kind = choice(section, "kind", network.kind);
  if (network.kind == NetworkKind::Mlp) {
    if (section.has("hidden")) {
      network.hidden.clear();
      for (std::int64_t width : section.integers("hidden", 1, 1 << 20))
        network.hidden.push_back(static_cast<int>(width));
    }
    network.activation = choice(section, "activation", network.activation);
  }
  network.name = section.text("name", network.kind == NetworkKind::Mlp ? "mlp" : "lenet-5");
  return network;
}

TrainParams read_train(const ConfigSection& section, TrainParams params) {
  params.epochs = whole(section, "epochs", 0, 100000, params.epochs);
  params.batch_size = whole(section, "batch_size", 1, 1 << 20, params.batch_size);
  params.optimizer = choice(section, "optimizer", params.optimizer);
  params.learning_rate = section.number("learning_rate", 0, 100, params.learning_rate);
  params.momentum = section.number("momentum", 0, 1, params.momentum);
  params.weight_decay = section.number("weight_decay", 0, 1, params.weight_decay);
  params.schedule = choice(section, "schedule", params.schedule);
  return params;
}

void read_distillation(const ConfigSection& section, TrainParams& params) {
  params.distill = section.number("distill", 0, 1, params.distill);
  params.temperature = section.number("temperature", 1, 1000, params.temperature);
}

compress::CompressParams read_compress(const ConfigSection& section, std::uint64_t seed) {
  compress::CompressParams params;
  for (const ConfigSection& layer : section.sections("layers")) {
    compress::LayerPlan& plan = params.layers.emplace_back();
    plan.projection = layer.text("projection");
    plan.rank = whole(layer, "rank", compress::kAutoRank, 1 << 20, plan.rank);
    plan.density = layer.number("density", 0, 1, plan.density);
    if (plan.density <= 0) layer.fail("density", "0", "a number above 0 and not above 1");
    plan.sparse = layer.number("sparse", 0, 1, plan.sparse);
    plan.granularity = choice(layer, "granularity", plan.granularity);
    plan.algebra = choice(layer, "algebra", plan.algebra);
    if (!layer.has("block")) continue;
    const auto block = layer.integers("block", 1, 1 << 20);
    if (block.size() != 2)
      layer.fail("block", fmt::format("{} numbers", block.size()), "two: neurons and inputs");
    plan.block_rows = static_cast<int>(block[0]);
    plan.block_columns = static_cast<int>(block[1]);
  }
  params.shared_density = section.number("shared_density", 0, 1, params.shared_density);
  params.prune_rounds = whole(section, "prune_rounds", 1, 1000, params.prune_rounds);
  params.final_epochs = whole(section, "final_epochs", 0, 100000, params.final_epochs);
  params.criterion = choice(section, "criterion", params.criterion);
  params.factorization = choice(section, "factorization", params.factorization);
  params.calibration_samples = section.integer("calibration_samples", 0, kMany, params.calibration_samples);
  params.damping = section.number("damping", 0, 1e6, params.damping);
  params.retrain.epochs = 1;
  params.retrain = read_train(section.section("retrain"), params.retrain);
  read_distillation(section.section("retrain"), params.retrain);
  params.retrain.seed = seed;
  return params;
}

QuantizeParams read_quantize(const ConfigSection& section) {
  QuantizeParams params;
  params.weight_bits = whole(section, "weight_bits", 2, 16, params.weight_bits);
  params.value_bits = whole(section, "value_bits", 2, 16, params.value_bits);
  params.calibration_samples = section.integer("calibration_samples", 1, kMany, params.calibration_samples);
  return params;
}

mapping::MapParams read_map(const ConfigSection& section, std::uint64_t seed) {
  mapping::MapParams params;
  params.seed = seed;
  params.pack_rounds = whole(section, "pack_rounds", 0, 1 << 24, params.pack_rounds);
  params.place_moves = section.integer("place_moves", 0, kMany, params.place_moves);
  const ConfigSection fix = section.section("fix");
  for (const std::string& subject : fix.keys())
    params.fix.push_back(parse_fix(subject, fix.texts(subject), fix.position(subject)));
  return params;
}

RunConfig read_run(const ConfigSection& section) {
  RunConfig run;
  run.frames = section.integer("frames", 0, kMany, run.frames);
  run.interval_steps = whole(section, "interval", 1, 1 << 20, run.interval_steps);
  return run;
}

RequireConfig read_require(const ConfigSection& section) {
  RequireConfig require;
  if (section.has("compression_ratio"))
    require.compression_ratio = section.number("compression_ratio", 0, 1e12);
  if (section.has("accuracy_loss")) require.accuracy_loss = section.number("accuracy_loss", -1, 1);
  return require;
}

FlowConfig read_flow(const Config& config, const fs::path& directory) {
  const ConfigSection root = config.root();
  FlowConfig flow;
  flow.title = root.text("title", "flow");
  flow.seed = static_cast<std::uint64_t>(root.integer("seed", 0, kMany, 1));
  flow.data = read_data(root.section("data"), directory);
  flow.network = read_network_section(root.section("network"), directory);
  if (root.has("train")) flow.train = read_train(root.section("train"), TrainParams());
  if (flow.train) flow.train->seed = flow.seed;
  if (!flow.train && flow.network.from.empty())
    root.fail("train", "no section train and no network.from", "one of them: a network is trained or read");
  if (root.has("compress")) flow.compress = read_compress(root.section("compress"), flow.seed);
  flow.quantize = read_quantize(root.section("quantize"));
  flow.fabric = read_fabric_section(root.section("fabric"), directory);
  if (flow.compress) align_blocks(flow.compress->layers, flow.fabric.core);
  flow.map = read_map(root.section("map"), flow.seed);
  flow.traffic = choice(root.section("map"), "traffic", flow.traffic);
  flow.run = read_run(root.section("run"));
  flow.require = read_require(root.section("require"));
  flow.output = root.text("output", "");
  config.finish();
  return flow;
}

}  // namespace

FlowConfig parse_flow_config(const std::string& yaml, const std::string& file,
                             const std::vector<std::string>& overrides) {
  return read_flow(Config::parse(yaml, file, overrides), fs::absolute(file).parent_path());
}

FlowConfig read_flow_config(const fs::path& path, const std::vector<std::string>& overrides) {
  return parse_flow_config(read_text_file(path), path.string(), overrides);
}

Network make_network(const NetworkConfig& config, const Shape& input, int classes, std::uint64_t seed) {
  if (!config.from.empty()) return read_network(config.from);
  Network network;
  if (config.kind == NetworkKind::Lenet5) {
    network = make_lenet5(config.name.empty() ? "lenet5" : config.name);
    if (network.populations[network.input()].shape != input || classes != 10)
      throw Error(
          ErrorKind::BadInput,
          fmt::format(
              "lenet5 takes samples of 1 x 28 x 28 in 10 classes, the data set has {} x {} x {} in {}",
              input.channels, input.height, input.width, classes));
  } else {
    std::vector<int> widths = {input.size()};
    widths.insert(widths.end(), config.hidden.begin(), config.hidden.end());
    widths.push_back(classes);
    network = make_mlp(config.name.empty() ? fmt::format("mlp-{}", fmt::join(widths, "-")) : config.name,
                       input, widths, config.activation);
  }
  initialize(network, seed);
  return network;
}

}  // namespace weft::app
