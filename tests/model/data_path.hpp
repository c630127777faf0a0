// Where tests find the data sets that no package brings: WEFT_DATA, else ../shared/data beside the source
// tree.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace weft {

inline std::filesystem::path data_path() {  // tests run in the root of the source tree
  const char* variable = std::getenv("WEFT_DATA");
  return variable != nullptr ? variable : "../shared/data";
}

}  // namespace weft
