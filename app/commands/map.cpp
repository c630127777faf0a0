// weft map: from a network to a configuration image.
#include <fmt/format.h>

#include <limits>

#include "app/cli/command.hpp"
#include "app/cli/interrupt.hpp"
#include "app/cli/options.hpp"
#include "app/cli/train_options.hpp"
#include "app/flow/file_kind.hpp"
#include "app/flow/result_directory.hpp"
#include "app/flow/results.hpp"
#include "app/flow/stages.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "model/fabric/presets.hpp"

namespace weft::app {
namespace {

struct MapCommandParams {
  std::string network;
  std::string fabric = "default";
  std::vector<std::string> overrides;
  DataConfig data;
  QuantizeParams quantize;
  mapping::MapParams map;
  std::string output = "out/map";
};

OptionTable make_table(MapCommandParams& params) {
  OptionTable table(
      "map [options] NETWORK",
      "Quantizes a network (an integer network is taken as it is), packs, places and routes it; writes "
      "image.npz,\nfixed.npz, fabric.yaml and the report.");
  constexpr std::int64_t kMany = std::numeric_limits<std::int64_t>::max();
  table.argument("NETWORK", params.network, "a network file, in floating point or integers");
  table.text("fabric", params.fabric, "NAME|FILE", "a preset or a YAML file (default: the preset default)");
  table.texts("set", params.overrides, "KEY=VALUE",
              "overrides a key of the fabric, e.g. --set core.axons=128; repeatable");
  add_data_options(table, params.data);
  table.integer("weight-bits", params.quantize.weight_bits, 2, 16, "of the integer network (default 8)");
  table.integer("value-bits", params.quantize.value_bits, 2, 16, "of the integer network (default 8)");
  table.integer("calibration-samples", params.quantize.calibration_samples, 1, kMany, "(default 1000)");
  table.integer("pack-rounds", params.map.pack_rounds, 0, 1 << 24, "effort of the packer (default 200)");
  table.integer("place-moves", params.map.place_moves, 0, kMany, "effort of the placer (default 200000)");
  table.text("output,o", params.output, "DIR", "where the results go (default out/map)");
  return table;
}

FixedNetwork read_or_quantize(StageContext& stages, const MapCommandParams& params,
                              const GlobalOptions& global) {
  const FileKind kind = detect_file_kind(params.network);
  if (kind == FileKind::FixedNetwork) return read_fixed_network(params.network);
  if (kind != FileKind::Network)
    throw InputError({params.network, 0, 0}, fmt::format("found {}", to_string(kind)), "a network");
  const Network network = read_network(params.network);
  const DataSplits data = load_stage(stages, params.data, global.data_directory);
  QuantizeParams quantize_params = params.quantize;
  quantize_params.threads = global.threads;
  return quantize_stage(stages, network, data.train, quantize_params);
}

}  // namespace

int map_command(Context& context, const std::vector<std::string>& words) {
  MapCommandParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  params.map.seed = static_cast<std::uint64_t>(context.global.seed);
  const Fabric fabric = load_fabric(params.fabric, params.overrides);
  ResultDirectory directory(params.output);

  Report report;
  begin_provenance(report, params.map.seed);
  StageContext stages{context.console, report, context.global.threads};
  const FixedNetwork network = read_or_quantize(stages, params, context.global);
  report.title = fmt::format("{} on {}", network.name, fabric.name);
  const Image image = map_stage(stages, network, fabric, params.map);

  write_image(directory.staged("image.npz"), image);
  write_fixed_network(directory.staged("fixed.npz"), network);
  write_file(directory.staged("fabric.yaml"), format_fabric(fabric));
  write_report(directory, report);
  directory.commit();
  print_report(context, report);
  context.console.say(fmt::format("written: {}/image.npz", params.output));
  if (!interrupted()) return kDone;
  context.console.warn("interrupted: the image is complete and verified, but placed with less effort");
  return kUnacceptable;
}

}  // namespace weft::app
