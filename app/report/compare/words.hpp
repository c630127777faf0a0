// How compared figures are written.
#pragma once

#include <string>

#include "app/report/compare/compare.hpp"

namespace weft::app {

// "12,345", "0.8923", a text (a digest by its first digits), "none".
std::string words(const sweep::Value& value);
// "+120 (+1.5 %)"; "" where they are no numbers.
std::string words_of_change(const FigureDifference& figure);

}  // namespace weft::app
