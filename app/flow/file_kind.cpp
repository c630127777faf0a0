// Archives name their format in their header, event logs begin with their own mark; of the texts, JSON is a
// report, and YAML a fabric or a flow by the keys at its outermost level.
#include "app/flow/file_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "model/base/npz.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

std::string first_bytes(const fs::path& path, std::size_t count) {
  std::ifstream file(path, std::ios::binary);
  if (fs::is_directory(path)) throw InputError({path.string(), 0, 0}, "found a directory", "a file");
  if (!file) read_file(path);  // throws with the system's reason
  std::string bytes(count, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

FileKind archive_kind(const fs::path& path) {
  const NpzArchive archive = read_npz(path);
  const auto header = nlohmann::json::parse(archive.header, nullptr, false);
  const std::string format =
      header.is_object() && header.contains("format") && header["format"].is_string() ? header["format"] : "";
  if (format == "weft-network") return FileKind::Network;
  if (format == "weft-fixed-network") return FileKind::FixedNetwork;
  if (format == "weft-image") return FileKind::Image;
  if (format == "weft-outcome") return FileKind::Outcome;
  if (format == "weft-checkpoint") return FileKind::Checkpoint;
  if (format == "weft-ranc") return FileKind::RancProgram;
  throw InputError({path.string(), 0, 0}, "found an archive without a format of Weft",
                   "a network, an integer network, an image, an outcome, a checkpoint or a RANC program");
}

// The outermost keys of block-style YAML: words before a colon in the first column.
std::vector<std::string> outer_keys(const std::string& text) {
  std::vector<std::string> keys;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    const std::size_t colon = line.find(':');
    if (!line.empty() && colon != std::string::npos && line[0] != ' ' && line[0] != '#')
      keys.push_back(line.substr(0, colon));
    begin = end + 1;
  }
  return keys;
}

FileKind yaml_kind(const fs::path& path) {
  const std::vector<std::string> keys = outer_keys(read_text_file(path));
  const auto has = [&](const char* key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
  if (has("machine")) return FileKind::RancGrid;
  for (const char* key : {"core", "router", "width", "clock_hz"})
    if (has(key)) return FileKind::Fabric;
  for (const char* key : {"data", "network", "train", "compress", "quantize", "map", "run"})
    if (has(key)) return FileKind::Flow;
  throw InputError({path.string(), 0, 0},
                   "neither an archive nor a report nor the keys of a fabric or a flow", "a file of Weft");
}

}  // namespace

FileKind detect_file_kind(const fs::path& path) {
  const std::string bytes = first_bytes(path, 8);
  if (bytes.empty()) throw InputError({path.string(), 0, 0}, "found an empty file", "a file of Weft");
  if (bytes.compare(0, 2, "PK") == 0) return archive_kind(path);
  if (bytes == "WEFTLOG\n") return FileKind::EventLog;
  if (bytes[bytes.find_first_not_of(" \t\r\n") % bytes.size()] == '{') return FileKind::Report;
  return yaml_kind(path);
}

const char* to_string(FileKind kind) {
  static constexpr std::array names = {"a network",      "an integer network", "an image",    "an outcome",
                                       "a report",       "a fabric",           "a flow",      "an event log",
                                       "a RANC program", "a RANC grid",        "a checkpoint"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace weft::app
