// The presets' texts come as a generated table (cmake/WeftEmbed.cmake) from fabrics/*.yaml.
#include "model/fabric/presets.hpp"

#include <filesystem>

#include "model/base/embedded.hpp"
#include "model/base/nearest.hpp"

namespace weft {

const std::vector<EmbeddedFile>& fabric_preset_files();  // generated

namespace {

const std::string kEnding = ".yaml";

[[noreturn]] void unknown(const std::string& name, const std::string& expected) {
  const std::vector<std::string> names = fabric_preset_names();
  std::string known;
  for (const std::string& each : names) known += (known.empty() ? "" : ", ") + each;
  throw InputError({}, "the fabric \"" + name + "\"",
                   expected + " (" + known + ")" + did_you_mean(name, names));
}

}  // namespace

std::vector<std::string> fabric_preset_names() {
  std::vector<std::string> names;
  for (const auto& [file, text] : fabric_preset_files()) {
    names.emplace_back(file.substr(0, file.size() - kEnding.size()));
  }
  return names;
}

std::string_view fabric_preset_text(const std::string& name) {
  for (const auto& [file, text] : fabric_preset_files()) {
    if (file == name + kEnding) return text;
  }
  unknown(name, "the name of a preset");
}

Fabric load_fabric(const std::string& name_or_path, const std::vector<std::string>& overrides) {
  for (const std::string& name : fabric_preset_names()) {
    if (name == name_or_path) {
      return parse_fabric(std::string(fabric_preset_text(name)), "preset " + name + kEnding, overrides);
    }
  }
  std::error_code ignored;
  if (!std::filesystem::exists(name_or_path, ignored))
    unknown(name_or_path, "a file or the name of a preset");
  return read_fabric(name_or_path, overrides);
}

}  // namespace weft
