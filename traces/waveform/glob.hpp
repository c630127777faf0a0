// Patterns for dotted signal names.
#pragma once

#include <string_view>

namespace weft::traces {

// '*' stands for any characters, dots included, also none; '?' for exactly one; all else for itself.
bool glob_match(std::string_view pattern, std::string_view name);

// True if the pattern matches the name or a scope that the name lies in ("tile_1_2" takes
// "tile_1_2.core.busy"), each with or without the first component: "tile_1_2.*" and "fabric.tile_1_2.*" mean
// the same.
bool scope_match(std::string_view pattern, std::string_view name);

}  // namespace weft::traces
