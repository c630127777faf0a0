// What a file is, told from its content.
#pragma once

#include <filesystem>
#include <string>

namespace weft::app {

enum class FileKind {
  Network,
  FixedNetwork,
  Image,
  Outcome,
  Report,
  Fabric,
  Flow,
  EventLog,
  RancProgram,
  RancGrid,
  Checkpoint
};

// Throws InputError for a file that cannot be read or is none of these.
FileKind detect_file_kind(const std::filesystem::path& path);
const char* to_string(FileKind kind);  // "a network", "an integer network", ...

}  // namespace weft::app
