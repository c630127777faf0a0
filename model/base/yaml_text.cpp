// Scalars for writers of YAML: quoted whenever a reader could take the plain text for something else.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "model/base/config.hpp"

namespace weft {

std::string yaml_text(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/' || c == '.' || c == '-' ||
           (c >= '0' && c <= '9');
  };
  const bool letter_first = !text.empty() && std::isalpha(static_cast<unsigned char>(text[0]));
  const bool is_word =
      text == "true" || text == "false" || text == "null" || text == "Null" || text == "NULL";
  if (letter_first && !is_word && std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n' || c == '\t' || c == '\r') {
      quoted += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string yaml_number(double number) {
  return fmt::format("{}", number);
}

}  // namespace weft
