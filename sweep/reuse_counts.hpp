// How often stages were found in the cache.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace weft::sweep {

struct ReuseCounts {
  std::int64_t hits = 0, misses = 0;
};
using ReuseByStage = std::map<std::string, ReuseCounts>;

}  // namespace weft::sweep
