// A start, then the keys of a fabric file on top of it.
#include "app/flow/fabric_source.hpp"

#include "model/fabric/fabric_config.hpp"
#include "model/fabric/presets.hpp"

namespace weft::app {

Fabric read_fabric_section(const ConfigSection& section, const std::filesystem::path& directory) {
  Fabric start;
  if (section.has("preset") && section.has("file")) section.fail("file", "preset and file", "one of them");
  if (section.has("preset")) {
    std::vector<std::pair<std::string, std::string>> presets;
    for (const std::string& name : fabric_preset_names()) presets.push_back({name, name});
    start = load_fabric(section.choice<std::string>("preset", presets));
  } else if (section.has("file")) {
    const std::filesystem::path file = section.text("file");
    start = read_fabric(file.is_absolute() ? file : directory / file);
  } else if (section.keys().empty()) {
    section.fail("preset", "no fabric", "the name of a preset, a file, or the keys of a fabric");
  }
  return fabric_from_section(section, start);
}

}  // namespace weft::app
