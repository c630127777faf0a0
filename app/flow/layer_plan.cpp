// NAME:key=value,key=value
#include "app/flow/layer_plan.hpp"

#include <fmt/format.h>

#include "app/cli/options.hpp"
#include "model/base/error.hpp"
#include "model/base/nearest.hpp"

namespace weft::app {

compress::LayerPlan parse_layer_plan(const std::string& word) {
  const auto fail = [&](const std::string& why) {
    throw Error(ErrorKind::Usage, fmt::format("--layer {}: {}, expected NAME:rank=R,density=D", word, why));
  };
  const std::size_t colon = word.find(':');
  if (colon == std::string::npos || colon == 0) fail("found no name before a colon");
  compress::LayerPlan plan;
  plan.projection = word.substr(0, colon);
  for (std::size_t begin = colon + 1; begin <= word.size();) {
    const std::size_t end = std::min(word.find(',', begin), word.size());
    const std::string item = word.substr(begin, end - begin);
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos) fail(fmt::format("found \"{}\"", item));
    const std::string key = item.substr(0, equals);
    const std::string value = item.substr(equals + 1);
    if (key == "rank" && value == "auto")
      plan.rank = compress::kAutoRank;
    else if (key == "rank")
      plan.rank = static_cast<int>(to_integer("--layer " + plan.projection + ": rank", value, 0, 1 << 20));
    else if (key == "density")
      plan.density = to_real("--layer " + plan.projection + ": density", value, 0, 1);
    else
      fail(fmt::format("found the key \"{}\"{}", key, did_you_mean(key, {"rank", "density"})));
    begin = end + 1;
  }
  return plan;
}

}  // namespace weft::app
