// A figure is one of time where its name says seconds; a latency in the fabric's own time is a result.
#include "tests/app/sweep_results.hpp"

#include <iterator>
#include <nlohmann/json.hpp>

namespace weft::test {

std::string timeless(const std::string& rows) {
  nlohmann::json kept = nlohmann::json::parse(rows);
  for (nlohmann::json& row : kept)
    for (auto item = row.begin(); item != row.end();) {
      const std::string& name = item.key();
      const bool of_time = name.find("seconds") != std::string::npos || name == "simulation.peak_rss_bytes";
      item = of_time && name != "latency.seconds" ? row.erase(item) : std::next(item);
    }
  return kept.dump();
}

}  // namespace weft::test
