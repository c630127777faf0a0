// Rows of a sweep without what differs from run to run.
#pragma once

#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

namespace weft::test {

// Without the columns that depend on the clock and on the machine's memory.
inline nlohmann::json timeless(const nlohmann::json& rows) {
  nlohmann::json kept = rows;
  for (nlohmann::json& row : kept)
    for (auto item = row.begin(); item != row.end();) {
      const std::string& name = item.key();
      const bool of_time = name.find("seconds") != std::string::npos || name == "simulation.peak_rss_bytes";
      item = of_time && name != "latency.seconds" ? row.erase(item) : std::next(item);
    }
  return kept;
}

}  // namespace weft::test
