// Escaping, number formats and tables: whatever enters a page goes through here, so a name from a file can
// never become markup.
#include "app/report/html.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace weft::app::html {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string describe(const InterruptedReport& interrupted) {
  std::string text = fmt::format("Interrupted in the stage {}: {} of {} frames", interrupted.stage,
                                 grouped(interrupted.frames_done), grouped(interrupted.frames));
  if (interrupted.steps > 0)
    text += fmt::format(" and {} of {} steps", grouped(interrupted.steps_done), grouped(interrupted.steps));
  return text + " were done.";
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string si(double value, std::string_view unit) {
  static constexpr std::array<std::string_view, 9> prefixes = {"p", "n", "µ", "m", "", "k", "M", "G", "T"};
  if (value == 0 || !std::isfinite(value)) return fmt::format("{} {}", value, unit);
  const double magnitude = std::floor(std::log10(std::abs(value)) / 3 + 1e-12);
  const int step = static_cast<int>(std::fmin(std::fmax(magnitude, -4), 4));
  const double mantissa = value / std::pow(1000.0, step);
  const int digits = std::abs(mantissa) >= 99.95 ? 0 : std::abs(mantissa) >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}{}", mantissa, digits, prefixes[static_cast<std::size_t>(step + 4)], unit);
}

std::string percent(double share, int digits) {
  return fmt::format("{:.{}f} %", 100 * share, digits);
}

std::string table(const Table& table) {
  std::string out = "<table><thead><tr>";
  for (const std::string& cell : table.head) out += "<th scope=\"col\">" + cell + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += i == 0 ? "<th scope=\"row\">" + row[i] + "</th>" : "<td>" + row[i] + "</td>";
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

std::string page(const std::string& title, const std::string& style, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" "
      "href=\"data:,\">\n<style>{1}</style></head><body>\n<h1>{0}</h1>\n{2}</body></html>\n",
      escape(title), style, body);
}

// "</script>" inside a string of the JSON would end the element: "<" is written as its JSON escape.
std::string json_element(const std::string& id, const std::string& json) {
  std::string out = "<script type=\"application/json\" id=\"" + id + "\">\n";
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out + "</script>\n";
}

std::string section(std::string_view id, std::string_view heading, std::string_view note,
                    std::string_view body) {
  std::string out = fmt::format("<section id=\"{}\"><h2>{}</h2>\n", id, heading);
  if (!note.empty()) out += fmt::format("<p class=\"note\">{}</p>\n", note);
  return out + std::string(body) + "</section>\n";
}

}  // namespace weft::app::html
