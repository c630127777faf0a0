// weft import: a network from the files of other programs.
#include <fmt/format.h>

#include <filesystem>
#include <limits>
#include <sstream>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/cli/train_options.hpp"
#include "app/flow/npy_layers.hpp"
#include "app/flow/ranc_flow.hpp"
#include "app/flow/result_directory.hpp"
#include "app/flow/results.hpp"
#include "app/flow/stages.hpp"
#include "model/base/error.hpp"
#include "model/network/spiking_mlp.hpp"

namespace weft::app {
namespace {

struct ImportCommandParams {
  std::string source;
  std::string format = "npy";
  std::string layers;
  std::string fabric = "ranc-256";
  std::string input = "1x28x28";
  std::string name = "imported";
  double input_scale = 1.0 / 256;
  double input_offset = 0;
  SpikingMlpParams spiking = nmnist_mlp_params();
  std::string dataset = "none";
  std::string output = "out/import";
};

constexpr const char* kLoihi = "loihi-npy";

OptionTable make_table(ImportCommandParams& params) {
  OptionTable table("import [options] DIR",
                    "Makes a network of a directory of .npy arrays, weights (out, in) or (out, in, height, "
                    "width); writes network.npz and the report. With --format ranc: of a directory of RANC's "
                    "csram_NNN.mem and tc_NNN.mem; writes ranc.npz for weft run.");
  table.argument("DIR", params.source,
                 "holds STEM_w.npy and STEM_b.npy, or STEM.weight.npy and STEM.bias.npy, or STEM_w_int8.npy, "
                 "STEM_scale.npy and STEM_bias.npy, each also as .npy.zst; or RANC's files");
  table.choice(
      "format", params.format, {"npy", "ranc", kLoihi},
      "of the source (default npy). loihi-npy: int8 weights (out, in) in STEM.npy of a spiking network for "
      "Loihi; makes the integer network fixed.npz");
  table.text("fabric", params.fabric, "NAME|FILE", "ranc: the grid (default ranc-256)");
  table.text("layers", params.layers, "LAYER,LAYER,...",
             "from input to output: STEM[:ACTIVATION][:stride=N][:pad=N], maxpool=K, avgpool=K; "
             "e.g. ip1:relu,ip2:relu,ip3");
  table.text("input", params.input, "CxHxW", "shape of a sample (default 1x28x28)");
  table.real("input-scale", params.input_scale, -1e6, 1e6,
             "a sample's byte b enters as scale * b + offset (default 1/256 = 0.00390625)");
  table.real("input-offset", params.input_offset, -1e6, 1e6, "(default 0)");
  table.integer("threshold", params.spiking.rule.threshold, 1, std::numeric_limits<int>::max(),
                "loihi-npy: a neuron spikes above it (default 5120)");
  table.integer("potential-decay", params.spiking.rule.leak, 0, 4096,
                "loihi-npy: of 4096, each step (default 128)");
  table.integer("current-decay", params.spiking.rule.current_decay, 0, 4096,
                "loihi-npy: of 4096, each step (default 1024)");
  table.integer("refractory", params.spiking.rule.refractory, 0, 65535, "loihi-npy: steps (default 0)");
  table.integer("weight-exponent", params.spiking.weight_exponent, 0, 31,
                "loihi-npy: a current is weight * 2^exponent (default 6)");
  table.text("name", params.name, "NAME", "of the network (default imported)");
  std::vector<std::string> sets = known_data_names();
  sets.insert(sets.begin(), "none");
  table.choice_or("dataset", params.dataset, sets, "DIR", is_data_name,
                  "measure the accuracy on its test samples (default none)");
  table.text("output,o", params.output, "DIR", "where the results go (default out/import)");
  return table;
}

FixedNetwork read_spiking(const ImportCommandParams& params) {
  std::vector<NpyArray> weights;
  std::istringstream stems(params.layers);
  for (std::string stem; std::getline(stems, stem, ',');) {
    const std::filesystem::path file = std::filesystem::path(params.source) / (stem + ".npy");
    weights.push_back(parse_npy(read_file(file), file.string()));
  }
  SpikingMlpParams spiking = params.spiking;
  spiking.name = params.name;
  spiking.input = parse_shape("--input", params.input);
  return make_spiking_mlp(weights, spiking);
}

int import_spiking(Context& context, const ImportCommandParams& params) {
  ResultDirectory directory(params.output);
  const FixedNetwork network = read_spiking(params);
  Report report;
  report.title = fmt::format("{}, imported", network.name);
  begin_provenance(report, static_cast<std::uint64_t>(context.global.seed));
  report.provenance.digests["fixed"] = digest(network).hex();
  context.console.say(fmt::format("{}: {} layers of spiking neurons, {} synapses", network.name,
                                  network.projections.size(), count_synapses(network)));
  write_fixed_network(directory.staged("fixed.npz"), network);
  write_report(directory, report);
  directory.commit();
  print_report(context, report);
  context.console.say(fmt::format("written: {}/fixed.npz", params.output));
  return kDone;
}

}  // namespace

int import_command(Context& context, const std::vector<std::string>& words) {
  ImportCommandParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  if (params.format == "ranc") {
    if (!params.layers.empty()) throw Error(ErrorKind::Usage, "--layers is for --format npy");
    return import_ranc(context, params.source, params.fabric, params.output);
  }
  if (params.layers.empty())
    throw Error(ErrorKind::Usage, "files do not tell their order: give --layers, e.g. ip1:relu,ip2:relu,ip3");
  if (params.format == kLoihi) return import_spiking(context, params);
  NpyNetworkParams npy;
  npy.name = params.name;
  npy.input = parse_shape("--input", params.input);
  npy.input_scale = static_cast<float>(params.input_scale);
  npy.input_offset = static_cast<float>(params.input_offset);
  npy.layers = parse_npy_layers(params.layers);
  ResultDirectory directory(params.output);

  const Network network = network_from_npy(params.source, npy);
  Report report;
  report.title = fmt::format("{}, imported", network.name);
  begin_provenance(report, static_cast<std::uint64_t>(context.global.seed));
  StageContext stages{context.console, report, context.global.threads};
  if (params.dataset != "none") {
    const Dataset test = load_test_data(params.dataset, context.global.data_directory);
    dense_stage(stages, network, test);
  } else {
    report.provenance.digests["dense"] = digest(network).hex();
    context.console.say(fmt::format("{}: {} layers, {} synapses", network.name, network.projections.size(),
                                    count_synapses(network)));
  }
  write_network(directory.staged("network.npz"), network);
  write_report(directory, report);
  directory.commit();
  print_report(context, report);
  context.console.say(fmt::format("written: {}/network.npz", params.output));
  return kDone;
}

}  // namespace weft::app
