// weft map: from a network to a configuration image.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "app/cli/command.hpp"
#include "app/cli/interrupt.hpp"
#include "app/cli/options.hpp"
#include "app/cli/train_options.hpp"
#include "app/flow/file_kind.hpp"
#include "app/flow/fix.hpp"
#include "app/flow/names.hpp"
#include "app/flow/result_directory.hpp"
#include "app/flow/results.hpp"
#include "app/flow/stages.hpp"
#include "mapping/files/text_files.hpp"
#include "mapping/pack/exact.hpp"
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
  std::string traffic;  // empty: data where they are read anyway
  std::vector<std::string> check, fix;
  std::string output = "out/map";
};

OptionTable make_table(MapCommandParams& params) {
  OptionTable table(
      "map [options] NETWORK\n       weft map --check DIR|FILE",
      "Quantizes a network (an integer network is taken as it is), packs, places and routes it; writes "
      "image.npz, fixed.npz, fabric.yaml, the report, and the mapping as text in the manner of VPR: "
      "image.net, "
      "image.place and image.route. With --check it reads these three back and names each line that does "
      "not "
      "agree with the fabric or the image.");
  constexpr std::int64_t kMany = std::numeric_limits<std::int64_t>::max();
  table.argument("NETWORK", params.network, "a network file, in floating point or integers", false);
  table.text("fabric", params.fabric, "NAME|FILE", "a preset or a YAML file (default: the preset default)");
  table.texts("set", params.overrides, "KEY=VALUE",
              "overrides a key of the fabric, e.g. --set core.axons=128; repeatable");
  table.section("Quantization, with calibration data");
  add_data_options(table, params.data);
  table.integer("weight-bits", params.quantize.weight_bits, 2, 16, "of the integer network (default 8)");
  table.integer("value-bits", params.quantize.value_bits, 2, 16, "of the integer network (default 8)");
  table.integer("calibration-samples", params.quantize.calibration_samples, 1, kMany, "(default 1000)");
  table.section("Mapping");
  table.integer("pack-rounds", params.map.pack_rounds, 0, 1 << 24, "effort of the packer (default 200)");
  table.integer("place-moves", params.map.place_moves, 0, kMany, "effort of the placer (default 200000)");
  table.choice(
      "traffic", params.traffic, names_of(TrafficSource()),
      "what the placer weighs routes by: the messages that calibration samples cause, or one of each "
      "neuron and step (default: data where a network is quantized, else uniform)");
  table.texts(
      "fix", params.fix, "WHAT=COLUMNS,ROWS",
      "where cores must stand: \"layer fc1=0..3,0..3\", \"core 2=1,1\", or a .place file, whose cores "
      "stay where it has them; repeatable");
  table.flag(
      "min-tracks", params.map.min_tracks,
      "circuits: maps for the fewest tracks per link instead of router.tracks; fabric.yaml says how many");
  table.flag(
      "exact", params.map.exact,
      "small cases: proves by search that no packing of the neurons has fewer cores, or finds one (needs "
      "CBC)");
  table.section("Files of an earlier mapping");
  table.texts("check", params.check, "DIR|FILE",
              "checks image.net, image.place and image.route of a result against its image.npz and "
              "fabric.yaml; repeatable: a file stands for the one of its kind");
  table.section("Output");
  table.text("output,o", params.output, "DIR", "where the results go (default out/map)");
  return table;
}

// Fills map.traffic, where it is to be measured.
FixedNetwork read_or_quantize(StageContext& stages, MapCommandParams& params, const GlobalOptions& global) {
  const FileKind kind = detect_file_kind(params.network);
  const auto count = [&](const FixedNetwork& network, const Dataset& calibration) {
    params.map.traffic = traffic_stage(stages, network, calibration, params.quantize.calibration_samples);
  };
  if (kind == FileKind::FixedNetwork) {
    FixedNetwork fixed = read_fixed_network(params.network);
    if (params.traffic == name_of(TrafficSource::Data))
      count(fixed, load_stage(stages, params.data, global.data_directory).train);
    return fixed;
  }
  if (kind != FileKind::Network)
    throw InputError({params.network, 0, 0}, fmt::format("found {}", to_string(kind)), "a network");
  const Network network = read_network(params.network);
  const DataSplits data = load_stage(stages, params.data, global.data_directory);
  QuantizeParams quantize_params = params.quantize;
  quantize_params.threads = global.threads;
  FixedNetwork fixed = quantize_stage(stages, network, data.train, quantize_params);
  if (params.traffic != name_of(TrafficSource::Uniform)) count(fixed, data.train);
  return fixed;
}

// Fills map.fix. Where a .place file is among the constraints: the .net file that it was made for.
std::optional<Digest> read_fix(MapCommandParams& params) {
  std::optional<Digest> netlist;
  for (const std::string& word : params.fix) {
    if (std::filesystem::path(word).extension() != ".place") {
      params.map.fix.push_back(parse_fix_option(word));
      continue;
    }
    const mapping::HandPlacement placement = mapping::read_hand_placement({word, read_text_file(word)});
    params.map.fix.insert(params.map.fix.end(), placement.fix.begin(), placement.fix.end());
    netlist = placement.netlist;
  }
  return netlist;
}

