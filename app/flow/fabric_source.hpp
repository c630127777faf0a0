// The fabric of a flow file.
#pragma once

#include <filesystem>

#include "model/base/config.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::app {

// The section "fabric" of a flow: `preset`, or `file` (relative to `directory`), gives the start; all other
// keys are those of a fabric file and override it. Without a start they describe the fabric. Throws
// InputError.
Fabric read_fabric_section(const ConfigSection& section, const std::filesystem::path& directory);

}  // namespace weft::app
