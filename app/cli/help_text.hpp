// The layout of help texts: a column of terms, a column of what they mean, wrapped.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace weft::app {

constexpr std::size_t kHelpColumns = 100;

// Lines of at most `columns` characters behind `indent` blanks, broken at blanks; the first line is not
// indented and there is no end of line at the end. A word that is longer than a line has a line of its own.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t columns);

// "  TERM  what it means" per pair; all meanings begin in one column, and a term that is too long for that
// has a line of its own. `width` is of the column of terms.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows, std::size_t width);

}  // namespace weft::app
