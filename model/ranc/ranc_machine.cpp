// The presets' texts come as a generated table from fabrics/ranc-*.yaml.
#include "model/ranc/ranc_machine.hpp"

#include <filesystem>

#include "model/base/config.hpp"
#include "model/base/embedded.hpp"
#include "model/base/files.hpp"
#include "model/base/nearest.hpp"

namespace weft {

const std::vector<EmbeddedFile>& ranc_preset_files();  // generated

namespace {

const std::string kEnding = ".yaml";

}  // namespace

RancMachine parse_ranc_machine(const std::string& yaml, const std::string& file,
                               const std::vector<std::string>& overrides) {
  const Config config = Config::parse(yaml, file, overrides);
  const ConfigSection root = config.root();
  RancMachine machine;
  root.choice<int>("machine", {{"ranc", 0}});
  machine.name = root.text("name", machine.name);
  machine.grid.width = static_cast<int>(root.integer("width", 1, kRancMostTiles));
  machine.grid.height = static_cast<int>(root.integer("height", 1, kRancMostTiles));
  machine.grid.output_tile = static_cast<int>(root.integer("output_tile", 0, kRancMostTiles));
  machine.grid.fifo_depth = static_cast<int>(root.integer("fifo_depth", 1, 1 << 16, 4));
  machine.tick_cycles = root.integer("tick_cycles", 0, std::int64_t{1} << 40, 0);
  machine.first_burst_cycle = root.integer("first_burst_cycle", 0, std::int64_t{1} << 40, 0);
  config.finish();
  const auto violations = validate(machine.grid);
  if (!violations.empty()) throw InputError(root.position(), "not a possible grid:\n" + describe(violations));
  return machine;
}

std::vector<std::string> ranc_preset_names() {
  std::vector<std::string> names;
  for (const auto& [file, text] : ranc_preset_files()) {
    names.emplace_back(file.substr(0, file.size() - kEnding.size()));
  }
  return names;
}

RancMachine load_ranc_machine(const std::string& name_or_path, const std::vector<std::string>& overrides) {
  for (const auto& [file, text] : ranc_preset_files()) {
    if (file == name_or_path + kEnding) {
      return parse_ranc_machine(std::string(text), "preset " + std::string(file), overrides);
    }
  }
  std::error_code ignored;
  if (std::filesystem::exists(name_or_path, ignored)) {
    return parse_ranc_machine(read_text_file(name_or_path), name_or_path, overrides);
  }
  const std::vector<std::string> names = ranc_preset_names();
  std::string known;
  for (const std::string& each : names) known += (known.empty() ? "" : ", ") + each;
  throw InputError({}, "the RANC grid \"" + name_or_path + "\"",
                   "a file or the name of a preset (" + known + ")" + did_you_mean(name_or_path, names));
}

}  // namespace weft
