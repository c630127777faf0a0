// The digests go behind the flow's text as comments: the text is what decides on a sweep's identity, and
// every position in it stays.
#include "app/sweep/sweep_input.hpp"

#include <string>
#include <utility>

#include "model/base/config.hpp"
#include "model/base/digest.hpp"
#include "model/base/files.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

// Section and key of a flow whose value is a file.
const std::pair<const char*, const char*> kFiles[] = {{"fabric", "file"}, {"network", "from"}};

std::string digest_line(const std::string& key, const std::string& name, const fs::path& directory) {
  const fs::path path = fs::path(name).is_absolute() ? fs::path(name) : directory / name;
  if (!fs::is_regular_file(path)) return "";
  const Bytes bytes = read_file(path);
  return "# " + key + " " + DigestBuilder().add_bytes(bytes.data(), bytes.size()).finish().hex() + "\n";
}

}  // namespace

sweep::SweepFile read_sweep(const fs::path& path) {
  sweep::SweepFile sweep = sweep::read_sweep_file(path);
  const fs::path directory = sweep.flow_file.parent_path();
  const Config flow = Config::parse(sweep.flow_text, sweep.flow_file.string());
  std::string lines;
  for (const auto& [section, name] : kFiles) {
    const std::string key = std::string(section) + "." + name;
    if (flow.root().has(section) && flow.root().section(section).has(name))
      lines += digest_line(key, flow.root().section(section).text(name), directory);
    for (const sweep::Axis& axis : sweep.axes)
      if (axis.key == key)
        for (const std::string& value : axis.values) lines += digest_line(key, value, directory);
  }
  if (!lines.empty()) sweep.flow_text += "\n" + lines;
  return sweep;
}

}  // namespace weft::app
