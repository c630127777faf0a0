// The few words of HTML that the report is made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/report/report.hpp"

namespace weft::app::html {

std::string escape(std::string_view text);

// 12,345,678; a thin space is not used, so that copied figures stay figures.
std::string grouped(std::int64_t number);
// "Interrupted in the stage simulate: 12 of 300 frames and 14 of 302 steps were done."
std::string describe(const InterruptedReport& interrupted);
// 3 significant digits with an SI prefix and the unit: "1.53 mJ". Zero is "0 J".
std::string si(double value, std::string_view unit);
std::string percent(double share, int digits);

// A table; the first column is left-aligned text, the others are figures. Cells must be escaped already.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};
std::string table(const Table& table);

// A whole page; `title` is not escaped yet, `body` follows it as its heading.
std::string page(const std::string& title, const std::string& style, const std::string& body);

// Data that the page carries, as a JSON script element: no text in it can end the element.
std::string json_element(const std::string& id, const std::string& json);

// A section with a heading; `note` is a sentence below the heading, or empty.
std::string section(std::string_view id, std::string_view heading, std::string_view note,
                    std::string_view body);

}  // namespace weft::app::html
