// Inside of the VCD writer.
#pragma once

#include <cstddef>
#include <string>

namespace weft::traces {

// Short names of printable characters: "!", "\"", ..., "~", "!!", ...
std::string vcd_id(std::size_t number);

}  // namespace weft::traces
