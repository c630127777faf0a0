// Two forms of one thing: a subject and two ranges.
#include "app/flow/fix.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "model/base/config.hpp"

namespace weft::app {
namespace {

std::optional<int> to_number(const std::string& text) {
  int value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || code != std::errc() || stop != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

std::pair<int, int> to_range(const std::string& text, const SourcePosition& where) {
  const std::size_t dots = text.find("..");
  const auto first = to_number(text.substr(0, dots));
  const auto last = dots == std::string::npos ? first : to_number(text.substr(dots + 2));
  if (!first || !last || *first > *last)
    throw InputError(where, fmt::format("\"{}\"", text), "tiles as \"first..last\" or one number");
  return {*first, *last};
}

std::string subject_of(const mapping::FixedRegion& fix) {
  return fix.layer.empty() ? fmt::format("core {}", fix.core) : "layer " + fix.layer;
}

}  // namespace

mapping::FixedRegion parse_fix(const std::string& subject, const std::vector<std::string>& columns_and_rows,
                               const SourcePosition& where) {
  mapping::FixedRegion fix;
  fix.where = where;
  const std::size_t blank = subject.find(' ');
  const std::string kind = subject.substr(0, blank);
  const std::string name = blank == std::string::npos ? "" : subject.substr(blank + 1);
  const auto core = to_number(name);
  if (kind == "layer" && !name.empty()) {
    fix.layer = name;
  } else if (kind == "core" && core) {
    fix.core = *core;
  } else {
    throw InputError(where, fmt::format("\"{}\"", subject), "\"layer NAME\" or \"core NUMBER\"");
  }
  if (columns_and_rows.size() != 2)
    throw InputError(where, fmt::format("{} ranges", columns_and_rows.size()),
                     "two: the columns and the rows of the tiles");
  std::tie(fix.region.left, fix.region.right) = to_range(columns_and_rows[0], where);
  std::tie(fix.region.top, fix.region.bottom) = to_range(columns_and_rows[1], where);
  return fix;
}

mapping::FixedRegion parse_fix_option(const std::string& text) {
  const std::size_t equals = text.find('=');
  std::vector<std::string> ranges;
  if (equals != std::string::npos) {
    const std::string all = text.substr(equals + 1);
    for (std::size_t begin = 0; begin <= all.size();) {
      const std::size_t end = std::min(all.find(',', begin), all.size());
      ranges.push_back(all.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  try {
    return parse_fix(text.substr(0, equals), ranges, {"--fix", 0, 0});
  } catch (const InputError& error) {
    throw Error(ErrorKind::Usage, error.what());
  }
}

std::string format_fix(const std::vector<mapping::FixedRegion>& fix, int indent) {
  if (fix.empty()) return "";
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string text = margin + "fix:\n";
  for (const mapping::FixedRegion& one : fix) {
    const mapping::Region& r = one.region;
    text += fmt::format("{}  {}: [{}..{}, {}..{}]\n", margin, yaml_text(subject_of(one)), r.left, r.right,
                        r.top, r.bottom);
  }
  return text;
}

}  // namespace weft::app
