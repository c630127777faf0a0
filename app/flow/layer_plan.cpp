// NAME:key=value,key=value
#include "app/flow/layer_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/options.hpp"
#include "app/flow/names.hpp"
#include "model/base/error.hpp"
#include "model/base/nearest.hpp"

namespace weft::app {
namespace {

const char* const kForm = "NAME:rank=R,density=D,sparse=S,granularity=G,block=NEURONSxINPUTS,algebra=A";

[[noreturn]] void fail(const std::string& word, const std::string& why) {
  throw Error(ErrorKind::Usage, fmt::format("--layer {}: {}, expected {}", word, why, kForm));
}

void read_block(const std::string& word, const std::string& value, compress::LayerPlan& plan) {
  const std::size_t cross = value.find('x');
  if (cross == std::string::npos) fail(word, fmt::format("found the block \"{}\"", value));
  const std::string what = "--layer " + plan.projection + ": block";
  plan.block_rows = static_cast<int>(to_integer(what, value.substr(0, cross), 1, 1 << 20));
  plan.block_columns = static_cast<int>(to_integer(what, value.substr(cross + 1), 1, 1 << 20));
}

// One of the names of an enumeration; `what` is "the granularity".
template <class Enum>
Enum read_name(const std::string& word, const char* what, const std::string& value) {
  const auto& names = names_of(Enum());
  if (std::find(names.begin(), names.end(), value) == names.end())
    fail(word, fmt::format("found {} \"{}\"{}", what, value, did_you_mean(value, names)));
  return value_of<Enum>(value);
}

}  // namespace

compress::LayerPlan parse_layer_plan(const std::string& word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string::npos || colon == 0) fail(word, "found no name before a colon");
  compress::LayerPlan plan;
  plan.projection = word.substr(0, colon);
  for (std::size_t begin = colon + 1; begin <= word.size();) {
    const std::size_t end = std::min(word.find(',', begin), word.size());
    const std::string item = word.substr(begin, end - begin);
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos) fail(word, fmt::format("found \"{}\"", item));
    const std::string key = item.substr(0, equals);
    const std::string value = item.substr(equals + 1);
    if (key == "rank" && value == "auto")
      plan.rank = compress::kAutoRank;
    else if (key == "rank")
      plan.rank = static_cast<int>(to_integer("--layer " + plan.projection + ": rank", value, 0, 1 << 20));
    else if (key == "density")
      plan.density = to_real("--layer " + plan.projection + ": density", value, 0, 1);
    else if (key == "sparse")
      plan.sparse = to_real("--layer " + plan.projection + ": sparse", value, 0, 1);
    else if (key == "granularity")
      plan.granularity = read_name<compress::Granularity>(word, "the granularity", value);
    else if (key == "algebra")
      plan.algebra = read_name<compress::Algebra>(word, "the algebra", value);
    else if (key == "block")
      read_block(word, value, plan);
    else
      fail(word,
           fmt::format("found the key \"{}\"{}", key,
                       did_you_mean(key, {"rank", "density", "sparse", "granularity", "block", "algebra"})));
    begin = end + 1;
  }
  return plan;
}

void align_blocks(std::vector<compress::LayerPlan>& layers, const CoreSpec& core) {
  for (compress::LayerPlan& layer : layers) {
    if (!compress::granularity_needs_block(layer.granularity)) continue;
    if (layer.block_rows == 0) layer.block_rows = core.neurons;
    if (layer.block_columns == 0) layer.block_columns = core.axons;
  }
}

}  // namespace weft::app
