// The fabrics that come with Weft: the files of fabrics/, built into the library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/fabric/fabric.hpp"

namespace weft {

std::vector<std::string> fabric_preset_names();                // ascending
std::string_view fabric_preset_text(const std::string& name);  // YAML; throws InputError on an unknown name

// A preset by its name, or else the fabric of a YAML file. What is neither is an InputError that names the
// presets and the nearest of them.
Fabric load_fabric(const std::string& name_or_path, const std::vector<std::string>& overrides = {});

}  // namespace weft
