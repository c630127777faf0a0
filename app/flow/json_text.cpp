// Text is drawn from the JSON alone, so that nothing can be in one form and not in the other.
#include "app/flow/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace weft::app {
namespace {

using Json = nlohmann::ordered_json;

std::string scalar(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.dump();
}

std::string table(const Json& rows) {
  std::vector<std::string> keys;
  for (const auto& item : rows.front().items()) keys.push_back(item.key());
  std::vector<std::size_t> widths;
  for (const std::string& key : keys) {
    std::size_t width = key.size();
    for (const Json& row : rows) width = std::max(width, scalar(row[key]).size());
    widths.push_back(width);
  }
  std::string text = "  ";
  for (std::size_t i = 0; i < keys.size(); ++i) text += fmt::format("{:<{}}  ", keys[i], widths[i]);
  for (const Json& row : rows) {
    text += "\n  ";
    for (std::size_t i = 0; i < keys.size(); ++i)
      text +=
          fmt::format(row[keys[i]].is_number() ? "{:>{}}  " : "{:<{}}  ", scalar(row[keys[i]]), widths[i]);
  }
  return text + "\n";
}

}  // namespace

std::string as_text(const std::string& json_object) {
  const Json object = Json::parse(json_object);
  std::string text;
  for (const auto& item : object.items()) {
    if (!item.value().is_array())
      text += fmt::format("{:<18} {}\n", item.key(), scalar(item.value()));
    else if (item.value().empty())
      text += fmt::format("\n{}\n  none\n", item.key());
    else
      text += fmt::format("\n{}\n{}", item.key(), table(item.value()));
  }
  return text;
}

}  // namespace weft::app
