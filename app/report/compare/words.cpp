// Six significant digits are enough to tell two runs apart; whole numbers are written in full.
// Shares are told up to ten times as much, factors from there on.
#include "app/report/compare/words.hpp"

#include <fmt/format.h>

#include <cmath>

#include "app/report/html.hpp"

namespace weft::app {

std::string words(const sweep::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return html::grouped(*whole);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{:.6g}", *real);
  if (const auto* text = std::get_if<std::string>(&value))
    return text->size() > 24 ? text->substr(0, 12) + "..." : *text;
  return "none";
}

std::string words_of_change(const FigureDifference& figure) {
  if (!figure.numbers()) return "";
  const double change = figure.change();
  const bool whole =
      std::holds_alternative<std::int64_t>(figure.left) && std::holds_alternative<std::int64_t>(figure.right);
  std::string text =
      whole ? (change > 0 ? "+" : "") + html::grouped(std::llround(change)) : fmt::format("{:+.6g}", change);
  const double left = whole ? static_cast<double>(std::get<std::int64_t>(figure.left))
                      : std::holds_alternative<double>(figure.left)
                          ? std::get<double>(figure.left)
                          : static_cast<double>(std::get<std::int64_t>(figure.left));
  if (left == 0) return text;
  const double times = 1 + change / left;
  if (times >= 10) return text + fmt::format(" (x {})", html::grouped(std::llround(times)));
  return text + fmt::format(" ({:+.1f} %)", 100 * change / std::abs(left));
}

}  // namespace weft::app
