// Help texts are laid out here, so that a sentence in an option's declaration can be as long as it must be:
// no line is longer than kHelpColumns unless a single word is.
#include "app/cli/help_text.hpp"

#include <fmt/format.h>

#include <sstream>

namespace weft::app {

std::string wrapped(const std::string& text, std::size_t indent, std::size_t columns) {
  std::string lines;
  std::size_t column = indent;
  std::istringstream words(text);
  for (std::string word; words >> word; column += word.size()) {
    if (column > indent && column + 1 + word.size() > columns) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += " ";
      ++column;
    }
    lines += word;
  }
  return lines;
}

std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows, std::size_t width) {
  const std::size_t indent = 2 + width + 2;
  std::string text;
  for (const auto& [term, meaning] : rows) {
    text += fmt::format("  {:{}}", term, width);
    text += term.size() > width ? "\n" + std::string(indent, ' ') : "  ";
    text += wrapped(meaning, indent, kHelpColumns) + "\n";
  }
  return text;
}

}  // namespace weft::app
