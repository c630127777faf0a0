// One way to a text per kind of value: numbers in CSV and JSON read back as the same numbers.
#include "app/sweep/sweep_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace weft::app {
namespace {

std::string exact(const sweep::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "";
}

std::string brief(const sweep::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{:.6g}", *number);
  std::string text = exact(value);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.empty() ? "-" : text;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string format_table(const sweep::Table& table) {
  std::vector<std::size_t> widths;
  for (const std::string& column : table.columns) widths.push_back(column.size());
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : table.rows) {
    std::vector<std::string>& line = cells.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(brief(row[i]));
      widths[i] = std::max(widths[i], line.back().size());
    }
  }
  std::string text;
  const auto add = [&](const std::vector<std::string>& line) {
    for (std::size_t i = 0; i < line.size(); ++i)
      text += i + 1 == line.size() ? line[i] + "\n" : fmt::format("{:<{}}  ", line[i], widths[i]);
  };
  add(table.columns);
  for (const auto& line : cells) add(line);
  return text;
}

std::string format_table_json(const sweep::Table& table) {
  using Json = nlohmann::ordered_json;
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      Json& cell = object[table.columns[i]];
      if (const auto* whole = std::get_if<std::int64_t>(&row[i])) cell = *whole;
      if (const auto* number = std::get_if<double>(&row[i])) cell = *number;
      if (const auto* words = std::get_if<std::string>(&row[i])) cell = *words;
    }
    rows.push_back(std::move(object));
  }
  return rows.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string format_csv(const sweep::Table& table) {
  std::string text;
  for (std::size_t i = 0; i < table.columns.size(); ++i) text += (i ? "," : "") + csv_field(table.columns[i]);
  text += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + csv_field(exact(row[i]));
    text += "\r\n";
  }
  return text;
}

std::string format_counts(const sweep::StateCounts& counts) {
  std::string text = fmt::format("{} points: {} done", counts.total(), counts.done);
  if (counts.infeasible) text += fmt::format(", {} infeasible", counts.infeasible);
  if (counts.failed) text += fmt::format(", {} failed", counts.failed);
  if (counts.running) text += fmt::format(", {} running", counts.running);
  if (counts.pending) text += fmt::format(", {} pending", counts.pending);
  return text;
}

std::string format_reuse(const sweep::ReuseByStage& reuse) {
  std::string text;
  for (const auto& [stage, counts] : reuse)
    text += fmt::format("{}{} {} of {} times", text.empty() ? "found in the cache: " : ", ", stage,
                        counts.hits, counts.hits + counts.misses);
  return text.empty() ? text : text + "\n";
}

}  // namespace weft::app