// Which files a check looks at: those of the first directory named, or of the first file's, but for those
// named themselves.
struct CheckPaths {
  std::filesystem::path net, place, route, image, fabric;
};
CheckPaths find_check_paths(const std::vector<std::string>& words) {
  namespace fs = std::filesystem;
  const fs::path first = words.front();
  const fs::path directory = fs::is_directory(first) ? first : first.parent_path();
  CheckPaths paths{directory / "image.net", directory / "image.place", directory / "image.route",
                   directory / "image.npz", directory / "fabric.yaml"};
  const std::pair<const char*, fs::path CheckPaths::*> kinds[] = {{".net", &CheckPaths::net},
                                                                  {".place", &CheckPaths::place},
                                                                  {".route", &CheckPaths::route},
                                                                  {".npz", &CheckPaths::image},
                                                                  {".yaml", &CheckPaths::fabric}};
  for (const std::string& word : words) {
    if (fs::is_directory(word)) continue;
    const auto* kind = std::find_if(std::begin(kinds), std::end(kinds),
                                    [&](const auto& k) { return fs::path(word).extension() == k.first; });
    if (kind == std::end(kinds))
      throw Error(
          ErrorKind::Usage,
          fmt::format("--check: found \"{}\", expected a directory or a file that ends in .net, .place, "
                      ".route, .npz or .yaml",
                      word));
    paths.*(kind->second) = word;
  }
  return paths;
}

int check_command(Context& context, const std::vector<std::string>& words) {
  const CheckPaths paths = find_check_paths(words);
  const Fabric fabric = read_fabric(paths.fabric);
  const Image image = read_image(paths.image);
  const std::vector<Violation> violations = validate(image, fabric);
  if (!violations.empty()) {
    throw InputError({paths.image.string()},
                     "the image does not fit " + paths.fabric.string() + "\n" + describe(violations));
  }
  const auto read = [](const std::filesystem::path& path) {
    return mapping::NamedText{path.string(), read_text_file(path)};
  };
  const auto findings =
      mapping::check_text_files(read(paths.net), read(paths.place), read(paths.route), image, fabric);
  if (!findings.empty()) {
    throw Error(ErrorKind::BadInput, fmt::format("{} findings\n{}", findings.size(), describe(findings)));
  }
  context.console.say(fmt::format("{}, {} and {} agree with {}", paths.net.string(), paths.place.string(),
                                  paths.route.string(), paths.image.string()));
  return kDone;
}

}  // namespace

int map_command(Context& context, const std::vector<std::string>& words) {
  MapCommandParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  if (!params.check.empty()) {
    if (!params.network.empty())
      throw Error(ErrorKind::Usage, "map: found NETWORK beside --check, expected one of them");
    return check_command(context, params.check);
  }
  if (params.network.empty()) throw Error(ErrorKind::Usage, "NETWORK is missing\nSee \"weft map --help\".");
  const std::optional<Digest> netlist = read_fix(params);
  params.map.seed = static_cast<std::uint64_t>(context.global.seed);
  const Fabric given = load_fabric(params.fabric, params.overrides);
  if (params.map.min_tracks && given.router.routing != Routing::Circuit)
    throw Error(ErrorKind::Usage, fmt::format("--min-tracks: found the fabric {} with router.routing {}, "
                                              "expected circuit",
                                              given.name, to_string(given.router.routing)));
  if (params.map.exact && !mapping::has_exact_packing())
    throw Error(
        ErrorKind::Usage,
        "--exact: this build has no CBC; with the package coinor-libcbc-dev installed, configure again");
  ResultDirectory directory(params.output);

  Report report;
  begin_provenance(report, params.map.seed);
  StageContext stages{context.console, report, context.global.threads};
  const FixedNetwork network = read_or_quantize(stages, params, context.global);
  report.title = fmt::format("{} on {}", network.name, given.name);
  const mapping::Mapped mapped = map_stage(stages, network, given, params.map);
  const Image& image = mapped.image;
  const Fabric& fabric = mapped.fabric;

  write_image(directory.staged("image.npz"), image);
  write_fixed_network(directory.staged("fixed.npz"), network);
  std::vector<std::string> names;
  for (const FixedPopulation& population : network.populations) names.push_back(population.name);
  const mapping::TextFiles texts = mapping::format_text_files(image, fabric, names, "image");
  if (netlist && *netlist != mapping::text_digest(texts.net))
    throw Error(
        ErrorKind::BadInput,
        fmt::format("the .place file was made for a netlist {}, this network packs into {}: its cores hold "
                    "other neurons",
                    netlist->hex(), mapping::text_digest(texts.net).hex()));
  write_file(directory.staged("image.net"), texts.net);
  write_file(directory.staged("image.place"), texts.place);
  write_file(directory.staged("image.route"), texts.route);
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
