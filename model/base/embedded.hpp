// Text files that were built into the program (cmake/WeftEmbed.cmake).
#pragma once

#include <string>
#include <vector>

namespace weft {

struct EmbeddedFile {
  std::string name;  // without folder
  std::string text;
};

}  // namespace weft
