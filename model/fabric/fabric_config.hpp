// A fabric as a part of another file, e.g. of a flow.
#pragma once

#include "model/base/config.hpp"
#include "model/fabric/fabric.hpp"

namespace weft {

// Reads the keys of a fabric file from `section` on top of `start`: an absent key keeps its value. Throws
// InputError for ill-typed values and for a fabric that is not valid; unknown keys are left to
// Config::finish().
Fabric fabric_from_section(const ConfigSection& section, const Fabric& start);

}  // namespace weft
